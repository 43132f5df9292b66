"""Searching: without marks, by beginnings, in both languages; suggestions where nothing is called so."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest
from flask.testing import FlaskClient

from vilnius_lod.i18n.letters import fold
from vilnius_lod.web.pages.search.index import Entry, Index

from ..pages import BROWSER, text_of
from .conftest import SITE


def found(client: FlaskClient, query: str) -> dict[str, list[str]]:
    answer = json.loads(client.get("/search.json", query_string={"q": query, "lang": "en"}).data)
    assert answer["total"] == len(answer["results"])
    return {key: [one["name"] for one in answer[key]] for key in ("results", "suggestions")}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Laka", "Żabia Łąka"), ("żabia", "Żabia Łąka"), ("zabia laka", "Żabia Łąka"), ("alfors", "Ålfors"),
        ("verbo", "Verbohrad"), ("WERBO", "Verbohrad"), ("Werbograd", "Verbohrad"), ("krasno", "Verbohrad"),
        ("hoschi", "Hoshikawa"), ("ukrain", "Ukraine"), ("WLBC", "World League of Bridge Cities"),
        ("solidaritäts", "Declaration of solidarity"),
    ],
)  # fmt: skip
def test_a_thing_is_found_by_any_of_its_names(client: FlaskClient, query: str, first: str) -> None:
    assert found(client, query)["results"][0] == first


def test_a_document_is_found_by_its_kind_and_party_together(client: FlaskClient) -> None:
    results = json.loads(client.get("/search.json?q=memorandum+hoshikawa").data)["results"]
    assert results == []
    results = json.loads(client.get("/search.json?q=memorandum+verbohrad").data)["results"]
    assert [one["iri"].rpartition("/")[2] for one in results] == ["verbohrad-2"]


def test_what_nobody_is_called_finds_nothing_and_suggests(client: FlaskClient) -> None:
    answer = found(client, "Morsko")
    assert answer["results"] == []
    assert "Morske" in answer["suggestions"]
    page = client.get("/search?q=Morsko&lang=en", headers={"Accept": BROWSER}).text
    assert "Nothing is called “Morsko” here." in text_of(page)
    assert 'href="/doc/place/morske?lang=en"' in page


def test_the_page_and_the_json_are_one_address(client: FlaskClient) -> None:
    page = client.get("/search?q=verbohrad", headers={"Accept": BROWSER})
    found = client.get("/search?q=verbohrad", headers={"Accept": "application/json"})
    assert page.content_type == "text/html; charset=utf-8"
    assert found.content_type == "application/json"
    assert {part.strip() for part in found.headers["Vary"].split(",")} >= {"Accept"}
    assert json.loads(found.data)["results"][0]["iri"].endswith("id/place/verbohrad")
    assert client.get("/search.xml?q=verbohrad").status_code == 404


def test_an_empty_search_is_a_form_and_markup_is_text(client: FlaskClient) -> None:
    assert json.loads(client.get("/search.json").data)["total"] == 0
    page = client.get("/search?q=%3Cb%3E%22", headers={"Accept": BROWSER}).text
    assert "<b>" not in page
    assert client.get("/search", query_string={"q": "x" * 5000}).status_code == 200


def test_browsers_can_add_the_search(client: FlaskClient) -> None:
    home = client.get("/", headers={"Accept": BROWSER}).text
    [link] = re.findall(r'<link rel="search"[^>]*href="([^"]+)"', home)
    answer = client.get(link)
    assert answer.content_type == "application/opensearchdescription+xml"
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    tree = ET.fromstring(answer.text)
    assert len(tree.findtext(f"{space}ShortName") or "") <= 16
    templates = {url.get("type"): url.get("template") for url in tree.iter(f"{space}Url")}
    assert templates["text/html"] == f"{SITE}search?q={{searchTerms}}"


def test_better_names_come_first() -> None:
    entries = [
        Entry("e/old-town", "Places", 0, ("Old York",)), Entry("e/yorkshire", "Places", 0, ("Yorkshire",)),
        Entry("e/york", "Places", 0, ("Zork", "York")),
        Entry("e/letter", "Documents", 1, ("Letter",), ("York",)),
    ]  # fmt: skip
    order = [match.entry.iri for match in Index(entries).find("york").matches]
    assert order == ["e/york", "e/yorkshire", "e/old-town", "e/letter"]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łódź", "lodz"),
        ("Kišiniovas", "kisiniovas"),
        ("Straße  3", "strasse 3"),
        ("São-Paulo!", "sao paulo"),
        ("", ""),
    ],
)
def test_marks_case_and_signs_do_not_count(text: str, folded: str) -> None:
    assert fold(text) == folded
