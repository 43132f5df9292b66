"""Checks of a published catalogue: profiles, addresses, sizes, checksums, points of the European portal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyshacl
from rdflib import Graph, Namespace
from rdflib.namespace import DCAT, FOAF, RDF, SH
from rdflib.term import Node

from ... import formats
from ...i18n.messages import UserError
from ...validation.shacl import catalogue_shapes
from . import mqa

SPDX = Namespace("http://spdx.org/rdf/terms#")
_MEDIA_TYPES = [form.media_type for form in formats.RDF]
_ADDRESSES = (
    DCAT.accessURL, DCAT.downloadURL, DCAT.endpointURL, DCAT.endpointDescription, DCAT.landingPage,
)  # fmt: skip
_PAGES = (FOAF.homepage, FOAF.page)
# Where the two profiles contradict one another, no catalogue can meet both: docs/harvesting.md.
_CONTRADICTED = {str(DCAT.byteSize), str(SPDX.algorithm)}


@dataclass(frozen=True, slots=True)
class FetchResult:
    """The response from an address; ``status`` is 0 where there was none."""

    status: int
    media_type: str = ""
    bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What was checked, whether it is as it should be, and the value."""

    name: str
    good: bool
    result: str


def parse(content: bytes, media_type: str) -> Graph:
    """The catalogue, in the format that its media type names. Raises UserError if it cannot be read."""
    if media_type not in _MEDIA_TYPES:
        raise UserError(
            "found: {found}; allowed: {allowed}", found=media_type, allowed=", ".join(_MEDIA_TYPES)
        )
    try:
        return Graph().parse(data=content, format=media_type)
    except Exception as error:  # each of rdflib's parsers has exceptions of its own
        message = "the catalogue cannot be read as {media_type} ({reason})"
        raise UserError(message, media_type=media_type, reason=error) from error


def profile(directory: Path) -> dict[str, Graph]:
    """The shapes in a folder's Turtle files, by name. Raises UserError where there are none."""
    profiles = {}
    for path in sorted(directory.rglob("*.ttl")):
        # A published profile has blanks before the language tag, which rdflib does not take.
        text = re.sub(r'"[ \t]+@(?=[a-z]{2}\b)', '"@', path.read_text("utf-8"))
        graph = Graph().parse(data=text, format="turtle")
        # Published files name property shapes that are nowhere defined; the validator refuses those.
        for shape, part in list(graph.subject_objects(SH.property)):
            if (part, SH.path, None) not in graph:
                graph.remove((shape, SH.property, part))
        if (None, SH.targetClass, None) in graph:
            profiles[str(path.relative_to(directory))] = graph
    if not profiles:
        raise UserError("{folder}: there are no shapes in this folder", folder=directory)
    return profiles


def addresses(graph: Graph) -> list[str]:
    """The addresses that the catalogue gives of its own, each once; not the homepages of others."""
    kinds = (DCAT.Catalog, DCAT.Dataset, DCAT.Distribution)
    resources = [resource for kind in kinds for resource in graph.subjects(RDF.type, kind)]
    values = {value for predicate in _ADDRESSES for value in graph.objects(None, predicate)}
    values |= {page for node in resources for predicate in _PAGES for page in graph.objects(node, predicate)}
    return sorted(map(str, values))


def checks(
    graph: Graph, answers: Mapping[str, FetchResult], profiles: Mapping[str, Graph]
) -> Iterator[Check]:
    """Everything that the operator of a portal would check; ``answers`` are by address."""
    datasets = list(graph.subjects(RDF.type, DCAT.Dataset))
    yield Check("datasets", bool(datasets), str(len(datasets)))
    all_profiles = {"shapes/catalogue.ttl": catalogue_shapes(), **profiles}
    profile_checks = [_profile(graph, name, shapes) for name, shapes in all_profiles.items()]
    yield from profile_checks
    for address, answer in answers.items():
        yield Check(address, answer.status == 200, str(answer.status or "no answer"))
    for distribution, file in sorted(set(graph.subject_objects(DCAT.downloadURL)), key=str):
        yield from _file(graph, distribution, answers.get(str(file), FetchResult(0)))
    answering = {address for address, answer in answers.items() if answer.status == 200}
    complies = all(check.good for check in profile_checks)
    for dataset in sorted(datasets, key=str):
        for distribution in sorted(graph.objects(dataset, DCAT.distribution), key=str):
            points, lost = mqa.points(mqa.Case(graph, dataset, distribution, answering, complies))
            words = ", ".join(f"{name} {number}" for name, number in points.items())
            missing = f"; without: {', '.join(lost)}" if lost else ""
            # A distribution that leads to a service has no file to download, and no size.
            good = not lost or (distribution, DCAT.accessService, None) in graph
            result = f"{sum(points.values())} of {mqa.MAX_POINTS} ({words}{missing})"
            yield Check(f"{_name(distribution)} points", good, result)


def _profile(graph: Graph, name: str, shapes: Graph) -> Check:
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, advanced=True, js=False)
    if not isinstance(report, Graph):
        raise RuntimeError(f"the validator gave no report: {report!r}")
    counts = {"Violation": 0, "Warning": 0, "Info": 0}
    avoidable = 0
    for result in report.objects(None, SH.result):
        severity = str(report.value(result, SH.resultSeverity)).removeprefix(str(SH))
        counts[severity] = counts.get(severity, 0) + 1
        avoidable += severity == "Violation" and str(report.value(result, SH.resultPath)) not in _CONTRADICTED
    words = f"violations {counts['Violation']}, warnings {counts['Warning']}"
    contradicted = counts["Violation"] - avoidable
    return Check(name, not avoidable, words + (f" ({contradicted} contradicted)" if contradicted else ""))


def _file(graph: Graph, distribution: Node, answer: FetchResult) -> Iterator[Check]:
    """Whether the file is as the catalogue describes it."""
    name = _name(distribution)
    size, checksum = graph.value(distribution, DCAT.byteSize), graph.value(distribution, SPDX.checksum)
    if size is not None:
        yield Check(f"{name} size", str(size) == str(answer.bytes), f"{answer.bytes}, stated {size}")
    if checksum is not None:
        stated = str(graph.value(checksum, SPDX.checksumValue)).lower()
        yield Check(f"{name} checksum", stated == answer.sha256, answer.sha256 or "none")
    media_type = str(graph.value(distribution, DCAT.mediaType)).partition("/media-types/")[2]
    yield Check(f"{name} media type", media_type == answer.media_type, answer.media_type or "none")


def _name(distribution: Node) -> str:
    return "distribution " + str(distribution).rsplit("/", 1)[-1]
