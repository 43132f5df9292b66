"""A snapshot comes whole to a real engine, or nothing there changes."""

from __future__ import annotations

import dataclasses
import json
import struct
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from vilnius_lod.settings import Settings
from vilnius_lod.sparql.errors import EngineFailed
from vilnius_lod.sparql.remote import graph_diff
from vilnius_lod.sparql.remote.endpoint import RemoteEngine
from vilnius_lod.sparql.remote.loader import LoadReport, Target, load

pytest_plugins = ["tests.sparql.engines"]

BASE = "https://lindenau.example/"
RECORDS, DERIVED = f"{BASE}graph/records", f"{BASE}graph/derived"
XSD = "http://www.w3.org/2001/XMLSchema#"
WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"
EVERY_KIND = [
    f'"1972"^^<{XSD}gYear>',
    f'"1991-02"^^<{XSD}gYearMonth>',
    f'"1998-03-03"^^<{XSD}date>',
    f'"1998-03-03T10:00:00Z"^^<{XSD}dateTime>',
    f'"007"^^<{XSD}integer>',
    f'"8.0"^^<{XSD}decimal>',
    f'"true"^^<{XSD}boolean>',
    f'"POINT(25.28 54.687)"^^<{WKT}>',
    '"Draugystė \\"„ą“\\"\\n\\tnauja eilutė 😀"@lt',
    '"Colour"@en-GB',
    '"plain \\\\ text"',
    "<https://lindenau.example/id/place/%C4%85?a=b&c=d#e>",
]


def nquads(path: Path, *graphs: tuple[str, list[str]]) -> list[Path]:
    lines = [
        f"<{BASE}id/{number}> <{BASE}ontology#p{number}> {value} <{graph}> ."
        for graph, values in graphs
        for number, value in enumerate(values)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [path]


def count(target: Target, graph: str) -> int:
    query = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    request = urllib.request.Request(
        f"{target.query}?query={quote(query)}", headers={"Accept": "application/sparql-results+json"}
    )
    with urllib.request.urlopen(request) as answer:
        return int(json.load(answer)["results"]["bindings"][0]["n"]["value"])


def rules(report: LoadReport) -> set[str]:
    return {altered.rule for graph in report.graphs for altered in graph.diff.altered}


@pytest.fixture(params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.contract)])
def target(request: pytest.FixtureRequest) -> Target:
    found: Target = request.getfixturevalue(request.param)
    return found


def test_every_kind_of_value_arrives_and_what_was_altered_is_named(target: Target, tmp_path: Path) -> None:
    files = nquads(tmp_path / "one.nq", (RECORDS, EVERY_KIND), (DERIVED, EVERY_KIND[:2]))
    report = load(files, target, base=BASE, snapshot="one")
    assert report.switched, report
    assert [(graph.graph, graph.sent, graph.counted, graph.read) for graph in report.graphs] == [
        (DERIVED, 2, 2, 2),
        (RECORDS, 12, 12, 12),
    ]
    assert (count(target, RECORDS), count(target, DERIVED)) == (12, 2)
    assert "number" in rules(report)
    altered = [one for graph in report.graphs for one in graph.diff.altered]
    assert any('"007"' in one.sent and '"7"' in one.found for one in altered)
    assert count(target, f"{RECORDS}?snapshot=one") == 0, "nothing is left of the staging"


