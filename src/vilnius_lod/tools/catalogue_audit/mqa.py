"""The Metadata Quality Assessment of the European portal: its indicators and points, for a catalogue.

https://data.europa.eu/mqa/methodology; the points of a catalogue there are those of its best distribution,
here each distribution has its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from rdflib import Graph
from rdflib.namespace import DCAT, DCTERMS
from rdflib.term import Node

from ...formats import DISTRIBUTED, SPARQL_XML

_EU = "http://publications.europa.eu/resource/authority/"
# What the portal calls machine-readable and non-proprietary, as far as our files are concerned.
_OPEN = (*DISTRIBUTED, SPARQL_XML)
_FORMATS = {f"{_EU}file-type/{form.file_type}" for form in _OPEN}
_MEDIA_TYPES = {f"http://www.iana.org/assignments/media-types/{form.media_type}" for form in _OPEN}


@dataclass(frozen=True, slots=True)
class Case:
    """A distribution of a dataset; ``answering`` are the addresses that answer, ``complies`` says whether the
    catalogue meets DCAT-AP.
    """

    graph: Graph
    dataset: Node
    distribution: Node
    answering: Collection[str]
    complies: bool


Indicator = Callable[[Case], bool]


def _on_dataset(predicate: Node) -> Indicator:
    return lambda case: (case.dataset, predicate, None) in case.graph


def _on_distribution(predicate: Node) -> Indicator:
    return lambda case: (case.distribution, predicate, None) in case.graph


def _answers(predicate: Node) -> Indicator:
    def check(case: Case) -> bool:
        addresses = {str(value) for value in case.graph.objects(case.distribution, predicate)}
        return bool(addresses) and addresses <= set(case.answering)

    return check


def _of(predicate: Node, known: Collection[str]) -> Indicator:
    return lambda case: str(case.graph.value(case.distribution, predicate)) in known


def _known_terms(case: Case) -> bool:
    return _of(DCTERMS.format, _FORMATS)(case) and _of(DCAT.mediaType, _MEDIA_TYPES)(case)


def _known_licence(case: Case) -> bool:
    return str(case.graph.value(case.distribution, DCTERMS.license)).startswith(f"{_EU}licence/")


def _known_access(case: Case) -> bool:
    return str(case.graph.value(case.dataset, DCTERMS.accessRights)).startswith(f"{_EU}access-right/")


INDICATORS: dict[str, dict[str, tuple[int, Indicator]]] = {
    "findability": {
        "keywords": (30, _on_dataset(DCAT.keyword)),
        "themes": (30, _on_dataset(DCAT.theme)),
        "places": (20, _on_dataset(DCTERMS.spatial)),
        "period": (20, _on_dataset(DCTERMS.temporal)),
    },
    "accessibility": {
        "accessURL answers": (50, _answers(DCAT.accessURL)),
        "downloadURL": (20, _on_distribution(DCAT.downloadURL)),
        "downloadURL answers": (30, _answers(DCAT.downloadURL)),
    },
    "interoperability": {
        "format": (20, _on_distribution(DCTERMS["format"])),
        "media type": (10, _on_distribution(DCAT.mediaType)),
        "format and media type are known": (10, _known_terms),
        "non-proprietary": (20, _of(DCTERMS["format"], _FORMATS)),
        "machine-readable": (20, _of(DCTERMS["format"], _FORMATS)),
        "DCAT-AP": (30, lambda case: case.complies),
    },
    "reusability": {
        "licence": (20, _on_distribution(DCTERMS.license)),
        "licence is known": (10, _known_licence),
        "access rights": (10, _on_dataset(DCTERMS.accessRights)),
        "access rights are known": (5, _known_access),
        "contact point": (20, _on_dataset(DCAT.contactPoint)),
        "publisher": (10, _on_dataset(DCTERMS.publisher)),
    },
    "contextuality": {
        "rights": (5, _on_distribution(DCTERMS.rights)),
        "size": (5, _on_distribution(DCAT.byteSize)),
        "issued": (5, _on_dataset(DCTERMS.issued)),
        "modified": (5, _on_dataset(DCTERMS.modified)),
    },
}
MAX_POINTS = sum(worth for part in INDICATORS.values() for worth, _ in part.values())


def points(case: Case) -> tuple[dict[str, int], list[str]]:
    """The points of a distribution for each dimension, and the indicators by which it loses some."""
    totals, lost = {}, []
    for dimension, indicators in INDICATORS.items():
        fulfilled = {name: check(case) for name, (_, check) in indicators.items()}
        totals[dimension] = sum(worth for name, (worth, _) in indicators.items() if fulfilled[name])
        lost += [name for name, good in fulfilled.items() if not good]
    return totals, lost
