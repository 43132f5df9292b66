"""The tables as a data structure description (DSA): the manifest that the state asks of public bodies.

The format, ivpk.github.io/dsa, is one table; which of its columns ``dataset`` … ``property`` is filled says
what a row is about.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from rdflib import Graph, Literal
from rdflib.namespace import SKOS

from ..i18n.messages import translator
from ..inputs.issues import InputError, Issue
from ..inputs.toml_reader import line_of
from ..rdf import namespaces
from ..records.dataset import SETTINGS
from ..records.model import Records
from . import csvw
from .csvw import CsvwColumn, CsvwTable

PATH = "data/dsa.csv"  # where the manifest answers at the site
STANDARD = "https://ivpk.github.io/dsa/"
COLUMNS = (
    "id", "dataset", "resource", "base", "model", "property", "type", "ref", "source", "prepare",
    "level", "status", "visibility", "access", "uri", "eli", "title", "description",
)  # fmt: skip
_NAME = r"datasets/(gov|com)(/[a-z][a-z0-9]*(_[a-z0-9]+)*)+"
_TYPES = {"integer": "integer", "decimal": "number"}
# The classes of what the tables' keys name.
_CLASSES = {
    "agreement": "vlo:Agreement",
    "membership": "org:Membership",
    "network": "vlo:CityNetwork",
    "partner": "dct:Location",
}
_OPEN = {"status": "completed", "visibility": "public", "access": "open"}
DsaRow = dict[str, str]


def description(records: Records, terms: Graph, site: str) -> bytes | None:
    """The manifest of the CSV tables, which answer at ``site``; None where ``dataset.toml`` has no ``[dsa]``.

    ``terms`` is the vocabulary. Raises InputError as :func:`code_name`.
    """
    if (name := code_name(records)) is None:
        return None
    data, language = records.dataset, records.dataset.languages[0]
    tables = csvw.tables(records)
    known = {table.key[0] for table in tables}
    body = [row for table in tables for row in _Resource(records, terms, table, known, site).rows()]
    prefixes = sorted({row["uri"].partition(":")[0] for row in body if row.get("uri")})
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerow(
        {"dataset": name, "title": data.title[language], "description": data.description[language]}
    )
    writer.writerows(
        {"type": "prefix", "ref": prefix, "uri": namespaces.prefixes()[prefix]} for prefix in prefixes
    )
    writer.writerows(body)
    return text.getvalue().encode()


def code_name(records: Records) -> str | None:
    """The dataset's code name in the settings, if there is one. Raises InputError for one that cannot be."""
    if found := problems(records):
        raise InputError(found)
    settings = records.dataset.settings.get("dsa")
    return None if settings is None else str(settings["dataset"])


def problems(records: Records) -> list[Issue]:
    """What is wrong with the code name."""
    settings = records.dataset.settings.get("dsa", {})
    if not isinstance(settings, dict) or "dsa" not in records.dataset.settings:
        return []  # the settings of the catalogue tell what is no table
    found = settings.get("dataset")
    if isinstance(found, str) and re.fullmatch(_NAME, found):
        return []
    message = "the setting is missing" if found is None else "invalid value"
    allowed, key = "datasets/gov/some_body/some_dataset", "dsa.dataset"
    line = line_of(key, (records.dataset.directory / SETTINGS).read_text(encoding="utf-8-sig"))
    return [Issue(SETTINGS, line, key, message, {}, None if found is None else str(found), allowed)]


class _Resource:
    """A table as rows. What it says of another thing belongs to that thing's model: to the one of its own
    table (``known`` are the keys of all tables), or else to a second model of the same file.
    """

    def __init__(self, records: Records, terms: Graph, table: CsvwTable, known: set[str], site: str) -> None:
        self.table, self.known, self.terms, self.site = table, known, terms, site.rstrip("/")
        self.language = records.dataset.languages[0]
        self.translate = translator(self.language)
        self.things = {column.value: column for column in table.columns if _is_thing(column)}

    def rows(self) -> Iterator[DsaRow]:
        """The resource, its models and their properties."""
        name, title = self.table.name, self.translate(self.table.title)
        source = f"{self.site}/data/{name}.csv"
        yield {"resource": name, "type": "dask/csv", "source": source, "title": title}
        for template, thing in self.things.items():
            if thing.name not in self.known:
                yield self.model((thing.name,), self.translate(thing.title))
                yield self.property(thing, thing.name) | {"level": "4", "uri": ""}
                for column in self.table.columns:
                    if column.about == template:
                        yield self.property(column, column.name.removeprefix(f"{thing.name}_"))
        yield self.model(self.table.key, title)
        for column in self.table.columns:
            if column.about not in self.things:
                yield from self.own(column)

    def model(self, key: tuple[str, ...], title: str) -> DsaRow:
        """A model, named by its key's first column."""
        return {
            "model": key[0].capitalize(),
            "ref": ", ".join(key),
            "title": title,
            **_common(_CLASSES[key[0]]),
        }

    def own(self, column: CsvwColumn) -> Iterator[DsaRow]:
        """A property of the table's own model, with what its list holds or its codes mean."""
        row = self.property(column, column.name)
        if column.separator:
            yield row | {"type": "array", "prepare": f'split("{column.separator}")'}
            yield row | {"property": f"{column.name}[]", "source": ""}
        elif _is_thing(column):
            yield row | {"type": "ref required", "ref": column.name.capitalize()}
        else:
            yield row
            yield from self.codes(column)

    def property(self, column: CsvwColumn, name: str) -> DsaRow:
        """A property of a model; its language is a part of its name."""
        if column.language:
            name = f"{name.removesuffix(f'_{column.language}')}@{column.language}"
        datatype = _TYPES.get(column.datatype, "string") if isinstance(column.datatype, str) else "string"
        return {
            "property": name,
            "type": f"{datatype} required" if column.required else datatype,
            "source": column.name,
            "title": self.translate(column.title),
            "description": self.translate(column.description),
            **_common(column.property or ""),
        }

    def codes(self, column: CsvwColumn) -> Iterator[DsaRow]:
        """The concepts that a column's slugs stand for."""
        if not column.value:
            return
        space = column.value.removesuffix(f"{{{column.name}}}")
        labels = {
            str(iri).removeprefix(space): str(label)
            for iri, label in self.terms.subject_objects(SKOS.prefLabel)
            if str(iri).startswith(space) and isinstance(label, Literal) and label.language == self.language
        }
        for number, (slug, label) in enumerate(sorted(labels.items())):
            kind = "" if number else "enum"
            yield {"type": kind, "source": slug, "prepare": f'"{slug}"', "access": "open", "title": label}


def _is_thing(column: CsvwColumn) -> bool:
    """Whether a column's values are things of the dataset; the vocabulary's concepts have absolute IRIs."""
    return bool(column.value) and "://" not in str(column.value)


def _common(uri: str) -> DsaRow:
    """What models and properties have in common; level 5 is for what a vocabulary explains."""
    return {**_OPEN, "level": "5" if uri else "4", "uri": uri}
