"""How IRIs and literals are made: one place, so that every graph says the same of the same thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from ..edtf import Edtf
from ..rdf import namespaces
from ..rdf.terms import IRI, RDF_LANG_STRING, Literal, Term, Triple
from ..records.dataset import Dataset

TermStatement = tuple[IRI, str, Term | None]
"""Subject, predicate as a CURIE, and object; one without an object says nothing."""
Labels = Mapping[IRI, Mapping[str, str]]
"""The preferred labels of things by language."""

GRAPHS = ("records", "links", "attestations", "derived", "vocabulary")
_DATE_TYPES = {"year": "xsd:gYear", "month": "xsd:gYearMonth", "day": "xsd:date"}


def term(curie: str) -> IRI:
    """A term of a vocabulary by its CURIE, or of a link table's CURIE map."""
    return IRI(namespaces.expand(curie))


def concept(scheme: str, slug: str) -> IRI:
    """A concept of the vocabulary."""
    return IRI(namespaces.concept(scheme, slug))


def thing(dataset: Dataset, kind: str, slug: str) -> IRI:
    """A thing of the dataset."""
    return path(dataset, f"id/{kind}/{slug}")


def path(dataset: Dataset, reference: str) -> IRI:
    """An IRI below the dataset's base."""
    return IRI(dataset.base + reference)


def dataset_iri(dataset: Dataset) -> IRI:
    """The dataset itself."""
    return path(dataset, "dataset")


def graph_name(dataset: Dataset, name: str) -> IRI:
    """A named graph (one of GRAPHS)."""
    return path(dataset, f"graph/{name}")


def labels(vocabulary: Iterable[Triple]) -> Labels:
    """The preferred labels of the vocabulary's concepts."""
    found: dict[IRI, dict[str, str]] = {}
    for subject, predicate, value in vocabulary:
        if predicate == term("skos:prefLabel") and isinstance(value, Literal):
            found.setdefault(subject, {})[value.language] = value.value
    return found


def label(preferred: Labels, iri: IRI, language: str) -> str:
    """A concept's preferred label; in English where the vocabulary does not have the language."""
    texts = preferred.get(iri, {})
    return texts.get(language) or texts.get("en") or iri.value.rsplit("/", 1)[-1]


def text(words: str | None, language: str = "") -> Literal | None:
    """A text, with its language if it is given; None if there are no words."""
    if not words:
        return None
    return Literal(words, RDF_LANG_STRING, language) if language else Literal(words)


def date(value: Edtf) -> Literal:
    """A date typed by its precision, never completed."""
    return typed(str(value), _DATE_TYPES[value.precision])


def integer(value: int) -> Literal:
    """A whole number."""
    return typed(str(value), "xsd:integer")


def decimal(value: Decimal) -> Literal:
    """A decimal number as it was written, without an exponent."""
    return typed(f"{value:f}", "xsd:decimal")


def boolean(value: bool) -> Literal:
    """True or false."""
    return typed(str(value).lower(), "xsd:boolean")


def typed(value: str, datatype: str) -> Literal:
    """A literal exactly as written; the datatype is a CURIE."""
    return Literal(value, namespaces.expand(datatype))


def collect(statements: Iterable[TermStatement]) -> list[Triple]:
    """The statements as triples, sorted, each once; those without an object are left out."""
    return sorted({Triple(s, term(p), o) for s, p, o in statements if o is not None})
