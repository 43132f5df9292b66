"""Triples as bytes, in any of the RDF formats."""

from __future__ import annotations

from collections.abc import Sequence

from ..jsonld import compact, dumps
from ..query.describe import serialize
from ..terms import Triple
from .representations import JSON_LD, Representation
from .site import site


def rdf(triples: Sequence[Triple], form: Representation) -> bytes:
    """The graph in a format. JSON-LD carries its context in itself, so that a parser fetches nothing."""
    here = site()
    if form is JSON_LD:
        return dumps(compact(triples, here.context))
    return serialize(triples, form.name, here.prefixes)
