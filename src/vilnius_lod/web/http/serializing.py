"""Triples as bytes, in any of the RDF formats."""

from __future__ import annotations

from collections.abc import Sequence

from ...jsonld import compact, dumps
from ...terms import Triple
from ...writers import ntriples, rdfxml, turtle
from .representations import JSON_LD, N_TRIPLES, TURTLE, Representation
from .site import site


def rdf(triples: Sequence[Triple], form: Representation) -> bytes:
    """The graph in a format: the first triple's subject first, then the others by IRI.

    JSON-LD carries its context in itself, so that a parser fetches nothing.
    """
    here = site()
    if form is JSON_LD:
        return dumps(compact(triples, here.context))
    first = triples[0].subject if triples else None
    ordered = sorted(set(triples), key=lambda triple: (triple.subject != first, triple))
    if form is N_TRIPLES:
        return ntriples(ordered)
    return turtle(ordered, here.prefixes) if form is TURTLE else rdfxml(ordered, here.prefixes)
