"""Hints on features that the embedded engine silently ignores (``hints.toml``), for queries that use them."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ....sparql.guard import resolve, tokenise

FILE = Path(__file__).with_name("hints.toml")


class Hint(NamedTuple):
    """An English message, shown if all ``patterns`` are found, with ``gaps`` only if a value is missing."""

    text: str
    patterns: Sequence[re.Pattern[str]]
    gaps: bool


@functools.cache
def _hints() -> Sequence[Hint]:
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["hint"]
    return [
        Hint(
            entry["text"],
            [re.compile(pattern, re.IGNORECASE) for pattern in entry["patterns"]],
            entry.get("gaps", False),
        )
        for entry in entries
    ]


def hints(query: str, gaps: bool) -> list[str]:
    """The English messages for a query that the engine understood; ``gaps``: some row lacks a value."""
    words = " ".join('""' if token.kind == "string" else token.text for token in tokenise(resolve(query)))
    return [
        hint.text
        for hint in _hints()
        if gaps >= hint.gaps and all(pattern.search(words) for pattern in hint.patterns)
    ]
