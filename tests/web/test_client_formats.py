"""Every format that clients can ask for, in every way that they ask."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from xml.dom.minidom import Document

import pandas as pd
import pytest
from rdflib import Graph, Literal
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import GET, POST, POSTDIRECTLY, URLENCODED, SPARQLWrapper
from SPARQLWrapper.Wrapper import _allowedFormats

from tests.conftest import ROOT
from tests.web.running import Service, running

ROWS = "SELECT ?x ?y { VALUES (?x ?y) { (1 'ąž') (2 UNDEF) } }"
TRIPLES = """CONSTRUCT { <http://e.org/s> <http://e.org/p> ?o } WHERE { VALUES ?o { 1 "it's \\n" } }"""
DESCRIBED = "DESCRIBE ?s { { SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 1 } }"
NODE = Path(sys.executable).with_name("node")
CLIENTS = ROOT / "tests" / "web" / "clients"


@pytest.fixture(scope="module")
def service(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(store, tmp_path_factory.mktemp("formats") / "log") as found:
        yield found


@pytest.mark.parametrize("way", [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
@pytest.mark.parametrize("form", [None, *_allowedFormats])
def test_sparqlwrapper_converts_every_format_of_every_form(
    service: Service, form: str | None, way: tuple[str, str]
) -> None:
    def ask(query: str) -> object:
        client = SPARQLWrapper(f"{service.address}/sparql")
        if form:
            client.setReturnFormat(form)
        client.setMethod(way[0])
        client.setRequestMethod(way[1])
        client.setQuery(query)
        with warnings.catch_warnings(action="ignore"):  # it says when a format is not of the query's form
            return client.queryAndConvert()

    rows, yes = ask(ROWS), ask("ASK {}")
    if form in (None, "xml"):
        assert isinstance(rows, Document)
        assert isinstance(yes, Document)
    elif form in ("csv", "tsv"):
        assert isinstance(rows, bytes)
        assert isinstance(yes, bytes)
        assert "ąž" in rows.decode()
    else:
        assert isinstance(rows, dict)
        assert isinstance(yes, dict)
        assert (len(rows["results"]["bindings"]), yes["boolean"]) == (2, True)
    for query in (TRIPLES, DESCRIBED):
        graph = ask(query)
        if form not in (None, "xml", "rdf", "rdf+xml", "json", "json-ld"):
            assert isinstance(graph, bytes)
            graph = Graph().parse(data=graph, format="turtle")
        assert isinstance(graph, Graph)
        assert len(graph) == 2 if query is TRIPLES else len(graph) > 0


@pytest.mark.filterwarnings(
    "ignore:Dataset.default_context is deprecated:DeprecationWarning"
)  # its N3 reader
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv", "turtle", "n3", "nt"])
def test_rdflibs_store_reads_every_format(service: Service, method: str, form: str) -> None:
    graph = Graph(SPARQLStore(f"{service.address}/sparql", method=method, returnFormat=form))
    if form in ("xml", "json", "csv", "tsv"):
        assert [str(row[1]) for row in graph.query(ROWS) if row[1]] == ["ąž"]  # type: ignore[index]
    if form not in ("json", "csv", "tsv"):
        found = graph.query(TRIPLES).graph
        assert found is not None
        assert {value.toPython() for value in found.objects() if isinstance(value, Literal)} == {1, "it's \n"}


@pytest.mark.parametrize("parameter", ["format", "output", "results"])
@pytest.mark.parametrize(("form", "separator"), [("csv", ","), ("tsv", "\t"), ("text/csv", ",")])
def test_pandas_reads_a_table_by_its_address(
    service: Service, parameter: str, form: str, separator: str
) -> None:
    address = f"{service.address}/sparql?{urlencode({'query': ROWS, parameter: form})}"
    table = pd.read_csv(address, sep=separator)
    assert list(table[table.columns[0]]) == [1, 2]
    single = "SELECT ?x { VALUES ?x { UNDEF 'a' UNDEF } }"
    address = f"{service.address}/sparql?{urlencode({'query': single, parameter: 'csv'})}"
    assert len(pd.read_csv(address)) == 3


@pytest.mark.skipif(
    not (NODE.exists() and (CLIENTS / "node_modules").exists()), reason="type: make .venv/.clients"
)
@pytest.mark.parametrize(
    "client", ["fetch GET", "fetch POST", "http get", "http postUrlencoded", "http postDirect"]
)
def test_clients_in_javascript_read_rows_and_graphs(service: Service, client: str) -> None:
    def ask(query: str) -> list[dict[str, object]]:
        done = subprocess.run(
            [str(NODE), str(CLIENTS / "program.mjs"), client, f"{service.address}/sparql", query],
            capture_output=True, check=True, timeout=60,
        )  # fmt: skip
        return [json.loads(line) for line in done.stdout.splitlines()]

    assert ask(ROWS) == [{"x": "1", "y": "ąž"}, {"x": "2"}]
    assert {row["o"] for row in ask(TRIPLES)} == {"1", "it's \n"}
    assert ask("ASK {}") == [{"found": True}]
