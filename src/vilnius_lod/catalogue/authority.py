"""What the catalogue says of the terms of others that it refers to: an extract of authority tables."""

from __future__ import annotations

import functools

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SKOS
from rdflib.term import Node

from ..rdf import namespaces

_QUOTED = (
    RDF.type,
    DCTERMS.title,
    DCTERMS.type,
    SKOS.definition,
    SKOS.exactMatch,
    SKOS.inScheme,
    SKOS.prefLabel,
)


def describe_terms(graph: Graph) -> None:
    """Add for what the statements refer to: its class, and what its publisher calls it."""
    extract = authority()
    for predicate, kind in extract.subject_objects(RDFS.range):
        for value in set(graph.objects(None, predicate)):
            graph.add((value, RDF.type, kind))
    waiting: set[Node] = set(graph.objects())
    while waiting:
        subject = waiting.pop()
        for predicate in _QUOTED:
            for value in extract.objects(subject, predicate):
                if (subject, predicate, value) not in graph:
                    graph.add((subject, predicate, value))
                    waiting.add(value)


@functools.cache
def authority() -> Graph:
    """``ontology/authority.ttl``: not to be changed."""
    return Graph().parse(namespaces.ONTOLOGY / "authority.ttl", format="turtle")


def language(tag: str) -> URIRef | None:
    """The EU authority table's language for a language tag, if the extract has it."""
    concept = authority().value(predicate=SKOS.notation, object=Literal(tag))
    return concept if isinstance(concept, URIRef) else None


def scheme(iri: str) -> URIRef | None:
    """The EU authority table that an IRI belongs to by its address, if the extract has the table.

    Tables of places and countries are too long to copy, and every dataset needs other rows of them.
    """
    table = URIRef(iri.rpartition("/")[0])
    return table if (table, RDF.type, SKOS.ConceptScheme) in authority() else None


def licence(address: str) -> URIRef:
    """The EU authority table's licence for a licence's own address; the address itself if it has none.

    The European portal knows a licence by the table's IRI, and by few addresses.
    """
    concept = authority().value(predicate=SKOS.exactMatch, object=URIRef(address))
    return concept if isinstance(concept, URIRef) else URIRef(address)
