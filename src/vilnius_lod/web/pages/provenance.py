"""Where things come from: rows of tables (``/tables/events#row-40``) and lines of the source."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..http.context import reader, site
from .labels import lines

FOLDER = "input/"
"""Where the snapshot keeps the tables."""


class TableRow(NamedTuple):
    """A row of a table: the file, as its editors call it, the line on which the row begins, its address."""

    file: str
    line: int
    href: str


class Passage(NamedTuple):
    """A line of the source, and where it can be read."""

    line: int
    href: str


def row(file: str, line: int) -> TableRow:
    """The row of a file on a line."""
    return TableRow(file, line, reader().urls.to(f"/tables/{name(file)}#row-{line}"))


def origin(iri: str) -> TableRow | None:
    """The row that a thing was made from, if it was made from one."""
    found = _origins(site().snapshot.path("origins.json")).get(iri)
    return row(*found) if found else None


def made(file: str) -> dict[int, str]:
    """The things that the rows of a file made, by line: the first of each row."""
    found: dict[int, str] = {}
    for iri, (of, line) in _origins(site().snapshot.path("origins.json")).items():
        if of == file:
            found.setdefault(line, iri)
    return found


def files() -> dict[str, str]:
    """The tables by the names that they have in addresses."""
    paths = (path.removeprefix(FOLDER) for path in site().snapshot.files if path.startswith(FOLDER))
    return {name(file): file for file in paths}


def name(file: str) -> str:
    """What a file is called in addresses: ``events`` for ``tables/events.csv``."""
    return file.removeprefix("tables/").rpartition(".")[0]


def passages(iri: str) -> list[Passage]:
    """The lines of the source that a thing was read from."""
    return [Passage(line, line_address(line)) for line in lines(iri).values()]


def line_address(line: int) -> str:
    """The address of a line of the source."""
    return reader().urls.to(f"/source/{site().facts.source.slug}#L{line}")


@functools.lru_cache(maxsize=4)
def _origins(path: Path) -> Mapping[str, tuple[str, int]]:
    found = json.loads(path.read_bytes())
    return {iri: (origin["file"], origin["line"]) for iri, origin in found.items()}
