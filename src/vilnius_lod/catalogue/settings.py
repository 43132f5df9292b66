"""The settings for portals in ``dataset.toml``, checked. All are optional."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..inputs import cells
from ..inputs.issues import InputError, Issue
from ..inputs.toml_reader import Toml, is_text, matches
from ..records.dataset import SETTINGS
from ..records.model import LanguageMap, Records

Bounds = tuple[Decimal, Decimal, Decimal, Decimal]
# What can stand in a mailto: address as it is (RFC 6068, section 2).
_ATOM, _LABEL = r"[A-Za-z0-9!$&'*+_~-]+", "[A-Za-z0-9]+(-+[A-Za-z0-9]+)*"
_EMAIL = rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+"
_DSA_NAME = r"datasets/(gov|com)(/[a-z][a-z0-9]*(_[a-z0-9]+)*)+"
_ADDRESSES = ("frequency", "access_rights", "availability", "publisher_type")
_LISTS = ("themes", "subjects")
_TEXTS = ("title", "description")
_TABLES = {
    "catalogue": (*_ADDRESSES, *_LISTS, *_TEXTS, "rights", "provenance", "keywords"),
    "contact": ("name", "email", "page"),
    "dsa": ("dataset", *_TEXTS),
    "services": ("sparql", "api"),
    "distributions": (),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers questions about the data; at least an e-mail address or a page."""

    name: LanguageMap
    email: str
    page: str


@dataclass(frozen=True, slots=True)
class Extent:
    """A place of an authority table; ``bounds`` are south, west, north, east, ``centre`` lat and long. West
    is greater than east where the bounds go across the meridian of 180 degrees (RFC 7946, section 5.2).
    ``name`` is what the dataset calls the place or country.
    """

    iri: str
    name: LanguageMap
    bounds: Bounds | None
    centre: tuple[Decimal, Decimal] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueSettings:
    """``texts`` and ``addresses`` are by the setting (``catalogue.title``), as far as they are set;
    ``dsa_name`` is the code name of the data structure description, or None.
    """

    texts: Mapping[str, LanguageMap]
    addresses: Mapping[str, tuple[str, ...]]
    keywords: Mapping[str, tuple[str, ...]]
    contact: Contact | None
    spatial: tuple[Extent, ...]
    dsa_name: str | None

    @property
    def rights(self) -> LanguageMap:
        """How to name the source; empty if not set."""
        return self.texts.get("catalogue.rights", {})


def read(records: Records) -> CatalogueSettings:
    """The settings. Raises InputError with all that is wrong."""
    settings, issues = _read(records, {})
    if issues:
        raise InputError(issues)
    return settings


def problems(records: Records, registered: Mapping[str, frozenset[str]]) -> tuple[Issue, ...]:
    """All that is wrong with the settings. ``registered`` are the slugs of places and the codes of countries,
    those of rows that could not be read too.
    """
    return tuple(_read(records, registered)[1])


def _read(
    records: Records, registered: Mapping[str, frozenset[str]]
) -> tuple[CatalogueSettings, list[Issue]]:
    toml, languages = Toml(records.dataset.directory, SETTINGS), records.dataset.languages
    toml.data = dict(records.dataset.settings)
    tables = {name for name in _TABLES if toml.optional(name, _is_table, f"[{name}]") is not None}
    described = [
        f"{name}.{key}"
        for name in sorted({"distributions", "services"} & tables)
        for key in toml.value(name)
        if toml.optional(f"{name}.{key}", _is_table, f"[{name}.{key}]") is not None
    ]
    toml.refuse_unknown({name: _TABLES[name] for name in tables if _TABLES[name]})
    toml.refuse_unknown(dict.fromkeys(described, _TEXTS))
    texts = [f"{name}.{text}" for name in ("catalogue", "dsa", *described) for text in _TEXTS]
    texts += ["catalogue.rights", "catalogue.provenance"]
    dsa_name = "datasets/gov/some_body/some_dataset"
    settings = CatalogueSettings(
        texts={name: toml.texts(name, languages) for name in texts if toml.value(name) is not None},
        addresses=_addresses(toml),
        keywords=_keywords(toml, languages),
        contact=_contact(toml, languages) if "contact" in tables else None,
        spatial=tuple(_spatial(toml, records, registered)),
        dsa_name=toml.get("dsa.dataset", matches(_DSA_NAME), dsa_name) if "dsa" in tables else None,
    )
    return settings, toml.problems


