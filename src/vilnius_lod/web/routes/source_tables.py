"""``/tables``: the tables as people edit them, each row with an address (``/tables/events#row-40``)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flask import Blueprint, Response

from ...formats import HTML, Representation, by_extension
from ..http.context import reader, site
from ..http.problems import Problem
from ..http.responses import chosen, page, stored
from ..pages.table_rows import FOLDER, files, made
from .files import TABLE

blueprint = Blueprint("tables", __name__)

CSV = Representation("csv", "text/csv", "csv", "CSV")
TSV = Representation("tsv", "text/tab-separated-values", "tsv", "TSV")
LONG = 40
"""A cell with more letters than this gets a wider column."""


class TableColumn(NamedTuple):
    """A column: its name, the language of its cells if that is known, and its longest cell."""

    name: str
    language: str
    longest: str

    @property
    def long(self) -> bool:
        """Whether it needs room."""
        return len(self.longest) > LONG


class NumberedRow(NamedTuple):
    """A row, the line on which it begins, and the page of the thing that it makes."""

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
    asked, urls = chosen((HTML, raw), form), reader().urls
    location = None if form else urls.plain(f"/tables/{stem}.{asked.extension}")
    if asked is raw:
        media_type = TABLE if raw is CSV else raw.media_type
        return stored(FOLDER + file, media_type, negotiated=form is None, location=location)
    lines = list(_lines(site().snapshot.read(FOLDER + file).decode("utf-8-sig")))
    comments = [cells[0] for _, cells in lines if cells[0].startswith("#")]
    (_, header), *rows = lines[len(comments) :]
    things = made(file)
    return page(
        "table.html",
        negotiated=form is None,
        location=location,
        alternates=[(raw, urls.plain(f"/tables/{stem}.{raw.extension}"))],
        file=file,
        comments=comments,
        columns=[_column(name, number, rows) for number, name in enumerate(header)],
        rows=[
            NumberedRow(line, cells, urls.iri(things[line]) if line in things else None)
            for line, cells in rows
        ],
    )


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins, empty ones left out. In front of the header of a TSV stand
    lines that begin with ``#``; they are rows of one cell.
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
