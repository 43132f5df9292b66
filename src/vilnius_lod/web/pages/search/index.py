"""Finds things by name: by prefixes of words, ignoring diacritics, in every script. Pure.

The work of a search is bounded: the number of its words is, and each is looked up in sorted lists.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from ....i18n.letters import compact, fold, spellings, words
from .similar import LEAST, Like, Similar

MAX_QUESTION_LENGTH = 100
"""Characters; the rest of a query is ignored."""
MAX_WORDS = 10
"""Words of a query that are used."""
_FEW = 3
_FOREIGN_RANKS = {1, 3, 5}
"""The ranks (:meth:`Index._matches`) of matches by names of other sources."""
_LAST = "\U0010ffff"


class ForeignName(NamedTuple):
    """The name of a thing in another source. ``languages`` is empty if the source states none."""

    text: str
    languages: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A searchable thing: ``names`` are its own, ``texts`` other texts by which it is found, ``further`` its
    names in other sources, ``related`` the things by whose names it is also found (and by the names of their
    related things). ``rank`` is the order of its kind.
    """

    iri: str
    kind: str
    rank: int
    names: tuple[str, ...]
    texts: tuple[str, ...] = ()
    further: tuple[ForeignName, ...] = ()
    related: tuple[str, ...] = ()


class SearchMatch(NamedTuple):
    """A thing that was found, and the name of another source by which it was found, if not by its own."""

    entry: Entry
    by: ForeignName | None = None


