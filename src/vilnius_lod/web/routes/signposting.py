"""FAIR Signposting (signposting.org): typed links that lead a machine from any address to all the others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ...formats import RDF

MEDIA_TYPE = "application/linkset+json"
SCHEMA = "https://schema.org/"


class Link(NamedTuple):
    """From ``anchor`` to ``target``, both absolute; ``type`` is the target's media type, if it has one."""

    anchor: str
    relation: str
    target: str
    type: str = ""

    def header(self) -> str:
        """The link as a value of the Link header of its anchor."""
        media_type = f'; type="{self.type}"' if self.type else ""
        return f'<{self.target}>; rel="{self.relation}"{media_type}'


class Place(NamedTuple):
    """Where the site answers (no slash at the end), the dataset's IRI, licence and publisher."""

    location: str
    dataset: str
    licence: str
    publisher: str


def landing(place: Place, files: Iterable[tuple[str, str]]) -> list[Link]:
    """The landing page: what it is about, what describes it, and its ``files`` (address and media type)."""
    here = f"{place.location}/"
    return [
        Link(here, "cite-as", place.dataset),
        Link(here, "type", f"{SCHEMA}Dataset"),
        Link(here, "type", f"{SCHEMA}AboutPage"),
        Link(here, "author", place.publisher),
        Link(here, "license", place.licence),
        *(
            Link(here, "describedby", f"{place.location}/catalog.{form.extension}", form.media_type)
            for form in RDF
        ),
        *(Link(here, "item", address, media_type) for address, media_type in files),
        _linkset(place, here),
    ]


def item(place: Place, address: str) -> list[Link]:
    """A file of the dataset."""
    return [
        Link(address, "collection", f"{place.location}/", "text/html"),
        Link(address, "license", place.licence),
        _linkset(place, address),
    ]


def metadata(place: Place, address: str) -> list[Link]:
    """What describes the dataset: the catalogue in some format."""
    return [Link(address, "describes", f"{place.location}/", "text/html"), _linkset(place, address)]


def thing(place: Place, address: str, iri: str, kind: str) -> list[Link]:
    """The document about a thing; ``kind`` is schema.org's class of it."""
    stem = address.rpartition("/")[2]
    formats = [] if any(stem.endswith(f".{form.extension}") for form in RDF) else RDF
    return [
        Link(address, "cite-as", iri),
        Link(address, "type", SCHEMA + kind),
        Link(address, "author", place.publisher),
        Link(address, "license", place.licence),
        Link(address, "collection", f"{place.location}/", "text/html"),
        *(
            Link(address, "describedby", f"{address.removesuffix('.html')}.{form.extension}", form.media_type)
            for form in formats
        ),
    ]


def linkset(links: Sequence[Link]) -> bytes:
    """The links as a linkset document (RFC 9264)."""
    anchors: dict[str, dict[str, list[Mapping[str, str]]]] = {}
    for link in links:
        target = {"href": link.target} | ({"type": link.type} if link.type else {})
        anchors.setdefault(link.anchor, {}).setdefault(link.relation, []).append(target)
    found: list[dict[str, Any]] = [{"anchor": anchor, **relations} for anchor, relations in anchors.items()]
    return (json.dumps({"linkset": found}, ensure_ascii=False, indent=1) + "\n").encode()


def _linkset(place: Place, anchor: str) -> Link:
    return Link(anchor, "linkset", f"{place.location}/linkset", MEDIA_TYPE)
