"""The part of a query's answer that a page shows: limited in rows, columns and characters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ....sparql.results import first_rows

ROWS = 1000
COLUMNS = 100
CELLS = 20_000
LETTERS = 250_000
"""Characters on a page, in all its cells or of a graph's Turtle."""
LONGEST = 500
"""Characters of one value."""
_READ = 4 * 2**20
"""Bytes of an answer that are read for a page."""
_TAG = 35
"""Characters of the longest language tags in use (RFC 5646, 4.4.1)."""

Cell = Mapping[str, Any]
"""As SPARQL 1.1 Query Results JSON has it; ``letters`` are those of the whole value where it is cut."""


class Table(NamedTuple):
    """The rows that are shown; ``total`` counts all. ``wide``: there are further columns; ``cut``: some
    values are truncated.
    """

    variables: Sequence[str]
    rows: Sequence[Mapping[str, Cell]]
    total: int
    wide: bool
    cut: bool

    @property
    def whole(self) -> bool:
        """Whether every row is shown."""
        return len(self.rows) == self.total

    @property
    def gaps(self) -> bool:
        """Whether some row that is shown lacks a value."""
        return any(len(row) < len(self.variables) for row in self.rows)


def table(body: bytes) -> Table:
    """The part of JSON results that is shown."""
    body, total = first_rows(body, ROWS, _READ)
    document = json.loads(body)
    all_variables = document["head"].get("vars", [])
    variables = all_variables[:COLUMNS]
    rows: list[Mapping[str, Cell]] = []
    letters = 0
    for row in document["results"]["bindings"][: CELLS // max(1, len(variables)) or 1]:
        cells = {name: _cell(row[name]) for name in variables if name in row}
        letters += sum(len(cell["value"]) for cell in cells.values())
        if rows and letters > LETTERS:
            break
        rows.append(cells)
    cut = any("letters" in cell for row in rows for cell in row.values())
    return Table(variables, rows, total, len(all_variables) > len(variables), cut)


def _cell(cell: Cell) -> Cell:
    if len(cell.get("xml:lang", "")) > _TAG:
        cell = {"type": "literal", "value": cell["value"]}
    if len(cell["value"]) <= LONGEST:
        return cell
    return {**cell, "value": cell["value"][:LONGEST], "letters": len(cell["value"])}


def text(body: bytes) -> tuple[str, bool]:
    """The part of a graph's Turtle that is shown, in whole lines if possible; and whether it is complete."""
    shown = body[: 4 * LETTERS].decode(errors="ignore")
    if len(shown) <= LETTERS and len(body) <= 4 * LETTERS:
        return shown, True
    shown = shown[:LETTERS]
    return shown[: shown.rfind("\n") + 1] or shown, False
