"""``search/names.csv`` and ``search/sources.csv``: read strictly; a dataset may have neither."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from vilnius_lod.build import build
from vilnius_lod.inputs.issues import InputError, Issue
from vilnius_lod.records import loader


@pytest.fixture
def dataset(tiny_dataset: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_dataset, tmp_path / "lindenau"))


def problem(dataset: Path, file: str, old: str, new: str) -> Issue:
    path = dataset / "search" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        loader.read(dataset)
    return refused.value.problems[0]


def test_a_name_has_its_thing_its_languages_and_its_source(dataset: Path) -> None:
    records = loader.read(dataset)
    first, second, *_ = records.search_names
    assert (first.thing, first.name, first.languages, first.source) == (
        "country/fr", "Frankrig", ("da", "no"), "atlas",
    )  # fmt: skip
    assert second.languages == ("ru",)
    assert [source.slug for source in records.search_sources] == ["atlas"]


def test_a_dataset_may_have_none(dataset: Path, tmp_path: Path) -> None:
    shutil.rmtree(dataset / "search")
    assert loader.read(dataset).search_names == ()
    snapshot = build(dataset, tmp_path / "store").snapshot
    assert json.loads((snapshot / "search-names.json").read_text("utf-8")) == {"sources": {}, "names": {}}


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "column", "found"),
    [
        ("names.csv", "place/tunholm", "place/nowhere", 7, "thing", "place/nowhere"),
        ("names.csv", "Бродовец,ru,atlas", "Бродовец,ru,globe", 3, "source", "globe"),
        ("names.csv", "da;no", "da;", 2, "language", "da;"),
        ("names.csv", ",sv,", ",schwedisch!,", 7, "language", "schwedisch!"),
        ("names.csv", "Brodholm", "", 7, "name", ""),
        ("sources.csv", "CC0 1.0", "", 2, "licence_label", ""),
        ("sources.csv", "https://names.example/", "names.example", 2, "address", "names.example"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    dataset: Path, file: str, old: str, new: str, line: int, column: str, found: str
) -> None:
    told = problem(dataset, file, old, new)
    assert (told.file, told.line, told.column, told.found) == (f"search/{file}", line, column, found)


def test_search_names_are_in_no_graph(dataset: Path, tmp_path: Path) -> None:
    """They are not what the dataset calls its things."""
    snapshot = build(dataset, tmp_path / "store").snapshot
    holding = {path for path in snapshot.rglob("*") if path.is_file() and b"Wallbrunn" in path.read_bytes()}
    assert holding == {snapshot / "search-names.json", snapshot / "input/search/names.csv"}
