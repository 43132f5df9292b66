"""What other sources say: every row becomes a record, and what is wrong is told by line and column."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from vilnius_lod import edtf
from vilnius_lod.build import concepts
from vilnius_lod.edtf import Edtf
from vilnius_lod.graphs.named_graphs import vocabulary_graph
from vilnius_lod.inputs.issues import InputError, Issue
from vilnius_lod.records import attestations, loader
from vilnius_lod.records.model import Origin, Records

CONCEPTS = concepts(vocabulary_graph())
Rows = list[dict[str, str]]
Change = Callable[[dict[str, str]], None]


@pytest.fixture(scope="module")
def records(tiny_dataset: Path) -> Records:
    return loader.read(tiny_dataset, CONCEPTS)


@pytest.fixture
def problems(tiny_dataset: Path, tmp_path: Path) -> Callable[[str, Change], list[Issue]]:
    """The problems of the dataset after a change to the row of one attestation."""
    directory = shutil.copytree(tiny_dataset, tmp_path / "data")

    def change(slug: str, edit: Change) -> list[Issue]:
        file = directory / attestations.ATTESTATIONS
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
        edit(next(row for row in rows if row["attestation"] == slug))
        with file.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        with pytest.raises(InputError) as error:
            loader.read(directory, CONCEPTS)
        return list(error.value.problems)

    return change


def test_every_attestation_and_every_document_becomes_a_record(records: Records, tiny_dataset: Path) -> None:
    for rows, file in (
        (records.attestations, attestations.ATTESTATIONS), (records.cited, attestations.CITED)
    ):  # fmt: skip
        assert len(rows) == len((tiny_dataset / file).read_text("utf-8").splitlines()) - 1
    row = next(row for row in records.attestations if row.slug == "valbrume-3")
    assert row.about == ("event/valbrume-1-signature",)
    assert (row.date, row.date_derived, row.independent) == (Edtf("1972-04-11"), True, True)
    assert (row.relation, row.aspect, row.witness, row.cited) == (
        "refines",
        "date",
        "valbrume",
        "valbrume-brochure",
    )
    assert row.origin == Origin("attestations.csv", 4)


def test_a_dataset_may_have_none(bare_dataset: Path) -> None:
    records = loader.read(bare_dataset)
    assert (records.attestations, records.cited) == ((), ())


def test_without_the_cited_documents_no_attestation_stands(tiny_dataset: Path, tmp_path: Path) -> None:
    directory = shutil.copytree(tiny_dataset, tmp_path / "data")
    (directory / attestations.CITED).unlink()
    with pytest.raises(InputError) as error:
        loader.read(directory, CONCEPTS)
    assert [(p.file, p.column) for p in error.value.problems] == [("attestations.csv", "cited")] * 19


@pytest.mark.parametrize(
    ("slug", "cells", "column"),
    [
        ("valbrume-1", {"about": "event/valbrume-9-signature"}, "about"),
        ("valbrume-1", {"about": "country/de"}, "about"),
        ("valbrume-1", {"about": "event/valbrume-1-signature;event/valbrume-1-signature"}, "about"),
        ("valbrume-1", {"about": ""}, "about"),
        ("valbrume-1", {"place_name": "Valbrume"}, "about"),
        ("nordby-1", {"about": "partnership/rasvik"}, "about"),
        ("valbrume-1", {"cited": "valbrume"}, "cited"),
        ("valbrume-1", {"stated_date": "11.04.1972"}, "stated_date"),
        ("valbrume-1", {"stated_date": "1972-04"}, "date"),
        ("valbrume-1", {"date": ""}, "date"),
        ("nordby-1", {"date": "2022-02-28"}, "date"),
        ("valbrume-1", {"relation": "confirms"}, "relation"),
        ("valbrume-1", {"aspect": "weather"}, "aspect"),
        ("valbrume-1", {"witness": ""}, "witness"),
        ("wielkie-brody-3", {"witness": "portal"}, "witness"),
        ("valbrume-1", {"independent": "true"}, "independent"),
        ("valbrume-1", {"statement": ""}, "statement"),
        ("valbrume-2", {"attestation": "valbrume-1"}, "attestation"),
    ],
)
def test_what_is_wrong_is_told(
    problems: Callable[[str, Change], list[Issue]], slug: str, cells: dict[str, str], column: str
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
