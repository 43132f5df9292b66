"""The page of a problem needs nothing that can be broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import DictLoader

from vilnius_lod.build import build
from vilnius_lod.facts import Facts
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.context import EXTENSION

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def store(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("broken")
    build(tiny_dataset, store)
    return store


@pytest.fixture
def app(store: Path) -> Iterator[Flask]:
    app = create_app(store)
    engine = app.extensions[EXTENSION].engine
    yield app
    engine.close()


def without(*facts: str) -> Callable[[Flask], None]:
    return with_facts(**dict.fromkeys(facts))


def with_facts(**facts: Any) -> Callable[[Flask], None]:
    def change(app: Flask) -> None:
        site = app.extensions[EXTENSION]
        snapshot = replace(site.snapshot, facts=replace(site.facts, **facts))
        app.extensions[EXTENSION] = replace(site, snapshot=snapshot)

    return change


def no_templates(app: Flask) -> None:
    app.jinja_env.loader = DictLoader({})


def a_template_with_a_mistake(app: Flask) -> None:
    app.jinja_env.loader = DictLoader({"problem.html": "{{ nothing.at.all }}", "home.html": "{{ 1 / 0 }}"})


def no_descriptions(app: Flask) -> None:
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], descriptions=None)


BROKEN = {
    "no facts at all": without(*(field.name for field in fields(Facts))),
    "no title": without("title"),
    "no languages": without("languages"),
    "an empty list of languages": with_facts(languages=[]),
    "a language nobody knows": with_facts(languages=["xx"]),
    "a version date that is none": with_facts(modified=7),
    "no source": without("source"),
    "no contact": without("contact"),
    "no templates": no_templates,
    "a template with a mistake": a_template_with_a_mistake,
    "no descriptions": no_descriptions,
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize(("path", "status"), [("/", 500), ("/nothing/at/all", 404)])
def test_a_problem_is_told_whatever_is_broken(app: Flask, name: str, path: str, status: int) -> None:
    """RFC 9457, section 3: to programs as an object, to people as a page; never an empty answer."""
    BROKEN[name](app)
    page = app.test_client().get(path, headers=BROWSER)
    assert (page.status_code, page.content_type) == (status, "text/html; charset=utf-8")
    assert "<h1>" in page.text
    program = app.test_client().get(path, headers={"Accept": "application/json"})
    assert program.status_code == status
    assert json.loads(program.data)["status"] == status
    assert program.headers["Cache-Control"] == "no-store"


def test_the_plain_page_of_a_problem_is_english_and_repeats_nothing_as_markup(app: Flask) -> None:
    no_templates(app)
    page = app.test_client().get("/doc/place/it's&co", headers=BROWSER)
    assert page.status_code == 404
    assert page.headers["Content-Language"] == "en"
    assert "Nothing is known by this name: place/it&#x27;s&amp;co" in page.text
