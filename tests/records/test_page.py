"""What the reader of the page reads, and what it refuses to guess."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vilnius_lod.records import dataset as datasets
from vilnius_lod.records import reading
from vilnius_lod.records.page import Extraction, Row, as_csv, extract
from vilnius_lod.records.problems import InputError


@pytest.fixture(scope="module")
def real(real_dataset: Path) -> Extraction:
    return _read(real_dataset)


def _read(directory: Path, old: str = "", new: str = "", words: str = "") -> Extraction:
    """The page of a dataset, with a change to it and with further rows of ``reading.csv``."""
    dataset = datasets.read(directory)
    text = dataset.source.path.read_bytes().decode()
    assert old in text
    rows = [(2, row) for row in csv.DictReader((directory / reading.FILE).read_text("utf-8").splitlines())]
    rows += [(3, row) for row in csv.DictReader(words.splitlines(), fieldnames=reading.COLUMNS)]
    return extract(text.replace(old, new, 1), reading.parse(rows), dataset, "page.txt")


def _rows(extraction: Extraction, table: str, **cells: str) -> list[Row]:
    return [row for row in extraction.tables[table] if cells.items() <= row.items()]


def _told(extraction: Extraction) -> list[str]:
    return [problem.text() for problem in extraction.problems]


def test_everything_on_the_real_page_is_read(real: Extraction) -> None:
    assert _told(real) == []
    assert {table: len(rows) for table, rows in real.tables.items()} == {
        "networks": 8, "memberships": 8, "agreements": 51, "parties": 52, "events": 53,
    }  # fmt: skip
    assert Counter(row["kind"] for row in real.tables["events"]) == {
        "signature": 50, "renewal": 2, "extension": 1,
    }  # fmt: skip
    parties = real.tables["parties"]
    assert len({row["place"] for row in parties}) == 40
    assert len({row["source_line"] for row in parties}) == 39
    for table, key in (("agreements", "agreement"), ("events", "event"), ("memberships", "membership")):
        assert len({row[key] for row in real.tables[table]}) == len(real.tables[table])


def test_every_row_has_its_words_byte_for_byte_on_its_line(real: Extraction, real_dataset: Path) -> None:
    lines = datasets.read(real_dataset).source.path.read_bytes().decode().split("\n")
    for rows in real.tables.values():
        for row in rows:
            assert row["source_text"]
            assert row["source_text"] in lines[int(row["source_line"]) - 1]


def test_the_tables_of_the_real_dataset_are_those_read(real: Extraction, real_dataset: Path) -> None:
    """Cell by cell, where the reader has a value; what people added stands in the other cells."""
    for table in ("memberships", "agreements", "parties", "events"):
        with (real_dataset / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            kept = list(csv.DictReader(file))
        assert [list(row) for row in kept] == [list(row) for row in real.tables[table]]
        for mine, read in zip(kept, real.tables[table], strict=True):
            assert {name: mine[name] for name, cell in read.items() if cell} == {
                name: cell for name, cell in read.items() if cell
            }


@pytest.mark.parametrize(
    ("agreement", "line", "kind", "words", "dates"),
    [
        ("aalborg-1", 44, "cooperation", "Bendradarbiavimo sutartis", ["signature 1997"]),
        # A no-break space and a space stand before the parenthesis.
        ("almaty-1", 45, "cooperation", "Bendradarbiavimo susitarimas", ["signature 1998-03-03"]),
        ("duisburg-1", 56, "cooperation", "Bendradarbiavimo sutartis", ["signature 1985-10-10"]),
        (
            "brussels-capital-region-2", 49, "memorandum",
            "Memorandumas išmaniųjų miestų sferoje", ["signature 2022-10-25"],
        ),
        (
            "chicago-1", 52, "friendship-and-cooperation",
            "Miestų draugystės-bendradarbiavimo", ["signature 1993-07-21"],
        ),
        (
            "erfurt-1", 57, "cooperation",
            "Bendradarbiavimo sutartis", ["signature 1972", "extension 1990-11-23"],
        ),
        ("guangzhou-2", 62, "twinning", "Susigiminiavimo sutartis", ["signature 2006-10-12"]),
        (
            "joensuu-1", 64, "twinning",
            "Miestų susigiminiavimo sutartis", ["signature 1970-07-21", "renewal 1999-05-28"],
        ),
        ("madison-2", 82, "friendship-declaration", "Draugystės deklaracija", ["signature 1991-07-26"]),
        ("oslo-1", 89, "friendship", "Draugystės sutartis", ["signature 1991-02"]),
        (
            "stockholm-1", 92, "cooperation",
            "Švedijos ir Lietuvos bendradarbiavimo sutartis", ["signature 1996-06-10"],
        ),
        ("strasbourg-1", 93, "cooperation", "Bendradarbiavimo sutartis", []),
        ("strasbourg-3", 97, "mayors-declaration", "2-oji Strasbūro deklaracija", ["signature 2004-05-04"]),
    ],
)  # fmt: skip
def test_documents(
    real: Extraction, agreement: str, line: int, kind: str, words: str, dates: list[str]
) -> None:
    (row,) = _rows(real, "agreements", agreement=agreement)
    assert (row["source_line"], row["type"]) == (str(line), kind)
    assert row["source_text"] == row["title_lt"] == words
    events = _rows(real, "events", agreement=agreement)
    assert [f"{event['kind']} {event['date']}" for event in events] == dates


def test_parentheses_in_a_name_are_no_dates(real: Extraction) -> None:
    (row,) = _rows(real, "agreements", agreement="borodianka-1")
    assert row["title_lt"].endswith("Borodiankos gyvenvietės (Ukraina)")


@pytest.mark.parametrize(
    ("agreement", "parties"),
    [
        ("aalborg-1", [("aalborg", "Alborgas", "Danija", "44", "Alborgas, Danija")]),
        (
            "guangzhou-2",
            [("guangzhou", "Guangdžou", "Kinijos Liaudies Respublik", "60",
              "Guangdžou, Kinijos Liaudies Respublik")],
        ),
        ("madison-2", [("madison", "Madisonas", "JAV", "80", "Madisonas, Viskonsino valstija (JAV)")]),
        (
            "riga-tallinn-1",
            [("riga", "Ryga", "", "91", "Ryga-Talinas"), ("tallinn", "Talinas", "", "91", "Ryga-Talinas")],
        ),
    ],
)  # fmt: skip
def test_parties(real: Extraction, agreement: str, parties: list[tuple[str, ...]]) -> None:
    columns = ("place", "name_as_stated", "country_as_stated", "source_line", "source_text")
    rows = _rows(real, "parties", agreement=agreement)
    assert [tuple(row[column] for column in columns) for row in rows] == parties


def test_other_parties_are_said_and_not_filled_in(real: Extraction) -> None:
    others = {row["agreement"] for row in _rows(real, "agreements", other_parties="not-named")}
    assert others == {"strasbourg-2", "strasbourg-3"}
    assert [row["place"] for row in _rows(real, "parties", agreement="strasbourg-2")] == ["strasbourg"]


def test_the_words_of_an_event_are_those_with_its_date(real: Extraction) -> None:
    words = {row["event"]: row["source_text"] for row in real.tables["events"]}
    assert words["aalborg-1-signature"] == "pasirašyta 1997 m."
    assert words["erfurt-1-extension"] == "patęsta 1990-11-23"
    assert words["brussels-capital-region-2-signature"] == "2022-10-25"


def test_memberships(real: Extraction) -> None:
    since = {row["network"]: (row["since"], row["source_line"]) for row in real.tables["memberships"]}
    assert since == {
        "citydna": ("1998", "5"), "cities-of-learning": ("2023", "11"), "efus": ("2022", "15"),
        "esn": ("2015", "19"), "eurocities": ("1997", "23"), "keks": ("2024", "29"),
        "luci": ("2021", "33"), "owhc": ("2000", "37"),
    }  # fmt: skip
    (eurocities,) = _rows(real, "memberships", network="eurocities")
    assert (eurocities["source_text"], eurocities["member"]) == ("Narystė: nuo 1997 m.", "vilnius")
    assert eurocities["coordinator"] == ""
    (owhc,) = _rows(real, "memberships", network="owhc")
    assert owhc["member"] == "vilnius-historic-centre"
    assert owhc["coordinator"] == "vilnius-old-town-renewal-agency"
    assert owhc["source_text"].startswith("2000 m. Vilniaus istorinis miesto centras tapo")
    assert owhc["source_text"].endswith("agentūra“.")


def test_another_city_in_another_language(tiny_dataset: Path) -> None:
    extraction = _read(tiny_dataset)
    assert _told(extraction) == []
    assert len(extraction.tables["memberships"]) == 1
    assert list(extraction.tables["agreements"][0])[:4] == ["agreement", "type", "title_de", "title_en"]


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "gone"),
    [
        ("Alborgas, Danija", "Olborgas, Danija", 44, "no known place", "aalborg-1"),
        ("Alborgas, Danija", "Alborgas, Dania", 44, "the country cannot be read", "aalborg-1"),
        ("Alborgas, Danija", "Alborgasas, Danija", 44, "no known place", "aalborg-1"),
        ("Ryga-Talinas", "Ryga-Tartu", 91, "the place's name goes on", "riga-tallinn-1"),
        ("Ryga-Talinas", "Ryga Naujoji, Latvija", 91, "the place's name goes on", "riga-tallinn-1"),
        ("Ryga-Talinas", "Ryga-Talinas, Danija", 91, "the country cannot be read", "riga-tallinn-1"),
        ("valstija (JAV)", "valstija JAV", 80, "the country cannot be read", "madison-1"),
        ("Viskonsino valstija", "Mičigano valstija", 80, "the country cannot be read", "madison-1"),
        ("Draugystės deklaracija", "Vilniaus deklaracija", 82, "no known place", "madison-2"),
        ("Draugystės sutartis (pasirašyta 1991-02)", "", 89, "has no document", "oslo-1"),
        ("Bendradarbiavimo sutartis (pasirašyta 1991-02-01)", "", 113, "has no document", "salzburg-1"),
        ("Švedijos ir Lietuvos bendradarbiavimo sutartis", "Aktas", 92, "type is unknown", "stockholm-1"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_told_and_not_guessed(
    real_dataset: Path, old: str, new: str, line: int, message: str, gone: str
) -> None:
    extraction = _read(real_dataset, old, new)
    assert line in {problem.line for problem in extraction.problems}
    assert message in "\n".join(_told(extraction))
    assert not _rows(extraction, "agreements", agreement=gone)
    assert not _rows(extraction, "parties", agreement=gone)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("pasirašyta 1997 m.", "pasirašyta 1997-13", "the date cannot be read"),
        ("pasirašyta 1997 m.", "pasirašyta 2023-02-30", "the date cannot be read"),
        ("pasirašyta 1997 m.", "pasirašyta 1997 m. kovo 6 d.", "the date cannot be read"),
        ("pasirašyta 1997 m.", "pasirašyta apie 1997 m.", "the date cannot be read"),
        ("pasirašyta 1997 m.", "pasirašyta 97", "the date cannot be read"),
        ("pasirašyta 1997 m.", "nutraukta 1997 m.", "the date cannot be read"),
        ("(pasirašyta 1997 m.)", "pasirašyta 1997 m.", "outside the parentheses"),
        ("(pasirašyta 1997 m.)", "(pasirašyta 1997 m.) ir memorandumas (1998)", "outside the parentheses"),
    ],
)
def test_a_date_that_cannot_be_read_is_no_event(real_dataset: Path, old: str, new: str, message: str) -> None:
    extraction = _read(real_dataset, old, new)
    assert [problem.line for problem in extraction.problems] == [44]
    assert message in _told(extraction)[0]
    assert not _rows(extraction, "events", agreement="aalborg-1")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Eurocities – did", "Eurotowns – did", "a membership without a known network above it"),
        ("Narystė: nuo 1997 m.", "Narystė: nuo seno", "no date can be read"),
        ("Narystė: nuo 1997 m.", "Narystė: nuo 1997-02-30", "no date can be read"),
        ("Narystė: nuo 1997 m.", "", "no membership in this network"),
        ("Vilniaus istorinis miesto centras tapo", "Kauno centras tapo", "not known who the member is"),
        ("Savivaldybės prioritetai", "Narystė: nuo 2001 m.", "a membership without a known network above it"),
    ],
)
def test_a_membership_that_cannot_be_read_is_none(
    real_dataset: Path, old: str, new: str, message: str
) -> None:
    extraction = _read(real_dataset, old, new)
    assert message in "\n".join(_told(extraction))
    assert len(extraction.tables["memberships"]) == 8 - (old != "Savivaldybės prioritetai")


@pytest.mark.parametrize("old", ["Tarptautinis bendradarbiavimas", "Vilniaus meras", "Darbotvarkė"])
def test_a_date_anywhere_else_is_told(real_dataset: Path, old: str) -> None:
    assert "belongs to no document" in _told(_read(real_dataset, old, "nuo 1999-05-01"))[0]


def test_words_excuse_a_date_once(real_dataset: Path) -> None:
    words = "no-date,nuo 1999-05-01,,"
    assert not _told(_read(real_dataset, "Darbotvarkė", "nuo 1999-05-01", words))
    assert _told(_read(real_dataset, "Darbotvarkė", "nuo 1999-05-01 iki 1999-05-01", words))


def test_documents_below_an_unreadable_row_are_not_given_to_the_row_above_it(real_dataset: Path) -> None:
    extraction = _read(real_dataset, "Krokuva, Lenkija", "Krokuva, Lenkia")
    assert [problem.line for problem in extraction.problems] == [73, 75]
    assert len(_rows(extraction, "parties", place="chisinau")) == 2


def test_a_name_may_begin_with_another_name(real_dataset: Path) -> None:
    extraction = _read(
        real_dataset, "Oslas, Norvegija", "Oslas Didysis, Norvegija", "place,Oslas Didysis,riga,"
    )
    assert _told(extraction) == []
    assert _rows(extraction, "parties", place="riga", name_as_stated="Oslas Didysis")


def test_no_break_spaces_and_double_ones_are_read_and_kept(real_dataset: Path) -> None:
    extraction = _read(real_dataset, "General San Martin, ", "General\xa0San  Martin,\xa0")
    assert _told(extraction) == []
    (row,) = _rows(extraction, "parties", place="general-san-martin")
    assert row["source_text"] == "General\xa0San  Martin,\xa0Argentinos Respublika"


def test_the_longest_words_decide_the_type_and_two_as_long_do_not(real_dataset: Path) -> None:
    change = ("Lietuvos bendradarbiavimo sutartis", "Lietuvos aktas")
    words = "type,švedijos,cooperation,\ntype,lietuvos,friendship,"
    extraction = _read(real_dataset, *change, words)
    assert "unknown or ambiguous" in _told(extraction)[0]
    extraction = _read(real_dataset, *change, words + "\ntype,lietuvos aktas,twinning,")
    assert [row["type"] for row in _rows(extraction, "agreements", agreement="stockholm-1")] == ["twinning"]


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
    real_dataset: Path, at: float, cut: int, put: str
) -> None:
    dataset, words = datasets.read(real_dataset), reading.read(real_dataset)
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
        assert number in told or len(reading.DATE.findall(line)) == read[str(number)] + excused


def test_a_page_without_its_table_is_told(real_dataset: Path) -> None:
    extraction = _read(real_dataset, "Miestas, šalis Dokumento tipas", "Miestai")
    assert "table-start" in _told(extraction)[0]
    assert not extraction.tables["agreements"]


def test_lines_that_end_in_cr_lf_are_read_the_same(real: Extraction, real_dataset: Path) -> None:
    dataset = datasets.read(real_dataset)
    text = dataset.source.path.read_bytes().decode().replace("\n", "\r\n")
    assert extract(text, reading.read(real_dataset), dataset, "page.txt") == real


def test_csv_keeps_commas_and_quotation_marks(real: Extraction) -> None:
    rows = real.tables["memberships"]
    assert tuple(csv.DictReader(io.StringIO(as_csv(rows)))) == rows
    assert as_csv(()) == ""


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("places,Ryga,riga", "role"),
        ("place,,riga", "words"),
        ("place,Ryga,", "value"),
        ("place,Ryga,tallinn", "value"),
    ],
)
def test_the_words_are_read_strictly(row: str, column: str) -> None:
    rows = csv.DictReader(["place,Ryga,riga", row], fieldnames=reading.COLUMNS)
    with pytest.raises(InputError) as error:
        reading.parse(enumerate(rows, 2))
    (problem,) = error.value.problems
    assert (problem.file, problem.line, problem.column) == ("reading.csv", 3, column)
