"""The type of each problem is an address that answers."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from vilnius_lod.web.http.problems import BY_STATUS, KINDS

from ..pages import BROWSER, Page


def test_every_kind_is_explained() -> None:
    assert all(400 <= kind.status < 600 and kind.meaning and kind.remedy for kind in KINDS.values())


def test_flask_s_own_errors_get_the_general_type_of_their_status() -> None:
    general = {400: "bad-request", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}
    assert {status: BY_STATUS[status] for status in general} == general


@pytest.mark.parametrize("language", ["de", "en"])
def test_each_stands_with_its_status_under_its_own_anchor(client: FlaskClient, language: str) -> None:
    markup = client.get(f"/problems?lang={language}", headers={"Accept": BROWSER}).text
    assert set(KINDS) <= set(Page(markup).ids)
    for name, kind in KINDS.items():
        [told] = re.findall(rf'<article class="term" id="{name}">(.*?)</article>', markup, re.S)
        assert f"<small>{kind.status}</small>" in told
        assert (kind.title in html.unescape(told)) is (language == "en")


@pytest.mark.parametrize(
    ("path", "accept"),
    [("/nowhere", "*/*"), ("/report", "image/png"), ("/sparql?query=SELECT*{", "*/*"), ("/resolve", "*/*")],
)
def test_the_type_of_a_problem_leads_to_its_explanation(client: FlaskClient, path: str, accept: str) -> None:
    document = json.loads(client.get(path, headers={"Accept": accept}).data)
    address = urlsplit(document["type"])
    assert document["type"].startswith("https://w3id.org/vilnius-lod/problems#")
    page = client.get(address.path.removeprefix("/vilnius-lod"), headers={"Accept": BROWSER})
    assert page.status_code == 200
    assert address.fragment in Page(page.text).ids


def test_the_page_of_a_problem_leads_there_too(client: FlaskClient) -> None:
    markup = client.get("/nowhere?lang=en", headers={"Accept": BROWSER}).text
    assert "/problems?lang=en#not-found" in Page(markup).links
