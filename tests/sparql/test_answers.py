"""The same questions to three engines: embedded, the Oxigraph server, Virtuoso. They give the same answers.

What an engine does otherwise stands in docs/engines.md, in the table of differences, and is asserted here: a
difference that ends, or a new one, fails a test.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from vilnius_lod.settings import Settings
from vilnius_lod.sparql.embedded.engine import EmbeddedEngine
from vilnius_lod.sparql.engine import Answer
from vilnius_lod.sparql.errors import MalformedQuery, QueryError, ResultTooLarge
from vilnius_lod.sparql.remote import graph_diff
from vilnius_lod.sparql.remote.endpoint import RemoteEngine
from vilnius_lod.sparql.remote.loader import Target, load

pytest_plugins = ["tests.sparql.engines"]

ROOT = Path(__file__).resolve().parents[2]
QUERIES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "queries").glob("*.rq"))}
Any_Engine = EmbeddedEngine | RemoteEngine


@pytest.fixture(scope="module")
def facts(tiny_snapshot: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((tiny_snapshot / "manifest.json").read_text())["facts"]
    return found


@pytest.fixture(scope="module")
def embedded(tiny_snapshot: Path) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine([tiny_snapshot / "dataset.nq"], Settings(), snapshot="the same") as engine:
        yield engine


def _filled(target: Target, snapshot: Path, base: str) -> RemoteEngine:
    assert load([snapshot / "dataset.nq"], target, base=base, snapshot="the same").switched
    return RemoteEngine(target.query, Settings(), base=base)


@pytest.fixture(scope="module", params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.contract)])
def remote(
    request: pytest.FixtureRequest, tiny_snapshot: Path, facts: dict[str, Any]
) -> Iterator[RemoteEngine]:
    with _filled(request.getfixturevalue(request.param), tiny_snapshot, facts["base"]) as engine:
        yield engine


@pytest.fixture(scope="module")
def virtuoso_engine(virtuoso: Target, tiny_snapshot: Path, facts: dict[str, Any]) -> Iterator[RemoteEngine]:
    with _filled(virtuoso, tiny_snapshot, facts["base"]) as engine:
        yield engine


def rows(engine: Any_Engine, query: str) -> list[tuple[str, ...]]:
    body = engine.run(query, solutions="csv", graph=None).body.decode()
    return [tuple(row) for row in csv.reader(io.StringIO(body))]


def one(engine: Any_Engine, query: str) -> str:
    return rows(engine, query)[1][0]


def terms(engine: Any_Engine, query: str) -> Counter[str]:
    """The rows with datatypes and languages."""
    body = engine.run(query, solutions="json", graph=None).body
    return Counter(
        json.dumps(row, sort_keys=True, ensure_ascii=False) for row in json.loads(body)["results"]["bindings"]
    )


def statements(answer: Answer) -> set[str]:
    return {str(quad.triple) for quad in parse(answer.body, format=RdfFormat.N_TRIPLES)}


def in_order(query: str, variables: tuple[str, ...], found: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What the rows are ordered by, which leaves open the order of rows that have it in common."""
    _, by, last = query.rpartition("ORDER BY")
    columns = [variables.index(name) for name in re.findall(r"\?(\w+)", last)] if by else []
    return [tuple(row[column] for column in columns) for row in found]


