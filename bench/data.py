"""Data of the real dataset's shape in any size, and snapshots of them.

A copy repeats all that the tables say (places, partnerships, documents, events, memberships, provenance,
links) under names of its own; countries and the vocabulary are there once, as they would be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from vilnius_lod.build import build
from vilnius_lod.rdf import namespaces
from vilnius_lod.snapshot import CANONICAL, Snapshot, open_snapshot, write

_IRI = re.compile(r"<([^<>\"]*)>")
_LABEL = re.compile(r'(core#prefLabel> ".*)("@)')
_MATCH = re.compile(r"<[^>]*> <[^>]*(?:#sameAs|#exactMatch|#closeMatch)> <([^>]*)>")
_MAPPING = re.compile(r"<([^>]*)> <[^>]*/subject_id> <([^>]*)>")


def real(store: Path) -> Snapshot:
    """A snapshot of the packaged dataset."""
    build(namespaces.DATA, store)
    return open_snapshot(store)


def enlarged(sample: Snapshot, store: Path, triples: int) -> Snapshot:
    """A snapshot with about ``triples`` statements; its other files are those of ``sample``."""
    quads = sample.read(CANONICAL).decode().splitlines()
    files = {name: sample.read(name) for name in sample.files}
    lines = sorted(multiply(quads, sample.facts.base, triples))
    files[CANONICAL] = ("\n".join(lines) + "\n").encode()
    write(store, files, replace(sample.facts, triples=len(lines)))
    return open_snapshot(store)


def served(snapshot: Snapshot) -> list[str]:
    """The quads that the service answers from: the dataset and its catalogue."""
    return [
        quad
        for name in sorted(snapshot.files)
        if name in (CANONICAL, "catalogue.nq")
        for quad in snapshot.read(name).decode().splitlines()
    ]


def multiply(quads: Sequence[str], base: str, triples: int) -> Iterator[str]:
    """The quads, then whole copies of what is copied, until there are about ``triples``."""
    yield from quads
    templates = _templates(quads, base)
    for number in range(1, 1 + round((triples - len(quads)) / len(templates))):
        for template in templates:
            # The three places: a slug's end, an identifier's digits, the end of a label.
            line = template.replace("\0", f"-x{number}").replace("\1", f"{number:05}")
            yield line.replace("\2", f" {number}")


def _templates(quads: Sequence[str], base: str) -> list[str]:
    """The quads that a copy repeats, with control characters where it differs."""
    own = _copied(quads, base)
    elsewhere = {
        match[1]
        for quad in quads
        if quad.partition(" ")[0][1:-1] in own and (match := _MATCH.match(quad)) and match[1] not in own
    }

    def renamed(match: re.Match[str]) -> str:
        iri = match[1]
        if iri in own:
            return f"<{iri}\0>"
        if iri in elsewhere:
            return f"<{iri.rstrip('/')}\1{'/' if iri.endswith('/') else ''}>"
        return match[0]

    found = []
    for quad in quads:
        template = _IRI.sub(renamed, quad)
        if template != quad:
            found.append(_LABEL.sub("\\1\2\\2", template))
    return found


def _copied(quads: Sequence[str], base: str) -> set[str]:
    """The things that are copied: subjects of the data, save countries and what is said of their links."""
    vocabulary_graph = f"<{base}graph/vocabulary> ."
    subjects = {
        quad.partition(" ")[0][1:-1]
        for quad in quads
        if quad.startswith(f"<{base}id/") and not quad.endswith(vocabulary_graph)
    }
    shared = {iri for iri in subjects if iri.startswith(f"{base}id/country/")}
    for quad in quads:
        if (match := _MAPPING.match(quad)) and match[2] in shared:
            shared.add(match[1])
    return subjects - shared
