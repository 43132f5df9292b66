"""Tables and page agree, or each disagreement is told with both places and how to mend it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from vilnius_lod.extract import patterns
from vilnius_lod.extract.page_check import check
from vilnius_lod.inputs.issues import Issue
from vilnius_lod.records import loader

PAGE = "source/2026-05-01/page.txt"


@pytest.fixture
def data(bare_dataset: Path, tmp_path: Path) -> Path:
    """A copy of the dataset that a test may spoil: without attestations, which refer to the rows."""
    return shutil.copytree(bare_dataset, tmp_path / "data")


def _check(directory: Path) -> tuple[Issue, ...]:
    return check(loader.read_all(directory), patterns.read(directory))


def _change(file: Path, old: str, new: str) -> None:
    """In a file, replace what stands there exactly once."""
    text = file.read_bytes().decode()
    assert text.count(old) == 1, f"{text.count(old)} times in {file.name}: {old}"
    file.chmod(0o644)
    file.write_bytes(text.replace(old, new).encode())


def _change_page(data: Path, old: str, new: str) -> None:
    page = data / PAGE
    before = hashlib.sha256(page.read_bytes()).hexdigest()
    _change(page, old, new)
    after = hashlib.sha256(page.read_bytes()).hexdigest()
    _change(page.parent / "retrieval.toml", before, after)


def test_the_tables_agree_with_their_page(tiny_dataset: Path) -> None:
    assert _check(tiny_dataset) == ()


@pytest.mark.parametrize(
    ("table", "old", "new", "row", "column", "allowed", "line"),
    [
        ("events", "morske-1,signature,2023,26", "morske-1,signature,2022,26", 13, "date", "2023", 26),
        ("events", "morske-1,signature,2023,26", "morske-1,renewal,2023,26", 13, "kind", "signature", 26),
        (
            "events", "unterzeichnet 2023 n. Chr.", "unterzeichnet 2023",
            13, "source_text", "unterzeichnet 2023 n. Chr.", 26,
        ),
        ("events", "1999-05-28,32,", "1999-05-28,33,", 19, "source_line", "32", 32),
        (
            "agreements", "Memorandum über die weitere Zusammenarbeit,Mem", "Memorandum,Mem",
            11, "title_de", "Memorandum über die weitere Zusammenarbeit", 23,
        ),
        ("agreements", "hoshikawa-1,twinning,", "hoshikawa-1,cooperation,", 16, "type", "twinning", 31),
        ("agreements", "on the river,not-named", "on the river,", 18, "other_parties", "not-named", 34),
        ("parties", "Hoshikawa,Japan,31", "Hoschikawa,Japan,31", 17, "name_as_stated", "Hoshikawa", 31),
        ("parties", "tunholm,Tunholm,,14", "tunholm,Tunholm,Schweden,14", 5, "country_as_stated", "", 14),
        ("parties", "morske-1,morske", "morske-1,rasvik", 14, "place", "morske", 26),
        (
            "memberships", "brueckenstaedte,lindenau-altstadt", "brueckenstaedte,lindenau",
            3, "member", "lindenau-altstadt", 7,
        ),
        ("memberships", "lindenau,,1998", "lindenau,,1997", 2, "since", "1998", 5),
        ("memberships", "lindenau,,1998", "lindenau,,", 2, "since", "1998", 5),
    ],
)  # fmt: skip
def test_a_cell_that_differs_from_the_page(
    data: Path, table: str, old: str, new: str, row: int, column: str, allowed: str, line: int
) -> None:
    _change(data / "tables" / f"{table}.csv", old, new)
    (problem,) = _check(data)
    assert (problem.file, problem.line, problem.column) == (f"tables/{table}.csv", row, column)
    assert problem.allowed == allowed
    assert f"{PAGE}:{line} reads otherwise: correct the cell" in problem.text()


@pytest.mark.parametrize(
    ("table", "row", "line", "words"),
    [
        (
            "events",
            "alfors-1-extension,alfors-1,extension,1999-05-28,32,verlängert 1999-05-28,,\n",
            32,
            "verlängert",
        ),
        ("parties", "rasvik-tunholm-1,tunholm,Tunholm,,14,Rasvik-Tunholm\n", 14, "Rasvik-Tunholm"),
        (
            "memberships",
            "lernende-staedte,lernende-staedte,lindenau,,2015,8,Mitglied seit 2015,,\n",
            8,
            "Mitglied seit 2015",
        ),
    ],
)
def test_what_the_page_says_needs_its_row(data: Path, table: str, row: str, line: int, words: str) -> None:
    _change(data / "tables" / f"{table}.csv", row, "")
    (problem,) = _check(data)
    assert (problem.file, problem.line) == (PAGE, line)
    assert f"tables/{table}.csv has no row for these words: add one" in problem.text()
    assert words in (problem.found or "")


def test_a_document_needs_its_rows_in_each_table(data: Path) -> None:
    """The numbers in slugs are given once: the row of the later document keeps its own."""
    _change_page(data, "Hoshikawa, Japan Partner", "Hoshikawa, Japan Memorandum (2001-02-03); Partner")
    assert [(problem.line, problem.found) for problem in _check(data)] == [
        (31, "Memorandum"), (31, "Hoshikawa, Japan"), (31, "2001-02-03"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "row", "number", "line"),
    [
        ("agreements", "kirchfels-3,friendship,Freundschaftsvertrag,,,13,Freundschaftsvertrag,,", 19, 13),
        ("events", "kirchfels-1-renewal,kirchfels-1,renewal,1991-02,13,unterzeichnet 1991-02,,", 21, 13),
        ("parties", "kirchfels-1,rasvik,Kirchfels,Österreich,13,\"Kirchfels, Österreich\"", 20, 13),
        ("memberships", "lernende-2,lernende-staedte,lindenau,,2015,8,Mitglied seit 2015,,", 5, 8),
    ],
)  # fmt: skip
def test_a_row_needs_its_words_on_the_page_for_itself(
    data: Path, table: str, row: str, number: int, line: int
) -> None:
    """The words stand there, but another row has them already."""
    with (data / "tables" / f"{table}.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    (problem,) = _check(data)
    assert (problem.file, problem.line) == (f"tables/{table}.csv", number)
    assert f"nothing is read at {PAGE}:{line} that this row could come from" in problem.text()


@pytest.mark.parametrize(
    ("table", "old", "new", "column", "message", "allowed"),
    [
        ("sizes", "more-than,35,8,", "more-than,35,6,", "source_line", "but on another line", "8"),
        ("sizes", "17 Ländern", "17 Länder", "source_text", "exactly", None),
        ("sizes", "mehr als 40 Orten", "mehr als 40  Orten", "source_text", "exactly", None),
        ("networks", ",8,Lernende Städte,", ",8,LERNENDE STÄDTE,", "source_text", "exactly", None),
        ("networks", "cities.example/,1987", "cities.example/,1988", "founded", "not state", "1987, 2010"),
        ("networks", "river-towns.example/,,", "river-towns.example/,1986,", "founded", "not state", ""),
    ],
)  # fmt: skip
def test_words_that_are_not_on_the_page(
    data: Path, table: str, old: str, new: str, column: str, message: str, allowed: str | None
) -> None:
    _change(data / "tables" / f"{table}.csv", old, new)
    (problem,) = _check(data)
    assert (problem.file, problem.column) == (f"tables/{table}.csv", column)
    assert message in problem.text()
    assert f"{PAGE}:" in problem.text()
    if allowed is not None:
        assert problem.allowed == allowed


@pytest.mark.parametrize(
    ("old", "new", "column", "allowed"),
    [
        ("Kirchfels,Kirchfels,AT,", "Kirchfels,Kirchfels,DE,", "country", "AT"),
        ("Falls,Prairie Falls,US,wanapa", "Falls,Prairie Falls,US,", "within", "wanapa"),
    ],
)
def test_a_place_lies_where_the_page_says(data: Path, old: str, new: str, column: str, allowed: str) -> None:
    _change(data / "tables" / "places.csv", old, new)
    (problem,) = _check(data)
    assert (problem.file, problem.column, problem.allowed) == ("tables/places.csv", column, allowed)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("Rathaus", "Seit 1999 anders", 40, "belongs to no document and no membership"),
        ("gegründet 1987", "begründet 1987", 6, "belongs to no document and no membership"),
        ("Rathaus", "Mitglied seit jeher", 40, "a membership without a known network"),
        ("Hoshikawa, Japan", "Hoshigawa, Japan", 31, "begins with no known place"),
    ],
)
def test_what_cannot_be_read_on_the_page_is_told(
    data: Path, old: str, new: str, line: int, message: str
) -> None:
    _change_page(data, old, new)
    problem = next(problem for problem in _check(data) if problem.file == PAGE)
    assert problem.line == line
    assert message in problem.text()
    assert "reading.csv" in problem.text()


def test_a_word_more_or_less_in_reading_is_a_disagreement(data: Path) -> None:
    _change(data / "reading.csv", "event,verlängert,extension,", "event,verlängert,renewal,")
    (problem,) = _check(data)
    assert (problem.file, problem.column, problem.found) == ("tables/events.csv", "kind", "extension")


def test_all_disagreements_are_told_at_once(data: Path) -> None:
    _change(data / "tables" / "events.csv", "morske-1,signature,2023", "morske-1,signature,2022")
    _change(data / "tables" / "sizes.csv", "17 Ländern", "17 Länder")
    _change_page(data, "Rathaus", "1999 m.")
    assert len(_check(data)) == 3
