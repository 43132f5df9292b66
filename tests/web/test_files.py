"""Files as they are in the snapshot, the report, the source, and what operators ask."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph

from ..pages import BROWSER
from .conftest import BASE


def test_every_listed_file_can_be_had_whole(client: FlaskClient, application: Flask) -> None:
    snapshot = application.extensions["vilnius_lod"].snapshot
    page = client.get("/data", headers={"Accept": BROWSER}).text
    for path, listed in snapshot.files.items():
        if path.startswith("data/"):
            answer = client.get(f"/{path}")
            assert hashlib.sha256(answer.data).hexdigest() == listed.sha256
            assert answer.content_type.startswith(listed.media_type)
            assert f'href="/{path}"' in page


def test_the_data_page_says_of_each_file_what_it_is_for_how_large_it_is_and_its_sum(
    client: FlaskClient, application: Flask
) -> None:
    snapshot = application.extensions["vilnius_lod"].snapshot
    page = client.get("/data?lang=en", headers={"Accept": BROWSER}).text
    rows = dict(re.findall(r'<tr><th scope="row"><a href="/([^"]+)">.*?</a>(.*?)</tr>', page, re.S))
    served = {path for path in snapshot.files if path.startswith("data/")} | {"partners.geojson"}
    assert rows.keys() == served
    for path, row in rows.items():
        assert f'<td class="number">{snapshot.files[path].bytes:,}</td>' in row
        assert f"<code>{snapshot.files[path].sha256}</code>" in row
        [purpose] = re.findall(r"</th><td>(.*?)</td>", row, re.S)
        assert len(purpose) > 15, path
    for expected in (
        "Version 0.1.1 of 2 May 2026", "First release", "CC0 1.0", "/catalog",
        'href="/.well-known/void"', 'href="/data/dsa.csv"', "@misc{lindenau-lod,", 'id="correct"',
        'href="/tables?lang=en"',
    ):  # fmt: skip
        assert expected in page


def test_a_table_names_its_metadata(client: FlaskClient) -> None:
    answer = client.get("/data/agreements.csv")
    assert answer.content_type == "text/csv; charset=utf-8; header=present"
    [target] = re.findall(r'<([^>]+)>; rel="describedby"', answer.headers["Link"])
    metadata = client.get(target)
    assert metadata.content_type == "application/csvm+json"
    assert json.loads(metadata.data)["@context"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 18


def test_the_style_sheet_is_kept_for_ever_under_its_digest(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept": BROWSER}).text
    [address] = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
    answer = client.get(address)
    assert answer.content_type == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["Cache-Control"]
    other = client.get("/assets/style.000000000000.css")
    assert other.status_code == 200
    assert "immutable" not in other.headers["Cache-Control"]
    assert "url(" not in answer.text


def test_the_report_is_told_in_the_clerk_s_language(client: FlaskClient, application: Flask) -> None:
    verdict = json.loads(application.extensions["vilnius_lod"].snapshot.read("report.json"))
    for language in ("de", "en"):
        page = client.get(f"/report?lang={language}", headers={"Accept": BROWSER}).text
        assert page.count("<li>") >= len(verdict["results"])
        for result in verdict["results"]:
            for text in (result["fix"], result["messages"]):
                if text.get(language):
                    assert text[language][:20] in re.sub("&#39;", "'", page)
    assert len(Graph().parse(data=client.get("/report.ttl").data, format="turtle")) > 0


def test_the_source_is_shown_line_by_line_and_as_it_was_read(client: FlaskClient, application: Flask) -> None:
    text = client.get("/source/2026-05-01.txt")
    sha256 = application.extensions["vilnius_lod"].facts.source.sha256
    assert hashlib.sha256(text.data).hexdigest() == sha256
    assert text.content_type == "text/plain; charset=utf-8"
    lines = text.text.split("\n")
    page = client.get("/source/2026-05-01", headers={"Accept": BROWSER}).text
    for number in (13, 21, 23):
        [shown] = re.findall(rf'<li id="L{number}"[^>]*>.*?<span>(.*?)</span></li>', page)
        assert shown == lines[number - 1]
    assert client.get("/source/1999-01-01").status_code == 404


def test_the_context_is_json_ld_for_anyone(client: FlaskClient) -> None:
    answer = client.get("/context.jsonld", headers={"Origin": "https://example.org"})
    assert answer.content_type == "application/ld+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "@context" in json.loads(answer.data)


def test_partners_with_coordinates_are_points(client: FlaskClient) -> None:
    answer = client.get("/partners.geojson")
    assert answer.content_type == "application/geo+json"
    features = {feature["id"]: feature for feature in json.loads(answer.data)["features"]}
    assert len(features) == 12
    verbohrad = features[f"{BASE}id/place/verbohrad"]
    assert verbohrad["properties"] == {"name_en": "Verbohrad", "name_de": "Werbohrad"}
    longitude, latitude = verbohrad["geometry"]["coordinates"]
    assert (round(longitude), round(latitude)) == (31, 50)


@pytest.mark.parametrize(("path", "status"), [("/health", "ok"), ("/ready", "ready")])
def test_operations(client: FlaskClient, path: str, status: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, json.loads(answer.data)["status"]) == (200, status)
    assert answer.headers["Cache-Control"] == "no-store"
