"""Words that are similar to a word: with one typo, or with another ending. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from heapq import nsmallest
from itertools import chain, takewhile
from typing import NamedTuple

from ....i18n.letters import fold

LEAST = 0.35
"""The minimum similarity of words, from 0 to 1 (Dice's coefficient of their letter bigrams)."""
_LONGEST = 30
_CANDIDATES = 30
_FEW = 3
_BETWEEN = re.compile(r"[\s\-–—/,.;:!?()\[\]\"„“”«»]+")


class Like(NamedTuple):
    """A folded word and its similarity."""

    word: str
    score: float


class Similar:
    """The words of texts, found by the pairs of letters that they share with another; those of ``better``
    texts are proposed first.
    """

    def __init__(self, better: Iterable[str], texts: Iterable[str]) -> None:
        self._written: dict[str, str] = {}
        self._collect(better)
        self._better = frozenset(self._written)
        self._collect(texts)
        self._by_pair: dict[str, list[str]] = defaultdict(list)
        self._sizes: dict[str, int] = {}
        for word in self._written:
            pairs = _pairs(word)
            self._sizes[word] = len(pairs)
            for pair in pairs:
                self._by_pair[pair].append(word)

    def to(self, word: str) -> list[Like]:
        """The words most similar to a folded word, the most similar first."""
        pairs = _pairs(word[:_LONGEST])
        shared = Counter(chain.from_iterable(self._by_pair.get(pair, ()) for pair in pairs))
        # Words with fewer shared pairs cannot be similar enough, however short they are.
        enough = len(pairs) * LEAST / (2 - LEAST)
        scored = (
            Like(other, 2 * number / (len(pairs) + self._sizes[other]))
            for other, number in shared.items()
            if number >= enough
        )
        similar = (like for like in scored if like.score >= LEAST)
        return nsmallest(_CANDIDATES, similar, key=lambda like: (-like.score, like.word))

    def near(self, word: str, likes: Iterable[Like]) -> list[str]:
        """Of the words like a folded word those that may have been meant, as they are written; of years the
        nearest.
        """
        if word.isdecimal():
            return self._years(word)
        words = [like.word for like in likes if is_near(word, like.word)]
        words.sort(key=lambda other: (other not in self._better, not _is_typo(word, other)))
        return [self._written[other] for other in words[:_FEW]]

    def _collect(self, texts: Iterable[str]) -> None:
        for text in texts:
            for token in _BETWEEN.split(text):
                if (word := fold(token)) and " " not in word:
                    self._written.setdefault(word, token)

    def _years(self, word: str) -> list[str]:
        if len(word) != 4:
            return []
        years = [other for other in self._written if other.isdecimal() and len(other) == 4]
        return sorted(years, key=lambda other: (abs(int(other) - int(word)), other))[:2]


def is_near(word: str, other: str) -> bool:
    """Whether one letter is wrong, missing, superfluous or swapped with its neighbour (in words of five
    letters or more), or only the endings differ.
    """
    start = _shared(word, other)
    endings = max(len(word), len(other)) - start
    return _is_typo(word, other) or (start >= 3 and endings <= 3 and start >= 0.6 * (start + endings))


def _is_typo(word: str, other: str) -> bool:
    if min(len(word), len(other)) < 4 or max(len(word), len(other)) < 5:
        return False
    start = _shared(word, other)
    rest, other_rest = word[start:], other[start:]
    end = _shared(rest[::-1], other_rest[::-1])
    rest, other_rest = rest[: len(rest) - end], other_rest[: len(other_rest) - end]
    return max(len(rest), len(other_rest)) <= 1 or (len(rest) == 2 and rest == other_rest[::-1])


def _shared(word: str, other: str) -> int:
    """The length of the common prefix."""
    pairs = zip(word, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _pairs(word: str) -> frozenset[str]:
    framed = f"^{word}$"
    return frozenset(framed[place : place + 2] for place in range(len(framed) - 1))
