"""The configuration of pages (``page.toml``), with CURIEs expanded."""

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
    """The heading of things of a class that link to a thing by a property; an empty text hides them."""

    property: str
    kind: str
    text: str
    first: bool


class SearchClass(NamedTuple):
    """A class of searchable things, which are also found by the names of the objects of these properties."""

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
    """The configuration, read once."""
    table = tomllib.loads(FILE.read_text("utf-8"))
    incoming = [
        Heading(_iri(entry["property"]), _iri(entry["class"]), entry["heading"], entry.get("first", False))
        for entry in table["incoming"]
    ]
    search = [
        SearchClass(_iri(entry["class"]), entry["heading"], [*map(_iri, entry.get("context", ()))])
        for entry in table["search"]
    ]
    return PageConfig(
        order={_iri(curie): position for position, curie in enumerate(table["order"])},
        labels={_iri(name): text for name, text in table["labels"].items()},
        same={_iri(curie): text for curie, text in table["same"].items()},
        elsewhere=table["elsewhere"],
        incoming=incoming,
        search=search,
        **{
            key: frozenset(map(_iri, table[key])) for key in ("hidden", "all_languages", "map", "map_inverse")
        },
    )


def _iri(name: str) -> str:
    """The IRI of a CURIE; an IRI for which there is no prefix and an empty name stay as they are."""
    return expand(name) if name and "://" not in name else name
