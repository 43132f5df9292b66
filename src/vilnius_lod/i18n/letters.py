"""Names in the form in which they are compared: without case, marks and punctuation, in every script."""

from __future__ import annotations

import functools
import re
import unicodedata

EQUIVALENTS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
}  # fmt: skip
"""Letters that are equivalent to others in every language, though Unicode does not decompose them."""
# Common spellings without the letter, as in German and the Nordic languages.
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
# Apostrophes, accents in their place, single and double quotation marks, modifier letters, primes.
_APOSTROPHES = re.compile("['\"`´\u02b9-\u02df\u02ee\u055a\u05f3\u05f4‘-‟′-‷‹›«»\u0374\ua78b\ua78c＇＂｀]")
_PUNCTUATION = re.compile("[^a-z0-9]")
_INVISIBLE = re.compile("[\ufe00-\ufe0f]")


def fold(text: str) -> str:
    """Lower case, plain letters of any width, no marks, no apostrophes; other punctuation becomes blanks.

    Vowel signs of scripts that write vowels so are not marks: they stay.
    """
    if not text.isascii():
        letters = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).casefold()).casefold()
        return " ".join("".join(map(_folded, unicodedata.normalize("NFKD", letters))).split())
    return " ".join(_PUNCTUATION.sub(" ", _APOSTROPHES.sub("", text).lower()).split())


def spellings(text: str) -> tuple[str, ...]:
    """The folded text, and the same with letters spelled out (``ö`` as ``oe``) if it has such letters."""
    folded, lower = fold(text), unicodedata.normalize("NFKC", text).lower()
    spelled = lower.translate(_SPELLED)
    return (folded,) if spelled == lower else tuple(dict.fromkeys((folded, fold(spelled))))


def words(text: str) -> frozenset[str]:
    """The folded words of a text in each of its spellings, with apostrophes dropped and as word breaks."""
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
    if letter in EQUIVALENTS:
        return EQUIVALENTS[letter]
    if letter.isalnum():
        return letter
    category = unicodedata.category(letter)
    if unicodedata.combining(letter) or category == "Cf" or _INVISIBLE.match(letter):
        return ""
    return letter if category in {"Mn", "Mc"} else " "
