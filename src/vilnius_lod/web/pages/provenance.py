"""The origin of things: rows of tables (``/tables/events#row-40``) and lines of the source."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..http.context import reader, site
from .labels import lines

FOLDER = "input/"
"""The folder of the tables in the snapshot."""


class TableRow(NamedTuple):
    """A row of a table: its file, the line on which it begins, its address."""

    file: str
    line: int
    href: str


class Passage(NamedTuple):
    """A line of the source, and its address."""

    line: int
    href: str


def row(file: str, line: int) -> TableRow:
    """The row of a file on a line."""
    return TableRow(file, line, reader().urls.to(f"/tables/{name(file)}#row-{line}"))


def origin(iri: str) -> TableRow | None:
    """The row that a thing was made from, if it was made from one."""
    place = _origins(site().snapshot.path("origins.json")).get(iri)
    return row(*place) if place else None


def things_by_line(file: str) -> dict[int, str]:
    """The things that were made from the rows of a file, by line: the first of each row."""
    things: dict[int, str] = {}
    for iri, (path, line) in _origins(site().snapshot.path("origins.json")).items():
        if path == file:
            things.setdefault(line, iri)
    return things


def files() -> dict[str, str]:
    """The tables by their names in addresses."""
    paths = (path.removeprefix(FOLDER) for path in site().snapshot.files if path.startswith(FOLDER))
    return {name(file): file for file in paths}


def name(file: str) -> str:
    """The name of a file in addresses: ``events`` for ``tables/events.csv``."""
    return file.removeprefix("tables/").rpartition(".")[0]


def passages(iri: str) -> list[Passage]:
    """The lines of the source from which a thing was read."""
    return [Passage(line, line_address(line)) for line in lines(iri)]


def line_address(line: int) -> str:
    """The address of a line of the source."""
    return reader().urls.to(f"/source/{site().facts.source.slug}#L{line}")


@functools.lru_cache(maxsize=4)
def _origins(path: Path) -> Mapping[str, tuple[str, int]]:
    origins = json.loads(path.read_bytes())
    return {iri: (origin["file"], origin["line"]) for iri, origin in origins.items()}
