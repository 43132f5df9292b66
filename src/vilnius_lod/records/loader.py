"""The tables to typed records: every cell and reference is checked, all problems are reported together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from ..inputs import cells, csv_reader, stray_files, text_checks
from ..inputs.cells import CellError
from ..inputs.issues import WARNING, InputError, Issue, errors
from ..inputs.toml_reader import line_of
from . import attestations, search_names, sssom
from .dataset import READING, SETTINGS, Dataset, examine
from .model import Link, Origin, Quote, Records
from .schema import RELEASES, ColumnSchema, TableSchema, TypedRow, tables

# What a cell must name, as messages say it; for concepts they list what is allowed.
_REFERENTS = {
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
_FILLED_TOGETHER = (("lat", "long"), ("south", "west", "north", "east"))


class Reading(NamedTuple):
    """What could be read of a dataset's directory and all that is wrong with it, in the order of the files.

    ``records`` lack the rows that have errors; they are None where the settings do not say how to read the
    tables. ``sizes`` are the numbers of rows by field of the records, without tables whose rows cannot be
    known; ``registered`` are the slugs of each kind of thing that the tables define; ``rows`` are the tables'
    rows as they were read.
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
    reading = read_all(directory, concepts)
    if reading.records is None or errors(reading.problems):
        raise InputError(reading.problems)
    return reading.records


def read_all(directory: Path, concepts: Mapping[str, frozenset[str]] | None = None) -> Reading:
    """What :func:`read` reads, errors or not."""
    dataset, page, settings_problems = examine(directory)
    if dataset is None:
        return Reading(None, settings_problems, {}, {}, {})
    problems = list(settings_problems)
    rows: dict[str, list[TypedRow] | None] = {}
    specs = {
        **tables(dataset, len(page) if page is not None else None),
        **attestations.TABLES,
        **search_names.TABLES,
    }
    for field, table in specs.items():
        rows[field], table_problems = _read(directory, table, dataset)
        problems += table_problems
    files = [table.file for table in specs.values()]
    problems += stray_files.problems(directory, [SETTINGS, READING, *files], dataset.settings["source"])
    registered = {**_registered(rows), **(concepts or {})}
    for field, table in specs.items():
        problems += _reference_problems(table, rows[field] or (), registered)
    things = registered.get("thing")
    problems += attestations.problems(rows["attestations"] or (), rows["cited"], things)
    problems += search_names.problems(rows["search_names"] or (), rows["search_sources"])
    problems += _withdrawal_problems(rows["withdrawals"] or (), things)
    problems += _release_problems(rows["releases"])
    problems += _settings_problems(dataset, registered)
    links: tuple[Link, ...] = ()
    if dataset.base:
        links, link_problems = sssom.read(directory, dataset.base, things)
        problems += link_problems
    known = [SETTINGS, *(problem.file for problem in settings_problems), *files]
    order = list(dict.fromkeys([*known, *(problem.file for problem in problems)]))
    problems.sort(key=lambda problem: (order.index(problem.file), problem.line or 0))
    records = Records(
        dataset=dataset,
        page=page or (),
        links=links,
        remarks=tuple(problems),
        **{field: tuple(_records(table, rows[field] or ())) for field, table in specs.items()},
    )
    sizes = {field: len(table) for field, table in rows.items() if table is not None}
    return Reading(records, tuple(problems), {**sizes, "links": len(links)}, registered, rows)


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
        row = TypedRow(table.file, line, texts, {})
        for column in table.columns:
            problems += _take(row, column)
        problems += _row_problems(row)
        key = tuple(texts[name] for name in table.key)
        if all(key) and first.setdefault(key, line) != line:
            message = "duplicate key, first on line {line}"
            problems.append(row.issue(", ".join(table.key), message, None, ", ".join(key), line=first[key]))
        rows.append(row)
    return rows, problems


