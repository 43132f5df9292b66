"""Names as they are compared: without case, marks and signs, in every script."""

from __future__ import annotations

import functools
import re
import unicodedata

SAME = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
}  # fmt: skip
"""Letters that count as others in every language, though no mark tells so."""
# What some write for a letter with a mark, or for one of its own.
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
# Apostrophes, accents in their place, single and double quotation marks, modifier letters, primes.
_APOSTROPHES = re.compile("['\"`´\u02b9-\u02df\u02ee\u055a\u05f3\u05f4‘-‟′-‷‹›«»\u0374\ua78b\ua78c＇＂｀]")
_SIGNS = re.compile("[^a-z0-9]")
_INVISIBLE = re.compile("[\ufe00-\ufe0f]")


def fold(text: str) -> str:
    """Lower case, plain letters of any width, no marks, no apostrophes; other signs are blanks.

    A vowel sign of a script that writes vowels as signs is no mark: it stays.
    """
    if not text.isascii():
        letters = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).casefold()).casefold()
        return " ".join("".join(map(_folded, unicodedata.normalize("NFKD", letters))).split())
    return " ".join(_SIGNS.sub(" ", _APOSTROPHES.sub("", text).lower()).split())


def spellings(text: str) -> tuple[str, ...]:
    """The folded text, and the same with letters spelled out (``ö`` as ``oe``) where it has such."""
    folded, lower = fold(text), unicodedata.normalize("NFKC", text).lower()
    spelled = lower.translate(_SPELLED)
    return (folded,) if spelled == lower else tuple(dict.fromkeys((folded, fold(spelled))))


def words(text: str) -> frozenset[str]:
    """The folded words of a text in each of its spellings, also of what an apostrophe parts."""
    return frozenset(
        word
        for form in {text, _APOSTROPHES.sub(" ", text)}
        for spelling in spellings(form)
        for word in spelling.split()
    )


def compact(text: str) -> tuple[str, ...]:
    """The spellings of a text without blanks: a name may be written in one word or in two."""
    return tuple(spelling.replace(" ", "") for spelling in spellings(text))


@functools.lru_cache(maxsize=4096)
def _folded(letter: str) -> str:
    if letter in SAME:
        return SAME[letter]
    if letter.isalnum():
        return letter
    category = unicodedata.category(letter)
    if unicodedata.combining(letter) or category == "Cf" or _INVISIBLE.match(letter):
        return ""
    return letter if category in {"Mn", "Mc"} else " "
