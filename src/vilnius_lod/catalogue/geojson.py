"""The partners as points on a map: GeoJSON (RFC 7946)."""

from __future__ import annotations

import json

from ..graphs import minting
from ..graphs.records import partnerships
from ..records.model import Records


def partners(records: Records) -> bytes:
    """A feature for each partner that has coordinates, in the order of the slugs; ``id`` is its IRI."""
    data, places = records.dataset, {place.slug: place for place in records.places}
    features = [
        {
            "type": "Feature",
            "id": minting.thing(data, "place", place.slug).value,
            "geometry": {"type": "Point", "coordinates": [float(place.long), float(place.lat)]},
            "properties": {f"name_{language}": place.name[language] for language in data.languages},
        }
        for place in (places[slug] for slug in sorted(partnerships(records)))
        if place.lat is not None and place.long is not None
    ]
    document = {"type": "FeatureCollection", "features": features}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