def repeated(ours: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """``path-repeats``: the query has ``skos:broader*``."""
    return [row for row in ours for _ in range(2)]


def unbound_is_zero(ours: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """``unbound``: the query compares a sum that has no value where a document has no date."""
    alone = 7
    return [(*row[:alone], row[alone] or "0", *row[alone + 1 :]) for row in ours]


IN_VIRTUOSO = {"twinned-cities": repeated, "agreements-and-witnesses": unbound_is_zero}
BOOLEANS = {"true": "1", "false": "0"}


def test_there_are_questions() -> None:
    assert len(QUERIES) >= 15


@pytest.mark.parametrize("name", QUERIES)
def test_a_packaged_query_has_the_same_answer_everywhere(
    embedded: EmbeddedEngine, remote: RemoteEngine, name: str, request: pytest.FixtureRequest
) -> None:
    (variables, *ours), (their_variables, *theirs) = (rows(e, QUERIES[name]) for e in (embedded, remote))
    assert variables == their_variables
    if "virtuoso" in request.node.name:
        ours = [tuple(BOOLEANS.get(cell, cell) for cell in row) for row in ours]
        ours = IN_VIRTUOSO.get(name, list)(ours)
    assert Counter(ours) == Counter(theirs)
    assert in_order(QUERIES[name], variables, ours) == in_order(QUERIES[name], variables, theirs)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g",
        "SELECT (COUNT(*) AS ?n) FROM <{base}graph/derived> { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) FROM NAMED <{base}graph/derived> { GRAPH ?g { ?s ?p ?o } }",
        "SELECT (COUNT(*) AS ?n) FROM NAMED <{base}graph/derived> { ?s ?p ?o }",
        "SELECT ?s { ?s skos:prefLabel 'Werbohrad'@DE } ORDER BY ?s",
        "SELECT ?s { ?s skos:prefLabel 'Werbohrad' }",
        "SELECT ?s { ?s a vlo:Partnership MINUS { ?s vlo:basedOn/dct:type at:protocol-of-intent } }",
        "SELECT ?s { ?s a vlo:Partnership FILTER NOT EXISTS { ?s vlo:firstYear ?y } } ORDER BY ?s",
        "SELECT ?d (COUNT(*) AS ?n) { ?s vlo:signed ?x BIND(DATATYPE(?x) AS ?d) } GROUP BY ?d ORDER BY ?d",
        "SELECT ?a ?b { ?a vlo:partnerOf/skos:prefLabel ?b FILTER(LANGMATCHES(LANG(?b), 'de')) }",
        "SELECT ?o ?p { ?s vlo:signed ?o ; ?p ?o } ORDER BY ?s",
        "SELECT ?x ?y { VALUES (?x ?y) { (1 UNDEF) (UNDEF 'ąž😀'@lt) } }",
        "SELECT (STRLEN('ąž😀') AS ?x) (SUBSTR('ąžuolas', 2, 3) AS ?y) (UCASE('ąž') AS ?z) {}",
        "SELECT (SUM(?l) AS ?n) { ?s <http://www.w3.org/2003/01/geo/wgs84_pos#lat> ?l FILTER(?l > 54.5) }",
    ],
)
def test_a_question_has_the_same_answer_everywhere(
    embedded: EmbeddedEngine, remote: RemoteEngine, facts: dict[str, Any], query: str
) -> None:
    query = prefixed(query, facts)
    assert terms(embedded, query) == terms(remote, query)


def test_a_construct_gives_the_same_statements_but_for_the_geometries(
    embedded: EmbeddedEngine, remote: RemoteEngine
) -> None:
    query = "CONSTRUCT WHERE { ?s ?p ?o }"
    ours, theirs = (
        statements(engine.run(query, solutions=None, graph="ntriples")) for engine in (embedded, remote)
    )
    assert {one for one in ours ^ theirs if "geosparql#asWKT" not in one} == set()
    assert len(ours) == len(theirs)


def test_the_protocols_graphs_mean_the_same(
    embedded: EmbeddedEngine, remote: RemoteEngine, facts: dict[str, Any]
) -> None:
    derived, records = (f"{facts['base']}graph/{name}" for name in ("derived", "records"))
    for default, named in [
        ([derived], []),
        ([derived, records], []),
        ([], [derived]),
        ([records], [derived]),
        ([f"{derived}/none"], []),
        ([], ["file:///etc/passwd"]),
    ]:
        for pattern in ("{ ?s ?p ?o }", "{ GRAPH ?g { ?s ?p ?o } }"):
            ours, theirs = (
                engine.run(
                    f"SELECT (COUNT(*) AS ?n) {pattern}",
                    solutions="csv",
                    graph=None,
                    default_graphs=default,
                    named_graphs=named,
                ).body
                for engine in (embedded, remote)
            )
            assert ours == theirs, (default, named, pattern)


PREFIXES = """PREFIX vlo: <https://w3id.org/vilnius-lod/ontology#> PREFIX dct: <http://purl.org/dc/terms/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX at: <https://w3id.org/vilnius-lod/id/agreement-type/>
"""


def prefixed(query: str, facts: dict[str, Any]) -> str:
    return PREFIXES + query.replace("{base}", facts["base"])


# Name in docs/engines.md: a query, what we answer to it, what Virtuoso answers (a term or an error).
DIFFERENCES: dict[str, tuple[str, str, str]] = {
    "mistake": ("SELECT * {\n  ?s ?p }", "MalformedQuery 5 9", "MalformedQuery None None"),
    "unknown-function": ("SELECT (<http://e.org/f>(1) AS ?x) {}", "EvaluationFailed", "EngineFailed"),
    "boolean": ("SELECT (1 = 1 AS ?x) { VALUES ?y { 1 } }", "true", "1"),
    "division-by-zero": ("SELECT (1/0 AS ?x) {}", "", "EngineFailed"),
    "integer-division": ("SELECT (1/3 AS ?x) {}", "0.333333333333333333", "0"),
    "unbound": (
        "SELECT ((?a + ?b) = 0 AS ?x) { ?s vlo:edtf '1970-07-21' OPTIONAL { ?s vlo:no ?a ; vlo:none ?b } }",
        "",
        "0",
    ),
    "dates": (
        "SELECT (COUNT(*) AS ?n) { ?s vlo:signed ?d FILTER(?d < '1990-01-01'^^xsd:date) }",
        "2",
        "3",
    ),
    "geometry": (
        "SELECT ?x { <{base}id/geometry/alfors> <http://www.opengis.net/ont/geosparql#asWKT> ?x }",
        '"POINT(29.32 62.41)"^^<http://www.opengis.net/ont/geosparql#wktLiteral>',
        '"POINT(29.319999694824 62.409999847412)"^^<http://www.openlinksw.com/schemas/virtrdf#Geometry>',
    ),
    "group-concat": (
        "SELECT (GROUP_CONCAT(?l; SEPARATOR=',') AS ?x) { VALUES ?l { 'a'@en 'b'@en } }",
        '"a,b"@en',
        '"a,b"',
    ),
    "separator": (
        "SELECT (GROUP_CONCAT(?l) AS ?x) { VALUES ?l { 'a' 'b' } }",
        '"a b"',
        "EngineFailed",
    ),
    "from-graph": (
        "SELECT (COUNT(*) > 0 AS ?x) FROM <{base}graph/derived> { GRAPH ?g { ?s ?p ?o } }",
        "false",
        "1",
    ),
    "blank-node": ("SELECT (ISBLANK(BNODE()) AS ?x) {}", "true", "MalformedQuery None None"),
}
APART = {"describe", "from-and-parameters", "cut-graph", "path-repeats"}
IN_OXIGRAPH = {"mistake": "MalformedQuery 5 10", "unknown-function": "EngineFailed"}