class Partial(NamedTuple):
    """The matches without some of the words."""

    without: tuple[str, ...]
    matches: Sequence[SearchMatch]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The results of a query. Without ``matches``: the matches of most of its words, queries with matches,
    and the things with the most similar names. ``read`` is the part of the query that was used.
    """

    read: str
    matches: Sequence[SearchMatch] = ()
    partial: Sequence[Partial] = ()
    corrected: Sequence[str] = ()
    alike: Sequence[Entry] = ()


class _Word(NamedTuple):
    """A word of a query, as written and in its spellings."""

    written: str
    forms: tuple[str, ...]


class _Hits(NamedTuple):
    """The matches of a word: things by their own names, foreign names, things by either, or by anything."""

    own: Set[int]
    further: Set[int]
    named: Set[int]
    all: Set[int]


class _Vocabulary:
    """Folded words or names, with the numbers of the entries or names that contain them."""

    def __init__(self, texts: Iterable[Iterable[str]], parts: Callable[[str], Iterable[str]]) -> None:
        self.numbers: dict[str, set[int]] = defaultdict(set)
        for number, own_texts in enumerate(texts):
            for part in {part for text in own_texts for part in parts(text) if part}:
                self.numbers[part].add(number)
        self._sorted = sorted(self.numbers)

    def exactly(self, forms: Iterable[str]) -> set[int]:
        return {number for form in forms for number in self.numbers.get(form, ())}

    def beginning(self, forms: Iterable[str]) -> set[int]:
        return {
            number
            for form in forms
            for word in self._sorted[
                bisect_left(self._sorted, form) : bisect_left(self._sorted, form + _LAST)
            ]
            for number in self.numbers[word]
        }

    def containing(self, form: str) -> set[int]:
        return {number for word, numbers in self.numbers.items() if form in word for number in numbers}


class Index:
    """Entries, prepared for searching. ``decades`` are the ways to write a decade, ``0000`` for its year:
    ``0000s`` matches any of its years.
    """

    def __init__(self, entries: Iterable[Entry], decades: Iterable[str] = ()) -> None:
        self._entries = list(entries)
        self._numbers = {entry.iri: number for number, entry in enumerate(self._entries)}
        self._further = [
            (number, name) for number, entry in enumerate(self._entries) for name in entry.further
        ]
        own = [entry.names for entry in self._entries]
        further = [(name.text,) for _, name in self._further]
        texts = [entry.texts for entry in self._entries]
        self._own_words, self._own_names = _Vocabulary(own, words), _Vocabulary(own, compact)
        self._further_words, self._further_names = _Vocabulary(further, words), _Vocabulary(further, compact)
        self._text_words = _Vocabulary(texts, words)
        self._similar = Similar(chain(*own, *texts), chain(*further))
        self._order = [(entry.rank, tuple(map(fold, entry.names)), entry.iri) for entry in self._entries]
        self._led_to: dict[int, set[int]] = defaultdict(set)
        for number, entry in enumerate(self._entries):
            for other in self._reached(entry):
                self._led_to[other].add(number)
        self._decades = [_decade_pattern(text) for text in decades]

    def _reached(self, entry: Entry) -> set[int]:
        """The things to which an entry is related, directly or through others."""
        reached: set[int] = set()
        pending = [entry]
        while pending:
            related = {iri for other in pending for iri in other.related if iri in self._numbers}
            new = {self._numbers[iri] for iri in related} - reached
            reached |= new
            pending = [self._entries[number] for number in new]
        return reached

    def find(self, query: str) -> SearchAnswer:
        """The matches of a query, best first: things with all its words, each as a prefix of a word."""
        read = " ".join(query[:MAX_QUESTION_LENGTH].split())
        query_words = self._query_words(read)
        if len(query_words) > MAX_WORDS:
            query_words = query_words[:MAX_WORDS]
            read = " ".join(word.written for word in query_words)
        if not query_words:
            return SearchAnswer(read)
        hits = [self._hits(word) for word in query_words]
        if matches := self._matches(query_words, hits):
            return SearchAnswer(read, matches)
        likes = [self._similar.to(word.forms[0]) for word in query_words[:_FEW]]
        return SearchAnswer(
            read,
            partial=self._partial(query_words, hits),
            corrected=self._corrected(query_words, hits, likes),
            alike=self._alike(likes),
        )

    def _query_words(self, query: str) -> list[_Word]:
        for decade in self._decades:
            query = decade.sub(r"\1", query)
        parsed = []
        for token in query.split():
            spelled = [spelling.split() for spelling in spellings(token)]
            for forms in zip(*spelled, strict=False):
                written = token.strip(".,;:!?()[]") if len(spelled[0]) == 1 else forms[0]
                parsed.append(_Word(written, tuple(dict.fromkeys(forms))))
        return list({word.forms: word for word in parsed}.values())

    def _hits(self, word: _Word) -> _Hits:
        own = self._own_words.beginning(word.forms)
        further = self._further_words.beginning(word.forms)
        # In scripts without capitals words are often not separated by spaces, or have prefixes.
        if word.written.lower() == word.written.upper() and not word.written.isascii():
            own |= self._own_names.containing(word.forms[0])
            further |= self._further_names.containing(word.forms[0])
        named = own | self._owners(further)
        reached = named | self._text_words.beginning(word.forms)
        led_to = {number for thing in reached for number in self._led_to.get(thing, ())}
        return _Hits(own, further, named, reached | led_to)

    def _matches(self, query_words: Sequence[_Word], hits: Sequence[_Hits]) -> list[SearchMatch]:
        """Things with all the words: first those with exactly this name, then those with it as a prefix."""
        whole = tuple(
            "".join(forms) for forms in zip(*_even([word.forms for word in query_words]), strict=True)
        )
        exact, beginning = self._further_names.exactly(whole), self._further_names.beginning(whole)
        order = [
            self._own_names.exactly(whole),
            self._owners(exact),
            self._own_names.beginning(whole),
            self._owners(beginning),
            _common(hit.own for hit in hits),
            _common(hit.named for hit in hits),
            _common(hit.all for hit in hits),
        ]
        ranks: dict[int, int] = {}
        for rank, numbers in enumerate(order):
            for number in numbers:
                ranks.setdefault(number, rank)
        leading = self._leading([exact, beginning, *(hit.further for hit in hits)])
        return [
            SearchMatch(
                self._entries[number], leading.get(number) if ranks[number] in _FOREIGN_RANKS else None
            )
            for number in sorted(ranks, key=lambda number: (ranks[number], self._order[number]))
        ]

    def _leading(self, numbers: Iterable[Set[int]]) -> dict[int, ForeignName]:
        """For each thing the name of another source by which it was found most often."""
        times = Counter(chain.from_iterable(numbers))
        best: dict[int, ForeignName] = {}
        for number in sorted(times, key=lambda number: (-times[number], len(self._further[number][1].text))):
            owner, name = self._further[number]
            best.setdefault(owner, name)
        return best

    def _owners(self, further: Iterable[int]) -> set[int]:
        return {self._further[number][0] for number in further}

    def _partial(self, query_words: Sequence[_Word], hits: Sequence[_Hits]) -> list[Partial]:
        """The matches of as many words as possible, for each selection; unknown words are dropped first."""
        lacking: dict[int, list[int]] = {}
        for number in set().union(*(hit.all for hit in hits)):
            lacking[number] = [place for place, hit in enumerate(hits) if number not in hit.all]
        fewest = min(map(len, lacking.values()), default=len(query_words))
        choices = {tuple(places) for places in lacking.values() if len(places) == fewest < len(query_words)}
        ordered = sorted(choices, key=lambda places: (sum(bool(hits[place].all) for place in places), places))
        partial = []
        for places in ordered[:_FEW]:
            kept = [place for place in range(len(query_words)) if place not in places]
            matches = self._matches([query_words[place] for place in kept], [hits[place] for place in kept])
            partial.append(Partial(tuple(query_words[place].written for place in places), matches))
        return partial

    def _corrected(
        self, query_words: Sequence[_Word], hits: Sequence[_Hits], likes: Sequence[Sequence[Like]]
    ) -> list[str]:
        """The query with known words in place of unknown ones."""
        unknown = [place for place, hit in enumerate(hits) if not hit.all]
        if not unknown or unknown[-1] >= len(likes):
            return []
        near = {place: self._similar.near(query_words[place].forms[0], likes[place]) for place in unknown}
        if not all(near.values()):
            return []
        corrected = []
        for attempt in range(_FEW):
            texts = [word.written for word in query_words]
            for place, others in near.items():
                texts[place] = others[min(attempt, len(others) - 1)]
            if _common(self._hits(word).all for word in self._query_words(" ".join(texts))):
                corrected.append(" ".join(texts))
        return list(dict.fromkeys(corrected))

    def _alike(self, likes: Sequence[Sequence[Like]], most: int = 5) -> list[Entry]:
        """The things with the names that are most similar to the words."""
        scores: dict[int, float] = defaultdict(float)
        for similar_words in likes:
            best: dict[int, float] = {}
            for word, score in similar_words:
                named = self._own_words.numbers.get(word, set())
                for thing in named | self._owners(self._further_words.numbers.get(word, ())):
                    best.setdefault(thing, score)
            for thing, score in best.items():
                scores[thing] += score / len(likes)
        alike = [thing for thing, score in scores.items() if score >= LEAST]
        alike.sort(key=lambda thing: (-scores[thing], self._order[thing]))
        return [self._entries[thing] for thing in alike[:most]]


def begins(prefixes: Iterable[str], words: Iterable[str]) -> bool:
    """Whether each of the words is a prefix of one of the others."""
    words = tuple(words)
    return all(any(word.startswith(prefix) for word in words) for prefix in prefixes)


def _decade_pattern(text: str) -> re.Pattern[str]:
    """A pattern for a decade in a query; its group is the first three digits of the years."""
    pattern = fold(text).replace(" ", r"\W").replace("0000", "([0-9]{3})0")
    return re.compile(rf"\b{pattern}(?!\w)", re.IGNORECASE)


def _common(sets: Iterable[Set[int]]) -> Set[int]:
    first, *others = sets
    return set(first).intersection(*others)


def _even(forms: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The spellings of each word, equally many of each: the first is repeated as needed."""
    most = max(map(len, forms))
    return [spellings + spellings[:1] * (most - len(spellings)) for spellings in forms]
