"""How IRIs and literals are made: one place, so that every graph says the same of the same thing."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import SKOS, XSD
from rdflib.term import Node

from ..edtf import Edtf
from ..rdf import namespaces
from ..records.dataset import Dataset

TermStatement = tuple[URIRef, str, Node | None]
"""Subject, predicate as a CURIE, and object; one without an object says nothing."""

GRAPHS = ("records", "links", "attestations", "derived", "vocabulary")
_DATE_TYPES = {"year": XSD.gYear, "month": XSD.gYearMonth, "day": XSD.date}


def term(curie: str) -> URIRef:
    """A term of a vocabulary by its CURIE, or of a link table's CURIE map."""
    return URIRef(namespaces.expand(curie))


def concept(scheme: str, slug: str) -> URIRef:
    """A concept of the vocabulary."""
    return URIRef(namespaces.concept(scheme, slug))


def thing(dataset: Dataset, kind: str, slug: str) -> URIRef:
    """A thing of the dataset."""
    return path(dataset, f"id/{kind}/{slug}")


def path(dataset: Dataset, reference: str) -> URIRef:
    """An IRI below the dataset's base."""
    return URIRef(dataset.base + reference)


def dataset_iri(dataset: Dataset) -> URIRef:
    """The dataset itself."""
    return path(dataset, "dataset")


def graph_name(dataset: Dataset, name: str) -> URIRef:
    """A named graph (one of GRAPHS)."""
    return path(dataset, f"graph/{name}")


def label(vocabulary: Graph, iri: URIRef, language: str) -> str:
    """A concept's preferred label; in English where the vocabulary does not have the language."""
    labels = {o.language: str(o) for o in vocabulary.objects(iri, SKOS.prefLabel) if isinstance(o, Literal)}
    return labels.get(language) or labels.get("en") or iri.rsplit("/", 1)[-1]


def date(value: Edtf) -> Literal:
    """A date typed by its precision, never completed."""
    return Literal(str(value), datatype=_DATE_TYPES[value.precision], normalize=False)


def integer(value: int) -> Literal:
    """A whole number."""
    return Literal(str(value), datatype=XSD.integer, normalize=False)


def decimal(value: Decimal) -> Literal:
    """A decimal number as it was written, without an exponent."""
    return Literal(f"{value:f}", datatype=XSD.decimal, normalize=False)


def typed(value: str, datatype: URIRef) -> Literal:
    """A literal exactly as written."""
    return Literal(value, datatype=datatype, normalize=False)


def collect(statements: Iterable[TermStatement]) -> Graph:
    """A graph of the statements; those without an object are left out."""
    graph = Graph(bind_namespaces="none")
    for subject, predicate, value in statements:
        if value is not None:
            graph.add((subject, term(predicate), value))
    return graph
