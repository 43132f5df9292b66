"""Queries of programs are answered before Flask: as the route would answer them, and each runs once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request_started
from flask.testing import FlaskClient
from werkzeug.test import Client

from vilnius_lod.settings import Settings
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.cache import Cache
from vilnius_lod.web.http.context import EXTENSION
from vilnius_lod.web.middleware import with_headers

from ..pages import BROWSER
from .conftest import BASE

NAME = f"SELECT ?name {{ <{BASE}id/place/verbohrad> <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }}"
OWN_OF_GET = {"Cache-Control", "ETag", "Vary", "Date"}


def through_flask(application: Flask) -> Client:
    """A client of the same application without what answers before Flask."""
    flask = partial(Flask.wsgi_app, application)
    return Client(Cache(with_headers(flask), lambda: application.extensions[EXTENSION], 1_000_000))


@contextmanager
def dispatched(application: Flask) -> Iterator[list[str]]:
    """The paths that reach Flask."""
    paths: list[str] = []

    def note(_: Flask, **__: Any) -> None:
        paths.append("asked")

    with request_started.connected_to(note, application):
        yield paths


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (NAME, "application/sparql-results+json"),
        (NAME, "text/csv"),
        (NAME, ""),
        ("ASK { ?s ?p ?o }", "application/sparql-results+xml"),
        (f"DESCRIBE <{BASE}id/place/verbohrad>", "text/turtle"),
        (f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ <{BASE}id/place/verbohrad> ?p ?o . ?s ?p ?o }}", "*/*"),
    ],
)
def test_a_program_gets_what_the_route_gives(
    client: FlaskClient, application: Flask, query: str, accept: str
) -> None:
    """Also by POST, whose answers are not stored."""
    asked = {"query": f"{query} # {accept}"}
    with dispatched(application) as paths:
        ahead = client.get("/sparql", query_string=asked, headers={"Accept": accept})
        assert not paths
        route = client.post("/sparql", data=asked, headers={"Accept": accept})
        assert len(paths) == 1
        by_get = through_flask(application).get("/sparql", query_string=asked, headers={"Accept": accept})
        assert len(paths) == 2
    assert (ahead.status_code, sorted(ahead.data.splitlines())) == (200, sorted(route.data.splitlines()))
    assert (by_get.status_code, by_get.data) == (200, ahead.data)
    assert sorted(by_get.headers) == sorted(ahead.headers)
    assert {name for name, _ in ahead.headers} >= {"ETag", "Content-Security-Policy", "Content-Length"}
    same = [(name, value) for name, value in ahead.headers if name not in OWN_OF_GET]
    assert sorted(same) == sorted((name, value) for name, value in route.headers if name not in OWN_OF_GET)


@pytest.mark.parametrize(
    ("parameters", "accept", "status"),
    [
        ({"query": f"{NAME} # a page"}, BROWSER, 200),
        ({"query": NAME, "format": "html"}, "", 200),
        ({"query": NAME, "format": "text/html"}, "", 200),
        ({}, "text/turtle", 200),
        ({"query": "SELECT"}, "", 400),
        ({"query": ["ASK {}", "ASK {}"]}, "", 400),
        ({"update": "CLEAR ALL"}, "", 403),
        ({"query": NAME, "format": "nonsense"}, "image/png", 406),
        ({"query": NAME}, "image/png", 406),
        ({"query": "ASK { SERVICE <http://example.org/> {} }"}, "", 403),
    ],
)
def test_pages_and_problems_are_for_flask(
    client: FlaskClient, application: Flask, parameters: dict[str, Any], accept: str, status: int
) -> None:
    with dispatched(application) as paths:
        answer = client.get("/sparql", query_string=parameters, headers={"Accept": accept})
    assert (answer.status_code, len(paths)) == (status, 1)
    if status != 200:
        assert answer.mimetype == "application/problem+json"


def test_a_query_that_fails_is_not_run_again(store: Path) -> None:
    app = create_app(store, Settings(query_seconds=0.3, metrics=True))
    try:
        client = app.test_client()
        heavy = {"query": "SELECT(COUNT(*)AS ?n){?a ?b ?c. ?d ?e ?f. ?g ?h ?i}"}
        assert client.get("/sparql", query_string=heavy).status_code == 503
        assert client.get("/sparql", query_string={"query": "ASK { ?s"}).status_code == 400
        lines = client.get("/metrics").text.splitlines()
        for outcome in ("TimedOut", "MalformedQuery"):
            [line] = [line for line in lines if f'outcome="{outcome}"' in line]
            assert line.endswith(" 1")
    finally:
        app.extensions[EXTENSION].engine.close()
