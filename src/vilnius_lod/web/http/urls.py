"""Makes the addresses of links. IRIs come from the dataset; links are paths on this host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

_PATH_SAFE = "/:@!$&'()*+,;=~-._"
DATASET = "/dataset"
"""The dataset itself, whose IRI does not begin with id/."""
CATALOGUED = ("/distribution/", "/service/", "/record/", "/contact", "/rights")
"""Prefixes of the paths of things that only the catalogue describes."""
LANG = "lang"
"""The parameter by which a reader chooses a language."""
SERVED = ("/id/", "/ontology", "/shapes", "/dataset", "/catalog", "/report", "/sparql", *CATALOGUED)
"""Prefixes of the paths of IRIs that have a page."""
EXTERNAL_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True, slots=True)
class Urls:
    """Links of one request: IRIs under ``bases`` are served here, ``root`` is the prefix that the
    application is mounted under, ``language`` the one that the reader chose (links carry it), or None.
    """

    bases: Sequence[str]
    root: str = ""
    language: str | None = None

    def to(self, path: str, *query: tuple[str, str]) -> str:
        """The address of a path of this site (``/sparql``), with the chosen language and a query."""
        path, hash_, fragment = path.partition("#")
        pairs = [(LANG, self.language)] * bool(self.language) + list(query)
        text = f"?{urlencode(pairs)}" if pairs else ""
        return quote(self.root + path, safe=_PATH_SAFE + "%") + text + hash_ + fragment

    def plain(self, path: str) -> str:
        """The address of a path whose response has no language: a file, a fixed format."""
        return quote(self.root + path, safe=_PATH_SAFE + "%")

    def iri(self, iri: str) -> str | None:
        """The link for an IRI: a page here, the IRI itself, or None if it is not on the web."""
        path = local_path(iri, self.bases)
        if path is not None:
            return self.to(document(path)) if path.startswith(SERVED) else None
        try:
            return iri if urlsplit(iri).scheme in EXTERNAL_SCHEMES else None
        except ValueError:
            return None


def local_path(iri: str, bases: Sequence[str]) -> str | None:
    """The path (``/id/place/x``) of an IRI under one of the bases, else None."""
    for base in bases:
        if iri.startswith(base):
            return "/" + iri[len(base) :]
    return None


def document(path: str) -> str:
    """The path of the document about a thing's path: ``/doc/place/x`` describes ``/id/place/x``."""
    if path.startswith("/id/"):
        return "/doc/" + path.removeprefix("/id/")
    return f"/doc{path}" if path == DATASET or path.startswith(CATALOGUED) else path


def candidates(slug: str, bases: Sequence[str]) -> tuple[str, ...]:
    """The IRIs that ``/doc/{slug}`` may be about, in the order of look-up."""
    if f"/{slug}" == DATASET or f"/{slug}".startswith(CATALOGUED):
        return (bases[0] + slug,)
    return tuple(f"{base}id/{slug}" for base in bases)
