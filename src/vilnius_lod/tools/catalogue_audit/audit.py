"""What a published catalogue is worth, as a portal sees it: profiles, addresses, sizes, checksums, points."""

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
from ...i18n.messages import Told
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
    """What came from an address; ``status`` is 0 where nothing came."""

    status: int
    media_type: str = ""
    bytes: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is as it should be, and what was found."""

    name: str
    good: bool
    found: str


def parse(content: bytes, media_type: str) -> Graph:
    """The catalogue, in the format that its media type names. Raises Told if it cannot be read."""
    if media_type not in _MEDIA_TYPES:
        raise Told("found: {found}; allowed: {allowed}", found=media_type, allowed=", ".join(_MEDIA_TYPES))
    try:
        return Graph().parse(data=content, format=media_type)
    except Exception as error:  # each of rdflib's parsers has exceptions of its own
        message = "the catalogue cannot be read as {media_type} ({reason})"
        raise Told(message, media_type=media_type, reason=error) from error


def profile(directory: Path) -> dict[str, Graph]:
    """The shapes in a folder's Turtle files, by name. Raises Told where there are none."""
    found = {}
    for path in sorted(directory.rglob("*.ttl")):
        # A published profile has blanks before the language tag, which rdflib does not take.
        text = re.sub(r'"[ \t]+@(?=[a-z]{2}\b)', '"@', path.read_text("utf-8"))
        graph = Graph().parse(data=text, format="turtle")
        # Published files name property shapes that are nowhere defined; the validator refuses those.
        for shape, part in list(graph.subject_objects(SH.property)):
            if (part, SH.path, None) not in graph:
                graph.remove((shape, SH.property, part))
        if (None, SH.targetClass, None) in graph:
            found[str(path.relative_to(directory))] = graph
    if not found:
        raise Told("{folder}: there are no shapes in this folder", folder=directory)
    return found


def addresses(graph: Graph) -> list[str]:
    """The addresses that the catalogue gives of its own, each once; not the homepages of others."""
    kinds = (DCAT.Catalog, DCAT.Dataset, DCAT.Distribution)
    own = [it for kind in kinds for it in graph.subjects(RDF.type, kind)]
    found = {value for predicate in _ADDRESSES for value in graph.objects(None, predicate)}
    found |= {value for it in own for predicate in _PAGES for value in graph.objects(it, predicate)}
    return sorted(map(str, found))


def checks(
    graph: Graph, answers: Mapping[str, FetchResult], profiles: Mapping[str, Graph]
) -> Iterator[Check]:
    """Everything that a portal's operator would look at; ``answers`` are those of the addresses."""
    datasets = list(graph.subjects(RDF.type, DCAT.Dataset))
    yield Check("datasets", bool(datasets), str(len(datasets)))
    verdicts = [_profile(graph, name, shapes) for name, shapes in _shapes(profiles).items()]
    yield from verdicts
    for address, answer in answers.items():
        yield Check(address, answer.status == 200, str(answer.status or "no answer"))
    for it, file in sorted(set(graph.subject_objects(DCAT.downloadURL)), key=str):
        yield from _file(graph, it, answers.get(str(file), FetchResult(0)))
    answering = {address for address, answer in answers.items() if answer.status == 200}
    complies = all(check.good for check in verdicts)
    for dataset in sorted(datasets, key=str):
        for it in sorted(graph.objects(dataset, DCAT.distribution), key=str):
            found, lost = mqa.points(mqa.Case(graph, dataset, it, answering, complies))
            words = ", ".join(f"{name} {number}" for name, number in found.items())
            missing = f"; without: {', '.join(lost)}" if lost else ""
            # What stands for a service has nothing to download, and no size.
            good = not lost or (it, DCAT.accessService, None) in graph
            yield Check(
                f"{_name(it)} points", good, f"{sum(found.values())} of {mqa.MOST} ({words}{missing})"
            )


def _shapes(profiles: Mapping[str, Graph]) -> dict[str, Graph]:
    return {"shapes/catalogue.ttl": catalogue_shapes(), **profiles}


def _profile(graph: Graph, name: str, shapes: Graph) -> Check:
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, advanced=True, js=False)
    if not isinstance(report, Graph):
        raise RuntimeError(f"the validator gave no report: {report!r}")
    counts = {"Violation": 0, "Warning": 0, "Info": 0}
    avoidable = 0
    for it in report.objects(None, SH.result):
        severity = str(report.value(it, SH.resultSeverity)).removeprefix(str(SH))
        counts[severity] = counts.get(severity, 0) + 1
        avoidable += severity == "Violation" and str(report.value(it, SH.resultPath)) not in _CONTRADICTED
    words = f"violations {counts['Violation']}, warnings {counts['Warning']}"
    contradicted = counts["Violation"] - avoidable
    return Check(name, not avoidable, words + (f" ({contradicted} contradicted)" if contradicted else ""))


def _file(graph: Graph, it: Node, answer: FetchResult) -> Iterator[Check]:
    """Is the file what the catalogue says of it?"""
    size, checksum = graph.value(it, DCAT.byteSize), graph.value(it, SPDX.checksum)
    if size is not None:
        yield Check(f"{_name(it)} size", str(size) == str(answer.bytes), f"{answer.bytes}, stated {size}")
    if checksum is not None:
        stated = str(graph.value(checksum, SPDX.checksumValue)).lower()
        yield Check(f"{_name(it)} checksum", stated == answer.sha256, answer.sha256 or "none")
    media_type = str(graph.value(it, DCAT.mediaType)).partition("/media-types/")[2]
    yield Check(f"{_name(it)} media type", media_type == answer.media_type, answer.media_type or "none")


def _name(it: Node) -> str:
    return "distribution " + str(it).rsplit("/", 1)[-1]
