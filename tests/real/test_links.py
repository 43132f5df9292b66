"""The link tables: the reference library reads and writes them whole; none says more than its evidence."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import pytest

from vilnius_lod.records import sssom
from vilnius_lod.records.model import Records

from ..conftest import ROOT

TABLES = sorted((ROOT / "data" / "links").glob("*.sssom.tsv"))
PYTHON = ROOT / ".venv" / "sssom" / "bin" / "python"
ROUND_TRIP = """
import sys
from sssom.parsers import parse_sssom_table
from sssom.writers import write_table
table = parse_sssom_table(sys.argv[1])
with open(sys.argv[2], "w", encoding="utf-8") as file:
    write_table(table, file, condense=False)
"""
INDEPENDENT = "two-or-more independent sources"


def rows(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def test_there_are_three_tables() -> None:
    assert {path.name for path in TABLES} == {
        "eu-countries.sssom.tsv", "geonames.sssom.tsv", "wikidata.sssom.tsv",
    }  # fmt: skip


@pytest.mark.contract
@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_the_sssom_library_reads_and_writes_every_row(table: Path, tmp_path: Path) -> None:
    if not PYTHON.is_file():
        pytest.skip("the sssom library is not set up; type: make .venv/.sssom")
    written = tmp_path / table.name
    done = subprocess.run(
        [PYTHON, "-c", ROUND_TRIP, table, written], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert rows(written) == rows(table)
    assert written.read_bytes() == table.read_bytes()


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_a_link_says_no_more_than_its_evidence(table: Path) -> None:
    for row in rows(table):
        strong = row["comment"].startswith(INDEPENDENT)
        if row["predicate_id"] == "owl:sameAs":
            assert strong, row["subject_id"]
        elif row["predicate_id"] == "skos:exactMatch":
            assert row["object_id"].startswith("eucountry:")
        else:
            assert row["predicate_id"] == "skos:closeMatch"
        assert row["mapping_justification"] in sssom.JUSTIFICATIONS
        assert row["author_label"] == "vilnius-lod project"
        assert row["comment"].strip()


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_each_subject_stands_once_and_no_network_is_linked(table: Path) -> None:
    subjects = [row["subject_id"] for row in rows(table)]
    assert len(subjects) == len(set(subjects))
    assert {subject.partition(":")[2].partition("/")[0] for subject in subjects} <= {
        "place",
        "country",
        "organization",
    }


def test_most_partners_and_countries_are_linked(real: Records) -> None:
    """Which link a partner has, and keeps, stands in expected.json; a new one may have none yet."""
    places = {f"place/{party.place}" for party in real.parties}
    countries = {f"country/{country.slug}" for country in real.countries}
    for namespace, wanted in (
        ("wikidata.org", places | countries),
        ("geonames.org", places | countries),
        ("publications.europa.eu", countries),
    ):
        linked = {link.subject for link in real.links if namespace in link.object}
        assert len(wanted - linked) <= len(wanted) / 5