def _take(row: TypedRow, column: ColumnSchema) -> Iterator[Issue]:
    """Read a cell into the row's values."""
    cell = row.cells[column.name]
    try:
        if cell.strip():
            if column.read is not cells.words:  # these are the page's, whatever they look like
                text_checks.refuse_error_values(cell)
            row.values[column.name] = column.read(cell)
        elif column.required:
            raise CellError("the cell must not be empty")
        elif cell:
            raise CellError("the cell holds only blanks")
        else:
            row.values[column.name] = column.empty
    except CellError as refusal:
        yield row.issue(column.name, refusal.message, refusal.allowed, **refusal.values)
        return
    for mistake in text_checks.likely_mistakes(cell) if column.read is cells.text else ():
        issue = row.issue(column.name, mistake.message, mistake.allowed, **mistake.values)
        yield replace(issue, severity=WARNING)


def _row_problems(row: TypedRow) -> Iterator[Issue]:
    """Cells of one row that contradict each other."""
    lines, words = (row.values.get(name) for name in ("source_line", "source_text"))
    if lines and words and len(lines) != len(words):
        message = "the words and their lines are not the same number ({words} and {lines})"
        allowed = " ¶ ".join("…" for _ in lines)
        yield row.issue("source_text", message, allowed, words=len(words), lines=len(lines))
    for group in _FILLED_TOGETHER:
        missing = [name for name in group if name in row.cells and not row.cells[name]]
        if missing and len(missing) < len(group):
            yield row.issue(missing[0], "these cells are filled together or not at all", ", ".join(group))
    south, north = row.values.get("south"), row.values.get("north")
    if south is not None and north is not None and south > north:
        message = "the southern bound lies north of the northern one"
        yield row.issue("south", message, f"-90.0 … {north}", south)


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
                allowed = _REFERENTS.get(column.refers) or ", ".join(sorted(known))
                yield row.issue(column.name, "unknown reference", allowed)


def _withdrawal_problems(rows: Sequence[TypedRow], things: frozenset[str] | None) -> Iterator[Issue]:
    """A withdrawn thing is not in the tables; its replacement is there, or was itself withdrawn."""
    if things is None:
        return
    withdrawn = frozenset(row.cells["thing"] for row in rows)
    for row in rows:
        thing, other = row.cells["thing"], row.values.get("replaced_by")
        if thing in things:
            yield row.issue("thing", "the thing was withdrawn but is still in the tables")
        if other and (other == thing or other not in things | withdrawn):
            yield row.issue("replaced_by", "unknown reference", _REFERENTS["thing"])


def _release_problems(rows: Sequence[TypedRow] | None) -> Iterator[Issue]:
    if rows is not None and not rows:
        yield Issue(RELEASES, None, None, "the file has no release", allowed="0.1.0, 1998-03-03, …")
    dated = [row for row in rows or () if "date" in row.values]
    for earlier, later in pairwise(dated):
        if later.values["date"] < earlier.values["date"]:
            message = "the release is older than the one before it; the newest comes last"
            yield later.issue("date", message)


def _settings_problems(dataset: Dataset, registered: Mapping[str, frozenset[str]]) -> Iterator[Issue]:
    references = [
        (SETTINGS, "focus", dataset.focus, "place"),
        (SETTINGS, "municipality", dataset.municipality, "organization"),
    ]
    files = {
        SETTINGS: dataset.publisher,
        f"{dataset.settings['source']}/retrieval.toml": dataset.source.publisher,
    }
    for file, iri in files.items():
        if dataset.base and iri.startswith(namespace := f"{dataset.base}id/"):
            references.append((file, "publisher.iri", iri.removeprefix(namespace), "thing"))
    for file, key, value, kind in references:
        if value and kind in registered and value not in registered[kind]:
            line = line_of(key, (dataset.directory / file).read_text(encoding="utf-8-sig"))
            yield Issue(file, line, key, "unknown reference", {}, value, _REFERENTS[kind])


def _records(table: TableSchema, rows: Sequence[TypedRow]) -> Iterator[Any]:
    """The records of the rows of which every cell could be read."""
    for row in rows:
        if len(row.values) < len(table.columns):
            continue
        fields: dict[str, Any] = {"origin": Origin(table.file, row.line)}
        for column in (column for column in table.columns if column.in_record):
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
