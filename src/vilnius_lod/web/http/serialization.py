"""Triples as bytes, in any of the RDF formats."""

from __future__ import annotations

from collections.abc import Sequence

from ...formats import JSON_LD, N_TRIPLES, RDF, RDF_XML, TURTLE, Representation
from ...rdf.jsonld import compact, dumps
from ...rdf.terms import Triple
from ...rdf.writers import Unwritable, ntriples, rdfxml, turtle
from .context import site
from .problems import N_, Problem
from .responses import not_acceptable


def rdf(triples: Sequence[Triple], form: Representation) -> bytes:
    """The graph in a format: the first triple's subject first, then the others by IRI.

    JSON-LD includes its context, so that a parser fetches nothing. Raises a Problem for what RDF/XML cannot
    express.
    """
    if form is JSON_LD:
        return dumps(compact(triples, site().context))
    first = triples[0].subject if triples else None
    ordered = sorted(set(triples), key=lambda triple: (triple.subject != first, triple))
    if form is N_TRIPLES:
        return ntriples(ordered)
    if form is TURTLE:
        return turtle(ordered, site().prefixes)
    try:
        return rdfxml(ordered, site().prefixes)
    except Unwritable as error:
        others = [other for other in RDF if other is not RDF_XML]
        raise unwritable(error.reason, error.found, others) from error


_UNWRITABLE = {
    "property": N_("RDF/XML has no name for the property {found}. Available: {formats}"),
    "character": N_("XML does not allow the character {found}. Available: {formats}"),
    "term": N_("Triple terms and base directions of RDF 1.2 are in no such format. Available: {formats}"),
}


def unwritable(reason: str, found: str, others: Sequence[Representation]) -> Problem:
    """The problem of an answer that cannot be serialized in its format, only in the ``others``."""
    if not others:
        return Problem(
            "query-failed", N_("Triple terms and base directions of RDF 1.2 are in no format here.")
        )
    problem = not_acceptable(others)
    problem.detail = _UNWRITABLE[reason]
    problem.values["found"] = found
    return problem
