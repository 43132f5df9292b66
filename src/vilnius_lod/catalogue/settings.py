"""What ``dataset.toml`` says for portals, checked. All of it may be absent: nothing is claimed then."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ..inputs import cells
from ..inputs.issues import InputError, Issue
from ..inputs.toml_reader import flaw, is_text, line_of, nearest
from ..records.dataset import SETTINGS
from ..records.model import LanguageMap, Records

Bounds = tuple[Decimal, Decimal, Decimal, Decimal]
# What can stand in a mailto: address as it is (RFC 6068, section 2).
_ATOM, _LABEL = r"[A-Za-z0-9!$&'*+_~-]+", "[A-Za-z0-9]+(-+[A-Za-z0-9]+)*"
_EMAIL = rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+"
_CONCEPTS = ("frequency", "access_rights", "availability", "publisher_type")
_TEXTS = ("title", "description", "rights", "provenance")


@dataclass(frozen=True, slots=True)
class ServiceText:
    """Title and description by language; empty where the settings have none."""

    title: LanguageMap
    description: LanguageMap


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
    """``distributions`` and ``services`` are by slug, ``structure`` is the data structure description's;
    texts that are not set are empty, IRIs too.
    """

    catalogue: ServiceText
    rights: LanguageMap
    provenance: LanguageMap
    keywords: Mapping[str, tuple[str, ...]]
    themes: tuple[str, ...]
    subjects: tuple[str, ...]
    frequency: str
    access_rights: str
    availability: str
    publisher_type: str
    contact: Contact | None
    spatial: tuple[Extent, ...]
    distributions: Mapping[str, ServiceText]
    services: Mapping[str, ServiceText]
    structure: ServiceText


def read(records: Records) -> CatalogueSettings:
    """The settings. Raises InputError with all that is wrong."""
    settings = _Settings(records, {})
    found = settings.all()
    if settings.problems:
        raise InputError(settings.problems)
    return found


def problems(records: Records, registered: Mapping[str, frozenset[str]]) -> tuple[Issue, ...]:
    """All that is wrong with the settings. ``registered`` are the slugs of places and the codes of countries,
    those of rows that could not be read too.
    """
    settings = _Settings(records, registered)
    settings.all()
    return tuple(settings.problems)


class _Settings:
    """Settings are taken one by one; what is wrong gathers in ``problems``."""

    def __init__(self, records: Records, registered: Mapping[str, frozenset[str]]) -> None:
        self.records, self.registered = records, registered
        self.text = (records.dataset.directory / SETTINGS).read_text(encoding="utf-8-sig")
        self.languages = records.dataset.languages
        self.problems: list[Issue] = []

    def all(self) -> CatalogueSettings:
        data = self.records.dataset.settings
        own = self.table(data, "catalogue", {*_CONCEPTS, *_TEXTS, "keywords", "themes", "subjects"})
        return CatalogueSettings(
            catalogue=self.description(own, "catalogue"),
            rights=self.texts(own, "catalogue", "rights"),
            provenance=self.texts(own, "catalogue", "provenance"),
            keywords=self.keywords(own),
            themes=self.addresses(own, "themes"),
            subjects=self.addresses(own, "subjects"),
            **{
                name: self.one(own, f"catalogue.{name}", name, cells.is_web_address, "https://…")
                for name in _CONCEPTS
            },
            contact=self.contact(data) if "contact" in data else None,
            spatial=tuple(self.spatial(data)),
            distributions=self.descriptions(data, "distributions"),
            services=self.descriptions(data, "services", {"sparql", "api"}),
            structure=self.description(self.table(data, "dsa", {"dataset", *_TEXTS[:2]}), "dsa"),
        )

    def contact(self, data: Mapping[str, Any]) -> Contact:
        own = self.table(data, "contact", {"name", "email", "page"})
        if not ("email" in own or "page" in own):
            self.refuse("contact.email", "the setting is missing", None, "name@example.org")
        if "name" not in own:
            self.refuse("contact.name", "the setting is missing", None, ", ".join(self.languages))
        return Contact(
            self.texts(own, "contact", "name"),
            self.one(own, "contact.email", "email", _is_email, "name@example.org"),
            self.one(own, "contact.page", "page", cells.is_web_address, "https://…"),
        )

    def spatial(self, data: Mapping[str, Any]) -> list[Extent]:
        rows = data.get("spatial", [])
        if not isinstance(rows, list):
            self.refuse("spatial", "invalid value", str(rows), "[[spatial]]")
            return []
        return [self.extent(row, f"spatial[{number}]") for number, row in enumerate(rows, 1)]

    def extent(self, row: Any, path: str) -> Extent:
        own = self.table({path: row}, path, {"iri", "place", "country", "bounds"})
        places = {row.slug: row for row in self.records.places}
        countries = {row.code: row for row in self.records.countries}
        bounds, centre = self.bounds(own, path), None
        if "iri" not in own:
            self.refuse(f"{path}.iri", "the setting is missing", None, "https://…")
        for kind, known in (("place", places), ("country", countries)):
            if kind in own and str(own[kind]) not in [*known, *self.registered.get(kind, ())]:
                allowed = f"a {kind} of tables/{'places' if kind == 'place' else 'countries'}.csv"
                self.refuse(f"{path}.{kind}", "unknown reference", str(own[kind]), allowed)
        name: LanguageMap = {}
        if country := countries.get(str(own.get("country"))):
            name = country.name
            bounds = bounds or country.bounds
        if place := places.get(str(own.get("place"))):
            name = place.name
            if place.lat is not None and place.long is not None:
                centre = (place.lat, place.long)
        if bounds and not centre:
            centre = _centre(bounds)
        iri = self.one(own, f"{path}.iri", "iri", cells.is_web_address, "https://…")
        return Extent(iri, name, bounds, centre)

    def bounds(self, own: Mapping[str, Any], path: str) -> Bounds | None:
        if (found := own.get("bounds")) is None:
            return None
        if isinstance(found, list) and len(found) == 4 and all(map(_is_finite, found)):
            south, west, north, east = (Decimal(str(side)) for side in found)
            if -90 <= south <= north <= 90 and -180 <= west <= 180 and -180 <= east <= 180:
                return south, west, north, east
        self.refuse(f"{path}.bounds", "invalid value", str(found), "[54.5, 25.0, 54.9, 25.5]")
        return None

    def descriptions(
        self, data: Mapping[str, Any], name: str, allowed: Collection[str] = ()
    ) -> dict[str, ServiceText]:
        own = self.table(data, name, allowed)
        tables = {key: self.table(own, key, {"title", "description"}, f"{name}.") for key in own}
        return {key: self.description(table, f"{name}.{key}") for key, table in tables.items()}

    def description(self, own: Mapping[str, Any], path: str) -> ServiceText:
        return ServiceText(self.texts(own, path, "title"), self.texts(own, path, "description"))

    def keywords(self, own: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        table = self.table(own, "keywords", self.languages, "catalogue.")
        found = {tag: table.get(tag, []) for tag in self.languages}
        for tag, words in found.items():
            if not _are(words, is_text):
                self.refuse(f"catalogue.keywords.{tag}", "invalid value", str(words), '["…", "…"]')
                continue
            for word in words:
                self.look_at(f"catalogue.keywords.{tag}", word)
        return {tag: tuple(words) for tag, words in found.items() if words}

    def addresses(self, own: Mapping[str, Any], name: str) -> tuple[str, ...]:
        found = own.get(name, [])
        if _are(found, cells.is_web_address):
            return tuple(found)
        self.refuse(f"catalogue.{name}", "invalid value", str(found), '["https://…"]')
        return ()

    def texts(self, own: Mapping[str, Any], path: str, name: str) -> LanguageMap:
        """A text in each language, or none at all."""
        table = self.table(own, name, self.languages, f"{path}.")
        for tag in self.languages if table else ():
            if not is_text(table.get(tag)):
                message = "invalid value" if tag in table else "the setting is missing"
                self.refuse(f"{path}.{name}.{tag}", message, str(table[tag]) if tag in table else None, "…")
            else:
                self.look_at(f"{path}.{name}.{tag}", table[tag])
        return {tag: table[tag] for tag in self.languages if is_text(table.get(tag))}

    def one(
        self, own: Mapping[str, Any], path: str, name: str, good: Callable[[Any], bool], allowed: str
    ) -> str:
        found = own.get(name, "")
        if name in own and not good(found):
            self.refuse(path, "invalid value", str(found), allowed)
            return ""
        return str(found)

    def table(
        self, data: Mapping[str, Any], name: str, allowed: Collection[str], path: str = ""
    ) -> Mapping[str, Any]:
        """A table of the settings, empty if there is none; ``allowed`` are its keys, if they are fixed."""
        found = data.get(name, {})
        if not isinstance(found, dict):
            self.refuse(path + name, "invalid value", str(found), f"[{path}{name}]")
            return {}
        for key in sorted(found.keys() - set(allowed)) if allowed else ():
            self.refuse(f"{path}{name}.{key}", "the setting is unknown", key, nearest(key, allowed))
        return found

    def look_at(self, key: str, text: str) -> None:
        """Refuse a text that cannot have been meant so."""
        if wrong := flaw(text):
            self.refuse(key, wrong.message, text, wrong.allowed, wrong.values)

    def refuse(
        self, key: str, message: str, found: str | None, allowed: str | None,
        values: Mapping[str, object] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        line = line_of(key, self.text)
        key = re.sub(r"\[\d+\]", "", key)  # the line tells which of several tables it is
        self.problems.append(Issue(SETTINGS, line, key, message, values, found, allowed))


def _centre(bounds: Bounds) -> tuple[Decimal, Decimal]:
    south, west, north, east = bounds
    long = (west + east) / 2 if west <= east else (west + east + 360) / 2
    return (south + north) / 2, long if long <= 180 else long - 360


def _is_finite(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _is_email(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(_EMAIL, value) is not None


def _are(values: Any, good: Callable[[Any], bool]) -> bool:
    return isinstance(values, list) and all(good(value) for value in values)