def _addresses(toml: Toml) -> dict[str, tuple[str, ...]]:
    addresses: dict[str, tuple[str, ...]] = {}
    for key in (f"catalogue.{name}" for name in _ADDRESSES):
        if address := toml.optional(key, cells.is_web_address, "https://…"):
            addresses[key] = (address,)
    for key in (f"catalogue.{name}" for name in _LISTS):
        if values := toml.optional(key, _are(cells.is_web_address), '["https://…"]'):
            addresses[key] = tuple(values)
    return addresses


def _contact(toml: Toml, languages: Sequence[str]) -> Contact:
    if toml.value("contact.email") is None and toml.value("contact.page") is None:
        toml.refuse("contact.email", "the setting is missing", None, "name@example.org")
    return Contact(
        toml.texts("contact.name", languages),
        toml.optional("contact.email", matches(_EMAIL), "name@example.org") or "",
        toml.optional("contact.page", cells.is_web_address, "https://…") or "",
    )


def _keywords(toml: Toml, languages: Sequence[str]) -> dict[str, tuple[str, ...]]:
    toml.optional("catalogue.keywords", _is_table, "[catalogue.keywords]")
    toml.refuse_unknown({"catalogue.keywords": languages})
    keywords = {}
    for tag in languages:
        key = f"catalogue.keywords.{tag}"
        if words := toml.optional(key, _are(is_text), '["…", "…"]'):
            keywords[tag] = tuple(words)
            for word in words:
                toml.refuse_flaw(key, word)
    return keywords


def _spatial(toml: Toml, records: Records, registered: Mapping[str, frozenset[str]]) -> list[Extent]:
    rows = toml.optional("spatial", _are(_is_table), "[[spatial]]") or []
    return [_extent(toml, f"spatial[{number}]", records, registered) for number in range(1, len(rows) + 1)]


def _extent(toml: Toml, path: str, records: Records, registered: Mapping[str, frozenset[str]]) -> Extent:
    """The bounds of the settings, or else of the country; the centre is a place's, or else the bounds'."""
    toml.refuse_unknown({path: ("iri", "place", "country", "bounds")})
    places = {row.slug: row for row in records.places}
    countries = {row.code: row for row in records.countries}
    for kind, table, rows in (("place", "places", places), ("country", "countries", countries)):
        value = toml.value(f"{path}.{kind}")
        if value is not None and str(value) not in {*rows, *registered.get(kind, ())}:
            allowed = f"a {kind} of tables/{table}.csv"
            toml.refuse(f"{path}.{kind}", "unknown reference", str(value), allowed)
    sides = toml.optional(f"{path}.bounds", _are_bounds, "[54.5, 25.0, 54.9, 25.5]")
    bounds = None
    if sides:
        south, west, north, east = (Decimal(str(side)) for side in sides)
        bounds = (south, west, north, east)
    name: LanguageMap = {}
    centre = None
    if country := countries.get(str(toml.value(f"{path}.country"))):
        name, bounds = country.name, bounds or country.bounds
    if place := places.get(str(toml.value(f"{path}.place"))):
        name = place.name
        if place.lat is not None and place.long is not None:
            centre = (place.lat, place.long)
    if bounds and not centre:
        centre = _centre(bounds)
    iri = toml.get(f"{path}.iri", cells.is_web_address, "https://…") or ""
    return Extent(iri, name, bounds, centre)


def _centre(bounds: Bounds) -> tuple[Decimal, Decimal]:
    south, west, north, east = bounds
    long = (west + east) / 2 if west <= east else (west + east + 360) / 2
    return (south + north) / 2, long if long <= 180 else long - 360


def _are_bounds(value: Any) -> bool:
    if not _are(_is_finite)(value) or len(value) != 4:
        return False
    south, west, north, east = value
    return bool(-90 <= south <= north <= 90 and -180 <= west <= 180 and -180 <= east <= 180)


def _is_finite(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _are(good: Callable[[Any], object]) -> Callable[[Any], bool]:
    """A predicate: whether a setting is a list of such values."""
    return lambda values: isinstance(values, list) and all(good(value) for value in values)
