"""Nothing that a table, a query or an address says runs in a reader's browser."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Dialog

from tests.web.running import Service, running
from vilnius_lod.build import build

from ..pages import BROWSER

CHROMIUM = shutil.which("chromium")
EVIL = (
    "</script><script>window.pwned=1</script>"
    "\"'><img src=x onerror=window.pwned=1><svg onload=window.pwned=1>"
    "{{7*7}}<a href=javascript:window.pwned=1>x</a>"
)
QUERIES = {
    "strings": f"SELECT * {{ BIND({json.dumps(EVIL)} AS ?x) }}",
    "strings in a graph": f"CONSTRUCT {{ <urn:x> <urn:y> {json.dumps(EVIL)} }} {{}}",
    "language tags": 'SELECT * { BIND(STRLANG("x", "a\\"onmouseover=window.pwned=1 b=\\"") AS ?x) }',
    "a script as an IRI": "SELECT * { BIND(<javascript:window.pwned=1> AS ?x) }",
    "data as an IRI": "SELECT * { BIND(<data:text/html,x> AS ?x) }",
    "an IRI made of text": 'SELECT * { BIND(IRI("javascript:window.pwned=1") AS ?x) }',
    "datatypes": 'SELECT * { BIND("x"^^<javascript:window.pwned=1> AS ?x) }',
    "variables": "SELECT ?ą { BIND(1 AS ?ą) }",
    "mistakes": f"SELECT * {{ {EVIL}",
    "comments": f"ASK {{}} # {EVIL}",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Access-Control-Allow-Origin": "*",
}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {}, 200),
        ("HEAD", "/", {}, 200),
        ("GET", "/doc/place/verbohrad.ttl", {"Accept-Encoding": "gzip"}, 200),
        ("GET", "/doc/place/verbohrad.ttl", {"If-None-Match": "*"}, 304),
        ("GET", "/id/place/verbohrad", {}, 303),
        ("GET", "/doc/place/nowhere", {}, 404),
        ("GET", "/doc/place/verbohrad", {"Accept": "image/png"}, 406),
        ("OPTIONS", "/sparql", {}, 200),
        ("PUT", "/sparql", {}, 405),
        ("BREW", "/", {}, 405),
        ("POST", "/sparql", {}, 415),
        ("GET", "/sparql?query=SELECT", {}, 400),
        ("GET", "/sparql?query=SELECT", {"Accept": BROWSER}, 400),
        ("GET", "/sparql?query=ASK{}", {"Accept": BROWSER}, 200),
        ("GET", "/" + "a" * 3000, {}, 414),
        ("GET", "/doc/place/%3Cscript%3E", {"Accept": BROWSER}, 404),
        ("GET", "/ontology/%C2%84", {}, 404),
        ("GET", "/health", {}, 200),
        ("GET", "/robots.txt", {}, 200),
    ],
)
@pytest.mark.parametrize("again", [False, True])
def test_security_headers_are_with_every_answer(
    client: FlaskClient, method: str, path: str, headers: dict[str, str], status: int, again: bool
) -> None:
    if again:
        client.open(path, method=method, headers=headers)
    answer = client.open(path, method=method, headers=headers)
    assert answer.status_code == status
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    policy = dict(
        part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert not any("unsafe" in value or "*" in value or "http" in value for value in policy.values())
    assert "Server" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_a_mistake_of_ours_has_them_too(application: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setitem(application.view_functions, "operations.health", broken)
    answer = application.test_client().get("/health")
    assert answer.status_code == 500
    assert "Content-Security-Policy" in answer.headers
    assert b"secret" not in answer.data


@pytest.fixture(scope="module")
def hostile(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A dataset whose labels and notes are attacks, served."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(tiny_dataset, folder / "data")
    for table in ("places", "countries", "networks"):
        path = folder / "data" / "tables" / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            for column in row:
                if column.startswith("name_"):
                    row[column] += EVIL
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    build(folder / "data", folder / "store")
    with running(folder / "store", folder / "log") as service:
        yield service


def alert(dialog: Dialog, wrong: list[str]) -> None:
    wrong.append("a dialog")
    dialog.dismiss()


def asked(address: str, service: Service, wrong: list[str]) -> None:
    if not address.startswith(f"{service.address}/"):
        wrong.append(f"asked {address}")


def refused(message: str, wrong: list[str]) -> None:
    """What the policy had to stop should not have been there."""
    if "Content Security Policy" in message:
        wrong.append(message)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="type: sudo apt install chromium")
def test_no_label_query_or_address_runs_in_a_browser(hostile: Service, chromium: Browser) -> None:
    catalogue = json.loads(hostile.get("/sparql?" + urlencode({"query": "SELECT DISTINCT ?s {?s ?p ?o}"}))[2])
    things = sorted({row["s"]["value"] for row in catalogue["results"]["bindings"]})
    paths = [
        f"/doc/{iri.partition('/id/')[2]}" for iri in things if "/id/place/" in iri or "/id/network/" in iri
    ]
    paths += ["/", "/data", "/report", "/sparql", "/ontology"]
    paths += [f"/sparql?{urlencode({'query': query})}" for query in QUERIES.values()]
    paths += [f"/doc/place/{quote(EVIL, safe='')}", f"/sparql?example={quote(EVIL)}", f"/?lang={quote(EVIL)}"]
    paths += [f"/sparql?{urlencode({'query': 'ASK{}', 'format': EVIL})}", f"/?x={quote(EVIL)}"]
    assert len(paths) > 20
    wrong: list[str] = []
    page = chromium.new_context().new_page()
    page.on("dialog", lambda dialog: alert(dialog, wrong))
    page.on("request", lambda request: asked(request.url, hostile, wrong))
    page.on("console", lambda message: refused(message.text, wrong))
    shown = 0
    for path in paths:
        page.goto(hostile.address + path)
        shown += "window.pwned" in page.inner_text("body")
        if page.evaluate("window.pwned") is not None:
            wrong.append(f"ran at {path}")
        if page.query_selector_all(
            "[onerror], [onload], [onmouseover], a[href^='javascript:'], a[href^='data:']"
        ):
            wrong.append(f"markup at {path}")
    assert not wrong
    assert shown > 10, "the attacks are to be seen as text"