def told(engine: Any_Engine, query: str) -> str:
    try:
        return engine.run(query, solutions="tsv", graph=None).body.decode().splitlines()[1]
    except MalformedQuery as error:
        return f"MalformedQuery {error.line} {error.column}"
    except QueryError as error:
        return type(error).__name__


@pytest.mark.parametrize("name", DIFFERENCES)
def test_what_differs_is_what_the_documentation_says(
    embedded: EmbeddedEngine,
    remote: RemoteEngine,
    facts: dict[str, Any],
    name: str,
    request: pytest.FixtureRequest,
) -> None:
    query, ours, theirs = DIFFERENCES[name]
    if "oxigraph" in request.node.name:
        theirs = IN_OXIGRAPH.get(name, ours)
    query = prefixed(query, facts)
    assert told(embedded, query) == ours
    assert told(remote, query) == theirs


@pytest.mark.contract
def test_virtuoso_describes_what_points_at_a_thing_too(
    embedded: EmbeddedEngine, virtuoso_engine: RemoteEngine, facts: dict[str, Any]
) -> None:
    query = f"DESCRIBE <{facts['base']}id/place/verbohrad>"
    ours, theirs = (
        statements(engine.run(query, solutions=None, graph="ntriples"))
        for engine in (embedded, virtuoso_engine)
    )
    assert ours < theirs
    assert all(f"id/place/verbohrad> {line.split(' ', 2)[1]}" not in line for line in theirs - ours)


@pytest.mark.contract
def test_virtuoso_adds_the_protocols_graphs_to_those_of_from(
    embedded: EmbeddedEngine, virtuoso_engine: RemoteEngine, facts: dict[str, Any]
) -> None:
    derived, records = (f"{facts['base']}graph/{name}" for name in ("derived", "records"))
    query = f"SELECT (COUNT(*) AS ?n) FROM <{derived}> {{ ?s ?p ?o }}"

    def count(engine: Any_Engine) -> int:
        body = engine.run(query, solutions="csv", graph=None, default_graphs=[records]).body
        return int(body.split()[1])

    both = int(one(embedded, f"SELECT (COUNT(*) AS ?n) FROM <{derived}> FROM <{records}> {{ ?s ?p ?o }}"))
    assert count(embedded) < both == count(virtuoso_engine)


@pytest.mark.contract
def test_virtuoso_says_that_it_cuts_a_table_and_not_that_it_cuts_a_graph(
    virtuoso_that_cuts: Target, tmp_path: Path
) -> None:
    path = tmp_path / "small.nq"
    for number in range(3):
        with path.open("a") as file:
            file.write(f'<https://e.org/{number}> <https://e.org/p> "o" <https://e.org/graph/all> .\n')
    assert load([path], virtuoso_that_cuts, base="https://e.org/", snapshot="small").switched
    with RemoteEngine(virtuoso_that_cuts.query, Settings(), base="https://e.org/") as engine:
        assert len(rows(engine, "SELECT * { ?s ?p ?o }")) == 1 + 3
        with pytest.raises(ResultTooLarge):
            engine.run("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", solutions="csv", graph=None)
        cut = engine.run(
            "CONSTRUCT { ?a ?d ?g } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
            solutions=None,
            graph="ntriples",
        )
    assert len(statements(cut)) < 27


def test_the_documentation_lists_these_differences_and_no_others() -> None:
    text = (ROOT / "docs" / "engines.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (Oxigraph|Virtuoso) \| `([\w-]+)` \|", text, re.M)
    assert {name for engine, name in listed if engine == "Virtuoso"} == set(DIFFERENCES) | APART
    assert {name for engine, name in listed if engine == "Oxigraph"} == set(IN_OXIGRAPH)
    rules = text.partition("| rule | |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `([\w ]+)` \|", rules, re.M)) == set(graph_diff.RULES)
