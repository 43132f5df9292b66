"""The formats of query answers: how they are asked for, and how they come."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask.testing import FlaskClient
from rdflib import Graph

from vilnius_lod.web.routes.sparql import formats

ROWS = "SELECT ?x { VALUES ?x { 1 2 } }"
GRAPH = "CONSTRUCT { <http://e.org/s> <http://e.org/p> ?x } WHERE { VALUES ?x { 1 2 } }"
FORM = "application/x-www-form-urlencoded"
SPARQL = "application/sparql-query"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"


@pytest.mark.parametrize(
    ("value", "rows", "graph"),
    [
        ("json", JSON, "application/ld+json"),
        ("xml", XML, "application/rdf+xml"),
        ("srj", JSON, "text/turtle"),
        ("srx", XML, "text/turtle"),
        ("csv", "text/csv", "text/turtle"),
        ("tsv", "text/tab-separated-values", "text/turtle"),
        ("html", "text/html", "text/html"),
        ("turtle", JSON, "text/turtle"),
        ("ttl", JSON, "text/turtle"),
        ("n3", JSON, "text/n3"),
        ("nt", JSON, "application/n-triples"),
        ("ntriples", JSON, "application/n-triples"),
        ("n-triples", JSON, "application/n-triples"),
        ("rdf", JSON, "application/rdf+xml"),
        ("rdfxml", JSON, "application/rdf+xml"),
        ("rdf+xml", JSON, "application/rdf+xml"),
        ("rdf xml", JSON, "application/rdf+xml"),
        ("jsonld", JSON, "application/ld+json"),
        ("json-ld", JSON, "application/ld+json"),
        ("JSON-LD", JSON, "application/ld+json"),
        ("nq", JSON, "application/n-quads"),
        ("trig", JSON, "application/trig"),
        ("application/sparql-results json", JSON, "text/turtle"),  # an unescaped plus
        ("application/sparql-results+json;charset=utf-8", JSON, "text/turtle"),
        (" Text/CSV ; q=1", "text/csv", "text/turtle"),
        ("application/ld+json,application/x-json+ld", JSON, "application/ld+json"),
        ("text/n3", JSON, "text/n3"),
        ("application/turtle", JSON, "application/turtle"),
        ("application/json", "application/json", "application/json"),
        ("application/xml", "application/xml", "application/xml"),
        ("text/xml", "text/xml", "text/xml"),
        ("nonsense", JSON, "text/turtle"),
        ("", JSON, "text/turtle"),
        (",;", JSON, "text/turtle"),
    ],
)
def test_a_format_has_many_names_and_an_unknown_one_gives_way_to_accept(
    value: str, rows: str, graph: str
) -> None:
    for parameter in ("format", "output", "results"):
        asked = formats.asked([("query", "x"), (parameter, value)])
        found = formats.for_solutions(asked, None), formats.for_graph(asked, "")
        assert [form.media_type for form in found if form] == [rows, graph]


@pytest.mark.parametrize(
    ("values", "accept", "rows", "graph"),
    [
        (["nonsense", "csv", "turtle", "xml"], "", "text/csv", "text/turtle"),
        (["rdf+xml", "application/rdf+xml"], "text/csv", "text/csv", "application/rdf+xml"),
        (["csv"], "application/n-triples", "text/csv", "application/n-triples"),
        (["csv", "html"], BROWSER, "text/csv", "text/html"),
        (["ttl"], BROWSER, "text/html", "text/turtle"),
        (["nonsense"], "image/png", None, None),
        ([], "application/json", "application/json", "application/json"),
        ([], "text/n3", None, "text/n3"),
        ([], BROWSER, "text/html", "text/html"),
    ],
)
def test_the_first_name_that_fits_the_query_wins(
    values: list[str], accept: str, rows: str | None, graph: str | None
) -> None:
    found = formats.for_solutions(values, accept), formats.for_graph(values, accept)
    assert [form and form.media_type for form in found] == [rows, graph]


# Read as that format which holds one graph without a name.
PARSERS = {
    "text/turtle": "turtle", "text/n3": "turtle", "application/x-turtle": "turtle",
    "application/trig": "turtle", "application/n-triples": "nt", "application/n-quads": "nt",
    "text/plain": "nt", "application/rdf+xml": "xml", "application/xml": "xml",
}  # fmt: skip


@pytest.mark.parametrize("media_type", PARSERS)
def test_a_graph_has_the_media_type_that_was_asked_for(client: FlaskClient, media_type: str) -> None:
    by_accept = client.get("/sparql", query_string={"query": GRAPH}, headers={"Accept": media_type})
    by_name = client.get(f"/sparql?query={quote(GRAPH)}&format={media_type}")
    for answer in (by_accept, by_name):
        assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert by_accept.data == by_name.data
    assert len(Graph().parse(data=by_accept.data, format=PARSERS[media_type])) == 2


def ways(client: FlaskClient, query: str, parameters: dict[str, str], **options: Any) -> list[Any]:
    """The same request in every way of the protocol."""
    address = f"/sparql?{urlencode(parameters)}"
    return [
        client.get("/sparql", query_string={"query": query, **parameters}, **options),
        client.post("/sparql", data={"query": query, **parameters}, **options),
        client.post(address, data={"query": query}, **options),
        client.post(address, data=query, content_type=SPARQL, **options),
        client.post(
            "/sparql", query_string={"query": query, **parameters}, data="", content_type=FORM, **options
        ),
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        {"format": "csv"},
        {"output": "TSV"},
        {"results": "xml"},
        {"default-graph-uri": "http://e.org/none"},
        {"default-graph-uri": "", "named-graph-uri": "", "format": "", "update": ""},
    ],
)  # fmt: skip
def test_parameters_mean_the_same_in_the_address_and_in_a_form(
    client: FlaskClient, parameters: dict[str, str]
) -> None:
    """SPARQL 1.1 Protocol, section 2.1."""
    answers = ways(client, "SELECT (COUNT(*) > 0 AS ?any) { ?s ?p ?o }", parameters)
    assert {(answer.status_code, answer.content_type, answer.data) for answer in answers} == {
        (200, answers[0].content_type, answers[0].data)
    }
    assert (b"false" in answers[0].data) == ("none" in parameters.get("default-graph-uri", ""))


def test_graphs_of_the_address_and_of_the_form_are_joined(client: FlaskClient, base: str) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"

    def count(*graphs: str, **form: str) -> int:
        address = "/sparql?" + urlencode([("default-graph-uri", base + graph) for graph in graphs])
        answer = client.post(address, data={"query": query, "format": "csv", **form})
        return int(answer.data.split()[1])

    records, derived = count("graph/records"), count("graph/derived")
    assert records > 0 < derived
    assert count("graph/records", **{"default-graph-uri": base + "graph/derived"}) > max(records, derived)


@pytest.fixture
def base(client: FlaskClient) -> str:
    """The dataset's base, as the endpoint's description has it."""
    graph = Graph().parse(data=client.get("/sparql").data, format="turtle")
    [found] = graph.query("SELECT ?s { ?s a <http://www.w3.org/ns/sparql-service-description#Service> }")
    return str(found[0]).removesuffix("sparql")  # type: ignore[index]


@pytest.mark.parametrize("content_type", [FORM, SPARQL])
def test_a_query_in_both_places_is_refused(client: FlaskClient, content_type: str) -> None:
    body = f"query={quote(ROWS)}" if content_type == FORM else ROWS
    answer = client.post("/sparql", query_string={"query": ROWS}, data=body, content_type=content_type)
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_an_empty_query_is_none(client: FlaskClient) -> None:
    assert client.get("/sparql?query=").mimetype == "text/turtle"
    assert "<textarea" in client.get("/sparql?query=&format=", headers={"Accept": BROWSER}).text
    assert client.post("/sparql", data={"query": ""}).status_code == 400
    assert client.get(f"/sparql?query=&query={quote(ROWS)}").mimetype == JSON


@pytest.mark.parametrize("name", ["ttl", "json-ld", "n3", "nq", "trig", "rdf", "nt"])
def test_the_endpoints_description_has_the_same_formats(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/sparql?format={name}")
    form = formats.for_graph([name], None)
    assert form is not None
    assert (answer.status_code, answer.mimetype) == (200, form.media_type)


@pytest.mark.parametrize(
    ("query", "form", "name"),
    [
        (ROWS, "csv", "result.csv"),
        (ROWS, "tsv", "result.tsv"),
        (ROWS, "json", "result.json"),
        (ROWS, "xml", "result.xml"),
        ("ASK {}", "json", "result.json"),
        (GRAPH, "turtle", "graph.ttl"),
        (GRAPH, "jsonld", "graph.jsonld"),
        (GRAPH, "ntriples", "graph.nt"),
        (GRAPH, "rdfxml", "graph.rdf"),
        (GRAPH, "trig", "graph.trig"),
        (GRAPH, "n3", "graph.n3"),
    ],
)
def test_an_answer_to_save_has_a_name_and_an_ending(
    client: FlaskClient, query: str, form: str, name: str
) -> None:
    """RFC 6266."""
    for answer in ways(client, query, {"format": form}):
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    head = client.head("/sparql", query_string={"query": query, "format": form})
    got = client.get("/sparql", query_string={"query": query, "format": form})
    assert dict(head.headers) | {"Date": ""} == dict(got.headers) | {"Date": ""}
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": BROWSER})
    assert "Content-Disposition" not in page.headers
    if "ASK" not in query and form != "n3":
        assert f'download="{name}"' in page.text


@pytest.mark.parametrize(
    ("query", "form", "others"),
    [
        ('SELECT ("a\\u0001" AS ?x) {}', "xml", {JSON, "text/csv"}),
        ('SELECT ("\\uFFFE" AS ?x) {}', "srx", {JSON, "text/csv"}),
        ("CONSTRUCT { <a:b> <http://e.org/> 1 } WHERE {}", "rdf", {"text/turtle"}),
        ("CONSTRUCT { <a:b> <http://e.org/$1> 1 } WHERE {}", "xml", {"text/turtle"}),
        ('CONSTRUCT { <a:b> <a:c> "\\u0008" } WHERE {}', "rdf", {"application/n-triples"}),
        ('SELECT (TRIPLE(<a:b>, <a:b>, 1) AS ?x) {}', "json", {"text/csv"}),
    ],
)  # fmt: skip
def test_what_a_format_cannot_say_is_a_problem_that_names_others(
    client: FlaskClient, query: str, form: str, others: set[str]
) -> None:
    for answer in ways(client, query, {"format": form}):
        assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
        problem = json.loads(answer.data)
        found = {other["mediaType"] for other in problem["available"]}
        assert others <= found
        for other in found:
            assert other in problem["detail"]
            assert client.post("/sparql", data={"query": query, "format": other}).status_code == 200
