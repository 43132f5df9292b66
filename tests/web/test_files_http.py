"""What files and other sites' scripts are owed: the day of the last change, and any request header."""

from __future__ import annotations

import shutil
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from vilnius_lod.build import build
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.context import EXTENSION

FILES = [
    "/data/lindenau-lod.ttl", "/data/lindenau-lod.nq", "/data/agreements.csv", "/partners.geojson",
    "/data/agreements.csv-metadata.json", "/catalog.ttl", "/report.jsonld", "/ontology.ttl", "/shapes.ttl",
    "/context.jsonld", "/tables/events.csv", "/source/2026-05-01.txt", "/.well-known/void",
]  # fmt: skip


@pytest.fixture
def tiny(application: Flask) -> FlaskClient:
    return application.test_client()


@pytest.mark.parametrize("path", FILES)
def test_a_file_says_when_it_was_changed_last(tiny: FlaskClient, path: str) -> None:
    """RFC 9110, section 8.8.2: the day of the latest release."""
    answer = tiny.get(path)
    assert answer.headers["Last-Modified"] == "Sat, 02 May 2026 00:00:00 GMT"
    known = tiny.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (known.status_code, known.headers["Last-Modified"]) == (304, answer.headers["Last-Modified"])


@pytest.mark.parametrize("path", FILES)
def test_a_day_is_too_coarse_to_decide_whether_a_client_has_the_file(tiny: FlaskClient, path: str) -> None:
    """RFC 9110, section 13.1.3: data may change twice between two releases; the ETag tells them apart."""
    date = {"If-Modified-Since": tiny.get(path).headers["Last-Modified"]}
    assert tiny.get(path, headers=date).status_code == 200
    assert tiny.get(path, headers={**date, "If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize(("day", "sent"), [("2999-01-01", False), ("2026-05-03", True)])
def test_a_release_in_the_future_gives_no_date(
    tiny_dataset: Path, tmp_path: Path, day: str, sent: bool
) -> None:
    """RFC 9110, section 8.8.2.1: no date is sent that is later than the answer itself."""
    data = shutil.copytree(tiny_dataset, tmp_path / "data")
    releases = data / "releases.csv"
    releases.write_text(releases.read_text("utf-8").replace("2026-05-02", day), "utf-8")
    build(data, tmp_path / "store")
    app = create_app(tmp_path / "store")
    answer = app.test_client().get("/data/lindenau-lod.ttl")
    app.extensions[EXTENSION].engine.close()
    found = answer.headers.get("Last-Modified")
    assert (str(parsedate_to_datetime(found).date()) == day) if found and sent else found is None


def allows(answer: object, name: str) -> bool:
    """Fetch, CORS-preflight fetch: ``*`` stands for every name but Authorization."""
    listed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")  # type: ignore[attr-defined]
    return name.lower() in listed or ("*" in listed and name.lower() != "authorization")


@pytest.mark.parametrize("path", ["/sparql", "/doc/place/lindenau", "/data/agreements.csv", "/doc/nothing"])
@pytest.mark.parametrize(
    "name", ["X-Requested-With", "Authorization", "If-None-Match", "traceparent", "Range"]
)
def test_a_script_of_another_site_may_send_any_header(tiny: FlaskClient, path: str, name: str) -> None:
    asked = {
        "Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": f"accept,{name.lower()}",
    }  # fmt: skip
    answer = tiny.options(path, headers=asked)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert allows(answer, name)
    # Browsers that do not know the sign find the names themselves.
    assert name.lower() in answer.headers["Access-Control-Allow-Headers"].split(", ")
    assert "Access-Control-Request-Headers" in answer.headers["Vary"]


def test_what_is_no_header_name_is_not_said_back(tiny: FlaskClient) -> None:
    asked = {"Access-Control-Request-Headers": 'x-good, <script>, a b, "q", '}
    allowed = tiny.options("/sparql", headers=asked).headers["Access-Control-Allow-Headers"]
    assert allowed == "*, Authorization, Content-Type, x-good"
