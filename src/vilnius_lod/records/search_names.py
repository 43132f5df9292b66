"""Further names to find things by, from open sources: ``search/names.csv`` and ``search/sources.csv``.

They serve the search alone: the dataset does not call its things so. Both tables may be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from ..inputs import cells
from ..inputs.issues import Problem
from .model import SearchName, SearchSource
from .schema import Column, Table

NAMES, SOURCES = "search/names.csv", "search/sources.csv"

TABLES = {
    "search_sources": Table(
        SOURCES,
        SearchSource,
        ("source",),
        (
            Column("source", cells.slug, True, "slug"),
            Column("name", cells.name, True),
            Column("version", cells.name, True),
            Column("address", cells.web_address, True),
            Column("licence_label", cells.name, True),
            Column("licence", cells.web_address, True),
        ),
        optional=True,
    ),
    "search_names": Table(
        NAMES,
        SearchName,
        ("thing", "name", "source"),
        (
            Column("thing", cells.thing, True, refers="thing"),
            Column("name", cells.name, True),
            Column("language", cells.several(cells.language), False, "languages", empty=()),
            Column("source", cells.slug, True),
        ),
        optional=True,
    ),
}


class _Row(Protocol):
    @property
    def line(self) -> int: ...
    @property
    def cells(self) -> Mapping[str, str]: ...


def problems(names: Iterable[_Row], sources: Iterable[_Row] | None) -> Iterator[Problem]:
    """Every name says where it is from; None: the sources could not be read, so nothing can be said."""
    if sources is None:
        return
    known = {row.cells["source"] for row in sources}
    for row in names:
        if (source := row.cells["source"]) not in known:
            message, allowed = "this is registered nowhere", f"a source of {SOURCES}"
            yield Problem(NAMES, row.line, "source", message, {}, source, allowed)
