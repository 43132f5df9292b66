"""The dataset as three CSV tables with CSV on the Web metadata, for spreadsheets, R and Python.

``tables/{name}.rq`` selects the rows, ``tables/{name}.csv-metadata.json`` describes the columns. The metadata
are templates: titles and descriptions are English messages, translated here; a column with ``{language}`` in
its name is repeated for each language; ``"required": "{source_language}"`` holds in the source's language
alone; ``propertyUrl`` is a CURIE; other IRIs may be relative to the dataset's base.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from ..i18n.messages import translator
from ..rdf import namespaces
from ..records.dataset import Dataset
from ..records.model import Records

NAMES = ("agreements", "memberships", "partners")
TEMPLATES = Path(__file__).parent / "tables"
CsvwColumn = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CsvwTable:
    """A table: its metadata with a column for each language, otherwise as in the template, and its rows."""

    name: str
    metadata: Mapping[str, Any]
    rows: tuple[Mapping[str, str], ...]

    @property
    def columns(self) -> Sequence[CsvwColumn]:
        """The columns, described as in the template."""
        columns: Sequence[CsvwColumn] = self.metadata["tableSchema"]["columns"]
        return columns


def tables(records: Records, nquads: bytes) -> tuple[CsvwTable, ...]:
    """The tables of a dataset (NAMES); ``nquads`` is the dataset itself."""
    store = ox.Store()
    store.bulk_load(nquads, format=ox.RdfFormat.N_QUADS)
    return tuple(_table(records, store, name) for name in NAMES)


def files(data: Dataset, tables: Iterable[CsvwTable]) -> dict[str, bytes]:
    """Each table as ``{name}.csv`` with ``{name}.csv-metadata.json``; ``csv-metadata.json`` has all."""
    context = ["http://www.w3.org/ns/csvw", {"@language": data.languages[0]}]
    contents: dict[str, bytes] = {}
    group = []
    for table in tables:
        metadata = _published(data, table)
        group.append(metadata)
        # References to other tables only where these are described too.
        schema = {key: value for key, value in metadata["tableSchema"].items() if key != "foreignKeys"}
        contents[f"{table.name}.csv"] = _csv(table)
        contents[f"{table.name}.csv-metadata.json"] = _json(
            {"@context": context, **metadata, "tableSchema": schema}
        )
    return contents | {"csv-metadata.json": _json({"@context": context, "tables": group})}


def _table(records: Records, store: ox.Store, name: str) -> CsvwTable:
    data = records.dataset
    text = (TEMPLATES / f"{name}.csv-metadata.json").read_text(encoding="utf-8")
    text = text.replace("{licence}", data.licence).replace("{source_language}", data.source.language)
    metadata = json.loads(text)
    schema = metadata["tableSchema"]
    schema["columns"] = [
        column for template in schema["columns"] for column in _for_each_language(template, data.languages)
    ]
    rows = _rows(records, store, name, schema)
    for column in schema["columns"]:
        if not _is_stated(data, store, column, rows):
            del column["aboutUrl"], column["propertyUrl"]
            column["suppressOutput"] = True
    return CsvwTable(name, metadata, rows)


def _for_each_language(template: dict[str, Any], languages: Iterable[str]) -> Iterator[dict[str, Any]]:
    if "lang" not in template:
        yield template
        return
    for language in languages:
        column = json.loads(json.dumps(template).replace("{language}", language))
        if column.get("required") not in (True, language):
            del column["required"]
        else:
            column["required"] = True
        yield column


def _rows(
    records: Records, store: ox.Store, name: str, schema: Mapping[str, Any]
) -> tuple[Mapping[str, str], ...]:
    """The query's solutions in each language side by side, in the order of the tables that people edit."""
    query = (TEMPLATES / f"{name}.rq").read_text(encoding="utf-8")
    key: Sequence[str] = schema["primaryKey"]
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for language in records.dataset.languages:
        names = {
            column["name"]: column["name"].removesuffix(f"_{language}")
            for column in schema["columns"]
            if column.get("lang", language) == language
        }
        for solution in _solutions(store, query, language):
            values = {column: _text(solution[variable]) for column, variable in names.items()}
            rows.setdefault(tuple(values[column] for column in key), {}).update(values)
    positions = {
        "agreement": {row.slug: position for position, row in enumerate(records.agreements)},
        "membership": {row.slug: position for position, row in enumerate(records.memberships)},
        "partner": {row.slug: position for position, row in enumerate(records.places)},
    }
    return tuple(sorted(rows.values(), key=lambda row: [positions[column][row[column]] for column in key]))


def _solutions(store: ox.Store, query: str, language: str) -> ox.QuerySolutions:
    values: dict[ox.Variable, Any] = {ox.Variable("language"): ox.Literal(language)}
    solutions = store.query(query, use_default_graph_as_union=True, substitutions=values)
    return cast("ox.QuerySolutions", solutions)


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.Literal) else ""


def _is_stated(data: Dataset, store: ox.Store, column: CsvwColumn, rows: Iterable[Mapping[str, str]]) -> bool:
    """Whether the dataset says what a column says of another thing than its row: such a thing's IRI is made
    from the row's, and things can have other slugs.
    """
    if not {"aboutUrl", "propertyUrl"} <= column.keys():
        return True
    predicate = ox.NamedNode(namespaces.expand(column["propertyUrl"]))
    for row in rows:
        if cell := row[column["name"]]:
            subject = ox.NamedNode(_absolute(data, column["aboutUrl"].format(**row)))
            value = ox.Literal(cell, language=column.get("lang"))
            if next(store.quads_for_pattern(subject, predicate, value), None) is None:
                return False
    return True


def _csv(table: CsvwTable) -> bytes:
    """RFC 4180: CRLF, UTF-8 without a byte order mark, the header first."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [column["name"] for column in table.columns], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(table.rows)
    return text.getvalue().encode()


def _published(data: Dataset, table: CsvwTable) -> dict[str, Any]:
    """The metadata as they are published: translated, with absolute IRIs."""
    schema = {**table.metadata["tableSchema"]}
    schema["aboutUrl"] = _absolute(data, schema["aboutUrl"])
    schema["columns"] = [_column(data, column) for column in table.columns]
    return {
        **table.metadata,
        "dc:title": _in_each_language(data, table.metadata["dc:title"]),
        "dc:source": {"@id": _absolute(data, table.metadata["dc:source"]["@id"])},
        "tableSchema": schema,
    }


def _column(data: Dataset, column: CsvwColumn) -> dict[str, Any]:
    suffix = f" ({column['lang']})" if "lang" in column else ""
    # The header's own words come first: a reader compares them with the titles.
    titles = {tag: [column["name"], translator(tag)(column["titles"]) + suffix] for tag in data.languages}
    published = {
        **column,
        "titles": titles,
        "dc:description": _in_each_language(data, column["dc:description"]),
    }
    for name in {"aboutUrl", "valueUrl"} & column.keys():
        published[name] = _absolute(data, column[name])
    if "propertyUrl" in column:
        published["propertyUrl"] = namespaces.expand(column["propertyUrl"])
    return published


def _in_each_language(data: Dataset, message: str) -> list[dict[str, str]]:
    return [{"@value": translator(tag)(message), "@language": tag} for tag in data.languages]


def _absolute(data: Dataset, template: str) -> str:
    return template if "://" in template else data.base + template


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
