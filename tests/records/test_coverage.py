"""Tables and page agree, or each disagreement is told with both places and how to mend it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from vilnius_lod.records import reading, tables
from vilnius_lod.records.coverage import check
from vilnius_lod.records.problems import Problem

PAGE = "source/2026-11-22/page.txt"


@pytest.fixture
def data(real_dataset: Path, tmp_path: Path) -> Path:
    """A copy of the real dataset that a test may spoil."""
    copy = tmp_path / "data"
    shutil.copytree(real_dataset, copy)
    # They refer to rows that these tests take away.
    for file in ("attestations.csv", "cited.csv"):
        (copy / file).unlink()
    return copy


def _check(directory: Path) -> tuple[Problem, ...]:
    return check(tables.read(directory), reading.read(directory))


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


def test_the_real_tables_agree_with_their_page(real_dataset: Path) -> None:
    assert _check(real_dataset) == ()


def test_the_invented_tables_agree_with_their_page(tiny_dataset: Path) -> None:
    assert _check(tiny_dataset) == ()


@pytest.mark.parametrize(
    ("table", "old", "new", "row", "column", "allowed", "line"),
    [
        ("events", "aalborg-1,signature,1997,44", "aalborg-1,signature,1996,44", 2, "date", "1997", 44),
        ("events", "aalborg-1,signature,1997,44", "aalborg-1,renewal,1997,44", 2, "kind", "signature", 44),
        ("events", "pasirašyta 1997 m.", "pasirašyta 1997", 2, "source_text", "pasirašyta 1997 m.", 44),
        ("events", "1990-11-23,57,", "1990-11-23,58,", 17, "source_line", "57", 57),
        (
            "agreements", "Memorandumas išmaniųjų miestų sferoje,Mem", "Memorandumas,Mem",
            8, "title_lt", "Memorandumas išmaniųjų miestų sferoje", 49,
        ),
        ("agreements", "stockholm-1,cooperation,", "stockholm-1,twinning,", 39, "type", "cooperation", 92),
        (
            "agreements", "Strasbourg Declaration,not-named", "Strasbourg Declaration,",
            42, "other_parties", "not-named", 97,
        ),
        ("parties", "Alborgas,Danija,44", "Olborgas,Danija,44", 2, "name_as_stated", "Alborgas", 44),
        ("parties", "tallinn,Talinas,,91", "tallinn,Talinas,Estija,91", 39, "country_as_stated", "", 91),
        ("parties", "lodz-1,lodz", "lodz-1,lublin", 29, "place", "lodz", 78),
        (
            "memberships", "owhc,owhc,vilnius-historic-centre", "owhc,owhc,vilnius",
            9, "member", "vilnius-historic-centre", 37,
        ),
        ("memberships", "vilnius,,1997", "vilnius,,1998", 6, "since", "1997", 23),
        ("memberships", "vilnius,,1997", "vilnius,,", 6, "since", "1997", 23),
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
            "erfurt-1-extension,erfurt-1,extension,1990-11-23,57,patęsta 1990-11-23,,\n",
            57,
            "patęsta",
        ),
        ("parties", "riga-tallinn-1,tallinn,Talinas,,91,Ryga-Talinas\n", 91, "Ryga-Talinas"),
        ("memberships", "esn,esn,vilnius,,2015,19,Narystė: nuo 2015 m.,,\n", 19, "Narystė: nuo 2015 m."),
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
    _change_page(data, "Alborgas, Danija Bend", "Alborgas, Danija Memorandumas (2001-02-03); Bend")
    assert [(problem.line, problem.found) for problem in _check(data)] == [
        (44, "Memorandumas"), (44, "Alborgas, Danija"), (44, "2001-02-03"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "row", "number", "line"),
    [
        ("agreements", "oslo-2,friendship,Draugystės sutartis,,,89,Draugystės sutartis,,", 53, 89),
        ("events", "oslo-1-renewal,oslo-1,renewal,1991-02,89,pasirašyta 1991-02,,", 55, 89),
        ("parties", "oslo-1,riga,Oslas,Norvegija,89,\"Oslas, Norvegija\"", 54, 89),
        ("memberships", "esn-2,esn,vilnius,,2015,19,Narystė: nuo 2015 m.,,", 10, 19),
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
        ("sizes", "more-than,181,17,", "more-than,181,19,", "source_line", "but on another line", "17"),
        ("sizes", "34 šalyse", "34 šalys", "source_text", "exactly", None),
        ("sizes", "daugiau kaip 200 miestų", "daugiau kaip 200  miestų", "source_text", "exactly", None),
        ("networks", ",21,Eurocities,", ",21,EUROCITIES,", "source_text", "exactly", None),
        ("networks", "//efus.eu/,1987", "//efus.eu/,1988", "founded", "not state", "1987"),
        ("networks", "//eurocities.eu/,,", "//eurocities.eu/,1986,", "founded", "not state", ""),
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
        ("Oslas,Oslo,NO,", "Oslas,Oslo,SE,", "country", "NO"),
        ("Madisonas,Madison,US,wisconsin", "Madisonas,Madison,US,", "within", "wisconsin"),
    ],
)
def test_a_place_lies_where_the_page_says(data: Path, old: str, new: str, column: str, allowed: str) -> None:
    _change(data / "tables" / "places.csv", old, new)
    (problem,) = _check(data)
    assert (problem.file, problem.column, problem.allowed) == ("tables/places.csv", column, allowed)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("Savivaldybės prioritetai", "Nuo 1999 m. kitaip", 124, "belongs to no document and no membership"),
        ("Įkurtas 1987 m.", "Sukurtas 1987 m.", 13, "belongs to no document and no membership"),
        ("Darbotvarkė", "Narystė: nuo seno", 122, "a membership without a known network"),
        ("Zalcburgas, Austrija", "Gracas, Austrija", 113, "begins with no known place"),
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
    _change(data / "reading.csv", "event,patęsta,extension,", "event,patęsta,renewal,")
    (problem,) = _check(data)
    assert (problem.file, problem.column, problem.found) == ("tables/events.csv", "kind", "extension")


def test_all_disagreements_are_told_at_once(data: Path) -> None:
    _change(data / "tables" / "events.csv", "aalborg-1,signature,1997", "aalborg-1,signature,1996")
    _change(data / "tables" / "sizes.csv", "34 šalyse", "34 šalys")
    _change_page(data, "Vilniaus meras", "1999 m.")
    assert len(_check(data)) == 3
