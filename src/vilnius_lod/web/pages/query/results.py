"""What a page shows of a query's answer: bounded in rows, columns and letters, telling where it is cut."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ....sparql.results import first_rows

ROWS = 1000
COLUMNS = 100
CELLS = 20_000
LETTERS = 250_000
"""Letters on a page, in all its cells or of a graph's Turtle."""
LONGEST = 500
"""Letters of one value."""
_READ = 4 * 2**20
"""Bytes of an answer that are read for a page."""
_TAG = 35
"""Letters of a language tag that are enough for each that is in use (RFC 5646, 4.4.1)."""

Cell = Mapping[str, Any]
"""As SPARQL 1.1 Query Results JSON has it; ``letters`` are those of the whole value where it is cut."""


class Table(NamedTuple):
    """The rows that are shown, ``total`` counts all; ``wide`` tells that there are further columns, ``cut``
    that values were cut.
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
    """What is shown of JSON results."""
    body, total = first_rows(body, ROWS, _READ)
    found = json.loads(body)
    every = found["head"].get("vars", [])
    variables = every[:COLUMNS]
    rows: list[Mapping[str, Cell]] = []
    letters = 0
    for row in found["results"]["bindings"][: CELLS // max(1, len(variables)) or 1]:
        cells = {name: _cell(row[name]) for name in variables if name in row}
        letters += sum(len(cell["value"]) for cell in cells.values())
        if rows and letters > LETTERS:
            break
        rows.append(cells)
    cut = any("letters" in cell for row in rows for cell in row.values())
    return Table(variables, rows, total, len(every) > len(variables), cut)


def _cell(cell: Cell) -> Cell:
    if len(cell.get("xml:lang", "")) > _TAG:
        cell = {"type": "literal", "value": cell["value"]}
    if len(cell["value"]) <= LONGEST:
        return cell
    return {**cell, "value": cell["value"][:LONGEST], "letters": len(cell["value"])}


def text(body: bytes) -> tuple[str, bool]:
    """What is shown of a graph's Turtle, whole lines if there are several; and whether that is all."""
    shown = body[: 4 * LETTERS].decode(errors="ignore")
    if len(shown) <= LETTERS and len(body) <= 4 * LETTERS:
        return shown, True
    shown = shown[:LETTERS]
    return shown[: shown.rfind("\n") + 1] or shown, False
