"""Finding things by what they are called: by beginnings of words, without marks, in every language. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SIMILAR = 0.55
"""How alike words must be to those asked for, to be suggested: from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing that can be found: ``names`` are its own, ``context`` other words that lead to it.
    ``rank`` is the order of its kind.
    """

    iri: str
    kind: str
    rank: int
    names: tuple[str, ...]
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Folded:
    entry: Entry
    names: tuple[str, ...]
    own: frozenset[str]
    words: frozenset[str]


class Index:
    """Entries, ready to be asked. ``same`` are letters that are found as others (``ł`` as ``l``)."""

    def __init__(self, entries: Iterable[Entry], same: Mapping[str, str]) -> None:
        self._same = same
        self._entries = [self._folded(entry) for entry in entries]

    def find(self, text: str) -> list[Entry]:
        """The entries with all the words of ``text``, each as the beginning of one of theirs; best first."""
        asked = fold(text, self._same)
        words = asked.split()
        if not words:
            return []
        found = [
            (self._rank(asked, words, one), one.entry.rank, one.names, one.entry.iri, one.entry)
            for one in self._entries
            if begins(words, one.words)
        ]
        return [entry[-1] for entry in sorted(found, key=lambda entry: entry[:-1])]

    def suggest(self, text: str, most: int = 5) -> list[Entry]:
        """The entries whose own names are most like ``text``: for when nothing was found."""
        asked = fold(text, self._same).split()
        alike = [
            (-_likeness(asked, one.own), one.entry.rank, one.entry.iri, one.entry) for one in self._entries
        ]
        found = sorted((entry for entry in alike if -entry[0] >= SIMILAR), key=lambda entry: entry[:-1])
        return [entry[-1] for entry in found][:most]

    def _folded(self, entry: Entry) -> _Folded:
        names = tuple(fold(name, self._same) for name in entry.names)
        own = frozenset(word for name in names for word in name.split())
        context = (word for text in entry.context for word in fold(text, self._same).split())
        return _Folded(entry, names, own, own | frozenset(context))

    @staticmethod
    def _rank(asked: str, words: Sequence[str], one: _Folded) -> int:
        """0 for the very name, then names that begin so, then names with the words, then the rest."""
        if asked in one.names:
            return 0
        if any(name.startswith(asked) for name in one.names):
            return 1
        return 2 if begins(words, one.own) else 3


def fold(text: str, same: Mapping[str, str]) -> str:
    """Lower case, without marks, signs as blanks: what counts when things are looked for."""
    letters = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(same.get(letter, letter) for letter in letters if not unicodedata.combining(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in plain).split())


def begins(words: Iterable[str], among: Iterable[str]) -> bool:
    """Is each of the words the beginning of one of those?"""
    among = tuple(among)
    return all(any(other.startswith(word) for other in among) for word in words)


def _likeness(asked: Sequence[str], words: Iterable[str]) -> float:
    """How alike the words are to those asked for, on the average: 0 to 1."""
    found = [
        max((SequenceMatcher(None, word, other).ratio() for other in words), default=0.0) for word in asked
    ]
    return sum(found) / len(found) if found else 0.0