def test_a_new_snapshot_takes_the_place_of_the_old(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vilnius_lod.sparql.remote.endpoint.RECHECK_SECONDS", 0.0)
    load(nquads(tmp_path / "1.nq", (RECORDS, ['"1"']), (DERIVED, ['"2"'])), target, base=BASE, snapshot="s1")
    with RemoteEngine(target.query, Settings(), base=BASE) as engine:

        def told() -> tuple[str, bytes]:
            answer = engine.run("SELECT ?o { ?s ?p ?o } ORDER BY ?o", solutions="csv", graph=None)
            return answer.snapshot, answer.body

        assert told() == ("s1", b"o\r\n1\r\n2\r\n")
        assert load(nquads(tmp_path / "2.nq", (RECORDS, ['"3"'])), target, base=BASE, snapshot="s2").switched
        assert told() == ("s2", b"o\r\n3\r\n")
    assert count(target, DERIVED) == 0, "a graph that the new snapshot has not is gone"


def test_a_load_can_be_said_again(target: Target, tmp_path: Path) -> None:
    files = nquads(tmp_path / "same.nq", (RECORDS, EVERY_KIND))
    for _ in range(2):
        assert load(files, target, base=BASE, snapshot="same").switched
    assert count(target, RECORDS) == 12


def test_two_datasets_live_side_by_side(target: Target, tmp_path: Path) -> None:
    other = "https://other.example/"
    load(nquads(tmp_path / "1.nq", (RECORDS, ['"ours"'])), target, base=BASE, snapshot="ours")
    load(nquads(tmp_path / "2.nq", (f"{other}graph/records", ['"theirs"'])), target, base=other, snapshot="o")
    with RemoteEngine(target.query, Settings(), base=BASE) as engine:
        answer = engine.run("SELECT ?o { ?s ?p ?o }", solutions="csv", graph=None)
        assert (answer.snapshot, answer.body) == ("ours", b"o\r\nours\r\n")


def test_a_snapshot_comes_whole_and_agrees(target: Target, tiny_snapshot: Path) -> None:
    facts = json.loads((tiny_snapshot / "manifest.json").read_text())["facts"]
    report = load([tiny_snapshot / "dataset.nq"], target, base=facts["base"], snapshot="real")
    assert report.switched
    lines = (tiny_snapshot / "dataset.nq").read_text(encoding="utf-8").count("\n")
    assert sum(graph.counted for graph in report.graphs) == lines
    assert rules(report) <= set(graph_diff.RULES)


@pytest.mark.contract
def test_a_wrong_password_changes_nothing(virtuoso: Target, tmp_path: Path) -> None:
    files = nquads(tmp_path / "one.nq", (RECORDS, ['"1"']))
    assert load(files, virtuoso, base=BASE, snapshot="before").switched
    wrong = dataclasses.replace(virtuoso, password="wrong")
    with pytest.raises(EngineFailed, match="PUT: it answered 401"):
        load(nquads(tmp_path / "two.nq", (RECORDS, ['"2"', '"3"'])), wrong, base=BASE, snapshot="after")
    assert count(virtuoso, RECORDS) == 1


@pytest.mark.contract
def test_an_engine_that_cuts_answers_is_refused_and_keeps_what_it_had(
    virtuoso_that_cuts: Target, tmp_path: Path
) -> None:
    target = virtuoso_that_cuts
    assert load(nquads(tmp_path / "1.nq", (RECORDS, ['"1"'])), target, base=BASE, snapshot="small").switched
    report = load(nquads(tmp_path / "2.nq", (RECORDS, EVERY_KIND)), target, base=BASE, snapshot="large")
    (graph,) = report.graphs
    assert not report.switched
    assert graph.cut
    assert (graph.sent, graph.counted) == (12, 12)
    assert graph.read + len(graph.diff.lost) == 12
    assert count(target, RECORDS) == 1
    assert count(target, f"{RECORDS}?snapshot=large") == 0


@contextmanager
def in_between(target: Target, spoil: str) -> Iterator[Target]:
    """The engine behind something that loses or changes a word on the way in."""

    class Between(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            _, _, parameters = self.path.partition("?")
            sent = urllib.request.Request(
                f"{target.store}?{parameters}",
                data=body.replace(b'"spoil me"', spoil.encode()),
                headers={"Content-Type": "text/turtle"},
                method="PUT",
            )
            with urllib.request.urlopen(sent) as answer:
                self.send_response(answer.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_HEAD(self) -> None:
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Between) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield dataclasses.replace(target, store=f"http://127.0.0.1:{server.server_port}/")
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("spoil", ['"spoiled"', '"spoil me" , "and more"', "<https://e.org/>"])
def test_an_engine_that_alters_what_it_may_not_is_refused(
    oxigraph: Target, tmp_path: Path, spoil: str
) -> None:
    assert load(nquads(tmp_path / "1.nq", (RECORDS, ['"1"'])), oxigraph, base=BASE, snapshot="good").switched
    with in_between(oxigraph, spoil) as target:
        files = nquads(tmp_path / "2.nq", (RECORDS, ['"spoil me"', '"2"']))
        report = load(files, target, base=BASE, snapshot="bad")
    assert not report.switched
    (graph,) = report.graphs
    assert not graph.diff.explained
    assert len(graph.diff.added) == 1
    assert count(oxigraph, RECORDS) == 1
    assert count(oxigraph, f"{RECORDS}?snapshot=bad") == 0
    with RemoteEngine(oxigraph.query, Settings(), base=BASE) as engine:
        assert engine.run("ASK { ?s ?p '1' }", solutions="csv", graph=None).snapshot == "good"


def test_a_class_that_lost_a_thing_is_named(oxigraph: Target, tmp_path: Path) -> None:
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    path = tmp_path / "typed.nq"
    path.write_text(
        f'<{BASE}1> <{kind}> <{BASE}Class> <{RECORDS}> .\n<{BASE}2> <{kind}> "spoil me" <{RECORDS}> .\n'
    )
    with in_between(oxigraph, f"<{BASE}Class>") as target:
        report = load([path], target, base=BASE, snapshot="typed")
    (graph,) = report.graphs
    assert [(one.kind, one.iri, one.sent, one.found) for one in graph.count_mismatches] == [
        ("class", f"{BASE}Class", 1, 2)
    ]
    assert not report.switched


def test_an_engine_that_is_away_is_told(tmp_path: Path) -> None:
    away = Target(query="http://127.0.0.1:9/q", update="http://127.0.0.1:9/u", store="http://127.0.0.1:9/s")
    with pytest.raises(EngineFailed, match="refused"):
        load(nquads(tmp_path / "1.nq", (RECORDS, ['"1"'])), away, base=BASE, snapshot="x")


def test_a_statement_in_no_graph_is_a_mistake_of_the_files(tmp_path: Path) -> None:
    path = tmp_path / "odd.nq"
    path.write_text(f"<{BASE}1> <{BASE}2> <{BASE}3> .\n")
    target = Target(query="http://127.0.0.1:9/", update="http://127.0.0.1:9/", store="http://127.0.0.1:9/")
    with pytest.raises(ValueError, match=r"odd\.nq: a statement is in no named graph"):
        load([path], target, base=BASE, snapshot="x")


def literal(text: str, datatype: str = "") -> Literal:
    if datatype.startswith("@"):
        return Literal(text, language=datatype[1:])
    return Literal(text, datatype=NamedNode(datatype if ":" in datatype else XSD + datatype))


@pytest.mark.parametrize(
    ("sent", "found", "rule"),
    [
        (("8.0", "decimal"), ("8", "decimal"), "number"),
        (("-0.0", "decimal"), ("0", "decimal"), "number"),
        (("+1.50", "decimal"), ("1.5", "decimal"), "number"),
        (("100", "decimal"), ("100.0", "decimal"), "number"),
        (("007", "integer"), ("7", "integer"), "number"),
        (("1", "boolean"), ("true", "boolean"), "boolean"),
        (("2001-01-01T00:00:00+00:00", "dateTime"), ("2001-01-01T00:00:00Z", "dateTime"), "time zone"),
        (
            ("POINT(9.9187 57.048)", WKT),
            ("POINT(9.9187002182007 57.048000335693)", "http://www.openlinksw.com/schemas/virtrdf#Geometry"),
            "geometry",
        ),
    ],
)
def test_another_spelling_is_named_and_explained(
    sent: tuple[str, str], found: tuple[str, str], rule: str
) -> None:
    subject, predicate = NamedNode(f"{BASE}1"), NamedNode(f"{BASE}p")
    one, two = (Triple(subject, predicate, literal(*value)) for value in (sent, found))
    difference_found = graph_diff.compare({one}, {two})
    assert difference_found.explained
    assert [(a.sent, a.found, a.rule) for a in difference_found.altered] == [(str(one), str(two), rule)]
    assert rule in graph_diff.RULES


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (("8.0", "decimal"), ("8.01", "decimal")),
        (("8", "decimal"), ("8", "integer")),
        (("1972", "gYear"), ("1972", "integer")),
        (("1972", "gYear"), ("1972-01-01", "date")),
        (("1991-02", "gYearMonth"), ("1991", "gYear")),
        (("Ąžuolas", "@lt"), ("Azuolas", "@lt")),
        (("x", "@lt"), ("x", "@en")),
        (("x", "string"), ("X", "string")),
        (("POINT(9.9187 57.048)", WKT), ("POINT(9.92 57.048)", WKT)),
    ],
)
def test_another_value_is_not_explained(sent: tuple[str, str], found: tuple[str, str]) -> None:
    subject, predicate = NamedNode(f"{BASE}1"), NamedNode(f"{BASE}p")
    one, two = (Triple(subject, predicate, literal(*value)) for value in (sent, found))
    found_difference = graph_diff.compare({one}, {two})
    assert not found_difference.explained
    assert (found_difference.lost, found_difference.added) == ((str(one),), (str(two),))


def test_a_language_tag_means_the_same_in_capitals() -> None:
    subject, predicate = NamedNode(f"{BASE}1"), NamedNode(f"{BASE}p")
    one, two = (Triple(subject, predicate, literal("x", tag)) for tag in ("@en-GB", "@en-gb"))
    assert graph_diff.compare({one}, {two}) == graph_diff.compare({one}, {one})


def test_single_precision_moves_a_point_by_less_than_two_metres() -> None:
    """The figure in docs/engines.md: the largest step between neighbours, at 180 degrees, in metres."""
    step = struct.unpack("f", struct.pack("I", struct.unpack("I", struct.pack("f", 179.9))[0] + 1))[0] - 179.9
    assert abs(step) * 111_320 < 2
