"""What other sources say: every row becomes a record, and what is wrong is told by line and column."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from vilnius_lod.publish.build import concepts
from vilnius_lod.publish.graph import vocabulary_graph
from vilnius_lod.records import attestations, edtf, tables
from vilnius_lod.records.edtf import Edtf
from vilnius_lod.records.model import Origin, Records
from vilnius_lod.records.problems import InputError, Problem

CONCEPTS = concepts(vocabulary_graph())
Rows = list[dict[str, str]]
Change = Callable[[dict[str, str]], None]


@pytest.fixture(scope="module")
def records(real_dataset: Path) -> Records:
    return tables.read(real_dataset, CONCEPTS)


@pytest.fixture
def problems(real_dataset: Path, tmp_path: Path) -> Callable[[str, Change], list[Problem]]:
    """The problems of the real dataset after a change to the row of one attestation."""
    directory = shutil.copytree(real_dataset, tmp_path / "data")

    def change(slug: str, edit: Change) -> list[Problem]:
        file = directory / attestations.ATTESTATIONS
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
        edit(next(row for row in rows if row["attestation"] == slug))
        with file.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        with pytest.raises(InputError) as error:
            tables.read(directory, CONCEPTS)
        return list(error.value.problems)

    return change


def test_every_attestation_and_every_document_becomes_a_record(records: Records) -> None:
    assert (len(records.attestations), len(records.cited)) == (90, 79)
    row = next(row for row in records.attestations if row.slug == "erfurt-5")
    assert row.about == ("event/erfurt-1-signature",)
    assert (row.date, row.date_derived, row.independent) == (Edtf("1972-04-11"), True, True)
    assert (row.relation, row.aspect, row.witness, row.cited) == (
        "refines",
        "date",
        "erfurt",
        "ich-liebe-erfurt",
    )
    assert row.origin == Origin("attestations.csv", 7)


def test_none_of_the_collected_attestations_is_lost(root: Path, records: Records) -> None:
    collected = root.parent / "shared" / "identifiers" / "attestations.json"
    if not collected.is_file():
        pytest.skip(f"not part of the repository: the attestations as they were collected, {collected}")
    urls = {document.slug: document.url for document in records.cited}
    aspects = {"kind (absence)": "kind-absence"}
    stated = Counter(
        (row.get("partner") or row["network"], row["url"] or "", row["statement_kind"], row["date"] or "",
         row["relation"], aspects.get(row["aspect"], row["aspect"].replace(" ", "-")),
         row["independent_of_vilnius"], row["note"])
        for row in json.loads(collected.read_text(encoding="utf-8"))
    )  # fmt: skip
    kept = Counter(
        (row.subject_as_given, urls[row.cited], row.statement, row.stated_date, row.relation,
         row.aspect, row.independent, row.note)
        for row in records.attestations
    )  # fmt: skip
    assert kept == stated


def test_attestations_by_relation(records: Records) -> None:
    counted = Counter(row.relation for row in records.attestations)
    assert counted == {"agrees": 58, "adds": 19, "conflicts": 8, "refines": 5}


def test_a_dataset_may_have_none(tiny_dataset: Path) -> None:
    records = tables.read(tiny_dataset)
    assert (records.attestations, records.cited) == ((), ())


def test_without_the_cited_documents_no_attestation_stands(real_dataset: Path, tmp_path: Path) -> None:
    directory = shutil.copytree(real_dataset, tmp_path / "data")
    (directory / attestations.CITED).unlink()
    with pytest.raises(InputError) as error:
        tables.read(directory, CONCEPTS)
    assert [(p.file, p.column) for p in error.value.problems] == [("attestations.csv", "cited")] * 90


@pytest.mark.parametrize(
    ("slug", "cells", "column"),
    [
        ("erfurt-1", {"about": "event/erfurt-9-signature"}, "about"),
        ("erfurt-1", {"about": "country/de"}, "about"),
        ("erfurt-1", {"about": "event/erfurt-1-signature;event/erfurt-1-signature"}, "about"),
        ("erfurt-1", {"about": ""}, "about"),
        ("erfurt-1", {"place_name": "Erfurt"}, "about"),
        ("moscow-1", {"about": "partnership/riga"}, "about"),
        ("erfurt-1", {"cited": "erfurt"}, "cited"),
        ("erfurt-1", {"stated_date": "11.04.1972"}, "stated_date"),
        ("erfurt-1", {"stated_date": "1972-04"}, "date"),
        ("erfurt-1", {"date": ""}, "date"),
        ("moscow-1", {"date": "2022-02-28"}, "date"),
        ("erfurt-1", {"relation": "confirms"}, "relation"),
        ("erfurt-1", {"aspect": "weather"}, "aspect"),
        ("erfurt-1", {"witness": ""}, "witness"),
        ("warsaw-1", {"witness": "efhr"}, "witness"),
        ("erfurt-1", {"independent": "true"}, "independent"),
        ("erfurt-1", {"statement": ""}, "statement"),
        ("erfurt-2", {"attestation": "erfurt-1"}, "attestation"),
    ],
)
def test_what_is_wrong_is_told(
    problems: Callable[[str, Change], list[Problem]], slug: str, cells: dict[str, str], column: str
) -> None:
    found = problems(slug, lambda row: row.update(cells))
    assert [(problem.file, problem.column) for problem in found] == [("attestations.csv", column)]


@pytest.mark.parametrize(
    "expression",
    [
        "1970", "1985-10", "1972-04-11", "2022-02-28~", "2022?", "~2022-02", "2022-%02-28", "XXXX-04-16",
        "199X", "19XX-02-29", "1991-XX-31", "../1991", "1991/..", "/1991", "2009-06-19/2009-06-21",
        "2009-06/2009", "2009/2009-06", "1991~/199X", "2024-02-29",
    ],
)  # fmt: skip
def test_dates_of_other_sources_may_be_uncertain(expression: str) -> None:
    edtf.check(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "", "..", "/", "../..", "1991-2", "0000", "91", "1991-13", "1991-00-01", "2023-02-29", "XXXX-04-31",
        "1991-04-00", "2010/2009", "2009-06-21/2009-06-19", "1991/1992/1993", "1991-21", "Y17000",
        "1991-04-16T10:00", " 1991", "1991\n", "[1991..]", "c. 1991", "1991-1X-40",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(expression: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the value is the message
        edtf.check(expression)
