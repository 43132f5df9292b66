"""What every address owes to HTTP: negotiation, caching, methods, problems."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from vilnius_lod.settings import Settings
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.context import EXTENSION

from ..pages import BROWSER

PAGES = [
    "/",
    "/doc/place/verbohrad",
    "/doc/agreement/brodovec-1",
    "/doc/place/lindenau",
    "/doc/network/brueckenstaedte",
    "/doc/country/ua",
    "/doc/agreement-type/cooperation",
    "/doc/passage/2026-05-01-13",
    "/ontology",
    "/shapes",
    "/report",
    "/source/2026-05-01",
    "/data",
    "/sparql",
    "/sparql?query=ASK{}",
]
FILES = [
    "/doc/place/verbohrad.ttl",
    "/data/lindenau-lod.ttl",
    "/data/agreements.csv",
    "/context.jsonld",
    "/partners.geojson",
    "/robots.txt",
    "/report.ttl",
    "/sparql?query=ASK{}",
]


@pytest.mark.parametrize("accept", ["", "*/*", BROWSER, "text/turtle", "application/ld+json"])
def test_an_identifier_leads_to_the_same_document_whatever_is_accepted(
    client: FlaskClient, accept: str
) -> None:
    answer = client.get("/id/place/verbohrad", headers={"Accept": accept, "Host": "elsewhere.example"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/doc/place/verbohrad"
    assert "Vary" not in answer.headers


@pytest.mark.parametrize(
    ("accept", "media_type", "extension"),
    [
        (BROWSER, "text/html; charset=utf-8", "html"),
        ("", "text/html; charset=utf-8", "html"),
        ("text/turtle", "text/turtle; charset=utf-8", "ttl"),
        (
            'application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"',
            "application/ld+json",
            "jsonld",
        ),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/rdf+xml, */*;q=0.1", "application/rdf+xml", "rdf"),
    ],
)
def test_a_document_negotiates_and_says_where_this_representation_is(
    client: FlaskClient, accept: str, media_type: str, extension: str
) -> None:
    answer = client.get("/doc/place/verbohrad", headers={"Accept": accept})
    assert answer.content_type == media_type
    assert answer.headers["Content-Location"] == f"/doc/place/verbohrad.{extension}"
    assert "Accept" in answer.headers["Vary"].split(", ")
    assert ("Accept-Language" in answer.headers["Vary"]) == (extension == "html")
    fixed = client.get(f"/doc/place/verbohrad.{extension}", headers={"Accept": "image/png"})
    assert (fixed.status_code, fixed.data) == (200, answer.data)
    assert "Accept" not in fixed.headers.get("Vary", "").split(", ")


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_an_unchanged_answer_is_not_sent_again(client: FlaskClient, path: str) -> None:
    headers = {"Accept": BROWSER} if path in PAGES else {}
    first = client.get(path, headers=headers)
    assert first.status_code == 200
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    assert "max-age" in first.headers["Cache-Control"]
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = client.get(path, headers={**headers, "If-None-Match": known})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
        assert again.headers.get("Vary") == first.headers.get("Vary")
    assert client.get(path, headers={**headers, "If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path", [*PAGES, *FILES, "/id/place/verbohrad", "/doc/place/nowhere", "/health", "/ready"]
)
def test_head_is_get_without_the_body(client: FlaskClient, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert head.data == b""
    assert head.status_code == get.status_code
    # The dates may fall on either side of a second's end.
    assert {**head.headers, "Date": ""} == {**get.headers, "Date": ""}


@pytest.mark.parametrize("path", [*PAGES, *FILES, "/doc/place/nowhere", "/id/place/verbohrad"])
def test_every_answer_may_be_read_from_anywhere_and_runs_nothing(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers={"Accept": BROWSER}).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]


def test_options_tells_a_script_what_it_may_send(client: FlaskClient) -> None:
    answer = client.options("/sparql", headers={"Access-Control-Request-Method": "POST"})
    assert answer.status_code == 200
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    "path", ["/", "/doc/place/verbohrad", "/ontology", "/data/agreements.csv", "/report"]
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "FOO"])
def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert answer.content_type == "application/problem+json"


def test_what_cannot_be_accepted_is_told_what_there_is(client: FlaskClient) -> None:
    answer = client.get("/doc/place/verbohrad", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    problem = json.loads(answer.data)
    assert problem["status"] == 406
    assert "text/turtle" in [form["mediaType"] for form in problem["available"]]
    assert "Accept" in answer.headers["Vary"].split(", ")


def test_nothing_is_told_as_a_page_to_people_and_as_a_problem_to_programs(client: FlaskClient) -> None:
    page = client.get("/doc/place/atlantis", headers={"Accept": BROWSER, "Accept-Language": "de"})
    assert (page.status_code, page.content_type) == (404, "text/html; charset=utf-8")
    assert "Unter dieser Adresse gibt es nichts" in page.text
    program = client.get("/doc/place/atlantis.ttl", headers={"Accept-Language": "en"})
    assert (program.status_code, program.content_type) == (404, "application/problem+json")
    assert json.loads(program.data)["title"] == "There is nothing at this address"
    assert page.headers["Vary"] == program.headers["Vary"] == "Accept, Accept-Language"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/doc/place/verbohrad/", 404),
        ("/doc//place/verbohrad", 404),
        ("/doc/place/%FF", 404),
        ("/doc/place/verbohrad%00", 404),
        ("/doc/../../etc/passwd", 404),
        ("/data/..%2Fmanifest.json", 404),
        ("/assets/..%2Fapp.py", 404),
        ("/data/manifest.json", 404),
        ("/doc/" + "a" * 3000, 414),
        ("/?x=" + "a" * 2_000_000, 414),
        ("/?lang=%FF&lang=de", 200),
        ("/?lang=xx", 200),
        ("/sparql?query=%FF", 400),
        ("/sparql?query=%25FF", 400),
        ("/doc/place/<script>alert(1)</script>", 404),
    ],
)
def test_odd_addresses_are_no_accident(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path, headers={"Accept": BROWSER})
    assert answer.status_code == status
    assert b"Traceback" not in answer.data
    assert b"<script>" not in answer.data


@pytest.mark.parametrize("host", ["", "a b", "<script>", "exa_mple", "[::1]:80", "x:99999999", "ÿ", "a,b"])
def test_no_answer_depends_on_host(client: FlaskClient, host: str) -> None:
    usual = client.get("/doc/place/verbohrad")
    answer = client.get("/doc/place/verbohrad", environ_overrides={"HTTP_HOST": host})
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert (answer.data, dict(answer.headers)) == (usual.data, dict(usual.headers))


def test_hosts_may_be_limited(store: Path) -> None:
    app = create_app(store, Settings(allowed_hosts=("data.example.org",)))
    try:
        client = app.test_client()
        assert client.get("/robots.txt", headers={"Host": "data.example.org:8443"}).status_code == 200
        refused = client.get("/robots.txt", headers={"Host": "evil.example", "Accept-Language": "en"})
        assert refused.status_code == 400
        assert json.loads(refused.data)["title"] == "This host name is not served here"
    finally:
        app.extensions[EXTENSION].engine.close()


def test_a_mistake_of_ours_is_told_in_the_log_and_never_knew_the_host(
    store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(store)

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError(f"a secret of {request.host}")

    try:
        with caplog.at_level("ERROR"):
            answer = app.test_client().get("/broken", headers={"Host": "elsewhere.example"})
        assert answer.status_code == 500
        assert "a secret of localhost" in caplog.text
        assert b"secret" not in answer.data
        assert json.loads(answer.data)["status"] == 500
    finally:
        app.extensions[EXTENSION].engine.close()


def test_under_a_prefix_every_link_keeps_it(application: Flask) -> None:
    client = application.test_client()
    page = client.get(
        "/doc/place/verbohrad?lang=en", headers={"Accept": BROWSER}, environ_overrides={"SCRIPT_NAME": "/lod"}
    )
    links = [part.split('"')[0] for part in page.text.split('href="')[1:]]
    ours = [link for link in links if link.startswith("/")]
    assert len(ours) > 10
    assert all(link.startswith("/lod/") for link in ours)
    redirected = client.get("/id/place/verbohrad", environ_overrides={"SCRIPT_NAME": "/lod"})
    assert redirected.headers["Location"] == "/lod/doc/place/verbohrad"
