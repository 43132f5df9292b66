"""The columns of the tables: ``docs/tables.md`` in code."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..inputs import cells
from ..inputs.issues import Issue
from . import model
from .dataset import Dataset

RELEASES = "releases.csv"


@dataclass(frozen=True, slots=True)
class ColumnSchema:
    """A column: how its cells are read, the record's field (if it has another name), the language of a text,
    what the cell must name (the key of a table, or a concept scheme), and what an empty cell means. What is
    not ``in_record`` is checked and stays in the table, for the people who keep it.
    """

    name: str
    read: Callable[[str], Any]
    required: bool = False
    field: str = ""
    language: str = ""
    refers: str = ""
    empty: Any = None
    in_record: bool = True


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table: its file, the record that a row makes, the columns that are its key together, its columns."""

    file: str
    record: Callable[..., Any]
    key: tuple[str, ...]
    columns: tuple[ColumnSchema, ...]
    optional: bool = False


class TypedRow(NamedTuple):
    """A row of a table: its cells and, by column, the values that could be read."""

    file: str
    line: int
    cells: Mapping[str, str]
    values: dict[str, Any]

    def issue(
        self, column: str, message: str, allowed: str | None = None, found: object = None, **values: object
    ) -> Issue:
        """What is wrong with a cell; ``found`` is the cell's text unless another is given."""
        text = self.cells[column] if found is None else str(found)
        return Issue(self.file, self.line, column, message, values, text, allowed)


def tables(dataset: Dataset, lines: int | None) -> dict[str, TableSchema]:
    """The tables by the field of Records that they fill; ``lines`` is the number of lines of the page."""
    stated = dataset.source.language

    def in_each_language(
        stem: str, read: Callable[[str], str], required: Collection[str] = ()
    ) -> tuple[ColumnSchema, ...]:
        return tuple(
            ColumnSchema(f"{stem}_{tag}", read, tag in required, stem, tag) for tag in dataset.languages
        )

    def key(name: str, read: Callable[[str], str] = cells.slug, field: str = "slug") -> ColumnSchema:
        return ColumnSchema(name, read, True, field)

    def degrees(name: str, limit: int) -> ColumnSchema:
        return ColumnSchema(name, cells.degrees(limit))

    def column(name: str, read: Callable[[str], Any] = cells.slug, refers: str = "") -> ColumnSchema:
        return ColumnSchema(name, read, True, refers=refers)

    name = in_each_language("name", cells.name, dataset.languages)
    note = in_each_language("note", cells.text)
    quote = (
        ColumnSchema("source_line", cells.lines(lines), True),
        ColumnSchema("source_text", cells.words, True),
    )
    titles = tuple(
        ColumnSchema(f"title_{tag}", cells.text if tag == stated else cells.name, tag == stated, "title", tag)
        for tag in dataset.languages
    )

    def table(
        file: str, record: Callable[..., Any], key: str, *columns: ColumnSchema, optional: bool = False
    ) -> TableSchema:
        return TableSchema(file, record, tuple(key.split()), columns, optional)

    return {
        "countries": table(
            "tables/countries.csv", model.Country, "country",
            key("country", cells.country_code, "code"), *name,
            degrees("south", 90), degrees("west", 180), degrees("north", 90), degrees("east", 180),
        ),
        "places": table(
            "tables/places.csv", model.Place, "place",
            key("place"), column("kind", refers="place-type"), *name,
            column("country", cells.country_code, "country"),
            ColumnSchema("within", cells.slug, refers="place"),
            degrees("lat", 90), degrees("long", 180), *note,
        ),
        "names": table(
            "tables/names.csv", model.Name, "thing name language",
            column("thing", cells.thing, "thing"), column("name", cells.name),
            column("language", cells.language), column("status", cells.choice("former", "variant")),
            ColumnSchema("until", cells.date), *note,
        ),
        "organizations": table(
            "tables/organizations.csv", model.Organization, "organization",
            key("organization"), column("kind", refers="organization-type"), *name,
            column("seat", refers="place"), *note,
        ),
        "networks": table(
            "tables/networks.csv", model.Network, "network",
            key("network"), *name, ColumnSchema("acronym", cells.name, empty=""),
            ColumnSchema("homepage", cells.web_address, empty=""), ColumnSchema("founded", cells.date),
            *in_each_language("purpose", cells.text),
            ColumnSchema("tools", cells.several(cells.name), empty=()),
            ColumnSchema("tools_as_stated", cells.several(cells.text), empty=()), *quote, *note,
        ),
        "sizes": table(
            "tables/sizes.csv", model.Size, "size",
            key("size"), column("network", refers="network"), column("counted", refers="counted"),
            column("bound", cells.choice("more-than", "fewer-than", "exactly")),
            column("number", cells.whole_number), *quote,
        ),
        "memberships": table(
            "tables/memberships.csv", model.Membership, "membership",
            key("membership"), column("network", refers="network"), column("member", refers="place"),
            ColumnSchema("coordinator", cells.slug, refers="organization"),
            ColumnSchema("since", cells.date), *quote, *note,
        ),
        "agreements": table(
            "tables/agreements.csv", model.Agreement, "agreement",
            key("agreement"), column("type", refers="agreement-type"), *titles,
            ColumnSchema("other_parties", cells.flag("not-named"), field="unnamed_parties", empty=False),
            *quote, *note,
        ),
        "parties": table(
            "tables/parties.csv", model.Party, "agreement place",
            column("agreement", refers="agreement"), column("place", refers="place"),
            column("name_as_stated", cells.text),
            ColumnSchema("country_as_stated", cells.text, empty=""), *quote,
        ),
        "events": table(
            "tables/events.csv", model.Event, "event",
            key("event"), column("agreement", refers="agreement"), column("kind", refers="event-type"),
            column("date", cells.date), *quote, *note,
        ),
        "withdrawals": table(
            "tables/withdrawn.csv", model.Withdrawal, "thing",
            column("thing", cells.thing), *in_each_language("label", cells.name, dataset.languages),
            column("date", cells.date), *in_each_language("reason", cells.text, dataset.languages),
            ColumnSchema("replaced_by", cells.thing), optional=True,
        ),
        "releases": table(
            RELEASES, model.Release, "version",
            column("version", cells.version), column("date", cells.day),
            *in_each_language("changes", cells.text, dataset.languages),
        ),
    }  # fmt: skip
