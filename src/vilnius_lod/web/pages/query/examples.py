"""The example queries that come with a snapshot, with their titles in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ....i18n.language import Language, Text
from ....rdf.terms import RDF_LANG_STRING, Literal
from ....snapshot import Snapshot

_HEADER = re.compile(r"# (title|note)@([a-z]{2,8}): (.+)")


class Example(NamedTuple):
    """``name`` is the file's; the query is without its header lines."""

    name: str
    title: Text
    note: Text | None
    query: str


def examples(snapshot: Snapshot, language: Language) -> Sequence[Example]:
    """All of them, in alphabetical order."""
    queries = [
        read(path.removeprefix("queries/").removesuffix(".rq"), snapshot.read(path).decode(), language)
        for path in snapshot.files
        if path.startswith("queries/")
    ]
    return sorted(queries, key=lambda example: language.sort_key(example.title.value))


def read(name: str, text: str, language: Language) -> Example:
    """An example from its file: ``# title@en: …`` and ``# note@en: …`` precede the query."""
    texts: Mapping[str, list[Literal]] = {"title": [], "note": []}
    lines = text.splitlines()
    while lines and (header := _HEADER.fullmatch(lines[0])):
        texts[header[1]].append(Literal(header[3], RDF_LANG_STRING, header[2]))
        del lines[0]
    title = language.pick(texts["title"]) or Text(name)
    return Example(name, title, language.pick(texts["note"]), "\n".join(lines).strip() + "\n")
