"""Content negotiation (RFC 9110, 12.5): which of the offers does a header ask for? Pure functions.

A header that is absent, empty or unreadable throughout asks for nothing: the first offer is the default.
None means that the header is there and none of the offers will do.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...formats import ALSO, PAGES, RDF_TYPES

_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_MEDIA_RANGE = re.compile(rf"({_WORD})/({_WORD})")
_LANGUAGE_RANGE = re.compile(r"\*|[a-z]{1,8}(-[a-z0-9]{1,8})*")
_PARAMETER = re.compile(rf'({_WORD})=({_WORD}|"(?:[^"\\]|\\.)*")')
_QUALITY = re.compile(r"0(\.[0-9]*)?|1(\.0*)?")
_LONGEST = 8192
"""What stands after so many characters is not read: no client has that much to say."""
_ANYTHING, _SOME_KIND, _NAMED, _OWN = 1, 2, 3, 4
"""How closely a range names an offer: ``*/*``, ``text/*``, what its bytes are as well, its own name."""
_REMEMBERED = 256
"""Most clients send one of a few headers."""


class _Range(NamedTuple):
    value: str
    parameters: frozenset[tuple[str, str]]
    quality: float


def media_type(header: str | None, offers: Sequence[str]) -> str | None:
    """The offered media type (``text/turtle``) that an Accept header prefers.

    An offer takes its quality from the most specific range that covers it. Parameters of a range make it more
    specific where the offer has them and less where it has not, so that ``application/ld+json;profile="…"``
    still finds ``application/ld+json``. A range that names what an offer's bytes are as well (``ALSO``)
    covers it, more closely than a wildcard and less than its own name. Among equals the more specific range
    wins, then the offer that more of the ranges name, then the earlier one.

    A client that names formats of RDF and no page wants RDF: to it ``*/*`` means no page where there is
    RDF, even if it names no format that is offered.
    """
    return _media_type((header or "")[:_LONGEST], tuple(offers))


def language(header: str | None, offers: Sequence[str]) -> str | None:
    """The offered language tag (``lt``) that an Accept-Language header prefers: ``lt-LT`` finds ``lt``.

    Among equals the order of the header decides, as people list languages in the order they like them.
    """
    return _language((header or "")[:_LONGEST], tuple(offers))


@functools.lru_cache(_REMEMBERED)
def _media_type(header: str, offers: tuple[str, ...]) -> str | None:
    ranges = [r for r in _ranges(header) if _MEDIA_RANGE.fullmatch(r.value)]
    if not ranges:
        return offers[0]
    hidden = PAGES if _wants_rdf(ranges) and not RDF_TYPES.isdisjoint(offers) else frozenset()
    ranked = []
    for position, offer in enumerate(offers):
        covering = [
            (level, _fit(r), r.quality)
            for r in ranges
            if (level := _level(r.value, offer)) > _ANYTHING or (level and offer not in hidden)
        ]
        *specificity, quality = max(covering, default=(0, 0, 0.0))
        named = sum(level >= _NAMED and found == quality for level, _, found in covering)
        ranked.append((quality, specificity, named, -position))
    quality, *_, position = max(ranked)
    return offers[-position] if quality else None


@functools.lru_cache(_REMEMBERED)
def _language(header: str, offers: tuple[str, ...]) -> str | None:
    ranges = [r for r in _ranges(header) if _LANGUAGE_RANGE.fullmatch(r.value)]
    if not ranges:
        return offers[0]
    ranked = []
    for position, offer in enumerate(offers):
        found = [(_closeness(r.value, offer.lower()), r.quality, -order) for order, r in enumerate(ranges)]
        closeness, quality, order = max(found)
        if closeness:
            ranked.append((quality, order, -position))
    quality, _, position = max(ranked, default=(0.0, 0, 0))
    return offers[-position] if quality else None


def _ranges(header: str) -> Iterator[_Range]:
    """The readable elements of a header, in lower case; the others are passed over."""
    for element in _split(header, ","):
        value, *rest = (part.strip() for part in _split(element, ";"))
        quality = 1.0
        parameters = set()
        for part in rest:
            found = _PARAMETER.fullmatch(part)
            if not found:
                if part:
                    break
                continue
            name, text = found[1].lower(), found[2].strip('"')
            if name != "q":
                parameters.add((name, text.lower()))
            elif _QUALITY.fullmatch(text):
                quality = float(text)
            else:
                break
        else:
            if value:
                yield _Range(value.lower(), frozenset(parameters), quality)


def _split(text: str, separator: str) -> list[str]:
    """Parts of a text at a separator that stands outside quotation marks."""
    parts = [""]
    quoted = False
    for piece in re.findall(r'\\.|"|[^\\"]+|\\', text):
        if piece == '"':
            quoted = not quoted
        if quoted or separator not in piece:
            parts[-1] += piece
        else:
            first, *others = piece.split(separator)
            parts[-1] += first
            parts += others
    return parts


def _wants_rdf(ranges: Sequence[_Range]) -> bool:
    """Whether some format of RDF is named, and no page."""
    named = {r.value for r in ranges if r.quality}
    return not named.isdisjoint(RDF_TYPES) and named.isdisjoint(PAGES)


def _level(value: str, offer: str) -> int:
    """How closely a range names an offer; 0 if it does not cover it."""
    if value == offer:
        return _OWN
    if value in ALSO.get(offer, ()):
        return _NAMED
    if value == "*/*":
        return _ANYTHING
    return _SOME_KIND if value == f"{offer.partition('/')[0]}/*" else 0


def _fit(range_: _Range) -> int:
    """How well its parameters fit: all text is UTF-8 here, so that every offer has ``charset=utf-8``."""
    matched = sum(parameter == ("charset", "utf-8") for parameter in range_.parameters)
    return 2 * matched - len(range_.parameters)


def _closeness(range_: str, offer: str) -> int:
    """How much of a tag a range names; 0 if they do not meet (RFC 4647: lookup, and filtering)."""
    if range_ == "*":
        return 1
    if range_ == offer:
        return 1000
    if range_.startswith(f"{offer}-"):
        return 1000 - len(range_)
    return 2 + len(range_) if offer.startswith(f"{range_}-") else 0
