"""The small map of a thing's page."""

from __future__ import annotations

import functools

from ...rdf.terms import IRI
from ...sparql.descriptions import Description
from . import maps
from .home import spots
from .labels import focus
from .outlines import land
from .page_config import page_config


def small_map(iri: str, description: Description) -> maps.Map | None:
    """The thing and the places that it names, from the focus place; None if it is nowhere else."""
    found = dict.fromkeys([iri])
    found |= dict.fromkeys(
        said.object.value
        for said in description.statements
        if said.predicate.value in page_config().map and isinstance(said.object, IRI)
    )
    found |= dict.fromkeys(
        said.subject.value
        for said in description.inverse
        if said.predicate.value in page_config().map_inverse
    )
    known = spots({*found, focus()})
    centre = known.get(focus())
    shown = tuple(known[place] for place in found if place in known and place != focus())
    return _drawn(centre, shown) if centre and shown and iri != focus() else None


@functools.lru_cache(maxsize=256)
def _drawn(centre: maps.Spot, shown: tuple[maps.Spot, ...]) -> maps.Map | None:
    return maps.small_map(centre, shown, land("far"))
