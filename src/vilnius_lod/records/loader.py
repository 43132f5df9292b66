"""The tables to typed records: every cell and every reference is checked, all problems are told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from ..inputs import cells, csv_reader, debris, stray_files
from ..inputs.cells import CellError
from ..inputs.issues import WARNING, InputError, Issue, errors
from ..inputs.toml_reader import line_of
from . import attestations, search_names, sssom
from .dataset import READING, SETTINGS, Dataset, examine
from .model import Link, Origin, Quote, Records
from .schema import ColumnSchema, TableSchema, TypedRow, tables

# What a cell must name, for people; concepts are listed instead.
_REGISTERED = {
    "country": "a country of tables/countries.csv",
    "place": "a place of tables/places.csv",
    "organization": "an organization of tables/organizations.csv",
    "network": "a network of tables/networks.csv",
    "agreement": "an agreement of tables/agreements.csv",
    "thing": "a thing in the tables",
}
_KINDS = {
    "countries": "country", "places": "place", "organizations": "organization", "networks": "network",
    "sizes": "size", "memberships": "membership", "agreements": "agreement", "events": "event",
}  # fmt: skip
_TOGETHER = (("lat", "long"), ("south", "west", "north", "east"))


class Reading(NamedTuple):
    """What could be read of a dataset's directory and all that is wrong with it, in the order of the files.

    With errors, ``records`` lack the rows that have some; they are None where the settings leave nothing to
    read the tables by. ``sizes`` are the numbers of rows by field of the records, without tables whose rows
    cannot be known; ``registered`` are the slugs of each kind of thing that the tables define; ``rows`` are
    the tables' rows as they were read.
    """

    records: Records | None
    problems: tuple[Issue, ...]
    sizes: Mapping[str, int]
    registered: Mapping[str, frozenset[str]]
    rows: Mapping[str, Sequence[TypedRow] | None]


def read(directory: Path, concepts: Mapping[str, frozenset[str]] | None = None) -> Records:
    """All that a dataset's directory says. Raises InputError with every problem of every file.

    ``concepts`` are the slugs of the concepts by the slug of their scheme (``place-type``); without them
    cells that name a concept are checked as slugs only.
    """
    found = read_all(directory, concepts)
    if found.records is None or errors(found.problems):
        raise InputError(found.problems)
    return found.records


def read_all(directory: Path, concepts: Mapping[str, frozenset[str]] | None = None) -> Reading:
    """What :func:`read` reads, errors or not."""
    dataset, page, problems = examine(directory)
    if dataset is None:
        return Reading(None, problems, {}, {}, {})
    found = list(problems)
    rows: dict[str, list[TypedRow] | None] = {}
    specs = {
        **tables(dataset, len(page) if page is not None else None),
        **attestations.TABLES,
        **search_names.TABLES,
    }
    for field, table in specs.items():
        rows[field], table_problems = _read(directory, table, dataset)
        found += table_problems
    files = [table.file for table in specs.values()]
    found += stray_files.problems(directory, [SETTINGS, READING, *files], dataset.settings["source"])
    registered = {**_registered(rows), **(concepts or {})}
    for field, table in specs.items():
        found += _reference_problems(table, rows[field] or (), registered)
    found += attestations.problems(rows["attestations"] or (), rows["cited"], registered.get("thing"))
    found += search_names.problems(rows["search_names"] or (), rows["search_sources"])
    found += _withdrawal_problems(specs["withdrawals"], rows["withdrawals"] or (), registered.get("thing"))
    found += _release_problems(specs["releases"], rows["releases"])
    found += _settings_problems(dataset, registered)
    linked: tuple[Link, ...] = ()
    if dataset.base:
        linked, link_problems = sssom.read(directory, dataset.base, registered.get("thing"))
        found += link_problems
    known = [SETTINGS, *(problem.file for problem in problems), *files]
    order = list(dict.fromkeys([*known, *(problem.file for problem in found)]))
    found.sort(key=lambda problem: (order.index(problem.file), problem.line or 0))
    records = Records(
        dataset=dataset,
        page=page or (),
        links=linked,
        remarks=tuple(found),
        **{field: tuple(_records(table, rows[field] or ())) for field, table in specs.items()},
    )
    sizes = {field: len(table) for field, table in rows.items() if table is not None}
    return Reading(records, tuple(found), {**sizes, "links": len(linked)}, registered, rows)


def _read(directory: Path, table: TableSchema, dataset: Dataset) -> tuple[list[TypedRow] | None, list[Issue]]:
    """The rows of a table with their values; None where the rows cannot be known."""
    if table.optional and not (directory / table.file).exists():
        return [], []
    names = [column.name for column in table.columns]
    source = csv_reader.read(directory, table.file, names, dataset.languages[0])
    problems = list(source.problems)
    if source.rows is None:
        return None, problems
    rows, first = [], dict[tuple[str, ...], int]()
    for line, texts in source.rows:
        row = TypedRow(line, texts, {})
        for column in table.columns:
            problems += _take(row, column, table.file)
        problems += _row_problems(row, table)
        key = tuple(texts[name] for name in table.key)
        if all(key) and first.setdefault(key, line) != line:
            message = "duplicate key, first on line {line}"
            problems.append(
                Issue(table.file, line, ", ".join(table.key), message, {"line": first[key]}, ", ".join(key))
            )
        rows.append(row)
    return rows, problems


def _take(row: TypedRow, column: ColumnSchema, file: str) -> Iterator[Issue]:
    cell = row.cells[column.name]
    try:
        if cell.strip():
            if column.read is not cells.words:  # those must be the page's, whatever they look like
                debris.refuse_leftovers(cell)
            row.values[column.name] = column.read(cell)
        elif column.required:
            raise CellError("the cell must not be empty")
        elif cell:
            raise CellError("the cell holds only blanks")
        else:
            row.values[column.name] = column.empty
    except CellError as refusal:
        yield Issue(file, row.line, column.name, refusal.message, refusal.values, cell, refusal.allowed)
        return
    for doubt in debris.doubts(cell) if column.read is cells.text else ():
        yield Issue(
            file, row.line, column.name, doubt.message, doubt.values, cell, doubt.allowed, severity=WARNING
        )


def _row_problems(row: TypedRow, table: TableSchema) -> Iterator[Issue]:
    """What cells of one row must have in common."""
    lines, words = (row.values.get(name) for name in ("source_line", "source_text"))
    if lines and words and len(lines) != len(words):
        message = "the words and their lines are not the same number ({words} and {lines})"
        values = {"words": len(words), "lines": len(lines)}
        found = row.cells["source_text"]
        yield Issue(
            table.file, row.line, "source_text", message, values, found, " ¶ ".join("…" for _ in lines)
        )
    for group in _TOGETHER:
        missing = [name for name in group if name in row.cells and not row.cells[name]]
        if missing and len(missing) < len(group):
            message = "these cells are filled together or not at all"
            yield Issue(table.file, row.line, missing[0], message, {}, "", ", ".join(group))
    south, north = row.values.get("south"), row.values.get("north")
    if south is not None and north is not None and south > north:
        message = "the southern bound lies north of the northern one"
        yield Issue(table.file, row.line, "south", message, {}, str(south), f"-90.0 … {north}")


def _registered(rows: Mapping[str, list[TypedRow] | None]) -> dict[str, frozenset[str]]:
    """The slugs of each kind of thing, and all things (``place/some-town``) if every table could be read."""
    slugs = {
        kind: frozenset(row.cells[kind] for row in table)
        for field, kind in _KINDS.items()
        if (table := rows[field]) is not None
    }
    parties = rows["parties"]
    partners = frozenset(row.cells["place"] for row in parties or ())
    slugs |= {} if parties is None else {"partner": partners}
    if len(slugs) <= len(_KINDS):
        return slugs
    things = [f"{kind}/{slug.lower()}" for kind in _KINDS.values() for slug in slugs[kind]]
    return {**slugs, "thing": frozenset([*things, *(f"partnership/{slug}" for slug in partners)])}


def _reference_problems(
    table: TableSchema, rows: Sequence[TypedRow], registered: Mapping[str, frozenset[str]]
) -> Iterator[Issue]:
    for column in table.columns:
        if (known := registered.get(column.refers)) is None:
            continue
        for row in rows:
            value = row.values.get(column.name)
            if value is not None and value not in known:
                allowed = _REGISTERED.get(column.refers) or ", ".join(sorted(known))
                yield Issue(table.file, row.line, column.name, "unknown reference", {}, value, allowed)


def _withdrawal_problems(
    table: TableSchema, rows: Sequence[TypedRow], things: frozenset[str] | None
) -> Iterator[Issue]:
    """A withdrawn thing is gone from the tables; what replaces it stands there, or was withdrawn in turn."""
    if things is None:
        return
    withdrawn = frozenset(row.cells["thing"] for row in rows)
    for row in rows:
        thing, other = row.cells["thing"], row.values.get("replaced_by")
        if thing in things:
            message = "the thing was withdrawn but is still in the tables"
            yield Issue(table.file, row.line, "thing", message, {}, thing)
        if other and (other == thing or other not in things | withdrawn):
            allowed = _REGISTERED["thing"]
            yield Issue(table.file, row.line, "replaced_by", "unknown reference", {}, other, allowed)


def _release_problems(table: TableSchema, rows: Sequence[TypedRow] | None) -> Iterator[Issue]:
    if rows is not None and not rows:
        yield Issue(table.file, None, None, "the file has no release", allowed="0.1.0, 1998-03-03, …")
    dated = [row for row in rows or () if "date" in row.values]
    for earlier, later in pairwise(dated):
        if later.values["date"] < earlier.values["date"]:
            message = "the release is older than the one before it; the newest comes last"
            yield Issue(table.file, later.line, "date", message, {}, later.cells["date"])


def _settings_problems(dataset: Dataset, registered: Mapping[str, frozenset[str]]) -> Iterator[Issue]:
    named = [
        (SETTINGS, "focus", dataset.focus, "place"),
        (SETTINGS, "municipality", dataset.municipality, "organization"),
    ]
    files = {
        SETTINGS: dataset.publisher,
        f"{dataset.settings['source']}/retrieval.toml": dataset.source.publisher,
    }
    for file, iri in files.items():
        if dataset.base and iri.startswith(own := f"{dataset.base}id/"):
            named.append((file, "publisher.iri", iri.removeprefix(own), "thing"))
    for file, key, value, kind in named:
        if value and kind in registered and value not in registered[kind]:
            line = line_of(key, (dataset.directory / file).read_text(encoding="utf-8-sig"))
            yield Issue(file, line, key, "unknown reference", {}, value, _REGISTERED[kind])


def _records(table: TableSchema, rows: Sequence[TypedRow]) -> Iterator[Any]:
    """The records of the rows of which every cell could be read."""
    for row in rows:
        if len(row.values) < len(table.columns):
            continue
        fields: dict[str, Any] = {"origin": Origin(table.file, row.line)}
        for column in table.columns:
            value, field = row.values[column.name], column.field or column.name
            if not column.language:
                fields[field] = value
            else:
                fields.setdefault(field, {}).update({column.language: value} if value else {})
        if "source_line" in fields:
            fields["quote"] = Quote(fields.pop("source_line"), fields.pop("source_text"))
        if "south" in fields:
            bounds = tuple(fields.pop(side) for side in ("south", "west", "north", "east"))
            fields["bounds"] = None if None in bounds else bounds
        yield table.record(**fields)
