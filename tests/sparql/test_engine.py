from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rdflib import Graph

from vilnius_lod.settings import Settings
from vilnius_lod.sparql.embedded.engine import EmbeddedEngine
from vilnius_lod.sparql.engine import Answer
from vilnius_lod.sparql.errors import (
    EngineAway,
    EvaluationFailed,
    MalformedQuery,
    NotAcceptable,
    QueryError,
    Refused,
)

RECORDS = "https://example.org/graph/records"
DERIVED = "https://example.org/graph/derived"
COUNT = "SELECT (COUNT(*) AS ?n) {}{{ ?s ?p ?o }}"
COUNT_NAMED = "SELECT (COUNT(*) AS ?n) {}{{ GRAPH ?g {{ ?s ?p ?o }} }}"


def run(engine: EmbeddedEngine, query: str, **more: object) -> Answer:
    options: dict[str, object] = {"solutions": "json", "graph": "turtle", **more}
    return engine.run(query, **options)  # type: ignore[arg-type]


def number(engine: EmbeddedEngine, query: str, **more: object) -> int:
    bindings = json.loads(run(engine, query, **more).body)["results"]["bindings"]
    return int(bindings[0]["n"]["value"])


def test_a_select_is_answered_whole(engine: EmbeddedEngine) -> None:
    answer = run(engine, 'SELECT ?s { ?s <https://example.org/label> "thing 7"@en }')
    assert json.loads(answer.body)["results"]["bindings"] == [
        {"s": {"type": "uri", "value": "https://example.org/id/7"}}
    ]
    assert (answer.kind, answer.format, answer.volatile, answer.snapshot) == (
        "select",
        "json",
        False,
        "first",
    )


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("csv", b"n\r\n610\r\n"),
        ("tsv", b"?n\n610\n"),
        ("xml", b"<?xml"),
        ("json", b'{"head":{"vars":["n"]}'),
    ],
)
def test_solutions_come_in_the_format_asked_for(engine: EmbeddedEngine, form: str, body: bytes) -> None:
    answer = run(engine, COUNT.format(""), solutions=form)
    assert answer.body.startswith(body)
    assert answer.format == form


def test_an_ask_is_answered(engine: EmbeddedEngine) -> None:
    answer = run(engine, "ASK { ?s ?p 'nothing' }")
    assert (answer.kind, json.loads(answer.body)["boolean"]) == ("ask", False)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD parser
@pytest.mark.parametrize(
    ("form", "parser"),
    [
        ("turtle", "turtle"),
        ("ntriples", "nt"),
        ("rdfxml", "xml"),
        ("jsonld", "json-ld"),
        ("nquads", "nt"),
        ("trig", "turtle"),
    ],
)
def test_graphs_come_in_the_format_asked_for(engine: EmbeddedEngine, form: str, parser: str) -> None:
    answer = run(engine, "CONSTRUCT { ?o ?p ?s } WHERE { ?s ?p ?o FILTER(isIRI(?o)) }", graph=form)
    assert (answer.kind, answer.format) == ("construct", form)
    assert len(Graph().parse(data=answer.body, format=parser)) == 300


def test_turtle_uses_the_prefixes_and_names_each_subject_once(engine: EmbeddedEngine) -> None:
    answer = run(engine, "DESCRIBE <https://example.org/id/3>")
    assert answer.kind == "describe"
    assert b"@prefix ex: <https://example.org/> ." in answer.body
    assert answer.body.count(b"<https://example.org/id/3>\n  ex:") == 1
    assert answer.body.count(b"\n") == 6


def test_a_graph_is_written_alike_by_every_worker(engine: EmbeddedEngine, dataset: Path) -> None:
    query = "CONSTRUCT WHERE { ?s <https://example.org/next> ?o }"
    with EmbeddedEngine([dataset], Settings()) as other:
        assert run(engine, query, graph="ntriples").body == run(other, query, graph="ntriples").body


@pytest.mark.parametrize(
    ("options", "default", "named"),
    [
        ({}, 610, 610),
        ({"default_graphs": [DERIVED]}, 10, 0),
        ({"default_graphs": [DERIVED, RECORDS]}, 610, 0),
        ({"named_graphs": [DERIVED]}, 0, 10),
        ({"default_graphs": [RECORDS], "named_graphs": [DERIVED]}, 600, 10),
        ({"default_graphs": ["https://example.org/unknown"]}, 0, 0),
        ({"named_graphs": ["file:///etc/passwd"]}, 0, 0),
    ],
)
def test_the_protocols_graphs_are_those_that_are_asked(
    engine: EmbeddedEngine, options: dict[str, object], default: int, named: int
) -> None:
    assert number(engine, COUNT.format(""), **options) == default
    assert number(engine, COUNT_NAMED.format(""), **options) == named


@pytest.mark.parametrize(
    ("clauses", "default", "named"),
    [
        (f"FROM <{DERIVED}> ", 10, 0),
        (f"FROM NAMED <{DERIVED}> ", 0, 10),
        (f"FROM <{RECORDS}> FROM NAMED <{DERIVED}> ", 600, 10),
        ("FROM <https://example.org/unknown> ", 0, 0),
        ("FROM <file:///etc/passwd> ", 0, 0),
    ],
)
def test_from_means_the_same_and_gives_way_to_the_protocol(
    engine: EmbeddedEngine, clauses: str, default: int, named: int
) -> None:
    assert number(engine, COUNT.format(clauses)) == default
    assert number(engine, COUNT_NAMED.format(clauses)) == named
    assert number(engine, COUNT.format(clauses), default_graphs=[RECORDS]) == 600
    assert number(engine, COUNT_NAMED.format(clauses), default_graphs=[RECORDS]) == 0


