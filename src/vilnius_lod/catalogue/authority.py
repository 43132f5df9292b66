"""What the catalogue says of the terms of others that it refers to: an extract of authority tables."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from ..graphs.minting import term
from ..rdf import namespaces, readers
from ..rdf.terms import IRI, Literal, Term, Triple, by_subject

_QUOTED = (
    "rdf:type", "dct:title", "dct:type", "skos:definition", "skos:exactMatch", "skos:inScheme",
    "skos:prefLabel",
)  # fmt: skip


def with_terms(statements: Iterable[Triple]) -> set[Triple]:
    """The statements, and of what they refer to: its class, and what its publisher calls it."""
    said, quoted = by_subject(authority()), set(map(term, _QUOTED))
    found = set(statements)
    found |= {
        Triple(IRI(value.value), term("rdf:type"), kind)
        for property_, is_range, kind in authority()
        if is_range == term("rdfs:range")
        for _, predicate, value in found
        if predicate == property_
    }
    waiting = {value for _, _, value in found}
    while waiting:
        new = {t for t in said.get(waiting.pop(), ()) if t.predicate in quoted and t not in found}
        found |= new
        waiting |= {value for _, _, value in new}
    return found


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
