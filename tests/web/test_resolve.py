"""``/resolve``: the way from an identifier elsewhere to our thing."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from flask.testing import FlaskClient


def rows(dataset: Path) -> list[tuple[str, str]]:
    """Every link to Wikidata and GeoNames of the dataset: parameter and value, and our path."""
    found = []
    for name, prefix in (("wikidata", "wd:"), ("geonames", "gn:")):
        with (dataset / "links" / f"{name}.sssom.tsv").open(encoding="utf-8") as file:
            table = csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
            for row in table:
                value = row["object_id"].removeprefix(prefix).strip("/")
                found.append((f"{name}={value}", "/id/" + row["subject_id"].partition(":")[2]))
    return found


def test_every_link_can_be_followed_back(client: FlaskClient, tiny_dataset: Path) -> None:
    pairs = rows(tiny_dataset)
    assert len(pairs) > 15
    for query, path in pairs:
        answer = client.get(f"/resolve?{query}")
        assert (answer.status_code, answer.headers["Location"]) == (303, path), query


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("wikidata=Q42", 404),
        ("geonames=1", 404),
        ("", 400),
        ("wikidata=1899", 400),
        ("wikidata=Q9000000001&geonames=99990010", 400),
        ("wikidata=Q9000000001&wikidata=Q1", 400),
        ("wikidata=Q9000000001%3E", 400),
    ],
)
def test_what_leads_nowhere_says_so(client: FlaskClient, query: str, status: int) -> None:
    answer = client.get(f"/resolve?{query}")
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
