"""Distances on a sphere as large as the earth; degrees in, kilometres or radians out."""

from __future__ import annotations

import math

EARTH_RADIUS_KM = 6371.0


def angle(lat1: float, long1: float, lat2: float, long2: float) -> float:
    """The central angle between two points, in radians (haversine)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(long2 - long1) / 2) ** 2
    return 2 * math.asin(math.sqrt(min(1.0, half)))


def kilometres(lat1: float, long1: float, lat2: float, long2: float) -> float:
    """The distance of two points along the great circle."""
    return EARTH_RADIUS_KM * angle(lat1, long1, lat2, long2)
