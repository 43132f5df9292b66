"""The real data are found as people ask; names of other sources are what the packages hold."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from vilnius_lod.i18n.letters import compact
from vilnius_lod.records.model import Records
from vilnius_lod.tools import search_names
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.context import EXTENSION

from ..conftest import Built

with (Path(__file__).parent / "search_expectations.csv").open(encoding="utf-8", newline="") as file:
    EXPECTATIONS = [(row["query"], row["found"]) for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def client(real_dataset: Path, built: Built) -> Iterator[FlaskClient]:
    app = create_app(built(real_dataset, "real"))
    yield app.test_client()
    app.extensions[EXTENSION].engine.close()


@pytest.mark.parametrize(("query", "expected"), EXPECTATIONS)
def test_the_real_data_are_found_as_people_ask(client: FlaskClient, query: str, expected: str) -> None:
    results = json.loads(client.get("/search.json", query_string={"q": query, "lang": "en"}).data)["results"]
    things = [result["iri"].partition("/id/")[2] for result in results]
    if not expected:
        assert things == []
    elif expected.startswith(("place/", "country/")):
        assert things[0] == expected
    else:
        assert expected in things


def test_names_of_other_sources_are_what_the_packages_hold(real: Records, real_dataset: Path) -> None:
    for name, content in search_names.tables(real).items():
        rows = set((real_dataset / name).read_text(encoding="utf-8").splitlines())
        assert rows <= set(content.splitlines()), "run: vilnius-lod links names"


def test_names_that_ours_lead_to_already_are_left_out(real: Records) -> None:
    own = {f"place/{place.slug}": place.name.values() for place in real.places}
    own |= {f"country/{country.slug}": country.name.values() for country in real.countries}
    for row in search_names.names_of_things(real):
        assert not set(compact(row.name)) & {form for name in own[row.thing] for form in compact(name)}
