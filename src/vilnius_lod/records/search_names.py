"""Further names to find things by, from open sources: ``search/names.csv`` and ``search/sources.csv``.

They serve the search alone: the dataset does not call its things so. Both tables may be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..inputs import cells
from ..inputs.issues import Issue
from .model import SearchName, SearchSource
from .schema import ColumnSchema, TableSchema, TypedRow

NAMES, SOURCES = "search/names.csv", "search/sources.csv"

TABLES = {
    "search_sources": TableSchema(
        SOURCES, SearchSource, ("source",),
        (
            ColumnSchema("source", cells.slug, True, "slug"), ColumnSchema("name", cells.name, True),
            ColumnSchema("version", cells.name, True), ColumnSchema("address", cells.web_address, True),
            ColumnSchema("licence_label", cells.name, True), ColumnSchema("licence", cells.web_address, True),
        ),
        optional=True,
    ),
    "search_names": TableSchema(
        NAMES, SearchName, ("thing", "name", "source"),
        (
            ColumnSchema("thing", cells.thing, True, refers="thing"), ColumnSchema("name", cells.name, True),
            ColumnSchema("language", cells.several(cells.language), False, "languages", empty=()),
            ColumnSchema("source", cells.slug, True),
        ),
        optional=True,
    ),
}  # fmt: skip


def problems(names: Iterable[TypedRow], sources: Iterable[TypedRow] | None) -> Iterator[Issue]:
    """Names whose source is unknown; none if the sources could not be read (None)."""
    if sources is None:
        return
    known = {row.cells["source"] for row in sources}
    for row in names:
        if row.cells["source"] not in known:
            yield row.issue("source", "unknown reference", f"a source of {SOURCES}")
