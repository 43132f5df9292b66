"""The tables as a data structure description (DSA): the manifest that the state asks of public bodies.

The format, ivpk.github.io/dsa, is one table; which of its columns ``dataset`` … ``property`` is filled says
what a row is about.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from ..graphs import minting
from ..i18n.messages import translator
from ..rdf import namespaces
from ..rdf.terms import Triple
from ..records.model import Records
from .csvw import CsvwColumn, CsvwTable
from .settings import read

PATH = "data/dsa.csv"  # where the manifest answers at the site
COLUMNS = (
    "id", "dataset", "resource", "base", "model", "property", "type", "ref", "source", "prepare",
    "level", "status", "visibility", "access", "uri", "eli", "title", "description",
)  # fmt: skip
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


def description(
    records: Records, tables: Iterable[CsvwTable], vocabulary: Iterable[Triple], site: str
) -> bytes | None:
    """The manifest of the CSV tables, which answer at ``site``; None where ``dataset.toml`` has no ``[dsa]``.

    Raises InputError for settings that cannot be used.
    """
    if (name := read(records).dsa_name) is None:
        return None
    data, language = records.dataset, records.dataset.languages[0]
    labels = minting.labels(vocabulary)
    resources = [_Resource(records, labels, table, site) for table in tables]
    modelled = {resource.key[0] for resource in resources}
    body = [row for resource in resources for row in resource.rows(modelled)]
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


class _Resource:
    """A table as rows. What it says of another thing belongs to that thing's model: to the one of its own
    table, or else to a second model of the same file.
    """

    def __init__(self, records: Records, labels: minting.Labels, table: CsvwTable, site: str) -> None:
        self.table, self.labels, self.site = table, labels, site.rstrip("/")
        self.key: tuple[str, ...] = tuple(table.metadata["tableSchema"]["primaryKey"])
        self.language = records.dataset.languages[0]
        self.translate = translator(self.language)
        self.things = {column["valueUrl"]: column for column in table.columns if _is_thing(column)}

    def rows(self, modelled: set[str]) -> Iterator[DsaRow]:
        """The resource, its models and their properties; ``modelled`` are the keys of all tables."""
        name, title = self.table.name, self.translate(self.table.metadata["dc:title"])
        source = f"{self.site}/data/{name}.csv"
        yield {"resource": name, "type": "dask/csv", "source": source, "title": title}
        for template, thing in self.things.items():
            if (key := thing["name"]) not in modelled:
                yield self.model((key,), self.translate(thing["titles"]))
                yield self.property(thing, key) | {"level": "4", "uri": ""}
                for column in self.table.columns:
                    if column.get("aboutUrl") == template:
                        yield self.property(column, column["name"].removeprefix(f"{key}_"))
        yield self.model(self.key, title)
        for column in self.table.columns:
            if column.get("aboutUrl") not in self.things:
                yield from self.own_property(column)

    def model(self, key: tuple[str, ...], title: str) -> DsaRow:
        """A model, named by its key's first column."""
        return {
            "model": key[0].capitalize(),
            "ref": ", ".join(key),
            "title": title,
            **_common(_CLASSES[key[0]]),
        }

    def own_property(self, column: CsvwColumn) -> Iterator[DsaRow]:
        """A property of the table's own model, with what its list holds or its codes mean."""
        row, name = self.property(column, column["name"]), column["name"]
        if separator := column.get("separator"):
            yield row | {"type": "array", "prepare": f'split("{separator}")'}
            yield row | {"property": f"{name}[]", "source": ""}
        elif _is_thing(column):
            yield row | {"type": "ref required", "ref": name.capitalize()}
        else:
            yield row
            yield from self.codes(column)

    def property(self, column: CsvwColumn, name: str) -> DsaRow:
        """A property of a model; its language is a part of its name."""
        if language := column.get("lang"):
            name = f"{name.removesuffix(f'_{language}')}@{language}"
        datatype = column["datatype"]
        datatype = _TYPES.get(datatype, "string") if isinstance(datatype, str) else "string"
        return {
            "property": name,
            "type": f"{datatype} required" if column.get("required") else datatype,
            "source": column["name"],
            "title": self.translate(column["titles"]),
            "description": self.translate(column["dc:description"]),
            **_common(column.get("propertyUrl", "")),
        }

    def codes(self, column: CsvwColumn) -> Iterator[DsaRow]:
        """The concepts that a column's slugs stand for."""
        if "valueUrl" not in column:
            return
        space = column["valueUrl"].removesuffix(f"{{{column['name']}}}")
        labels = {
            iri.value.removeprefix(space): texts[self.language]
            for iri, texts in self.labels.items()
            if iri.value.startswith(space) and self.language in texts
        }
        for number, (slug, label) in enumerate(sorted(labels.items())):
            kind = "" if number else "enum"
            yield {"type": kind, "source": slug, "prepare": f'"{slug}"', "access": "open", "title": label}


def _is_thing(column: CsvwColumn) -> bool:
    """Whether a column's values are things of the dataset; the vocabulary's concepts have absolute IRIs."""
    return "://" not in column.get("valueUrl", "://")


def _common(uri: str) -> DsaRow:
    """What models and properties have in common; level 5 is for what a vocabulary explains."""
    return {**_OPEN, "level": "5" if uri else "4", "uri": uri}
