"""Clients that people use, against the real service."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import SKOS
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, POST, POSTDIRECTLY, TURTLE, URLENCODED, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from tests.conftest import ROOT
from tests.web.running import Service, running

VERBOHRAD = "https://lod.example.org/lindenau/id/place/verbohrad"
LABELS = f"SELECT ?name {{ <{VERBOHRAD}> <{SKOS.prefLabel}> ?name }} ORDER BY ?name"
NAMES = ["Verbohrad", "Werbohrad"]
CURL = shutil.which("curl")
NODE = Path(sys.executable).with_name("node")
COMUNICA = ROOT / "frontend" / "node_modules" / "@comunica" / "query-sparql" / "bin" / "query.js"


@pytest.fixture(scope="module")
def service(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(store, tmp_path_factory.mktemp("clients") / "log") as found:
        yield found


def wrapper(service: Service, query: str, method: str, form: str) -> SPARQLWrapper:
    client = SPARQLWrapper(f"{service.address}/sparql")
    client.setQuery(query)
    client.setMethod(method)
    client.setReturnFormat(form)
    return client


@pytest.mark.parametrize("way", [URLENCODED, POSTDIRECTLY])
@pytest.mark.parametrize("method", [GET, POST])
def test_sparqlwrapper_selects_asks_and_constructs(service: Service, method: str, way: str) -> None:
    def ask(query: str, form: str) -> object:
        client = wrapper(service, query, method, form)
        client.setRequestMethod(way)
        return client.queryAndConvert()

    rows = ask(LABELS, JSON)["results"]["bindings"]  # type: ignore[index]
    assert [row["name"]["value"] for row in rows] == NAMES
    assert ask(f"ASK {{ <{VERBOHRAD}> ?p ?o }}", JSON)["boolean"] is True  # type: ignore[index]
    assert "Werbohrad" in ask(LABELS, XML).toxml()  # type: ignore[attr-defined]
    assert b"Werbohrad" in ask(LABELS, CSV)  # type: ignore[operator]
    turtle = ask(f"CONSTRUCT WHERE {{ <{VERBOHRAD}> ?p ?o }}", TURTLE)
    assert len(Graph().parse(data=turtle, format="turtle")) > 5  # type: ignore[arg-type]


def test_sparqlwrapper_tells_what_is_wrong(service: Service) -> None:
    with pytest.raises(QueryBadFormed, match=r'"line": 1'):
        wrapper(service, "SELECT * {", GET, JSON).query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_reads_the_endpoint_as_a_graph(service: Service, method: str) -> None:
    store = SPARQLStore(f"{service.address}/sparql", method=method)
    graph = Graph(store)
    assert {str(name) for name in graph.objects(URIRef(VERBOHRAD), SKOS.prefLabel)} == {
        "Werbohrad",
        "Verbohrad",
    }
    assert (URIRef(VERBOHRAD), SKOS.prefLabel, None) in graph
    asked = graph.query(f"ASK {{ <{VERBOHRAD}> ?p ?o }}")
    assert asked.askAnswer is True
    assert [str(row[0]) for row in graph.query(LABELS)] == NAMES  # type: ignore[index]


@pytest.mark.skipif(CURL is None, reason="type: sudo apt install curl")
@pytest.mark.parametrize(
    "arguments",
    [
        ["--get", "--data-urlencode", f"query={LABELS}"],
        ["--data-urlencode", f"query={LABELS}"],
        ["-H", "Content-Type: application/sparql-query", "--data-binary", LABELS],
        ["--compressed", "--get", "--data-urlencode", f"query={LABELS}"],
        ["--http1.0", "--get", "--data-urlencode", f"query={LABELS}"],
        ["-H", "Expect: 100-continue", "--data-urlencode", f"query={LABELS}"],
    ],
)
def test_curl_asks(service: Service, arguments: list[str]) -> None:
    assert CURL is not None
    done = subprocess.run(
        [CURL, "-sS", "--fail", "--max-time", "20", *arguments, f"{service.address}/sparql"],
        capture_output=True, check=True,
    )  # fmt: skip
    assert [row["name"]["value"] for row in json.loads(done.stdout)["results"]["bindings"]] == NAMES


@pytest.mark.skipif(CURL is None, reason="type: sudo apt install curl")
def test_curl_follows_a_thing_to_its_description_and_saves_it_once(service: Service, tmp_path: Path) -> None:
    assert CURL is not None
    follow = [CURL, "-sSL", "--fail", "--max-time", "20", "--compressed", "-H", "Accept: text/turtle"]
    remembered = ["--etag-save", str(tmp_path / "tag"), "--etag-compare", str(tmp_path / "tag")]
    doc = f"{service.address}/doc/place/verbohrad"
    first = subprocess.run(
        [*follow, f"{service.address}/id/place/verbohrad"], capture_output=True, check=True
    )
    assert len(Graph().parse(data=first.stdout, format="turtle")) > 5
    for expected in (first.stdout, b""):
        done = subprocess.run([*follow, *remembered, doc], capture_output=True, check=True)
        assert done.stdout == expected


def test_rdflib_parses_a_thing_by_its_address(service: Service) -> None:
    # Its JSON-LD reader warns of itself; for N-Triples it asks for text/plain.
    for form in (None, "turtle", "xml"):
        graph = Graph().parse(f"{service.address}/id/place/verbohrad", format=form)
        assert (URIRef(VERBOHRAD), SKOS.prefLabel, None) in graph


@pytest.mark.skipif(not (NODE.exists() and COMUNICA.exists()), reason="type: make .venv/.frontend")
@pytest.mark.parametrize("source", ["sparql@{}/sparql", "{}/sparql", "{}/doc/place/verbohrad"])
def test_comunica_asks_the_endpoint_and_the_description(service: Service, source: str) -> None:
    results = "application/sparql-results+json"
    done = subprocess.run(
        [str(NODE), str(COMUNICA), source.format(service.address), LABELS, "-t", results],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    found = [row["name"]["value"] for row in json.loads(done.stdout)["results"]["bindings"]]
    assert found == NAMES
