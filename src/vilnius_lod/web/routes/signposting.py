"""FAIR Signposting (signposting.org): typed links by which a machine finds all addresses from any one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ...formats import RDF
from ..http.context import Site

MEDIA_TYPE = "application/linkset+json"
SCHEMA = "https://schema.org/"


class TypedLink(NamedTuple):
    """From ``anchor`` to ``target``, both absolute; ``type`` is the target's media type, if it has one."""

    anchor: str
    relation: str
    target: str
    type: str = ""

    def header(self) -> str:
        """The link as a value of the Link header of its anchor."""
        media_type = f'; type="{self.type}"' if self.type else ""
        return f'<{self.target}>; rel="{self.relation}"{media_type}'


def landing(site: Site, files: Iterable[tuple[str, str]]) -> list[TypedLink]:
    """The landing page: what it is about, what describes it, and its ``files`` (address and media type)."""
    address = f"{site.location}/"
    return [
        TypedLink(address, "cite-as", site.dataset),
        TypedLink(address, "type", f"{SCHEMA}Dataset"),
        TypedLink(address, "type", f"{SCHEMA}AboutPage"),
        TypedLink(address, "author", site.facts.publisher),
        TypedLink(address, "license", site.facts.licence),
        *(
            TypedLink(address, "describedby", f"{site.location}/catalog.{form.extension}", form.media_type)
            for form in RDF
        ),
        *(TypedLink(address, "item", file, media_type) for file, media_type in files),
        _linkset(site, address),
    ]


def item(site: Site, address: str) -> list[TypedLink]:
    """A file of the dataset."""
    return [
        TypedLink(address, "collection", f"{site.location}/", "text/html"),
        TypedLink(address, "license", site.facts.licence),
        _linkset(site, address),
    ]


def metadata(site: Site, address: str) -> list[TypedLink]:
    """What describes the dataset: the catalogue in some format."""
    return [TypedLink(address, "describes", f"{site.location}/", "text/html"), _linkset(site, address)]


def thing(site: Site, address: str, iri: str, kind: str) -> list[TypedLink]:
    """The document about a thing; ``kind`` is schema.org's class of it."""
    stem = address.rpartition("/")[2]
    formats = [] if any(stem.endswith(f".{form.extension}") for form in RDF) else RDF
    return [
        TypedLink(address, "cite-as", iri),
        TypedLink(address, "type", SCHEMA + kind),
        TypedLink(address, "author", site.facts.publisher),
        TypedLink(address, "license", site.facts.licence),
        TypedLink(address, "collection", f"{site.location}/", "text/html"),
        *(
            TypedLink(
                address, "describedby", f"{address.removesuffix('.html')}.{form.extension}", form.media_type
            )
            for form in formats
        ),
    ]


def linkset(links: Sequence[TypedLink]) -> bytes:
    """The links as a linkset document (RFC 9264)."""
    anchors: dict[str, dict[str, Any]] = {}
    for link in links:
        target = {"href": link.target} | ({"type": link.type} if link.type else {})
        anchors.setdefault(link.anchor, {}).setdefault(link.relation, []).append(target)
    contexts = [{"anchor": anchor, **relations} for anchor, relations in anchors.items()]
    return (json.dumps({"linkset": contexts}, ensure_ascii=False, indent=1) + "\n").encode()


def _linkset(site: Site, anchor: str) -> TypedLink:
    return TypedLink(anchor, "linkset", f"{site.location}/linkset", MEDIA_TYPE)
