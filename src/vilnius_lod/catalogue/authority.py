"""What the catalogue says of the terms of others that it refers to: an extract of authority tables."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from ..graphs.minting import term
from ..rdf import namespaces, readers
from ..rdf.terms import IRI, Literal, Term, Triple

_QUOTED = (
    "rdf:type", "dct:title", "dct:type", "skos:definition", "skos:exactMatch", "skos:inScheme",
    "skos:prefLabel",
)  # fmt: skip


def with_terms(statements: Iterable[Triple]) -> set[Triple]:
    """The statements, and of what they refer to: its class, and what its publisher calls it."""
    ranges = [(s, o) for s, p, o in authority() if p == term("rdfs:range")]
    quoted = {triple for triple in authority() if triple.predicate in map(term, _QUOTED)}
    found = set(statements)
    found |= {
        Triple(IRI(o.value), term("rdf:type"), kind)
        for _, p, o in found
        for predicate, kind in ranges
        if p == predicate
    }
    while True:
        mentioned = {value for _, _, value in found}
        new = {triple for triple in quoted if triple.subject in mentioned} - found
        if not new:
            return found
        found |= new


@functools.cache
def authority() -> Sequence[Triple]:
    """``ontology/authority.ttl``."""
    return tuple(readers.turtle((namespaces.ONTOLOGY / "authority.ttl").read_bytes()))


def language(tag: str) -> IRI | None:
    """The EU authority table's language for a language tag, if the extract has it."""
    return _subject("skos:notation", Literal(tag))


def scheme(iri: str) -> IRI | None:
    """The EU authority table that an IRI belongs to by its address, if the extract has the table.

    Tables of places and countries are too long to copy, and every dataset needs other rows of them.
    """
    table = IRI(iri.rpartition("/")[0])
    return table if Triple(table, term("rdf:type"), term("skos:ConceptScheme")) in authority() else None


def licence(address: str) -> IRI:
    """The EU authority table's licence for a licence's own address; the address itself if it has none.

    The European portal knows a licence by the table's IRI, and by few addresses.
    """
    return _subject("skos:exactMatch", IRI(address)) or IRI(address)


def _subject(predicate: str, value: Term) -> IRI | None:
    """The first of which the extract says this."""
    wanted = (term(predicate), value)
    return next((triple.subject for triple in authority() if triple[1:] == wanted), None)
