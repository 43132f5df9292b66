"""What spreadsheets, encodings and copying leave in a dataset is told with file, line, column and message."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from vilnius_lod.catalogue import dsa
from vilnius_lod.graphs.named_graphs import vocabulary_graph
from vilnius_lod.i18n.messages import translator
from vilnius_lod.inputs import text_checks, toml_reader
from vilnius_lod.inputs.csv_reader import decode
from vilnius_lod.inputs.issues import ERROR, HINT, WARNING, InputError, Issue
from vilnius_lod.records import dataset, loader

from ..tables import csv_tables, table_files

PLACES, EVENTS, NETWORKS, AGREEMENTS = (
    f"tables/{name}.csv" for name in ("places", "events", "networks", "agreements")
)
FORMULA = "a spreadsheet takes a text that begins so for a formula; leave the sign out"
OF_FORMULA = "this is the error of a spreadsheet's formula, not a value"
WITHIN = "a spreadsheet formula's error value in the text"
NARROW = "a spreadsheet's column was too narrow to show the value; enter the value again"
EXPONENT = "a spreadsheet has rewritten the value as a number with an exponent; enter it as text"
LOST = "a letter was lost when the file was converted (“{letter}”, character {position})"
MOJIBAKE = "letters were saved in one encoding and read in another; put the allowed text instead"
UNSEEN = "an invisible character in the text (U+{code}, character {position})"
NAME_UNSEEN = "an invisible character or unusual blank in the name"
SCRIPTS = "letters of two scripts in one word: “{letter}” (U+{code} {name}, character {position}) in “{word}”"
WORKBOOK = "a workbook is not read: save its sheet as “CSV UTF-8” under the allowed name"
OTHER_NAME = "the file is not read under this name"
FOLDER = "the file is in the wrong folder and is not read"
UNREAD = "the file is not read"
SERIAL = "a spreadsheet has turned the date into a number; enter the date as text"


@pytest.fixture
def copy(tiny_dataset: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_dataset, tmp_path / "lindenau"))


def put(directory: Path, file: str, line: int, column: str, cell: str) -> None:
    rows = list(csv.reader(io.StringIO((directory / file).read_text(encoding="utf-8"))))
    rows[line - 1][rows[0].index(column)] = cell
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    (directory / file).write_text(text.getvalue(), encoding="utf-8")


def problems(directory: Path) -> tuple[Issue, ...]:
    found = loader.read_all(directory).problems
    for problem in found:
        for language in ("lt", "de"):
            assert translator(language)(problem.message) != problem.message, problem.message
    return found


@pytest.mark.parametrize(
    ("file", "line", "column", "cell", "message"),
    [
        *((PLACES, 3, "name_en", cell, OF_FORMULA) for cell in (
            "#REF!", "#NAME?", "#N/A", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
            "#BEZUG!", "#WERT!", "#NV", "#ZAHL!", "#ADR!", "#ARG!", "#LICZBA!", "#NAZWA?", "#N/D",
            "#NUORODA!", "#REIKŠMĖ!", "#ССЫЛКА!", "#Н/Д", "#¡REF!", "#¿NOMBRE?", "#VALEUR!", "Err:502",
            " #REF! ",
        )),
        (PLACES, 3, "lat", "#VALUE!", OF_FORMULA),
        (EVENTS, 2, "date", "#N/A", OF_FORMULA),
        (PLACES, 3, "name_en", "Brodovec #REF!", WITHIN),
        (PLACES, 3, "note_en", "see #REF!", WITHIN),
        *((PLACES, 3, column, "########", NARROW) for column in ("name_en", "note_en", "lat", "place")),
        (PLACES, 3, "name_en", "1,97E+03", EXPONENT),
        (EVENTS, 2, "date", "1.97E+03", EXPONENT),
        (EVENTS, 2, "date", "44927", SERIAL),
        *((PLACES, 3, "name_en", cell, FORMULA) for cell in (
            "=A1", "=SUM(A1:A9)", "+Brodovec", "-Brodovec", "@Brodovec", "=cmd|' /C calc'!A0", "＝A1", "-5",
        )),
        (PLACES, 3, "note_en", "- a note", FORMULA),
        (NETWORKS, 2, "acronym", "@LRT", FORMULA),
        (EVENTS, 2, "source_text", "=unterzeichnet 1991-02", FORMULA),
        (AGREEMENTS, 2, "title_de", "-Absichtserklärung", FORMULA),
        *(
            (PLACES, 3, "name_en", f"Brod{sign}ovec", NAME_UNSEEN)
            for sign in "\u200b\u00ad\ufeff\u200e\u2060"
        ),
        (PLACES, 3, "name_en", "Brod\ufffdvec", LOST),
        (PLACES, 3, "name_de", "Kirchfels?sterreich", LOST),
        *((PLACES, 3, "name_en", cell, MOJIBAKE) for cell in ("KlaipÄ—da", "CafÃ©ville", "Р’РёР»СЊРЅСЋСЃ")),
        (PLACES, 3, "name_en", "Вrodovec", SCRIPTS),
        (PLACES, 3, "name_en", "Brodоvec", SCRIPTS),
        (PLACES, 3, "name_en", "Βrodovec", SCRIPTS),
    ],
)  # fmt: skip
def test_debris_in_a_cell_is_refused(
    copy: Path, file: str, line: int, column: str, cell: str, message: str
) -> None:
    put(copy, file, line, column, cell)
    found = [problem for problem in problems(copy) if problem.message == message]
    assert [(p.file, p.line, p.column, p.found, p.severity) for p in found] == [
        (file, line, column, cell, ERROR)
    ]


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("note_en", "the page writes Brodоvec", SCRIPTS),
        ("note_en", "the page writes KlaipÄ—da", MOJIBAKE),
        ("note_en", "Brod\u00adovec", UNSEEN),
    ],
)
def test_a_text_may_quote_what_looks_wrong_and_is_told_as_a_warning(
    copy: Path, column: str, cell: str, message: str
) -> None:
    put(copy, PLACES, 3, column, cell)
    [found] = problems(copy)
    assert (found.file, found.line, found.column) == (PLACES, 3, column)
    assert (found.message, found.severity) == (message, WARNING)
    assert loader.read(copy).remarks == (found,)


def test_the_letter_of_another_script_is_named_with_its_code_point_and_place(copy: Path) -> None:
    put(copy, PLACES, 3, "name_en", "Neu Brodоvec")
    [found] = problems(copy)
    assert found.values == {
        "letter": "о", "code": "043E", "name": "CYRILLIC SMALL LETTER O", "position": 9, "word": "Brodоvec",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "Київ", "Вильнюс", "Αθήνα", "台北", "’s-Hertogenbosch", "Y", "Å", "C40 Cities", "100 Mile House",
        "1770", "„TAŠKĖ“", "VOILÀ»", "YSTÄVÄ”", "БУР’ЯН", "São Paulo", "Łódź", "Saint-Lô",
        "Ivano-Frankivsk (Івано-Франківськ)",
        "5 µm", "Kas?", "CO₂", "#1 City",
    ],
)  # fmt: skip
def test_names_that_are_only_unusual_are_let_through(copy: Path, name: str) -> None:
    put(copy, PLACES, 3, "name_en", name)
    assert problems(copy) == ()


def test_a_negative_longitude_is_a_number(copy: Path) -> None:
    put(copy, PLACES, 3, "long", "-58.5")
    assert problems(copy) == ()


def test_what_is_garbled_is_told_with_what_it_was(copy: Path) -> None:
    put(copy, PLACES, 3, "name_en", "Å\u00a0iauliai")
    assert next(doubt.allowed for doubt in text_checks.likely_mistakes("Å\u00a0iauliai")) == "Šiauliai"


def test_no_cell_of_the_tables_that_are_served_starts_a_formula(tiny_dataset: Path, copy: Path) -> None:
    put(copy, PLACES, 3, "long", "-58.5")
    records = loader.read(copy)
    structure = dsa.description(records, csv_tables(records), vocabulary_graph(), "https://x.example/") or b""
    served = {**table_files(records), "dsa.csv": structure}
    seen = 0
    for name, content in served.items():
        for row in csv.reader(io.StringIO(content.decode())) if name.endswith(".csv") else ():
            for cell in row:
                assert not cell.startswith(tuple(text_checks.FORMULA)) or float(cell) < 0, (name, cell)
                seen += 1
    assert seen > 100


@pytest.mark.parametrize(
    ("file", "message", "allowed", "severity"),
    [
        ("tables/events.xlsx", WORKBOOK, EVENTS, ERROR),
        ("tables/events.ods", WORKBOOK, EVENTS, ERROR),
        ("events.XLSX", WORKBOOK, EVENTS, ERROR),
        ("tables/EVENTS.CSV", OTHER_NAME, EVENTS, ERROR),
        ("tables/places.tsv", OTHER_NAME, PLACES, ERROR),
        ("tables/memberships.csv.txt", OTHER_NAME, "tables/memberships.csv", ERROR),
        ("tables/events (1).csv", OTHER_NAME, EVENTS, ERROR),
        ("tables/Copy of events.csv", OTHER_NAME, EVENTS, ERROR),
        ("tables/event.csv", OTHER_NAME, EVENTS, ERROR),
        ("events.csv", FOLDER, EVENTS, ERROR),
        ("links/events.csv", FOLDER, EVENTS, ERROR),
        ("tables/releases.csv", FOLDER, "releases.csv", ERROR),
        ("dataset.toml.txt", OTHER_NAME, "dataset.toml", ERROR),
        ("links/gnd.tsv", OTHER_NAME, "links/gnd.sssom.tsv", ERROR),
        ("links/wikidata.sssom.csv", OTHER_NAME, "links/wikidata.sssom.tsv", ERROR),
        ("source/2026-05-01/retrieval.toml.txt", OTHER_NAME,
         "source/2026-05-01/retrieval.toml", ERROR),
        ("tables/events.csv.bak", UNREAD, None, HINT),
        ("tables/events.csv~", UNREAD, None, HINT),
        ("tables/contacts.xlsx", UNREAD, None, HINT),
        ("tables/old/events.csv", FOLDER, EVENTS, HINT),
    ],
)  # fmt: skip
def test_a_file_beside_the_tables_is_told(
    copy: Path, file: str, message: str, allowed: str | None, severity: str
) -> None:
    (copy / file).parent.mkdir(exist_ok=True)
    (copy / file).write_bytes(b"anything")
    [found] = problems(copy)
    assert (found.file, found.message, found.allowed) == (file, message, allowed)
    assert found.severity == severity


@pytest.mark.parametrize(
    "file", ["tables/.~lock.events.csv#", "tables/~$events.xlsx", "README.md", "LICENSE", "tables/README.txt"]
)
def test_locks_and_texts_for_people_are_let_be(copy: Path, file: str) -> None:
    (copy / file).write_bytes(b"anything")
    assert problems(copy) == ()


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"PK\x03\x04", "a workbook or a text of an office program (ZIP)"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xd0\xcf\x11\xe0", "a workbook or a text of an old office program"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", "an HTML page"),
        (b"\n<html lang=de>", "an HTML page"),
        (b"{\\rtf1", "a rich text (RTF)"),
    ],
)
def test_a_file_that_is_no_text_is_told_in_one_sentence(copy: Path, start: bytes, kind: str) -> None:
    with pytest.raises(InputError) as caught:
        decode(start + b"\n\x00\xff", "page.txt")
    [found] = caught.value.problems
    assert found.values == {"kind": kind}
    (copy / EVENTS).write_bytes(start + b"\n")
    assert found.message in [problem.message for problem in problems(copy)]


@pytest.mark.parametrize("first", ["sep=;", '"sep=,"', "SEP=\t"])
def test_a_spreadsheet_s_line_about_the_separator_is_told(copy: Path, first: str) -> None:
    path = copy / EVENTS
    path.write_text(f"{first}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    [found] = problems(copy)
    assert (found.file, found.line, found.found) == (EVENTS, 1, first)
    assert "delete the line" in found.message


def test_line_ends_that_git_changed_are_told_as_that(copy: Path, root: Path) -> None:
    page = copy / "source" / "2026-05-01" / "page.txt"
    page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
    _, _, (found,) = dataset.examine(copy)
    assert (found.file, found.line) == ("source/2026-05-01/retrieval.toml", 5)
    assert "only the line ends" in found.message
    assert "source/** -text" in (root / ".gitattributes").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "column", "allowed"),
    [
        ("dataset.toml", "licence =", "license =", 8, "license", "licence"),
        ("dataset.toml", "[title]", "[titel]", 12, "titel", "title"),
        ("dataset.toml", "[publisher]\n", '[publisher]\nnmae = "x"\n', 21, "publisher.nmae", "name"),
        ("source/2026-05-01/retrieval.toml", "retrieved =", "retreived =", 4, "retreived", "retrieved"),
    ],
)
def test_an_unknown_setting_is_refused_with_the_nearest_known_one(
    copy: Path, file: str, old: str, new: str, line: int, column: str, allowed: str
) -> None:
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [p for p in dataset.examine(copy)[2] if p.message == "the setting is unknown"]
    assert [(p.file, p.line, p.column, p.allowed) for p in found] == [(file, line, column, allowed)]


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("a", 1), ("t.de", 2), ("s[1].iri", 5), ("s[2].iri", 7), ("p.name.de", 9), ("p.name.q.r", 10),
        ("b", None), ("t", 2), ("s[2].missing", None),
    ],
)  # fmt: skip
def test_the_line_of_a_setting(key: str, line: int | None) -> None:
    text = 'a = 1\nt = { de = "x" }\n\n[[s]]\niri = 1\n[[s]]\n"iri" = 2\n[p.name]\nde = 1\nq.r = 2\n'
    assert toml_reader.line_of(key, text) == line
