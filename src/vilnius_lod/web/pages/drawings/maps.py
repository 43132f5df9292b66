"""Maps, as shapes for SVG: where the partners are, seen from the focus place. No names.

Land is drawn without borders: whose land it is, is not for these maps to say.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from ....geodesy import EARTH_RADIUS_KM, angle, kilometres
from ..assets import STATIC

Point = tuple[float, float]
Ring = Sequence[int]
"""Hundredths of degrees: long, lat, long, lat, …"""
Project = Callable[[float, float], Point]
"""Latitude and longitude in degrees to a plane, north up (y grows downwards)."""

NEAR = 3000
"""Kilometres: partners within them are on the near map too."""
WIDTH = 1000
TOGETHER = 13
"""Marks closer than this (in units of the drawing) are merged."""
LETTER, LINE = 7.4, 17
"""The width of a letter and the height of a line of a label, in units of the drawing."""
_EQUAL_EARTH = (1.340264, -0.081106, 0.000893, 0.003796)


class Spot(NamedTuple):
    """A place to be drawn; ``label`` may be written beside it, if there is room."""

    key: str
    label: str
    lat: float
    long: float


class Box(NamedTuple):
    """A rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> Box:
        """A copy with a margin."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def meets(self, other: Box) -> bool:
        """Whether they overlap."""
        is_beside = self.left >= other.right or other.left >= self.right
        return not (is_beside or self.top >= other.bottom or other.top >= self.bottom)


class Mark(NamedTuple):
    """One spot, or several that lie close together; ``label`` is empty where there is no room."""

    x: int
    y: int
    spots: tuple[Spot, ...]
    label: str = ""
    label_x: int = 0
    label_y: int = 0
    anchor: str = "start"


class Map(NamedTuple):
    """A drawing of WIDTH × ``height``; ``land`` and ``lines`` are the data of SVG paths."""

    height: int
    land: str
    lines: Mapping[str, str]
    marks: Sequence[Mark]
    focus: Mark


def near_map(focus: Spot, spots: Iterable[Spot], land: Iterable[Ring]) -> Map | None:
    """The partners within NEAR, in the azimuthal equidistant projection about the focus place: a line to a
    partner shows its true direction and distance. None if there are none.
    """
    near = [spot for spot in spots if distance(focus, spot) <= NEAR]
    if not near:
        return None
    return _draw(focus, near, land, azimuthal(focus.lat, focus.long), margin=260, least=900)


def far_map(focus: Spot, spots: Iterable[Spot], land: Iterable[Ring]) -> Map | None:
    """All partners, in the Equal Earth projection, with the names of those that are not on the near map;
    None if that has them all.
    """
    spots = [spot if distance(focus, spot) > NEAR else spot._replace(label="") for spot in spots]
    if not any(spot.label for spot in spots):
        return None
    return _draw(focus, spots, land, equal_earth, margin=0.22, least=3)


def small_map(focus: Spot, spots: Sequence[Spot], land: Iterable[Ring]) -> Map | None:
    """A few places and the focus place, in a suitable projection, turned to have them in the middle."""
    if not spots:
        return None
    if max(distance(focus, spot) for spot in spots) <= NEAR:
        return _draw(focus, spots, land, azimuthal(focus.lat, focus.long), margin=420, least=2000)
    if middle := _middle([spot.long for spot in (focus, *spots)]):
        focus, *spots = (
            spot._replace(long=(spot.long - middle + 180) % 360 - 180) for spot in (focus, *spots)
        )
        land = [_shifted(ring, turn - middle) for ring in land for turn in (-360, 0, 360)]
    return _draw(focus, spots, land, equal_earth, margin=0.3, least=2.4)


def land(scale: str) -> Sequence[Ring]:
    """The outlines of land for a ``near`` or a ``far`` map; none where the frontend was not built."""
    return _outlines().get(scale, [])


@functools.cache
def _outlines() -> Mapping[str, Sequence[Ring]]:
    """The outlines by scale, made by the frontend from Natural Earth."""
    file = STATIC / "built" / "land.json"
    outlines: Mapping[str, Sequence[Ring]] = json.loads(file.read_bytes()) if file.is_file() else {}
    return outlines


def distance(spot: Spot, other: Spot) -> float:
    """Kilometres along the great circle."""
    return kilometres(spot.lat, spot.long, other.lat, other.long)


def azimuthal(lat0: float, long0: float) -> Project:
    """The azimuthal equidistant projection, in kilometres from its centre."""

    sin0, cos0 = math.sin(math.radians(lat0)), math.cos(math.radians(lat0))

    def project(lat: float, long: float) -> Point:
        phi, turn = math.radians(lat), math.radians(long - long0)
        sin_phi, cos_phi, cos_turn = math.sin(phi), math.cos(phi), math.cos(turn)
        east = cos_phi * math.sin(turn)
        north = cos0 * sin_phi - sin0 * cos_phi * cos_turn
        length = math.hypot(east, north)
        if length == 0:
            return 0.0, 0.0
        stretch = EARTH_RADIUS_KM * math.atan2(length, sin0 * sin_phi + cos0 * cos_phi * cos_turn) / length
        return stretch * east, -stretch * north

    return project


def equal_earth(lat: float, long: float) -> Point:
    """The Equal Earth projection (Šavrič, Patterson and Jenny 2018), in radii of the earth."""
    a, b, c, d = _EQUAL_EARTH
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    square = theta * theta
    six = square**3
    slope = 9 * d * six * square + 7 * c * six + 3 * b * square + a
    x = 2 * math.sqrt(3) * math.radians(long) * math.cos(theta) / (3 * slope)
    return x, -theta * (a + b * square + six * (c + d * square))


def _middle(longs: Sequence[float]) -> float:
    """The meridian in the middle of these, if the shortest arc round them goes across 180 degrees, else 0."""
    ordered = sorted(longs)
    gaps = [(east - west, east) for west, east in pairwise(ordered)]
    gap, first = max(gaps, default=(0.0, 0.0))
    return first + (360 - gap) / 2 if gap > ordered[0] + 360 - ordered[-1] else 0.0


def _shifted(ring: Ring, degrees: float) -> Ring:
    hundredths = round(100 * degrees)
    return [value if position % 2 else value + hundredths for position, value in enumerate(ring)]


def _draw(
    focus: Spot, spots: Sequence[Spot], land: Iterable[Ring], project: Project, *, margin: float, least: float
) -> Map:
    """``margin`` and ``least`` (the smallest width) are in the units of the projection."""
    points = [project(spot.lat, spot.long) for spot in (focus, *spots)]
    box = _bounds(points, least).grown(margin)
    scale = WIDTH / (box.right - box.left)
    height = round((box.bottom - box.top) * scale)

    def place(lat: float, long: float) -> Point:
        x, y = project(lat, long)
        return (x - box.left) * scale, (y - box.top) * scale

    x, y = place(focus.lat, focus.long)
    centre = Mark(round(x), round(y), (focus,))
    marks = _merged([(spot, place(spot.lat, spot.long)) for spot in spots])
    *labelled, centre = _labelled([*marks, centre], height)
    return Map(
        height,
        _outline(land, place, Box(0, 0, WIDTH, height).grown(6)),
        {spot.key: _line(focus, spot, place, has_edge=project is equal_earth) for spot in spots},
        labelled,
        centre,
    )


def _bounds(points: Sequence[Point], least: float) -> Box:
    """The box round the points, not narrower than ``least`` and neither flat nor high."""
    xs, ys = zip(*points, strict=True)
    width = max(max(xs) - min(xs), least)
    height = min(max(max(ys) - min(ys), width * 0.45), max(max(ys) - min(ys), width))
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _merged(placed: Iterable[tuple[Spot, Point]]) -> list[Mark]:
    """Nearby spots merged into one mark, in their middle."""
    groups: list[list[tuple[Spot, Point]]] = []
    for spot, point in placed:
        near = [group for group in groups if any(math.dist(point, other) < TOGETHER for _, other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([(spot, point), *(entry for group in near for entry in group)])
    return [
        Mark(
            round(sum(point[0] for _, point in group) / len(group)),
            round(sum(point[1] for _, point in group) / len(group)),
            tuple(sorted(spot for spot, _ in group)),
        )
        for group in groups
    ]


def _labelled(marks: Sequence[Mark], height: int) -> list[Mark]:
    """Place names where they cover neither a mark nor another name; the last mark has priority."""
    taken = [Box(mark.x, mark.y, mark.x, mark.y).grown(6) for mark in marks]
    page = Box(0, 0, WIDTH, height)
    labelled = []
    for mark in reversed(marks):
        label = ", ".join(spot.label for spot in mark.spots if spot.label)
        width = LETTER * len(label)
        for anchor, x, y in (
            ("start", mark.x + 10, mark.y + 5), ("end", mark.x - 10, mark.y + 5),
            ("middle", mark.x, mark.y - 11), ("middle", mark.x, mark.y + 22),
        ):  # fmt: skip
            left = x - width * {"start": 0, "middle": 0.5, "end": 1}[anchor]
            room = Box(left, y - LINE + 4, left + width, y + 4)
            inside = room.left > 0 and room.right < page.right and room.top > 0 and room.bottom < page.bottom
            if label and inside and not any(room.meets(other) for other in taken):
                taken.append(room)
                mark = mark._replace(label=label, label_x=x, label_y=y, anchor=anchor)
                break
        labelled.append(mark)
    return labelled[::-1]


def _line(focus: Spot, spot: Spot, place: Project, *, has_edge: bool) -> str:
    """The great circle from the focus place to a spot. ``has_edge``: the map ends at the meridian of 180
    degrees.
    """
    arc = angle(focus.lat, focus.long, spot.lat, spot.long)
    steps = max(1, round(arc / 0.05))
    commands, last = [], None
    for step in range(steps + 1):
        lat, long = _between(focus, spot, arc, step / steps)
        # Across the edge of the map the line continues on the other side.
        command = "M" if last is None or (has_edge and abs(long - last) > 180) else "L"
        x, y = place(lat, long)
        commands.append(f"{command}{x:.0f} {y:.0f}")
        last = long
    return "".join(commands)


def _between(start: Spot, end: Spot, arc: float, share: float) -> Point:
    """Latitude and longitude of a point on the great circle."""
    if math.sin(arc) == 0:
        return start.lat, start.long
    a, b = math.sin((1 - share) * arc) / math.sin(arc), math.sin(share * arc) / math.sin(arc)
    return _position(*(a * p + b * q for p, q in zip(_vector(start), _vector(end), strict=True)))


def middle(spots: Sequence[Spot]) -> Point:
    """Latitude and longitude of the middle of some spots."""
    return _position(*map(sum, zip(*map(_vector, spots), strict=True)))


def _vector(spot: Spot) -> tuple[float, float, float]:
    phi, turn = math.radians(spot.lat), math.radians(spot.long)
    return math.cos(phi) * math.cos(turn), math.cos(phi) * math.sin(turn), math.sin(phi)


def _position(x: float, y: float, z: float) -> Point:
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def _outline(land: Iterable[Ring], place: Project, box: Box) -> str:
    """The land within a box, to whole units."""
    paths = []
    for ring in land:
        points = [place(lat / 100, long / 100) for long, lat in zip(ring[::2], ring[1::2], strict=True)]
        rounded: list[tuple[int, int]] = []
        for x, y in _clipped(points, box):
            if not rounded or (round(x), round(y)) != rounded[-1]:
                rounded.append((round(x), round(y)))
        if len(rounded) > 2:
            steps = "".join(f"l{q[0] - p[0]} {q[1] - p[1]}" for p, q in pairwise(rounded))
            paths.append(f"M{rounded[0][0]} {rounded[0][1]}{steps}z".replace(" -", "-"))
    return "".join(paths)


def _clipped(points: list[Point], box: Box) -> list[Point]:
    """A polygon cut to a box (Sutherland and Hodgman)."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if max(xs) < box.left or min(xs) > box.right or max(ys) < box.top or min(ys) > box.bottom:
        return []
    if min(xs) >= box.left and max(xs) <= box.right and min(ys) >= box.top and max(ys) <= box.bottom:
        return points
    for axis, limit, sign in ((0, box.left, 1), (0, box.right, -1), (1, box.top, 1), (1, box.bottom, -1)):
        cut: list[Point] = []
        for start, end in zip(points[-1:] + points[:-1], points, strict=True):
            end_inside, start_inside = sign * (end[axis] - limit) >= 0, sign * (start[axis] - limit) >= 0
            if end_inside != start_inside:
                share = (limit - start[axis]) / (end[axis] - start[axis])
                cut.append((start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])))
            if end_inside:
                cut.append(end)
        points = cut
    return points
