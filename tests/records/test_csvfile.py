"""The strict reader: what spreadsheets do is understood, everything else is told by line and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vilnius_lod.i18n.messages import translator
from vilnius_lod.inputs import csv_reader
from vilnius_lod.inputs.issues import InputError, Issue

COLUMNS = ("town", "name", "note")
PLAIN = "town,name,note\nulm,Ulm,\nbad-berg,Bad Berg,am Hang\n"


def rows(data: bytes, tmp_path: Path) -> list[tuple[int, list[str]]]:
    (tmp_path / "towns.csv").write_bytes(data)
    table = csv_reader.read(tmp_path, "towns.csv", COLUMNS)
    return [(line, [cells[name] for name in COLUMNS]) for line, cells in table.checked()]


def problems(data: bytes, tmp_path: Path, language: str = "") -> list[Issue]:
    (tmp_path / "towns.csv").write_bytes(data)
    table = csv_reader.read(tmp_path, "towns.csv", COLUMNS, language)
    with pytest.raises(InputError) as error:
        table.checked()
    for problem in table.problems:
        for tag in ("lt", "de"):
            assert translator(tag)(problem.message) != problem.message, f"no {tag}: {problem.message}"
            assert problem.text(translator(tag)) != problem.text()
    assert error.value.problems == table.problems
    return list(table.problems)


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.removesuffix("\n").encode(),
        (PLAIN + ",,\n\n , ,\n\n").encode(),
        PLAIN.replace("\n", ",,\n").encode(),
        b'"town","name","note"\n"ulm","Ulm",""\n"bad-berg","Bad Berg","am Hang"\n',
        PLAIN.replace(",", ";").replace("\n", "\r\n").encode("utf-8-sig") + b";;;;\r\n",
        b"note,town,name\n,ulm,Ulm\nam Hang,bad-berg,Bad Berg\n",
    ],
    ids=[
        "plain", "BOM", "semicolons", "tabs", "CR LF", "no last line end", "empty rows at the end",
        "empty columns at the end", "all quoted", "all at once", "columns in another order",
    ],
)  # fmt: skip
def test_what_spreadsheets_do_is_understood(data: bytes, tmp_path: Path) -> None:
    assert rows(data, tmp_path) == [(2, ["ulm", "Ulm", ""]), (3, ["bad-berg", "Bad Berg", "am Hang"])]


def test_a_row_is_known_by_the_line_on_which_it_starts(tmp_path: Path) -> None:
    data = b'town,name,note\nulm,Ulm,"one\r\ntwo ""quoted"", and three"\r\nbad-berg,Bad Berg,\n'
    note = 'one\ntwo "quoted", and three'
    assert rows(data, tmp_path) == [(2, ["ulm", "Ulm", note]), (4, ["bad-berg", "Bad Berg", ""])]


def test_free_text_is_kept_to_the_byte(tmp_path: Path) -> None:
    note = "\u00a0z\u0307 am\u00a0Hang\u200b\u2028"
    assert rows(f"town,name,note\nulm,Ulm,{note}\n".encode(), tmp_path) == [(2, ["ulm", "Ulm", note])]


UTF_8 = "UTF-8 (in a spreadsheet: save as “CSV UTF-8”)"
LOOKS = "the file is not UTF-8, it looks like {encoding}; the first wrong byte is number {position}"
UNKNOWN = "the file is not UTF-8; the first wrong byte is number {position}"


@pytest.mark.parametrize(
    ("data", "language", "line", "position", "byte", "guess"),
    [
        (PLAIN.encode("utf-16"), "de", 1, 1, "0xff", "UTF-16"),
        (PLAIN.encode("utf-16-be"), "de", 1, 1, "0x00", "UTF-16"),
        (PLAIN.encode("utf-16-le"), "de", 1, 2, "0x00", "UTF-16"),
        (PLAIN.replace("Ulm", "Ūla").encode("windows-1257"), "lt", 2, 20, "0xdb", "Windows-1257"),
        (PLAIN.replace("Ulm", "Köln").encode("windows-1252"), "de", 2, 21, "0xf6", "Windows-1252"),
        (PLAIN.replace("Hang", "Źdźbło").encode("windows-1250"), "pl", 3, 46, "0x8f", "Windows-1250"),
        (PLAIN.replace("am Hang", "Öd\r").encode("windows-1252"), "", 3, 43, "0xd6", "Windows-1252"),
        (PLAIN.encode() + b"\xff\xfe\x81\x8d", "lt", 4, 51, "0xff", ""),
        (PLAIN.encode() + b"\xa4\xa7\xb1", "de", 4, 51, "0xa4", ""),
    ],
)  # fmt: skip
def test_a_wrong_encoding_is_told_with_its_place_and_a_guess(
    data: bytes, language: str, line: int, position: int, byte: str, guess: str, tmp_path: Path
) -> None:
    values = {"position": position, "encoding": guess}
    expected = Issue("towns.csv", line, None, LOOKS if guess else UNKNOWN, values, byte, UTF_8)
    assert problems(data, tmp_path, language) == [expected]


ALL = "town, name, note"
FEWER = "the row has fewer cells than the header has columns"
MORE = "the row has more cells than the header has columns"
UNPAIRED = "the quotation marks of the row do not match"
EMPTY = "the row is empty; only rows at the end may be"
QUOTES = '"…"; "… ""…"" …"'


@pytest.mark.parametrize(
    ("data", "line", "column", "message", "found", "allowed"),
    [
        (b"", 1, None, "the file has no header", None, ALL),
        (b"\n,,\n", 1, None, "the file has no header", None, ALL),
        (b"town,name\nulm,Ulm\n", 1, "note", "the column is missing", "town, name", ALL),
        (b"town,name,note,size\n", 1, "size", "the column is unknown", "size", ALL),
        (b"town,name,,note\n", 1, "3", "the column is unknown", "", ALL),
        (b"town,name,note,name\n", 1, "name", "duplicate column", "name", ALL),
        (b"town,name,note\nulm,Ulm\n", 2, "note", FEWER, "2", "3"),
        (b"town,name,note\nulm,Ulm,,x\n", 2, "4", MORE, "x", "3"),
        (b"town,name,note,\nulm,Ulm,,x\n", 2, "4", MORE, "x", "3"),
        (b"town,name,note\n\nulm,Ulm,\n", 2, None, EMPTY, None, None),
        (b'town,name,note\nulm,"Ulm,\nberg,Berg,\n', 2, None, UNPAIRED, 'ulm,"Ulm,', QUOTES),
        (b'town,name,note\nulm,"Ul"m,\n', 2, None, UNPAIRED, 'ulm,"Ul"m,', QUOTES),
        (b'town,name,note\nulm,Ul"m,\n', 2, None, UNPAIRED, 'ulm,Ul"m,', QUOTES),
        (b'town,name,note\na,A,"x\ny"\nulm,"Ulm,\n', 4, None, UNPAIRED, 'ulm,"Ulm,', QUOTES),
        (b"town,name,note\nulm,Ulm,\rberg,Berg,\n", 2, None, "a line ends in CR alone", "\r", "LF, CR LF"),
    ],
)  # fmt: skip
def test_a_table_out_of_shape_is_refused(
    data: bytes, line: int, column: str | None, message: str, found: str, allowed: str, tmp_path: Path
) -> None:
    assert problems(data, tmp_path) == [Issue("towns.csv", line, column, message, {}, found, allowed)]


@pytest.mark.parametrize("sign", ["\0", "\t", "\x0b", "\x1b", "\x7f", "\x85", "\x9f", "\uffff"])
def test_a_control_character_is_refused(sign: str, tmp_path: Path) -> None:
    cell = f"Ul{sign}m"
    message = "a control character in the cell (character {position})"
    allowed = "letters, digits, signs and blanks"
    expected = Issue("towns.csv", 2, "name", message, {"position": 3}, cell, allowed)
    assert problems(f"town,name,note\nulm,{cell},\n".encode(), tmp_path) == [expected]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    found = problems(b"town,name,note\nulm,Ulm\n\nberg,B\x01erg,\na,b,c,d\n", tmp_path)
    assert [(problem.line, problem.column) for problem in found] == [
        (2, "note"), (3, None), (4, "name"), (5, "4"),
    ]  # fmt: skip


def test_a_short_row_is_kept_so_that_its_key_is_known() -> None:
    table = csv_reader.parse("town,name,note\nulm,Ulm\n", "towns.csv", COLUMNS)
    assert table.rows == (csv_reader.CsvRow(2, {"town": "ulm", "name": "Ulm", "note": ""}),)


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    table = csv_reader.read(tmp_path, "towns.csv", COLUMNS)
    assert table.problems == (Issue("towns.csv", None, None, "the file is missing"),)
    with pytest.raises(InputError):
        table.checked()


@given(st.binary() | st.text(st.sampled_from('town,name;note\t"\r\n \0ä\u00a0\ufeff')).map(str.encode))
def test_any_bytes_give_rows_or_an_input_error(data: bytes) -> None:
    for tsv in (False, True):
        for prefix in (b"", b"town,name,note\n", b"town\tname\tnote\n"):
            try:
                text = csv_reader.decode(prefix + data, "towns.csv", "de")
                table = csv_reader.parse(text, "towns.csv", COLUMNS, tsv=tsv)
            except InputError:
                continue
            assert table.rows is not None or table.problems
            assert all(set(COLUMNS) <= set(row.cells) for row in table.rows or ())
