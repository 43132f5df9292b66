"""What ``page.toml`` says: how pages are laid out, with IRIs in full."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ...rdf.namespaces import expand

FILE = Path(__file__).parent / "page.toml"


class Heading(NamedTuple):
    """How to head things of a class that point at a thing by a property; an empty text hides them."""

    property: str
    kind: str
    text: str
    first: bool


class SearchClass(NamedTuple):
    """Things of a class that can be searched for, also by the names of what these properties name."""

    kind: str
    heading: str
    context: Sequence[str]


@dataclass(frozen=True, slots=True)
class PageConfig:
    """The file's tables under their own names."""

    order: Mapping[str, int]
    hidden: frozenset[str]
    all_languages: frozenset[str]
    labels: Mapping[str, str]
    incoming: Sequence[Heading]
    map: frozenset[str]
    map_inverse: frozenset[str]
    same: Mapping[str, str]
    elsewhere: Mapping[str, str]
    search: Sequence[SearchClass]


@functools.cache
def page_config() -> PageConfig:
    """The layout, read once."""
    table = tomllib.loads(FILE.read_text("utf-8"))
    return PageConfig(
        order={expand(curie): position for position, curie in enumerate(table["order"])},
        hidden=frozenset(map(expand, table["hidden"])),
        all_languages=frozenset(map(expand, table["all_languages"])),
        labels={_full(name): text for name, text in table["labels"].items()},
        incoming=[
            Heading(
                expand(entry["property"]),
                expand(entry["class"]) if entry["class"] else "",
                entry["heading"],
                entry.get("first", False),
            )
            for entry in table["incoming"]
        ],
        map=frozenset(map(expand, table["map"])),
        map_inverse=frozenset(map(expand, table["map_inverse"])),
        same={expand(curie): text for curie, text in table["same"].items()},
        elsewhere=table["elsewhere"],
        search=[
            SearchClass(expand(entry["class"]), entry["heading"], [*map(expand, entry.get("context", ()))])
            for entry in table["search"]
        ],
    )


def _full(name: str) -> str:
    """The IRI of a CURIE, or of a name that is an IRI because there is no prefix for it."""
    return name if "://" in name else expand(name)
