"""Finding things by what they are called: by beginnings of words, without marks, in every script. Pure.

The work of a search is bounded: its words are, and each is looked up in sorted lists.
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
"""Characters; the rest of a question is ignored."""
MAX_WORDS = 10
"""Words of a question that are looked for."""
_FEW = 3
_BY_OTHERS = {1, 3, 5}
"""Of the ways in which a thing is found (:meth:`Index._matches`) those by names of other sources."""
_LAST = "\U0010ffff"


class ForeignName(NamedTuple):
    """What a source calls a thing: not our name for it. ``languages`` are empty where the source has none."""

    text: str
    languages: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing that can be found: ``names`` are its own, ``texts`` other words that lead to it, ``further``
    names those of other sources, ``related`` the things by whose names it is found too (and by those of what
    these are related to). ``rank`` is the order of its kind.
    """

    iri: str
    kind: str
    rank: int
    names: tuple[str, ...]
    texts: tuple[str, ...] = ()
    further: tuple[ForeignName, ...] = ()
    related: tuple[str, ...] = ()


class SearchMatch(NamedTuple):
    """A thing that was found, and the name of another source that led to it, if none of its own did."""

    entry: Entry
    by: ForeignName | None = None


class Partial(NamedTuple):
    """What is found without some of the words."""

    without: tuple[str, ...]
    matches: Sequence[SearchMatch]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What a question finds. Without ``matches``: what most of its words find, questions that would find
    something, and the things whose names are most alike. ``read`` is what was looked for of the question.
    """

    read: str
    matches: Sequence[SearchMatch] = ()
    partial: Sequence[Partial] = ()
    corrected: Sequence[str] = ()
    alike: Sequence[Entry] = ()


class _Word(NamedTuple):
    """A word of a question, as written and in its spellings."""

    written: str
    forms: tuple[str, ...]


class _Hits(NamedTuple):
    """What a word finds: things by their own names, names of other sources, things by either, or at all."""

    own: Set[int]
    further: Set[int]
    named: Set[int]
    all: Set[int]


class _Vocabulary:
    """Folded words, or names, and the numbers of what they belong to."""

    def __init__(self, texts: Iterable[Iterable[str]], parts: Callable[[str], Iterable[str]]) -> None:
        self.numbers: dict[str, set[int]] = defaultdict(set)
        for number, those in enumerate(texts):
            for part in {part for text in those for part in parts(text) if part}:
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
    """Entries, ready to be asked. ``decades`` are the ways in which people write one, ``0000`` for its year:
    ``0000s`` finds what is of any of its years.
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
        self._decades = [_decade(way) for way in decades]

    def _reached(self, entry: Entry) -> set[int]:
        """The things that it is related to, and those that they are."""
        found: set[int] = set()
        ahead = [entry]
        while ahead:
            new = {self._numbers[iri] for one in ahead for iri in one.related if iri in self._numbers} - found
            found |= new
            ahead = [self._entries[number] for number in new]
        return found

    def find(self, question: str) -> SearchAnswer:
        """What the question finds, best first: things with all its words, each as the beginning of a word."""
        read = " ".join(question[:MAX_QUESTION_LENGTH].split())
        asked = self._asked(read)
        if len(asked) > MAX_WORDS:
            asked = asked[:MAX_WORDS]
            read = " ".join(word.written for word in asked)
        if not asked:
            return SearchAnswer(read)
        hits = [self._hits(word) for word in asked]
        if matches := self._matches(asked, hits):
            return SearchAnswer(read, matches)
        likes = [self._similar.to(word.forms[0]) for word in asked[:_FEW]]
        return SearchAnswer(
            read,
            partial=self._partial(asked, hits),
            corrected=self._corrected(asked, hits, likes),
            alike=self._alike(likes),
        )

    def _asked(self, question: str) -> list[_Word]:
        for decade in self._decades:
            question = decade.sub(r"\1", question)
        found = []
        for token in question.split():
            spelled = [spelling.split() for spelling in spellings(token)]
            for forms in zip(*spelled, strict=False):
                written = token.strip(".,;:!?()[]") if len(spelled[0]) == 1 else forms[0]
                found.append(_Word(written, tuple(dict.fromkeys(forms))))
        return list({word.forms: word for word in found}.values())

    def _hits(self, word: _Word) -> _Hits:
        own = self._own_words.beginning(word.forms)
        further = self._further_words.beginning(word.forms)
        # In a script without capitals words are often not parted by blanks, or have something before them.
        if word.written.lower() == word.written.upper() and not word.written.isascii():
            own |= self._own_names.containing(word.forms[0])
            further |= self._further_names.containing(word.forms[0])
        named = own | self._owners(further)
        reached = named | self._text_words.beginning(word.forms)
        led_to = {number for thing in reached for number in self._led_to.get(thing, ())}
        return _Hits(own, further, named, reached | led_to)

    def _matches(self, asked: Sequence[_Word], hits: Sequence[_Hits]) -> list[SearchMatch]:
        """Things with all the words: first those that are called just so, then those whose names begin so."""
        whole = tuple("".join(forms) for forms in zip(*_even([word.forms for word in asked]), strict=True))
        just_so, beginning_so = self._further_names.exactly(whole), self._further_names.beginning(whole)
        order = [
            self._own_names.exactly(whole),
            self._owners(just_so),
            self._own_names.beginning(whole),
            self._owners(beginning_so),
            _common(hit.own for hit in hits),
            _common(hit.named for hit in hits),
            _common(hit.all for hit in hits),
        ]
        places: dict[int, int] = {}
        for place, numbers in enumerate(order):
            for number in numbers:
                places.setdefault(number, place)
        leading = self._leading([just_so, beginning_so, *(hit.further for hit in hits)])
        return [
            SearchMatch(self._entries[number], leading.get(number) if places[number] in _BY_OTHERS else None)
            for number in sorted(places, key=lambda number: (places[number], self._order[number]))
        ]

    def _leading(self, found: Iterable[Set[int]]) -> dict[int, ForeignName]:
        """For each thing the name of another source that led to it: the one that was found most often."""
        times = Counter(chain.from_iterable(found))
        best: dict[int, ForeignName] = {}
        for number in sorted(times, key=lambda number: (-times[number], len(self._further[number][1].text))):
            owner, name = self._further[number]
            best.setdefault(owner, name)
        return best

    def _owners(self, further: Iterable[int]) -> set[int]:
        return {self._further[number][0] for number in further}

    def _partial(self, asked: Sequence[_Word], hits: Sequence[_Hits]) -> list[Partial]:
        """What is found with as many words as possible, for each choice of these; unknown words go first."""
        lacking: dict[int, list[int]] = {}
        for number in set().union(*(hit.all for hit in hits)):
            lacking[number] = [place for place, hit in enumerate(hits) if number not in hit.all]
        fewest = min(map(len, lacking.values()), default=len(asked))
        choices = {tuple(places) for places in lacking.values() if len(places) == fewest < len(asked)}
        known = sorted(choices, key=lambda places: (sum(bool(hits[place].all) for place in places), places))
        found = []
        for places in known[:_FEW]:
            kept = [place for place in range(len(asked)) if place not in places]
            matches = self._matches([asked[place] for place in kept], [hits[place] for place in kept])
            found.append(Partial(tuple(asked[place].written for place in places), matches))
        return found

    def _corrected(
        self, asked: Sequence[_Word], hits: Sequence[_Hits], likes: Sequence[Sequence[Like]]
    ) -> list[str]:
        """The question with words that exist, in place of those that do not."""
        unknown = [place for place, hit in enumerate(hits) if not hit.all]
        if not unknown or unknown[-1] >= len(likes):
            return []
        near = {place: self._similar.near(asked[place].forms[0], likes[place]) for place in unknown}
        if not all(near.values()):
            return []
        found = []
        for turn in range(_FEW):
            texts = [word.written for word in asked]
            for place, others in near.items():
                texts[place] = others[min(turn, len(others) - 1)]
            if _common(self._hits(word).all for word in self._asked(" ".join(texts))):
                found.append(" ".join(texts))
        return list(dict.fromkeys(found))

    def _alike(self, likes: Sequence[Sequence[Like]], most: int = 5) -> list[Entry]:
        """The things with a name that is most like the words."""
        scores: dict[int, float] = defaultdict(float)
        for of_word in likes:
            best: dict[int, float] = {}
            for word, score in of_word:
                named = self._own_words.numbers.get(word, set())
                for thing in named | self._owners(self._further_words.numbers.get(word, ())):
                    best.setdefault(thing, score)
            for thing, score in best.items():
                scores[thing] += score / len(likes)
        alike = [thing for thing, score in scores.items() if score >= LEAST]
        alike.sort(key=lambda thing: (-scores[thing], self._order[thing]))
        return [self._entries[thing] for thing in alike[:most]]


def begins(asked: Iterable[str], among: Iterable[str]) -> bool:
    """Is each of the words the beginning of one of those?"""
    among = tuple(among)
    return all(any(other.startswith(word) for other in among) for word in asked)


def _decade(way: str) -> re.Pattern[str]:
    """Finds a decade, written in a way, in a question; its one group is what its years begin with."""
    pattern = fold(way).replace(" ", r"\W").replace("0000", "([0-9]{3})0")
    return re.compile(rf"\b{pattern}(?!\w)", re.IGNORECASE)


def _common(sets: Iterable[Set[int]]) -> Set[int]:
    first, *others = sets
    return set(first).intersection(*others)


def _even(forms: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The spellings of each word, as many of each: the first stands for what a word lacks."""
    most = max(map(len, forms))
    return [one + one[:1] * (most - len(one)) for one in forms]
