"""``/tables``: the tables as people edit them, with an address for each row (``/tables/events#row-40``)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flask import Blueprint, Response

from ....formats import CSV, HTML, TSV, by_extension
from ...http.context import reader, site
from ...http.problems import Problem
from ...http.responses import page, requested
from ...pages.provenance import FOLDER, files, things_by_line
from ..service.files import TABLE

blueprint = Blueprint("tables", __name__)

WIDE = 40
"""A column with a longer cell than this is wider, in characters."""


class TableColumn(NamedTuple):
    """A column: its name, the language of its cells if that is known, and its longest cell."""

    name: str
    language: str
    longest: str

    @property
    def long(self) -> bool:
        """Whether the column is a wide one."""
        return len(self.longest) > WIDE


class NumberedRow(NamedTuple):
    """A row, the line on which it begins, and the page of the thing that it describes."""

    line: int
    cells: Sequence[str]
    href: str | None


@blueprint.get("/tables")
def overview() -> Response:
    """All tables."""
    snapshot = site().snapshot
    listed = [(name, file, snapshot.files[FOLDER + file]) for name, file in sorted(files().items())]
    return page("tables.html", tables=listed)


@blueprint.get("/tables/<path:name>")
def table(name: str) -> Response:
    """A table with an anchor for each row, or the file as it was edited."""
    stem, form = by_extension(name, (HTML, CSV, TSV))
    file = files().get(stem, "")
    raw = TSV if file.endswith(TSV.extension) else CSV
    if not file or form not in (None, HTML, raw):
        raise Problem("not-found")
    wanted = requested(f"/tables/{stem}", (HTML, raw), form.extension if form else "")
    if wanted.form is raw:
        return wanted.stored(FOLDER + file, TABLE if raw is CSV else "")
    lines = list(_lines(site().snapshot.read(FOLDER + file).decode("utf-8-sig")))
    comments = [cells[0] for _, cells in lines if cells[0].startswith("#")]
    (_, header), *rows = lines[len(comments) :]
    things, urls = things_by_line(file), reader().urls
    columns = [_column(name, number, rows) for number, name in enumerate(header)]
    numbered = [
        NumberedRow(line, cells, urls.iri(things[line]) if line in things else None) for line, cells in rows
    ]
    return wanted.page("table.html", file=file, comments=comments, columns=columns, rows=numbered)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line on which it begins. The comments (``#``) before the
    header of a TSV file are rows of one cell.
    """
    lines = [line + "\n" for line in text.split("\n")]
    before = 0
    while lines[before].startswith("#"):
        yield before + 1, [lines[before].rstrip()]
        before += 1
    rows = csv.reader(lines[before:], delimiter=max(",;\t", key=lines[before].count))
    start = before + 1
    for cells in rows:
        if any(cells):
            yield start, cells
        start = before + rows.line_num + 1


def _column(name: str, number: int, rows: Sequence[tuple[int, Sequence[str]]]) -> TableColumn:
    tag, source = name.rpartition("_")[2], site().facts.source.language
    stated = name == "source_text" or name.endswith("_as_stated")
    language = source if stated else tag if tag in site().languages else ""
    longest = max((cells[number] for _, cells in rows if number < len(cells)), key=len, default="")
    return TableColumn(name, language, longest)
