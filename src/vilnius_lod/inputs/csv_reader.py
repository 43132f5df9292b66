"""A strict reader for CSV and TSV: bytes to rows whose cells are known by line and column.

It accepts what spreadsheets write: a byte order mark, semicolons or tabs between cells, CR LF, empty rows and
columns at the end. Anything else that is odd becomes a problem; nothing is corrected silently.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .issues import InputError, Issue

# The code page in which a spreadsheet on Windows saves plain "CSV", by the language of its user.
_CODE_PAGES = {
    "Windows-1250": "cs hr hu pl ro sk sl sq",
    "Windows-1251": "be bg mk ru sr uk",
    "Windows-1253": "el",
    "Windows-1254": "az tr",
    "Windows-1257": "et lt lv",
}
# The first bytes of files that are not text, and what they are.
_SIGNATURES = {
    b"PK\x03\x04": "a workbook or a text of an office program (ZIP)",
    b"\xd0\xcf\x11\xe0": "a workbook or a text of an old office program",
    b"%PDF": "a PDF",
    b"{\\rtf": "a rich text (RTF)",
    b"\x1f\x8b": "a packed file (gzip)",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
_HTML = re.compile(
    rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body|table)\b", re.I | re.S
)
# No XML can carry these, and no page shows them; a line feed is let through: it may stand in a quoted cell.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


class CsvRow(NamedTuple):
    """A row: ``line`` is the physical line on which it starts, ``cells`` are by column name."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """What was read. ``rows`` is None where problems left no rows that could be known; a row with too few
    cells is kept, filled with empty ones, so that its key is known to other tables. ``header`` is its line.
    """

    file: str
    header: int
    rows: tuple[CsvRow, ...] | None
    problems: tuple[Issue, ...]

    def checked(self) -> tuple[CsvRow, ...]:
        """The rows of a table without problems. Raises InputError with all of them otherwise."""
        if self.problems or self.rows is None:
            raise InputError(self.problems)
        return self.rows


def decode(data: bytes, file: str, language: str = "") -> str:
    """The text of UTF-8 bytes, without a byte order mark.

    Raises InputError that names the first wrong byte and, where it can be told, the encoding they seem to be
    in; ``language`` is that of the people who edit the file.
    """
    if kind := _instead_of_text(data):
        message = "the file is {kind}, not plain text; save it as text"
        allowed = "UTF-8 (in a spreadsheet: save as “CSV UTF-8”)"
        raise InputError([Issue(file, None, None, message, {"kind": kind}, None, allowed)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _refuse(data, file, error.start, _guess(data, language))
    if "\0" in text and (guess := _guess(data, language)).startswith("UTF-16"):
        return _refuse(data, file, data.index(0), guess)
    return text


def _instead_of_text(data: bytes) -> str:
    """What a file is that should be plain text; empty if it may be."""
    start = data.removeprefix(b"\xef\xbb\xbf")[:1000]
    if _HTML.match(start):
        return "an HTML page"
    return next((kind for signature, kind in _SIGNATURES.items() if start.startswith(signature)), "")


def _refuse(data: bytes, file: str, start: int, guess: str) -> str:
    byte, line = f"0x{data[start]:02x}", data.count(b"\n", 0, start) + 1
    allowed = "UTF-8 (in a spreadsheet: save as “CSV UTF-8”)"
    if guess:
        message = "the file is not UTF-8, it looks like {encoding}; the first wrong byte is number {position}"
    else:
        message = "the file is not UTF-8; the first wrong byte is number {position}"
    values = {"position": start + 1, "encoding": guess}
    raise InputError([Issue(file, line, None, message, values, byte, allowed)])


def _guess(data: bytes, language: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:200].count(0) * 3 > len(data[:200]):
        return "UTF-16"
    pages = (page for page, languages in _CODE_PAGES.items() if language[:2] in languages.split())
    page = next(pages, "Windows-1252")
    try:
        text = data.decode(page)
    except UnicodeDecodeError:
        return ""
    # Another encoding read in this code page gives signs where words should have letters.
    signs = [c for c in text if ord(c) > 127]
    letters = sum(c.isalpha() or c in "„“”’‚‘–—…«»\u00a0" for c in signs)
    return page if letters * 10 >= len(signs) * 9 and not _CONTROL.search(re.sub("[\t\r]", "", text)) else ""


def read(
    directory: Path, file: str, columns: Sequence[str], language: str = "", *, tsv: bool = False
) -> CsvTable:
    """The table in a file of ``directory``; ``file`` is its name for people, relative to it. Never raises
    for what is in the file: see the problems of the table.
    """
    try:
        text = decode((directory / file).read_bytes(), file, language)
    except FileNotFoundError:
        return CsvTable(file, 1, None, (Issue(file, None, None, "the file is missing"),))
    except InputError as error:
        return CsvTable(file, 1, None, error.problems)
    return parse(text, file, columns, tsv=tsv)


def parse(
    text: str, file: str, columns: Sequence[str], *, tsv: bool = False, first_line: int = 1
) -> CsvTable:
    """The table in a text. All ``columns`` must be there, in any order, and no others.

    A TSV is the kind that SSSOM prescribes: tabs alone separate cells, further columns are ignored.
    ``first_line`` is the line of the file at which the text begins.
    """
    problems: list[Issue] = []
    lines = _rows(text, file, first_line, problems, "\t" if tsv else None)
    if lines is None:
        return CsvTable(file, first_line, None, tuple(problems))
    while lines and not any(cell.strip() for cell in lines[-1][1]):
        lines.pop()
    if not lines:
        problems.append(Issue(file, first_line, None, "the file has no header", allowed=", ".join(columns)))
        return CsvTable(file, first_line, None, tuple(problems))
    header_line, header = lines[0]
    while header and not header[-1].strip():
        header.pop()
    header_problems = list(_header_problems(file, header_line, header, columns, others=tsv))
    if header_problems:
        return CsvTable(file, header_line, None, (*problems, *header_problems))
    rows = []
    for line, cells in lines[1:]:
        problems += _row_problems(file, line, header, cells)
        if any(cell.strip() for cell in cells):
            filled = cells + [""] * (len(header) - len(cells))
            rows.append(CsvRow(line, dict(zip(header, filled, strict=False))))
    return CsvTable(file, header_line, tuple(rows), tuple(problems))


def _rows(
    text: str, file: str, first_line: int, problems: list[Issue], separator: str | None
) -> list[tuple[int, list[str]]] | None:
    """Each row with the line on which it starts; None where the rows cannot be told apart."""
    text = text.replace("\r\n", "\n")
    if (carriage_return := text.find("\r")) >= 0:
        line = first_line + text.count("\n", 0, carriage_return)
        problems.append(Issue(file, line, None, "a line ends in CR alone", found="\r", allowed="LF, CR LF"))
        return None
    physical = text.split("\n")
    if re.fullmatch(r"\"?sep=.?\"?", physical[0], re.IGNORECASE):
        message = "a spreadsheet's line about the separator is above the header; delete the line"
        problems.append(Issue(file, first_line, None, message, {}, physical[0]))
        return None
    separator = separator or max(",;\t", key=physical[0].count)
    reader = csv.reader((line + "\n" for line in physical), delimiter=separator, strict=True)
    rows: list[tuple[int, list[str]]] = []
    start = 0
    try:
        for cells in reader:
            rows.append((first_line + start, cells))
            # The csv module treats a quotation mark inside an unquoted cell as a letter.
            if "\n".join(physical[start : reader.line_num]).count('"') % 2:
                problems.append(_unbalanced(file, first_line + start, physical[start]))
            start = reader.line_num
    except csv.Error:
        problems.append(_unbalanced(file, first_line + start, physical[start]))
        return None
    return rows


def _unbalanced(file: str, line: int, found: str) -> Issue:
    message = "the quotation marks of the row do not match"
    return Issue(file, line, None, message, {}, found, '"…"; "… ""…"" …"')


def _header_problems(
    file: str, line: int, header: Sequence[str], columns: Sequence[str], *, others: bool
) -> Iterator[Issue]:
    allowed = ", ".join(columns)
    for number, name in enumerate(header):
        if name in header[:number]:
            yield Issue(file, line, name, "duplicate column", found=name, allowed=allowed)
        elif name not in columns and not (others and name):
            column = name if name.strip() else str(number + 1)
            yield Issue(file, line, column, "the column is unknown", found=name, allowed=allowed)
    for name in columns:
        if name not in header:
            yield Issue(file, line, name, "the column is missing", found=", ".join(header), allowed=allowed)


def _row_problems(file: str, line: int, header: Sequence[str], cells: Sequence[str]) -> Iterator[Issue]:
    if not any(cell.strip() for cell in cells):
        yield Issue(file, line, None, "the row is empty; only rows at the end may be")
        return
    if len(cells) < len(header):
        message = "the row has fewer cells than the header has columns"
        yield Issue(file, line, header[len(cells)], message, {}, str(len(cells)), str(len(header)))
    for number, cell in enumerate(cells):
        column = header[number] if number < len(header) else str(number + 1)
        if number >= len(header) and cell:
            message = "the row has more cells than the header has columns"
            yield Issue(file, line, column, message, {}, cell, str(len(header)))
        if control := _CONTROL.search(cell):
            message = "a control character in the cell (character {position})"
            values = {"position": control.start() + 1}
            yield Issue(file, line, column, message, values, cell, "letters, digits, signs and blanks")
