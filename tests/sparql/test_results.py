"""Whatever an answer holds, a parser that is not ours reads it as it is, or it is refused."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store
from rdflib import BNode, Graph, Literal

from vilnius_lod.settings import Settings
from vilnius_lod.sparql import results
from vilnius_lod.sparql.embedded.engine import EmbeddedEngine
from vilnius_lod.sparql.errors import NotWritable, ResultTooLarge
from vilnius_lod.sparql.formats import SOLUTIONS

rdflib.NORMALIZE_LITERALS = False  # each is to be read as it was written
LARGE = {"rows": 1000, "size": 2**20}
SPARQL = "{http://www.w3.org/2005/sparql-results#}"
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\"\\'\r\n\t,{}[]<>&\x00\x0b\x7f\ufffe")
)
PREFIXES = {"ex": "http://example.org/", "xsd": "http://www.w3.org/2001/XMLSchema#"}
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def answer(query: str) -> QuerySolutions:
    found = Store().query(query)
    assert isinstance(found, QuerySolutions)
    return found


def values(*columns: str, rows: list[list[str | None]]) -> QuerySolutions:
    """Rows of plain texts, as the engine gives them."""
    document = {
        "head": {"vars": list(columns)},
        "results": {
            "bindings": [
                {
                    name: {"type": "literal", "value": cell}
                    for name, cell in zip(columns, row, strict=False)
                    if cell is not None
                }
                for row in rows
            ]
        },
    }
    found = ox.parse_query_results(json.dumps(document).encode(), format=QueryResultsFormat.JSON)
    assert isinstance(found, QuerySolutions)
    return found


def from_json(body: bytes) -> list[list[str]]:
    found = json.loads(body)
    return [[row[name]["value"] for name in found["head"]["vars"]] for row in found["results"]["bindings"]]


def from_xml(body: bytes) -> list[list[str]]:
    root = ElementTree.fromstring(body)
    return [[cell[0].text or "" for cell in row] for row in root.iter(f"{SPARQL}result")]


def from_csv(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode(), newline="")))[1:]


READERS: dict[str, Callable[[bytes], list[list[str]]]] = {
    "json": from_json, "xml": from_xml, "csv": from_csv,
}  # fmt: skip


def written(write: Callable[[], bytes], may_fail: bool, other: str) -> bytes | None:
    """None if the format cannot say it, which an error then tells that names another format."""
    if not may_fail:
        return write()
    try:
        return write()
    except NotWritable as refused:
        if other not in refused.others:
            raise
    return None


@pytest.mark.parametrize("name", READERS)
@given(rows=st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=5))
def test_rows_of_any_text_are_read_back_or_refused(name: str, rows: list[list[str | None]]) -> None:
    body = written(
        lambda: results.write_solutions(values("a", "b", rows=rows), name, **LARGE), name == "xml", "csv"
    )
    assert body is None or READERS[name](body) == rows


@given(rows=st.lists(st.lists(st.none() | TEXTS, min_size=1, max_size=3), min_size=1, max_size=9))
def test_rows_are_counted_whatever_they_hold(rows: list[list[str | None]]) -> None:
    width = len(rows[0])
    rows = [(row + [None] * 3)[:width] for row in rows]
    for name in SOLUTIONS:
        try:
            body = results.write_solutions(values("a", "b", "c"[:1], rows=rows), name, **LARGE)
        except NotWritable:
            continue
        assert not results.has_more_rows(body, SOLUTIONS[name], len(rows)), (name, body)
        assert results.has_more_rows(body, SOLUTIONS[name], len(rows) - 1), (name, body)


def test_a_large_answer_in_json_needs_little_more_memory_than_itself(dataset: Path) -> None:
    """14 MB took 333 MiB once, because its strings were taken out of a copy of it."""
    query = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 40000"
    with EmbeddedEngine([dataset], Settings()) as engine:
        answer = engine.run(query, solutions="json", graph=None)
    assert 10_000_000 < len(answer.body) < Settings().result_bytes
    assert len(json.loads(answer.body)["results"]["bindings"]) == 40_000


@pytest.mark.parametrize("name", SOLUTIONS)
@pytest.mark.parametrize(
    "query", ["SELECT ?nothing { VALUES ?x { 1 2 3 } }", "SELECT * { VALUES () { () () () } }"]
)
def test_rows_of_nothing_are_counted_too(name: str, query: str) -> None:
    results.write_solutions(answer(query), name, rows=3, size=10_000)
    with pytest.raises(ResultTooLarge):
        results.write_solutions(answer(query), name, rows=2, size=10_000)


def test_a_row_of_one_empty_cell_is_no_empty_line_in_csv() -> None:
    body = results.write_solutions(values("a", rows=[["x"], [None], [""], ["y\r\n\r\nz"]]), "csv", **LARGE)
    assert from_csv(body) == [["x"], [""], [""], ["y\r\n\r\nz"]]


@given(rows=st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1, max_size=6), most=st.integers(1, 6))
def test_the_first_rows_are_cut_out_of_json(rows: list[list[str | None]], most: int) -> None:
    body = results.write_solutions(values("a", "b", rows=rows), "json", **LARGE)
    assert results.first_rows(body, most, 2**20) == (
        results.write_solutions(values("a", "b", rows=rows[:most]), "json", **LARGE),
        len(rows),
    )
    cut, total = results.first_rows(body, most, 1)
    assert (from_json(cut), total) == (rows[:1], len(rows))


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
@pytest.mark.parametrize(
    "term", ['TRIPLE(<http://e.org/a>, <http://e.org/b>, "c")', 'STRLANGDIR("a", "en", "ltr")']
)  # fmt: skip
def test_what_sparql_1_1_has_no_words_for_is_refused(name: str, term: str) -> None:
    with pytest.raises(NotWritable) as refused:
        results.write_solutions(answer(f"SELECT ({term} AS ?x) {{}}"), name, **LARGE)
    assert refused.value.others == ["csv"]


IRIS = st.builds(
    "http://example.org/{}{}".format,
    st.sampled_from(["", "id/place/", "a/", "1#", "ą/", "x?y=", "a-", "%20", "'(", "urn:"]),
    st.lists(st.sampled_from([*"aZ09-_.~ąž文ͰÀ:'()*;@$&+,=é", "%41", "\U00010400"]), max_size=6).map("".join),
)
NODES = IRIS.map(ox.NamedNode) | st.sampled_from([ox.BlankNode("x"), ox.BlankNode("0y")])
LITERALS = (
    TEXTS.map(ox.Literal)
    | st.builds(ox.Literal, TEXTS, language=st.sampled_from(["en", "lt", "de-at-1996"]))
    | st.builds(
        lambda text, iri: ox.Literal(text, datatype=ox.NamedNode(iri)),
        TEXTS,
        st.sampled_from([PREFIXES["xsd"] + "anyURI"]) | IRIS,
    )
    | st.sampled_from(["1", "-1", "0", "-0", "007", "+5"]).map(
        lambda text: ox.Literal(text, datatype=ox.NamedNode(PREFIXES["xsd"] + "integer"))
    )
)
PROPERTIES = IRIS | st.sampled_from(
    [
        f"{RDF}type",
        f"{RDF}li",
        f"{RDF}_1",
        f"{RDF}about",
        "http://www.w3.org/2000/xmlns/a",
        "urn:1",
        "urn:a:b",
    ]
)
TRIPLES = st.lists(st.builds(ox.Triple, NODES, PROPERTIES.map(ox.NamedNode), NODES | LITERALS), max_size=8)
PARSERS = {"turtle": "turtle", "trig": "turtle", "ntriples": "nt", "nquads": "nt", "rdfxml": "xml"}


def statements(data: bytes | str, form: str) -> set[tuple[tuple[str, ...], ...]]:
    """What rdflib reads, all blank nodes taken for one."""
    graph = Graph().parse(data=data, format=form)
    return {tuple(map(plain, triple)) for triple in graph}


def plain(node: object) -> tuple[str, ...]:
    if isinstance(node, Literal):
        return ("literal", str(node), str(node.language), str(node.datatype))
    return ("blank",) if isinstance(node, BNode) else (str(node),)


@pytest.mark.parametrize("name", [*PARSERS, "jsonld"])
@given(triples=TRIPLES)
def test_a_graph_of_any_terms_is_read_back_or_refused(name: str, triples: list[ox.Triple]) -> None:
    body = written(
        lambda: results.write_graph(triples, name, PREFIXES, **LARGE)[0], name == "rdfxml", "turtle"
    )
    if body is None:
        return
    data: bytes | str = body
    if name == "jsonld":
        data = jsonld.to_rdf(json.loads(body), {"format": "application/n-quads"})
    found = statements(data, PARSERS.get(name, "nt"))
    assert found == statements(ox.serialize(triples, format=RdfFormat.N_TRIPLES) or b"", "nt")


def test_turtle_has_no_long_strings_which_some_parsers_cannot_read() -> None:
    text = 'it\'s \'\'\'three\'\'\' "and" """three"""\r\nof each'
    triple = ox.Triple(ox.NamedNode("http://e.org/s"), ox.NamedNode("http://e.org/p"), ox.Literal(text))
    body, _ = results.write_graph([triple], "turtle", {}, **LARGE)
    assert body.count(b"\n") == 3
    assert b"<http://e.org/p> \"it's " in body
    assert [quad.object.value for quad in ox.parse(body, format=RdfFormat.TURTLE)] == [text]


def test_blank_nodes_get_the_same_names_each_time() -> None:
    query = (
        "CONSTRUCT { ?s <http://e.org/p> [ <http://e.org/q> ?s ] }"
        "{ VALUES ?s { <http://e.org/1> <http://e.org/2> } }"
    )
    answers = {results.write_graph(Store().query(query), "turtle", {}, **LARGE) for _ in range(3)}  # type: ignore[arg-type]
    [(body, blank)] = answers
    assert blank
    assert body.count(b"_:b0") == body.count(b"_:b1") == 2
