"""What answers are made from: one snapshot with its engine, and for each request its reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request

from ...i18n.language import Language, choose
from ...rdf.jsonld import Context
from ...rdf.namespaces import VOCABULARY_BASE
from ...settings import Settings
from ...snapshot import Snapshot
from ...sparql.descriptions import Descriptions
from ...sparql.embedded.engine import EmbeddedEngine
from ...sparql.remote.endpoint import RemoteEngine
from . import negotiate
from .urls import LANG, Urls

EXTENSION = "vilnius_lod"
SITE = "vilnius_lod.site"
"""Where a request's environ may hold the site to answer from, if it was chosen before Flask."""


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Site:
    """All that the answers of one snapshot depend on."""

    snapshot: Snapshot
    descriptions: Descriptions
    engine: EmbeddedEngine | RemoteEngine
    settings: Settings
    context: Context
    prefixes: Mapping[str, str]

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the dataset says of itself."""
        return self.snapshot.facts

    @property
    def base(self) -> str:
        """The identity that the dataset's IRIs begin with."""
        return str(self.facts["base"])

    @property
    def bases(self) -> tuple[str, ...]:
        """The IRIs served here begin with one of these: the dataset's base, then the vocabulary's."""
        return tuple(dict.fromkeys((self.base, VOCABULARY_BASE)))

    @property
    def location(self) -> str:
        """Where this site answers, as the operator says, without a slash at the end."""
        return str(self.facts["site"]).rstrip("/")

    @property
    def languages(self) -> tuple[str, ...]:
        """The dataset's languages; the first is the default."""
        return tuple(self.facts["languages"])


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: the language to answer in and the links to give; these carry a language that was chosen."""

    language: Language
    urls: Urls


def site() -> Site:
    """The site of this request: the same from its beginning to its end."""
    if "site" not in g:
        g.site = request.environ.get(SITE) or current_app.extensions[EXTENSION]
    found: Site = g.site
    return found


def reader() -> Reader:
    """The reader of this request."""
    if "reader" not in g:
        here = site()
        chosen = request.args.get(LANG)
        chosen = chosen if chosen in here.languages else None
        tag = chosen or negotiate.language(request.headers.get("Accept-Language"), here.languages)
        g.reader = Reader(choose(here.languages, tag), Urls(here.bases, request.script_root, chosen))
    found: Reader = g.reader
    return found
