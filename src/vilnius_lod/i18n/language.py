"""Texts, names, dates and alphabets in the reader's language: texts come from ``locale/*.po``, sorting from
``languages.toml``, dates from CLDR.
"""

from __future__ import annotations

import datetime
import functools
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from babel import dates, numbers
from babel.lists import format_list

from ..edtf import Edtf
from ..rdf.terms import Literal, Term
from . import cldr
from .letters import EQUIVALENTS
from .messages import TEMPLATE_LANGUAGE, catalog, translations


@dataclass(frozen=True, slots=True)
class Text:
    """A text and the tag of the language it really is in (empty: none)."""

    value: str
    language: str = ""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the dataset, ``tag``, and the order in which other languages replace it."""

    tag: str
    order: tuple[str, ...]

    @property
    def interface(self) -> str:
        """The language of messages: English if the interface is not translated into this one."""
        return self.tag if catalog(self.tag) else TEMPLATE_LANGUAGE

    def __call__(self, message: str, /, **values: object) -> str:
        """The message of the user interface, its ``{names}`` filled in."""
        text = translations(self.tag).gettext(message)
        return text.format_map(values) if values else text

    def plural(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """The message for ``n`` things; ``{n}`` is the number as the language writes it."""
        text = translations(self.tag).ngettext(singular, plural, n)
        return text.format_map({"n": self.number(n), **values})

    def pick(self, terms: Iterable[Term]) -> Text | None:
        """The literal for this reader: in this language, else the dataset's in order, untagged, or any."""
        literals = sorted((t for t in terms if isinstance(t, Literal)), key=lambda t: (t.language, t.value))
        for tag in (self.tag, *self.order, ""):
            for literal in literals:
                # Tags are case-insensitive (RDF 1.1 Concepts, section 3.3), and stores change their case.
                if literal.language.lower() == tag.lower():
                    return Text(literal.value, tag)
        return Text(literals[0].value, literals[0].language) if literals else None

    def number(self, value: int) -> str:
        """An integer with the language's separators."""
        return numbers.format_decimal(value, locale=cldr.locale(self.tag))

    def date(self, lexical: str) -> str:
        """A date of level 0 in words, no more precise than it is; anything else unchanged."""
        try:
            edtf = Edtf(lexical)
        except ValueError:
            return lexical
        locale = cldr.locale(self.tag)
        if edtf.precision == "day":
            return dates.format_date(datetime.date.fromisoformat(lexical), "long", locale=locale)
        if edtf.precision == "month":
            first = datetime.date.fromisoformat(f"{lexical}-01")
            return dates.format_skeleton("yMMMM", first, locale=locale)
        return lexical

    def list(self, parts: Sequence[str]) -> str:
        """Several texts as one: ``a, b and c``."""
        return format_list(list(parts), locale=cldr.locale(self.tag))

    def name_of(self, tag: str) -> str:
        """What a language calls itself (``lietuvių``), or its tag."""
        return cldr.name(tag)

    def sort_key(self, text: str) -> tuple[tuple[tuple[str, int], ...], str]:
        """Sorts texts by this language's alphabet."""
        rank = _alphabet(self.tag)
        composed = unicodedata.normalize("NFC", text.lower())
        letters = (letter for letter in composed if letter.isalnum() or letter.isspace())
        return tuple(part for letter in letters for part in rank(letter)), text


def choose(offered: Sequence[str], tag: str | None) -> Language:
    """The language with this tag, or the dataset's first."""
    chosen = tag if tag and tag in offered else offered[0]
    return Language(chosen, (chosen, *(other for other in offered if other != chosen)))


def elapsed(lexical: str, until: str) -> tuple[int, bool]:
    """Whole years from one date to another, and whether that is exact: both are whole dates."""
    exact = len(lexical) == len(until) == len("1998-03-03")
    years = int(until[:4]) - int(lexical[:4])
    return years - (exact and until[5:] < lexical[5:]), exact


@functools.cache
def _alphabet(tag: str) -> Callable[[str], tuple[tuple[str, int], ...]]:
    """For a lower-case letter: the letters it is sorted as, each with whether it comes after them."""
    after: Mapping[str, str] = cldr.table(tag).get("after", {})
    same: Mapping[str, str] = {**EQUIVALENTS, **cldr.table(tag).get("as", {})}

    @functools.cache
    def rank(letter: str) -> tuple[tuple[str, int], ...]:
        if letter in after:
            return ((after[letter], 1),)
        bare = unicodedata.normalize("NFD", letter)[:1]
        return tuple((equivalent, 0) for equivalent in same.get(letter, same.get(bare, bare)))

    return rank
