"""What the reader of the page reads, and what it refuses to guess."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vilnius_lod.extract import patterns
from vilnius_lod.extract.page import DraftRow, Extraction, as_csv, extract
from vilnius_lod.inputs.issues import InputError
from vilnius_lod.records import dataset as datasets
from vilnius_lod.records.dataset import READING


@pytest.fixture(scope="module")
def page(tiny_dataset: Path) -> Extraction:
    return _read(tiny_dataset)


def _read(directory: Path, old: str = "", new: str = "", words: str = "") -> Extraction:
    """The page of a dataset, with a change to it and with further rows of ``reading.csv``."""
    dataset = datasets.read(directory)
    text = dataset.source.path.read_bytes().decode()
    assert old in text
    rows = [(2, row) for row in csv.DictReader((directory / READING).read_text("utf-8").splitlines())]
    rows += [(3, row) for row in csv.DictReader(words.splitlines(), fieldnames=patterns.COLUMNS)]
    return extract(text.replace(old, new, 1), patterns.parse(rows), dataset, "page.txt")


def _rows(extraction: Extraction, table: str, **cells: str) -> list[DraftRow]:
    return [row for row in extraction.tables[table] if cells.items() <= row.items()]


def _told(extraction: Extraction) -> list[str]:
    return [problem.text() for problem in extraction.problems]


def test_everything_on_the_page_is_read(page: Extraction) -> None:
    assert _told(page) == []
    assert {table: len(rows) for table, rows in page.tables.items()} == {
        "networks": 3, "memberships": 3, "agreements": 17, "parties": 18, "events": 19,
    }  # fmt: skip
    assert Counter(row["kind"] for row in page.tables["events"]) == {
        "signature": 16, "renewal": 2, "extension": 1,
    }  # fmt: skip
    parties = page.tables["parties"]
    assert len({row["place"] for row in parties}) == 13
    assert len({row["source_line"] for row in parties}) == 12
    for table, key in (("agreements", "agreement"), ("events", "event"), ("memberships", "membership")):
        assert len({row[key] for row in page.tables[table]}) == len(page.tables[table])


def test_every_row_has_its_words_byte_for_byte_on_its_line(page: Extraction, tiny_dataset: Path) -> None:
    lines = datasets.read(tiny_dataset).source.path.read_bytes().decode().split("\n")
    for rows in page.tables.values():
        for row in rows:
            assert row["source_text"]
            assert row["source_text"] in lines[int(row["source_line"]) - 1]


def test_the_tables_are_those_read(page: Extraction, tiny_dataset: Path) -> None:
    """Cell by cell, where the reader has a value; what people added stands in the other cells."""
    for table in ("memberships", "agreements", "parties", "events"):
        with (tiny_dataset / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            kept = list(csv.DictReader(file))
        assert [list(row) for row in kept] == [list(row) for row in page.tables[table]]
        for mine, read in zip(kept, page.tables[table], strict=True):
            assert {name: mine[name] for name, cell in read.items() if cell} == {
                name: cell for name, cell in read.items() if cell
            }


@pytest.mark.parametrize(
    ("agreement", "line", "kind", "words", "dates"),
    [
        ("morske-1", 26, "declaration-of-solidarity", "Solidaritätserklärung", ["signature 2023"]),
        # A no-break space and a space stand before the parenthesis.
        ("hoshikawa-1", 31, "twinning", "Partnerschaftsvertrag", ["signature 1998-05-29"]),
        ("wielkie-brody-1", 19, "cooperation", "Vereinbarung über Zusammenarbeit", ["signature 1997-05-03"]),
        (
            "verbohrad-2", 23, "memorandum",
            "Memorandum über die weitere Zusammenarbeit", ["signature 1998-11-05"],
        ),
        (
            "prairie-falls-1", 27, "friendship-and-cooperation",
            "Städtefreundschaft und Zusammenarbeit", ["signature 1989-10-17", "renewal 1990-11-29"],
        ),
        (
            "alfors-1", 32, "twinning-declaration",
            "Partnerschaftserklärung", ["signature 1970-07-21", "extension 1999-05-28"],
        ),
        ("zabia-laka-2", 20, "cooperation", "Vereinbarung über Zusammenarbeit", ["signature 1991-02-08"]),
        ("prairie-falls-2", 29, "friendship-declaration", "Freundschaftserklärung", ["signature 1991-07-26"]),
        ("kirchfels-1", 13, "friendship", "Freundschaftsvertrag", ["signature 1991-02"]),
        (
            "rasvik-tunholm-1", 14, "cooperation",
            "Gemeinsame Vereinbarung über Zusammenarbeit", ["signature 2005-02-18"],
        ),
        ("brodovec-1", 12, "protocol-of-intent", "Absichtserklärung", []),
        (
            "alfors-2", 34, "mayors-declaration",
            "Erklärung der Bürgermeister der Städte am Strom", ["signature 2003-05-14"],
        ),
    ],
)  # fmt: skip
def test_documents(
    page: Extraction, agreement: str, line: int, kind: str, words: str, dates: list[str]
) -> None:
    (row,) = _rows(page, "agreements", agreement=agreement)
    assert (row["source_line"], row["type"]) == (str(line), kind)
    assert row["source_text"] == row["title_de"] == words
    events = _rows(page, "events", agreement=agreement)
    assert [f"{event['kind']} {event['date']}" for event in events] == dates


def test_parentheses_in_a_name_are_no_dates(page: Extraction) -> None:
    (row,) = _rows(page, "agreements", agreement="kalynets-1")
    assert row["title_de"].endswith("Kalynez (Ukraine)")


@pytest.mark.parametrize(
    ("agreement", "parties"),
    [
        ("hoshikawa-1", [("hoshikawa", "Hoshikawa", "Japan", "31", "Hoshikawa, Japan")]),
        ("valbrume-2", [("valbrume", "Valbrume", "Frankreich", "15", "Valbrume, Frankreich")]),
        (
            "prairie-falls-2",
            [("prairie-falls", "Prairie Falls", "USA", "27", "Prairie Falls, Staat Wanapa (USA)")],
        ),
        (
            "rasvik-tunholm-1",
            [("rasvik", "Rasvik", "", "14", "Rasvik-Tunholm"),
             ("tunholm", "Tunholm", "", "14", "Rasvik-Tunholm")],
        ),
    ],
)  # fmt: skip
def test_parties(page: Extraction, agreement: str, parties: list[tuple[str, ...]]) -> None:
    columns = ("place", "name_as_stated", "country_as_stated", "source_line", "source_text")
    rows = _rows(page, "parties", agreement=agreement)
    assert [tuple(row[column] for column in columns) for row in rows] == parties


def test_other_parties_are_said_and_not_filled_in(page: Extraction) -> None:
    others = {row["agreement"] for row in _rows(page, "agreements", other_parties="not-named")}
    assert others == {"alfors-2"}
    assert [row["place"] for row in _rows(page, "parties", agreement="alfors-2")] == ["alfors"]


def test_the_words_of_an_event_are_those_with_its_date(page: Extraction) -> None:
    words = {row["event"]: row["source_text"] for row in page.tables["events"]}
    assert words["morske-1-signature"] == "unterzeichnet 2023 n. Chr."
    assert words["alfors-1-extension"] == "verlängert 1999-05-28"
    assert words["valbrume-2-signature"] == "2011-09-06"


def test_memberships(page: Extraction) -> None:
    since = {row["network"]: (row["since"], row["source_line"]) for row in page.tables["memberships"]}
    assert since == {
        "auenstaedte": ("1998", "5"),
        "brueckenstaedte": ("2000", "7"),
        "lernende-staedte": ("2015", "8"),
    }
    (own,) = _rows(page, "memberships", network="auenstaedte")
    assert (own["source_text"], own["member"], own["coordinator"]) == ("Mitglied seit 1998", "lindenau", "")
    (through,) = _rows(page, "memberships", network="brueckenstaedte")
    assert (through["member"], through["coordinator"]) == ("lindenau-altstadt", "ufer-agentur")
    assert through["source_text"].startswith("2000 wurde die Lindenauer Altstadt Mitglied")
    assert through["source_text"].endswith("Agentur für die Ufer.")


def test_titles_are_in_the_languages_of_the_dataset(page: Extraction) -> None:
    assert list(page.tables["agreements"][0])[:4] == ["agreement", "type", "title_de", "title_en"]


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "gone"),
    [
        ("Hoshikawa, Japan", "Hoschikawa, Japan", 31, "no known place", "hoshikawa-1"),
        ("Hoshikawa, Japan", "Hoshikawa, Japon", 31, "the country cannot be read", "hoshikawa-1"),
        ("Hoshikawa, Japan", "Hoshikawas, Japan", 31, "no known place", "hoshikawa-1"),
        ("Rasvik-Tunholm", "Rasvik-Tarnholm", 14, "the place's name goes on", "rasvik-tunholm-1"),
        ("Rasvik-Tunholm", "Rasvik Neustadt, Norwegen", 14, "the place's name goes on", "rasvik-tunholm-1"),
        ("Rasvik-Tunholm", "Rasvik-Tunholm, Polen", 14, "the country cannot be read", "rasvik-tunholm-1"),
        ("Staat Wanapa (USA)", "Staat Wanapa USA", 27, "the country cannot be read", "prairie-falls-1"),
        ("Staat Wanapa", "Staat Winoma", 27, "the country cannot be read", "prairie-falls-1"),
        ("Freundschaftserklärung", "Erklärung", 29, "no known place", "prairie-falls-2"),
        ("Freundschaftsvertrag (unterzeichnet 1991-02)", "", 13, "has no document", "kirchfels-1"),
        ("Solidaritätserklärung (unterzeichnet 2023 n. Chr.)", "", 26, "has no document", "morske-1"),
        ("Städtefreundschaft und Zusammenarbeit", "Akte", 27, "type is unknown", "prairie-falls-1"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_told_and_not_guessed(
    tiny_dataset: Path, old: str, new: str, line: int, message: str, gone: str
) -> None:
    extraction = _read(tiny_dataset, old, new)
    assert line in {problem.line for problem in extraction.problems}
    assert message in "\n".join(_told(extraction))
    assert not _rows(extraction, "agreements", agreement=gone)
    assert not _rows(extraction, "parties", agreement=gone)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("unterzeichnet 2023 n. Chr.", "unterzeichnet 2023-13", "the date cannot be read"),
        ("unterzeichnet 2023 n. Chr.", "unterzeichnet 2023-02-30", "the date cannot be read"),
        ("unterzeichnet 2023 n. Chr.", "unterzeichnet 2023 n. Chr. im März", "the date cannot be read"),
        ("unterzeichnet 2023 n. Chr.", "unterzeichnet etwa 2023", "the date cannot be read"),
        ("unterzeichnet 2023 n. Chr.", "unterzeichnet 23", "the date cannot be read"),
        ("unterzeichnet 2023 n. Chr.", "gekündigt 2023 n. Chr.", "the date cannot be read"),
        ("(unterzeichnet 2023 n. Chr.)", "unterzeichnet 2023", "outside the parentheses"),
        (
            "(unterzeichnet 2023 n. Chr.)",
            "(unterzeichnet 2023) und Memorandum (1998)",
            "outside the parentheses",
        ),
    ],
)
def test_a_date_that_cannot_be_read_is_no_event(tiny_dataset: Path, old: str, new: str, message: str) -> None:
    extraction = _read(tiny_dataset, old, new)
    assert [problem.line for problem in extraction.problems] == [26]
    assert message in _told(extraction)[0]
    assert not _rows(extraction, "events", agreement="morske-1")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Bund der Auen", "Band der Auen", "a membership without a known network above it"),
        ("Mitglied seit 1998", "Mitglied seit jeher", "no date can be read"),
        ("Mitglied seit 1998", "Mitglied seit 1998-02-30", "no date can be read"),
        ("Mitglied seit 1998", "", "no membership in this network"),
        ("wurde die Lindenauer Altstadt", "wurde die Altstadt", "not known who the member is"),
        ("Rathaus", "Mitglied seit 2001", "a membership without a known network above it"),
    ],
)
def test_a_membership_that_cannot_be_read_is_none(
    tiny_dataset: Path, old: str, new: str, message: str
) -> None:
    extraction = _read(tiny_dataset, old, new)
    assert message in "\n".join(_told(extraction))
    assert len(extraction.tables["memberships"]) == 3 - (old != "Rathaus")


@pytest.mark.parametrize("old", ["Internationale Beziehungen", "Rathaus", "Öffnungszeiten"])
def test_a_date_anywhere_else_is_told(tiny_dataset: Path, old: str) -> None:
    assert "belongs to no document" in _told(_read(tiny_dataset, old, "ab 1999-05-01"))[0]


def test_words_excuse_a_date_once(tiny_dataset: Path) -> None:
    words = "no-date,ab 1999-05-01,,"
    assert not _told(_read(tiny_dataset, "Rathaus", "ab 1999-05-01", words))
    assert _told(_read(tiny_dataset, "Rathaus", "ab 1999-05-01 bis 1999-05-01", words))


def test_documents_below_an_unreadable_row_are_not_given_to_the_row_above_it(tiny_dataset: Path) -> None:
    extraction = _read(tiny_dataset, "Werbograd, Ukraine", "Werbograd, Ukrane")
    assert [problem.line for problem in extraction.problems] == [21, 23]
    assert len(_rows(extraction, "parties", place="zabia-laka")) == 2


def test_a_name_may_begin_with_another_name(tiny_dataset: Path) -> None:
    extraction = _read(
        tiny_dataset, "Kirchfels, Österreich", "Kirchfels Markt, Österreich", "place,Kirchfels Markt,rasvik,"
    )
    assert _told(extraction) == []
    assert _rows(extraction, "parties", place="rasvik", name_as_stated="Kirchfels Markt")


def test_no_break_spaces_and_double_ones_are_read_and_kept(tiny_dataset: Path) -> None:
    extraction = _read(tiny_dataset, "Wielkie Brody, ", "Wielkie\xa0 Brody,\xa0")
    assert _told(extraction) == []
    (row,) = _rows(extraction, "parties", place="wielkie-brody")
    assert row["source_text"] == "Wielkie\xa0 Brody,\xa0Polen"


def test_the_longest_words_decide_the_type_and_two_as_long_do_not(tiny_dataset: Path) -> None:
    change = ("Städtefreundschaft und Zusammenarbeit", "Bunte Akte vom Fluss")
    words = "type,bunte,cooperation,\ntype,fluss,friendship,"
    extraction = _read(tiny_dataset, *change, words)
    assert "unknown or ambiguous" in _told(extraction)[0]
    extraction = _read(tiny_dataset, *change, words + "\ntype,bunte akte,twinning,")
    assert [row["type"] for row in _rows(extraction, "agreements", agreement="prairie-falls-1")] == [
        "twinning"
    ]


@settings(
    max_examples=60,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    at=st.floats(0, 1),
    cut=st.integers(0, 40),
    put=st.text(st.sampled_from("0129-();,. \n\xa0mA–"), max_size=12),
)
def test_nothing_is_invented_and_no_date_is_lost_on_a_spoilt_page(
    tiny_dataset: Path, at: float, cut: int, put: str
) -> None:
    dataset, words = datasets.read(tiny_dataset), patterns.read(tiny_dataset)
    text = dataset.source.path.read_bytes().decode()
    start = int(at * len(text))
    text = text[:start] + put + text[start + cut :]
    extraction = extract(text, words, dataset, "page.txt")
    lines = text.split("\n")
    for rows in extraction.tables.values():
        for row in rows:
            assert row["source_text"] in lines[int(row["source_line"]) - 1]
    read = Counter(
        row["source_line"] for table in ("memberships", "events") for row in extraction.tables[table]
    )
    told = {problem.line for problem in extraction.problems}
    for number, line in enumerate(lines, 1):
        excused = sum(one in line for one in words["no-date"])
        assert number in told or len(patterns.DATE.findall(line)) == read[str(number)] + excused


def test_a_page_without_its_table_is_told(tiny_dataset: Path) -> None:
    extraction = _read(tiny_dataset, "Stadt, Land Art der Urkunde", "Städte")
    assert "table-start" in _told(extraction)[0]
    assert not extraction.tables["agreements"]


def test_lines_that_end_in_cr_lf_are_read_the_same(page: Extraction, tiny_dataset: Path) -> None:
    dataset = datasets.read(tiny_dataset)
    text = dataset.source.path.read_bytes().decode().replace("\n", "\r\n")
    assert extract(text, patterns.read(tiny_dataset), dataset, "page.txt") == page


def test_csv_keeps_commas_and_quotation_marks(page: Extraction) -> None:
    rows = page.tables["memberships"]
    assert tuple(csv.DictReader(io.StringIO(as_csv(rows)))) == rows
    assert as_csv(()) == ""


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("places,Rasvik,rasvik", "role"),
        ("place,,rasvik", "words"),
        ("place,Rasvik,", "value"),
        ("place,Rasvik,tunholm", "value"),
    ],
)
def test_the_words_are_read_strictly(row: str, column: str) -> None:
    rows = csv.DictReader(["place,Rasvik,rasvik", row], fieldnames=patterns.COLUMNS)
    with pytest.raises(InputError) as error:
        patterns.parse(enumerate(rows, 2))
    (problem,) = error.value.problems
    assert (problem.file, problem.line, problem.column) == ("reading.csv", 3, column)
