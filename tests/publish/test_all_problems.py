"""All problems are told at once, to the end: none hides another, each has its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from vilnius_lod.build import examine
from vilnius_lod.inputs.issues import InputError

# The file, what stands there, what shall stand there, and the column in which that is told.
EDITS = [
    ("dataset.toml", "partnerships = [", "plaecs = [1, 2]\npartnerships = [", "counts.plaecs"),
    ("dataset.toml", "networks = [1, ", "networks = [0, 0] #", "counts.networks"),
    ("dataset.toml", "licence_label = ", 'licence_lable = "x"\nlicence_label = ', "licence_lable"),
    ("dataset.toml", "frequency = ", 'frequency = "often" #', "catalogue.frequency"),
    ("dataset.toml", "access_rights = ", 'titel = "x"\naccess_rights = ', "catalogue.titel"),
    ("tables/events.csv", ",1991-02,13", ",#N/A,13", "date"),
    ("tables/names.csv", ",variant,", ",varaint,", "status"),
    ("releases.csv", "0.1.1,2026-05-02", "0.1.1,2026-04-02", "date"),
    ("links/geonames.sssom.tsv", "semapv:Manual", "semavp:Manual", "mapping_justification"),
    ("reading.csv", "place,Kirchfels,", "palce,Kirchfels,", "role"),
]


@pytest.fixture
def copy(tiny_dataset: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_dataset, tmp_path / "lindenau"))


def told(directory: Path) -> set[tuple[str, int | None, str | None]]:
    with pytest.raises(InputError) as caught:
        examine(directory)
    return {(problem.file, problem.line, problem.column) for problem in caught.value.problems}


def edit(directory: Path, file: str, old: str, new: str) -> None:
    path = directory / file
    text = path.read_text(encoding="utf-8")
    assert old in text, (file, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_nothing_hides_anything(copy: Path) -> None:
    path = copy / "dataset.toml"
    settings = path.read_text(encoding="utf-8").partition("\n[[spatial]]")[0].partition("\n[dsa]")[0]
    more = '\n[dsa]\ndataset = "Some body"\n[[spatial]]\niri = "https://x.example/"\n[[spatial]]\niri = "#"\n'
    path.write_text(settings + more, encoding="utf-8")
    (copy / "attestations.csv").write_text("attestation,abuot\n", encoding="utf-8")
    for file, old, new, _ in EDITS:
        edit(copy, file, old, new)
    found = told(copy)
    expected = {(file, line(copy, file, new), column) for file, _, new, column in EDITS}
    expected |= {
        ("dataset.toml", line(copy, "dataset.toml", "Some body"), "dsa.dataset"),
        ("dataset.toml", line(copy, "dataset.toml", 'iri = "#"'), "spatial.iri"),
        ("attestations.csv", 1, "abuot"),
    }
    assert expected <= found, expected - found


def line(directory: Path, file: str, words: str) -> int:
    """The line on which words begin."""
    text = (directory / file).read_text(encoding="utf-8")
    return text.count("\n", 0, text.index(words)) + 1


def test_the_page_is_compared_even_where_other_files_have_problems(copy: Path) -> None:
    edit(copy, "tables/names.csv", "variant", "varaint")
    edit(copy, "tables/events.csv", "1991-02,13", "1991-03,13")
    found = told(copy)
    assert ("tables/names.csv", 2, "status") in found
    assert ("tables/events.csv", 2, "date") in found


def test_a_link_of_one_set_names_a_subject_once(copy: Path) -> None:
    path = copy / "links" / "wikidata.sssom.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    again = lines[-1].replace("wd:Q", "wd:Q9")
    path.write_text("\n".join([*lines, again]) + "\n", encoding="utf-8")
    assert ("links/wikidata.sssom.tsv", len(lines) + 1, "subject_id") in told(copy)


def test_problems_of_a_file_stand_together_by_line(copy: Path) -> None:
    for file, old, new, _ in EDITS:
        edit(copy, file, old, new)
    with pytest.raises(InputError) as caught:
        examine(copy)
    places = [(problem.file, problem.line or 0) for problem in caught.value.problems]
    files = list(dict.fromkeys(file for file, _ in places))
    assert places == sorted(places, key=lambda place: (files.index(place[0]), place[1]))
