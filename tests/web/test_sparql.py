"""The SPARQL 1.1 Protocol, as a client uses it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from pyld import jsonld
from rdflib import Graph

from ..pages import BROWSER
from .conftest import BASE

LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
QUERY = f"SELECT ?name {{ <{BASE}id/place/verbohrad> <{LABEL}> ?name }}"
HEAVY = "SELECT(COUNT(*)AS ?n){?a ?b ?c. ?d ?e ?f. ?g ?h ?i}"
SPARQL = "application/sparql-query"
FORM = "application/x-www-form-urlencoded"


def names(body: bytes) -> set[str]:
    return {row["name"]["value"] for row in json.loads(body)["results"]["bindings"]}


def test_the_three_ways_to_ask_give_the_same_answer(client: FlaskClient) -> None:
    answers = [
        client.get("/sparql", query_string={"query": QUERY}),
        client.post("/sparql", data=f"query={quote(QUERY)}", content_type=FORM),
        client.post("/sparql", data=QUERY, content_type="application/sparql-query; charset=utf-8"),
    ]
    for answer in answers:
        assert (answer.status_code, answer.content_type) == (200, "application/sparql-results+json")
        assert names(answer.data) == {"Werbohrad", "Verbohrad"}


def test_a_form_is_decoded_once(client: FlaskClient) -> None:
    query = 'SELECT ?name { BIND("100%2B1 + ąž" AS ?name) }'
    assert names(client.post("/sparql", data=f"query={quote(query)}", content_type=FORM).data) == {
        "100%2B1 + ąž"
    }


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "application/sparql-results+json"),
        ("application/json", "application/json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("text/turtle, text/csv;q=0.5", "text/csv; charset=utf-8"),
        (BROWSER, "text/html; charset=utf-8"),
    ],
)
def test_rows_come_in_the_format_asked_for(client: FlaskClient, accept: str, content_type: str) -> None:
    answer = client.get("/sparql", query_string={"query": QUERY}, headers={"Accept": accept})
    assert (answer.status_code, answer.content_type) == (200, content_type)
    assert "Werbohrad" in answer.text
    assert "Accept" in answer.headers["Vary"].split(", ")


@pytest.mark.parametrize(
    ("accept", "content_type", "parser"),
    [
        ("", "text/turtle; charset=utf-8", "turtle"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
        ("application/ld+json", "application/ld+json", "json-ld"),
    ],
)
def test_graphs_come_in_the_format_asked_for(
    client: FlaskClient, accept: str, content_type: str, parser: str
) -> None:
    query = f"CONSTRUCT WHERE {{ <{BASE}id/place/verbohrad> ?p ?o }}"
    answer = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
    assert (answer.status_code, answer.content_type) == (200, content_type)
    data = answer.data
    if parser == "json-ld":
        data, parser = jsonld.to_rdf(json.loads(data), {"format": "application/n-quads"}).encode(), "nt"
    assert len(Graph().parse(data=data, format=parser)) > 5


@pytest.mark.parametrize(
    ("method", "arguments", "status", "kind"),
    [
        ("GET", {"query_string": "query=SELECT"}, 400, "malformed-query"),
        ("GET", {"query_string": "query=ASK{}&query=ASK{}"}, 400, "bad-request"),
        ("GET", {"query_string": "query=%FF"}, 400, "bad-request"),
        ("GET", {"query_string": "update=CLEAR+ALL"}, 403, "query-refused"),
        ("GET", {"query_string": "query=CLEAR+ALL"}, 403, "query-refused"),
        ("POST", {"data": "x=1", "content_type": FORM}, 400, "bad-request"),
        ("POST", {"data": "update=CLEAR+ALL", "content_type": FORM}, 403, "query-refused"),
        ("POST", {"data": "CLEAR ALL", "content_type": "application/sparql-update"}, 403, "query-refused"),
        ("POST", {"data": "ASK{}", "content_type": "text/plain"}, 415, "unsupported-media-type"),
        ("POST", {"data": "ASK{}"}, 415, "unsupported-media-type"),
        ("POST", {"data": b"ASK{}\xff", "content_type": SPARQL}, 400, "bad-request"),
        ("POST", {"data": "ASK{}", "content_type": f"{SPARQL};charset=x"}, 415, "unsupported-media-type"),
        ("PUT", {"data": "ASK{}", "content_type": SPARQL}, 405, "method-not-allowed"),
        ("POST", {"data": "x" * 1_000_000, "content_type": SPARQL}, 413, "too-large"),
        ("GET", {"query_string": "query=SELECT*{SERVICE<http://127.0.0.1/>{}}"}, 403, "query-refused"),
        ("GET", {"query_string": "query=SELECT*{?a ?b ?c. ?d ?e ?f}LIMIT 100000"}, 422, "result-too-large"),
        ("GET", {"query_string": f"query={HEAVY}"}, 503, "query-too-slow"),
        ("GET", {"query_string": "query=SELECT*" + "{" * 3000 + "}" * 3000}, 400, "query-too-deep"),
        ("GET", {"query_string": "query=ASK{}", "headers": {"Accept": "image/png"}}, 406, "not-acceptable"),
    ],
)  # fmt: skip
def test_what_has_no_answer_gets_its_problem(
    client: FlaskClient, method: str, arguments: dict[str, Any], status: int, kind: str
) -> None:
    answer = client.open("/sparql", method=method, **arguments)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert json.loads(answer.data)["type"].endswith(f"#{kind}")
    assert json.loads(answer.data)["status"] == status


def test_a_mistake_is_shown_by_line_and_column(client: FlaskClient) -> None:
    query = "SELECT * WHERE {\n  ?s ?p ?o\n  FILTER(?o = )\n}"
    problem = json.loads(client.get("/sparql", query_string={"query": query}).data)
    assert (problem["line"], problem["excerpt"]) == (3, "  FILTER(?o = )")
    assert problem["column"] > 1
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": BROWSER})
    assert page.status_code == 400
    assert "FILTER(?o = )" in page.text


def test_an_unknown_graph_is_an_empty_one(client: FlaskClient) -> None:
    parameters = {"query": "ASK { ?s ?p ?o }", "default-graph-uri": "http://example.org/unknown"}
    assert json.loads(client.get("/sparql", query_string=parameters).data)["boolean"] is False
    parameters["default-graph-uri"] = f"{BASE}graph/records"
    assert json.loads(client.get("/sparql", query_string=parameters).data)["boolean"] is True


def test_what_may_change_is_not_kept(client: FlaskClient) -> None:
    for accept in ("", BROWSER):
        answer = client.get(
            "/sparql", query_string={"query": "SELECT (RAND() AS ?r) {}"}, headers={"Accept": accept}
        )
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


def test_without_a_query_people_get_a_form_and_programs_a_description(client: FlaskClient) -> None:
    form = client.get("/sparql", headers={"Accept": BROWSER, "Accept-Language": "de"})
    assert "<textarea" in form.text
    assert "All partners and their countries" in form.text
    described = client.get("/sparql")
    assert described.content_type == "text/turtle; charset=utf-8"
    graph = Graph().parse(data=described.data, format="turtle")
    sd = "http://www.w3.org/ns/sparql-service-description#"
    rows = graph.query(
        f"SELECT ?name {{ ?s a <{sd}Service> ; <{sd}defaultDataset>/<{sd}namedGraph>/<{sd}name> ?name }}"
    )
    found = {str(row[0]) for row in rows}  # type: ignore[index]
    assert {f"{BASE}graph/records", f"{BASE}graph/derived"} <= found
    assert f"{BASE}graph/" not in {name.rpartition("/")[0] for name in found}


def test_the_page_of_a_result_cannot_run_what_it_shows(client: FlaskClient) -> None:
    query = 'SELECT * { BIND("<script>alert(1)</script>" AS ?a) BIND(<javascript:alert(1)> AS ?b) }'
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": BROWSER})
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert 'href="javascript' not in page.text


def test_every_example_can_be_opened(client: FlaskClient) -> None:
    form = client.get("/sparql?lang=en", headers={"Accept": BROWSER}).text
    assert "example=twinned-cities" in form
    example = client.get("/sparql?lang=en&example=twinned-cities", headers={"Accept": BROWSER}).text
    assert "skos:broader* at:twinning" in example
