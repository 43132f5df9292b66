"""Content negotiation (RFC 9110, 12.5): which of the offers does a header ask for? Pure functions.

If the header is absent, empty or entirely unreadable, the first offer is the default. None means that the
header accepts none of the offers.
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
_MAX_HEADER_LENGTH = 8192
"""The rest of a longer header is ignored."""
_ANY, _ANY_SUBTYPE, _ALSO, _EXACT = 1, 2, 3, 4
"""How closely a range names an offer: ``*/*``, ``text/*``, a type of :data:`ALSO`, its own type."""
_CACHE_ENTRIES = 256
"""Most clients send one of a few headers."""


class _Range(NamedTuple):
    value: str
    parameters: frozenset[tuple[str, str]]
    quality: float


def media_type(header: str | None, offers: Sequence[str]) -> str | None:
    """The offered media type (``text/turtle``) that an Accept header prefers.

    An offer takes its quality from the most specific range that covers it. Parameters of a range make it more
    specific where the offer has them and less where it has not, so that ``application/ld+json;profile="…"``
    still matches ``application/ld+json``. A range that names another type of an offer's bytes (``ALSO``)
    covers it, more closely than a wildcard and less than its own type. Among equals the more specific range
    wins, then the offer that more of the ranges name, then the earlier one.

    A client that names RDF formats and no page wants RDF: its ``*/*`` does not cover a page where there is
    RDF, even if it names no format that is offered.
    """
    return _media_type((header or "")[:_MAX_HEADER_LENGTH], tuple(offers))


def language(header: str | None, offers: Sequence[str]) -> str | None:
    """The offered language tag (``lt``) that an Accept-Language header prefers: ``lt-LT`` finds ``lt``.

    Among equals the order of the header decides, as people list languages in the order they like them.
    """
    return _language((header or "")[:_MAX_HEADER_LENGTH], tuple(offers))


@functools.lru_cache(_CACHE_ENTRIES)
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
            if (level := _level(r.value, offer)) > _ANY or (level and offer not in hidden)
        ]
        *specificity, quality = max(covering, default=(0, 0, 0.0))
        named = sum(level >= _ALSO and range_quality == quality for level, _, range_quality in covering)
        ranked.append((quality, specificity, named, -position))
    quality, *_, position = max(ranked)
    return offers[-position] if quality else None


@functools.lru_cache(_CACHE_ENTRIES)
def _language(header: str, offers: tuple[str, ...]) -> str | None:
    ranges = [r for r in _ranges(header) if _LANGUAGE_RANGE.fullmatch(r.value)]
    if not ranges:
        return offers[0]
    ranked = []
    for position, offer in enumerate(offers):
        closeness, quality, order = max(
            (_closeness(r.value, offer.lower()), r.quality, -order) for order, r in enumerate(ranges)
        )
        if closeness:
            ranked.append((quality, order, -position))
    quality, _, position = max(ranked, default=(0.0, 0, 0))
    return offers[-position] if quality else None


def _ranges(header: str) -> Iterator[_Range]:
    """The readable elements of a header, in lower case; the others are ignored."""
    for element in _split(header, ","):
        value, *rest = (part.strip() for part in _split(element, ";"))
        quality = 1.0
        parameters = set()
        for part in rest:
            match = _PARAMETER.fullmatch(part)
            if not match:
                if part:
                    break
                continue
            name, text = match[1].lower(), match[2].strip('"')
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
    """Split a text at the separators outside quotation marks."""
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
    """Whether some RDF format is named, and no page."""
    named = {r.value for r in ranges if r.quality}
    return not named.isdisjoint(RDF_TYPES) and named.isdisjoint(PAGES)


def _level(value: str, offer: str) -> int:
    """How closely a range names an offer; 0 if it does not cover it."""
    if value == offer:
        return _EXACT
    if value in ALSO.get(offer, ()):
        return _ALSO
    if value == "*/*":
        return _ANY
    return _ANY_SUBTYPE if value == f"{offer.partition('/')[0]}/*" else 0


def _fit(range_: _Range) -> int:
    """How well a range's parameters match: all text here is UTF-8, so every offer has ``charset=utf-8``."""
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
