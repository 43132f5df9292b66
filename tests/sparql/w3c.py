"""The W3C SPARQL 1.0 and 1.1 test suites, as cases: github.com/w3c/rdf-tests, which is not part of this one.

It is looked for in ``$RDF_TESTS``, else beside the repository in ``shared/rdf-tests``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from pyoxigraph import NamedNode, Quad, RdfFormat, parse
from rdflib import Graph, Namespace
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS
from rdflib.term import Node

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("RDF_TESTS") or ROOT.parent / "shared" / "rdf-tests")
BASE = "https://w3c.example/"
# Entailment is no part of the plain query language; federated queries are refused here on purpose.
LEFT_OUT = {"entailment", "service", "syntax-fed"}
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")


@dataclass(frozen=True, slots=True)
class Case:
    """A query of the suite. ``kind`` is ``evaluation``, ``valid`` or ``invalid``; graphs are named by the
    addresses of their files.
    """

    name: str
    kind: str
    query: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    @property
    def has_dataset(self) -> bool:
        """Whether it has FROM clauses (the word stands in some comments too)."""
        return bool(re.search(r"^[^#]*\bFROM\s+(NAMED\s*)?[<:]", self.query, re.IGNORECASE | re.MULTILINE))


@dataclass(frozen=True, slots=True)
class Request:
    """A request of a protocol case, with the graphs that it presumes: name and file. ``good`` is whether it
    is to be answered with success, and ``boolean`` with which boolean.
    """

    name: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    graphs: tuple[tuple[str, str], ...]
    good: bool
    boolean: bool | None

    @property
    def updates(self) -> bool:
        """Whether it is an update, which a service for reading refuses."""
        return "update=" in self.path or b"update=" in self.body or "sparql-update" in str(self.headers)


_KINDS = {
    "QueryEvaluationTest": "evaluation",
    "CSVResultFormatTest": "evaluation",
    "PositiveSyntaxTest": "valid",
    "PositiveSyntaxTest11": "valid",
    "NegativeSyntaxTest": "invalid",
    "NegativeSyntaxTest11": "invalid",
}


def cases() -> Iterator[Case]:
    """All query cases, in the order of their files."""
    for manifest, iri in _manifests():
        for test in _entries(manifest):
            kind = _KINDS.get(str(manifest.value(test, RDF.type)).removeprefix(str(MF)))
            if kind is None:
                continue
            action = manifest.value(test, MF.action)
            file = str(manifest.value(action, QT.query) or action)
            if not file.endswith(".rq"):  # an update
                continue
            text = path(file).read_bytes().decode("utf-8")
            yield Case(
                f"{iri.removeprefix(BASE).removesuffix('/manifest.ttl')}/{str(test).partition('#')[2]}",
                kind,
                # A request has no base; the query's own comes after this one and wins.
                f"BASE <{file}>\n{text}",
                tuple(sorted(str(graph) for graph in manifest.objects(action, QT.data))),
                tuple(sorted(str(graph) for graph in manifest.objects(action, QT.graphData))),
            )


def requests() -> Iterator[Request]:
    """The requests of the protocol cases, in order."""
    for manifest, _ in _manifests():
        for test in _entries(manifest):
            if manifest.value(test, RDF.type) != MF.ProtocolTest:
                continue
            graphs = tuple(
                (str(manifest.value(graph, RDFS.label)), str(manifest.value(graph, UT.graph)))
                for graph in manifest.objects(test, UT.graphData)
            )
            connection = manifest.value(test, MF.action)
            listed = manifest.value(connection, HT.requests) or RDF.nil
            for number, node in enumerate(Collection(manifest, listed), start=1):
                request = _request(manifest, f"{str(test).partition('#')[2]}-{number}", node, graphs)
                yield request
                if request.updates:  # what follows asks for its effect
                    break


def graphs() -> dict[str, str]:
    """Every graph that a case names, and the file it is in."""
    found = {graph: graph for case in cases() for graph in (*case.default, *case.named)}
    # FROM and GRAPH may name a file of the folder that the manifest does not list.
    for file in sorted((FOLDER / "sparql" / "sparql10" / "dataset").glob("data*.ttl")):
        iri = BASE + file.relative_to(FOLDER).as_posix()
        found[iri] = iri
    return found | {name: file for request in requests() for name, file in request.graphs}


def quads(name: str, file: str) -> Iterator[Quad]:
    """The statements of a file, in the graph of that name; blank nodes are this graph's own."""
    form = {"ttl": RdfFormat.TURTLE, "n3": RdfFormat.N3, "rdf": RdfFormat.RDF_XML, "nt": RdfFormat.N_TRIPLES}
    source = path(file)
    found = parse(source.read_bytes(), form[source.suffix[1:]], base_iri=file, rename_blank_nodes=True)
    for quad in found:
        yield Quad(quad.subject, quad.predicate, quad.object, NamedNode(name))


def path(iri: str) -> Path:
    """Where a file of the suite is."""
    return FOLDER / unquote(iri.removeprefix(BASE))


def _manifests() -> Iterator[tuple[Graph, str]]:
    for file in sorted(FOLDER.glob("sparql/sparql1[01]/*/manifest.ttl")):
        if file.parent.name not in LEFT_OUT:
            iri = BASE + file.relative_to(FOLDER).as_posix()
            yield Graph().parse(file, format="turtle", publicID=iri), iri


def _entries(manifest: Graph) -> Iterator[Node]:
    for listed in manifest.objects(None, MF.entries):
        yield from Collection(manifest, listed)


def _request(manifest: Graph, name: str, request: Node, graphs: tuple[tuple[str, str], ...]) -> Request:
    headers = Collection(manifest, manifest.value(request, HT.headers) or RDF.nil)
    body = manifest.value(request, HT.body)
    chars = str(manifest.value(body, CNT.chars) or "") if body else ""
    response = manifest.value(request, HT.resp)
    boolean = manifest.value(response, MF.expectedBoolean)
    return Request(
        name,
        str(manifest.value(request, HT.methodName)),
        # The suite's own path is /sparql/; ours has no slash at its end.
        str(manifest.value(request, HT.absolutePath)).replace("/sparql/", "/sparql", 1),
        tuple((str(manifest.value(h, HT.fieldName)), str(manifest.value(h, HT.fieldValue))) for h in headers),
        chars.encode(str(manifest.value(body, CNT.characterEncoding) or "UTF-8") if body else "UTF-8"),
        graphs,
        any("2xx" in str(status) for status in manifest.objects(response, MF.expectedStatus)),
        None if boolean is None else bool(boolean.toPython()),  # type: ignore[attr-defined]
    )
