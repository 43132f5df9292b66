"""The context of a request: the site (a snapshot with its engine) and the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, g, request

from ...facts import Facts
from ...i18n.language import Language, choose
from ...rdf.jsonld import Context
from ...rdf.namespaces import VOCABULARY_BASE
from ...settings import Settings
from ...snapshot import Snapshot
from ...sparql.descriptions import Descriptions
from ...sparql.engine import SparqlEngine
from . import negotiate
from .urls import LANG, Urls

EXTENSION = "vilnius_lod"
SITE = "vilnius_lod.site"
"""Key of the environ: the site of the request, if it was determined before Flask."""


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Site:
    """The dependencies of all responses from one snapshot."""

    snapshot: Snapshot
    descriptions: Descriptions
    engine: SparqlEngine
    settings: Settings
    context: Context
    prefixes: Mapping[str, str]

    @property
    def facts(self) -> Facts:
        """The facts of the dataset."""
        return self.snapshot.facts

    @property
    def base(self) -> str:
        """The namespace of the dataset's IRIs."""
        return self.facts.base

    @property
    def dataset(self) -> str:
        """The IRI of the dataset."""
        return f"{self.base}dataset"

    @property
    def bases(self) -> tuple[str, ...]:
        """The namespaces of the IRIs served here: the dataset's, then the vocabulary's."""
        return tuple(dict.fromkeys((self.base, VOCABULARY_BASE)))

    @property
    def location(self) -> str:
        """The public address of this site, as configured, without a slash at the end."""
        return self.facts.site.rstrip("/")

    @property
    def languages(self) -> tuple[str, ...]:
        """The dataset's languages; the first is the default."""
        return self.facts.languages


@dataclass(frozen=True, slots=True)
class Reader:
    """The language of the response, and its links, which include the language if the reader chose one."""

    language: Language
    urls: Urls


def site() -> Site:
    """The site of this request, which stays the same until its end."""
    if "site" not in g:
        g.site = request.environ.get(SITE) or current_app.extensions[EXTENSION]
    current: Site = g.site
    return current


def reader() -> Reader:
    """The reader of this request."""
    if "reader" not in g:
        languages, chosen = site().languages, request.args.get(LANG)
        chosen = chosen if chosen in languages else None
        tag = chosen or negotiate.language(request.headers.get("Accept-Language"), languages)
        g.reader = Reader(choose(languages, tag), Urls(site().bases, request.script_root, chosen))
    current: Reader = g.reader
    return current