@pytest.mark.parametrize(
    ("query", "line", "column", "message"),
    [
        ("SELECT * {\n  ?s ?p ?o\n  FILTER(?o = ) }", 3, 15, "“[)]” is not expected here"),
        ("SELECT * {\n ?s ex:p ?o }", 2, 5, "the prefix “ex:” is not declared"),
        ("ASK { <http://e/ąž> ?p 'ąž' ! }", 1, 29, "“!” is not expected here"),
        ("SELECT * { ?s ?p }", 1, 18, "“}” is not expected here"),
        ("SELECT * {\n  OPTIONL { ?s ?p ?o } }", 2, 3, "“OPTIONL” is not expected here"),
        ("SELEC * {}", 1, 1, "“SELEC” is not expected here"),
        ("SELECT * { ?s ?p ?o", 1, 20, "the query ends too early"),
        ("", 1, 1, "the query ends too early"),
        ("ASK {} 'text'", 1, 8, "“'text'” is not expected here"),
        ("SELECT * { ?s <http://e/ > ?o }", 1, 26, "“>” is not expected here"),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }", 1, 40, "variable that is unbound"),
    ],
)
def test_a_mistake_is_told_with_line_and_column(
    engine: EmbeddedEngine, query: str, line: int, column: int, message: str
) -> None:
    with pytest.raises(MalformedQuery, match=message) as caught:
        run(engine, query)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_a_surrogate_is_a_mistake(engine: EmbeddedEngine) -> None:
    with pytest.raises(MalformedQuery):
        run(engine, "ASK { ?s ?p '\ud800' }")


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("SELECT * {}", "select"),
        ("ASK {}", "ask"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "construct"),
        ("DESCRIBE <a:b>", "describe"),
    ],
)
def test_an_answer_that_the_client_does_not_take_is_not_acceptable(
    engine: EmbeddedEngine, query: str, kind: str
) -> None:
    takes = {"solutions": None} if kind in ("select", "ask") else {"graph": None}
    with pytest.raises(NotAcceptable) as caught:
        run(engine, query, **takes)
    assert caught.value.kind == kind


def test_what_differs_from_run_to_run_is_volatile(engine: EmbeddedEngine) -> None:
    assert run(engine, "SELECT (NOW() AS ?t) {}").volatile
    assert run(engine, "CONSTRUCT { [] ?p ?o } WHERE { ?s ?p ?o }").volatile
    assert not run(engine, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }").volatile


def test_an_unknown_function_fails_the_query_and_not_the_engine(engine: EmbeddedEngine) -> None:
    with pytest.raises(EvaluationFailed):
        run(engine, "ASK { BIND(<https://example.org/f>(1) AS ?x) }")
    assert number(engine, COUNT.format("")) == 610


def test_the_guard_stands_before_the_engine(engine: EmbeddedEngine) -> None:
    with pytest.raises(Refused):
        run(engine, "ASK { SERVICE <https://example.org/> {} }")
    with pytest.raises(Refused):
        run(engine, "LOAD <file:///etc/passwd>")


def test_eight_threads_each_get_their_own_answers(engine: EmbeddedEngine) -> None:
    def ask(thing: int) -> str:
        if thing % 10 == 9:
            with pytest.raises(QueryError):
                run(engine, "SELECT nonsense")
        query = f"SELECT ?o {{ <https://example.org/id/{thing}> <https://example.org/label> ?o }}"
        return str(json.loads(run(engine, query).body)["results"]["bindings"][0]["o"]["value"])

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(200))) == [f"thing {thing}" for thing in range(200)]


def test_an_engine_without_its_data_is_away(tmp_path: Path) -> None:
    with pytest.raises(EngineAway, match="No such file"):
        EmbeddedEngine([tmp_path / "missing.nq"], Settings())
    broken = tmp_path / "broken.nq"
    broken.write_text("<a:b> <a:b> .\n")
    with pytest.raises(EngineAway):
        EmbeddedEngine([broken], Settings())


def test_a_closed_engine_is_away(dataset: Path) -> None:
    with EmbeddedEngine([dataset], Settings()) as engine:
        run(engine, "ASK {}")
    with pytest.raises(EngineAway):
        run(engine, "ASK {}")


def test_relative_iris_are_resolved_against_the_base(dataset: Path) -> None:
    """SPARQL 1.1 Query, 4.1.1.2."""
    query = "CONSTRUCT { <a> <#b> <../c> } WHERE { }"
    with EmbeddedEngine([dataset], Settings(), base="https://example.org/sparql/") as engine:
        answer = engine.run(query, solutions=None, graph="ntriples")
        with pytest.raises(MalformedQuery) as caught:
            engine.run("SELECT * WHERE { <a> <#b> ?c . } }", solutions="json", graph=None)
    assert answer.body == (
        b"<https://example.org/sparql/a> <https://example.org/sparql/#b> <https://example.org/c> .\n"
    )
    assert (caught.value.line, caught.value.column) == (1, 34)
