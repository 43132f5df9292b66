"""Namespaces and prefixes, read from the JSON-LD context, and where the packaged files are."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parents[1]
RESOURCES = _PACKAGE / "resources" if (_PACKAGE / "resources").is_dir() else _PACKAGE.parents[1]
ONTOLOGY = RESOURCES / "ontology"
SHAPES = RESOURCES / "shapes"
# The vocabulary: the core first. (authority.ttl is an extract of others' vocabularies, for the catalogue.)
TERMS = tuple(ONTOLOGY / f"{name}.ttl" for name in ("vilnius-lod", "concepts", "alignments"))
QUERIES = RESOURCES / "queries"
DATA = RESOURCES / "data"

VOCABULARY_BASE = "https://w3id.org/vilnius-lod/"
VLO = VOCABULARY_BASE + "ontology#"


@functools.cache
def context() -> Mapping[str, Any]:
    """The value of ``@context`` in ``ontology/context.jsonld``."""
    document: Mapping[str, Any] = json.loads((ONTOLOGY / "context.jsonld").read_text(encoding="utf-8"))
    found: Mapping[str, Any] = document["@context"]
    return found


@functools.cache
def prefixes() -> Mapping[str, str]:
    """Prefix to namespace: the context's plain entries that end as namespaces do."""
    return {
        name: value
        for name, value in context().items()
        if isinstance(value, str) and value.endswith(("#", "/", "_")) and not name.startswith("@")
    }


def expand(curie: str) -> str:
    """The IRI of a CURIE (``skos:prefLabel``). Raises KeyError for an unknown prefix."""
    prefix, _, local = curie.partition(":")
    return prefixes()[prefix] + local


def curies(iri: str, prefixes: Mapping[str, str]) -> list[tuple[str, str]]:
    """The CURIEs of an IRI as pairs of prefix and local part, that with the longest namespace first."""
    matches = [(space, prefix) for prefix, space in prefixes.items() if iri.startswith(space)]
    matches.sort(key=lambda match: (-len(match[0]), match[1]))
    return [(prefix, iri[len(space) :]) for space, prefix in matches]


def concept(scheme: str, slug: str) -> str:
    """The IRI of a concept of the vocabulary."""
    return f"{VOCABULARY_BASE}id/{scheme}/{slug}"
