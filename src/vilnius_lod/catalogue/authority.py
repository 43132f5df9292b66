"""The terms that only the catalogue uses, and what is said of the terms of others that it refers to."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS
from rdflib.term import Node

from ..graphs.minting import TermStatement
from ..rdf import namespaces
from ..records.model import LanguageMap

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "cnt": "http://www.w3.org/2011/content#",
    "dcatap": "http://data.europa.eu/r5r/",
    "euat": "http://publications.europa.eu/resource/authority/",
    "media": "http://www.iana.org/assignments/media-types/",
    "qb": "http://purl.org/linked-data/cube#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
}
# What a property points at is of this class, says each profile; both want it stated.
_CLASSES = {
    "adms:status": "skos:Concept",
    "dcat:contactPoint": "vcard:Kind",
    "dcat:endpointDescription": "rdfs:Resource",
    "dcat:endpointURL": "rdfs:Resource",
    "dcat:landingPage": "foaf:Document",
    "dcat:mediaType": "dct:MediaType",
    "dcat:theme": "skos:Concept",
    "dcat:themeTaxonomy": "skos:ConceptScheme",
    "dcatap:availability": "skos:Concept",
    "dct:accessRights": "dct:RightsStatement",
    "dct:accrualPeriodicity": "dct:Frequency",
    "dct:conformsTo": "dct:Standard",
    "dct:creator": "foaf:Agent",
    "dct:format": "dct:MediaTypeOrExtent",
    "dct:language": "dct:LinguisticSystem",
    "dct:license": "dct:LicenseDocument",
    "dct:provenance": "dct:ProvenanceStatement",
    "dct:publisher": "foaf:Agent",
    "dct:rights": "dct:RightsStatement",
    "dct:spatial": "dct:Location",
    "dct:temporal": "dct:PeriodOfTime",
    "foaf:homepage": "foaf:Document",
    "foaf:page": "foaf:Document",
}
_QUOTED = (
    RDF.type,
    DCTERMS.title,
    DCTERMS.type,
    SKOS.definition,
    SKOS.exactMatch,
    SKOS.inScheme,
    SKOS.prefLabel,
)


def term(curie: str) -> URIRef:
    """A term by its CURIE. Raises KeyError for an unknown prefix."""
    prefix, _, local = curie.partition(":")
    return URIRef(PREFIXES[prefix] + local if prefix in PREFIXES else namespaces.expand(curie))


def texts(it: URIRef, predicate: str, text: LanguageMap) -> Iterable[TermStatement]:
    """A text in each of its languages."""
    return [(it, predicate, Literal(words, lang=language)) for language, words in text.items()]


def described(statements: Iterable[TermStatement]) -> Graph:
    """The graph of the statements, and for what they refer to: its class, and what its publisher calls it."""
    graph = Graph(bind_namespaces="none")
    for subject, predicate, value in statements:
        if value is not None:
            graph.add((subject, term(predicate), value))
    classes = {term(name): term(kind) for name, kind in _CLASSES.items()}
    for name, kind in classes.items():
        for value in set(graph.objects(None, name)):
            graph.add((value, RDF.type, kind))
    known = authority()
    waiting: set[Node] = set(graph.objects())
    while waiting:
        it = waiting.pop()
        for predicate in _QUOTED:
            for value in known.objects(it, predicate):
                if (it, predicate, value) not in graph:
                    graph.add((it, predicate, value))
                    waiting.add(value)
    return graph


@functools.cache
def authority() -> Graph:
    """``ontology/authority.ttl``: not to be changed."""
    return Graph().parse(namespaces.ONTOLOGY / "authority.ttl", format="turtle")


def language(tag: str) -> URIRef | None:
    """The EU authority table's language for a language tag, if the extract has it."""
    found = authority().value(predicate=SKOS.notation, object=Literal(tag))
    return found if isinstance(found, URIRef) else None


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
    found = authority().value(predicate=SKOS.exactMatch, object=URIRef(address))
    return found if isinstance(found, URIRef) else URIRef(address)
