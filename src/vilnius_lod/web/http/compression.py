"""Content codings: which one a client prefers, and compression."""

from __future__ import annotations

import functools
import gzip
import re

CODINGS = ("br", "zstd", "gzip")
"""Among codings of equal quality, the first is preferred."""
IDENTITY = "identity"
MIN_BYTES = 1024
"""Responses of fewer bytes are not compressed."""
LARGE = 256 * 1024
"""Responses of more bytes are compressed faster and less."""

_ELEMENT = re.compile(
    r"[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*(?:;[ \t]*q=(0(?:\.[0-9]*)?|1(?:\.0*)?)[ \t]*)?", re.I
)
_TEXTUAL = re.compile(r"text/|image/svg\+xml|application/(?!octet-stream|zip|gzip|zstd|pdf)")
_MAX_HEADER_LENGTH = 1024
_CACHE_ENTRIES = 256


def preferred(header: str | None) -> str:
    """The coding that an Accept-Encoding header prefers, ``identity`` if it names none of :data:`CODINGS`.

    Unreadable elements are ignored. ``identity`` is the last among equals.
    """
    return _preferred((header or "")[:_MAX_HEADER_LENGTH])


@functools.lru_cache(_CACHE_ENTRIES)
def _preferred(header: str) -> str:
    qualities: dict[str, float] = {}
    for element in header.lower().split(","):
        if match := _ELEMENT.fullmatch(element):
            name = "gzip" if match[1] == "x-gzip" else match[1]
            qualities.setdefault(name, float(match[2] or 1))
    others = qualities.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: qualities.get(coding, others))
    quality = qualities.get(best, others)
    return best if quality > 0 and quality >= qualities.get(IDENTITY, 0.0) else IDENTITY


def worthwhile(content_type: str, size: int) -> bool:
    """Whether a response is long enough, and of a type that is not compressed already."""
    return size >= MIN_BYTES and bool(_TEXTUAL.match(content_type))


def encode(body: bytes, coding: str) -> bytes:
    """The body in a coding of :data:`CODINGS`; the same bytes for the same body."""
    # Each library is imported when it is first needed.
    large = len(body) >= LARGE
    if coding == "gzip":
        return gzip.compress(body, 3 if large else 7, mtime=0)
    if coding == "br":
        import brotli

        return bytes(brotli.compress(body, quality=3 if large else 6))
    if coding == "zstd":
        import zstandard

        return zstandard.ZstdCompressor(level=3 if large else 9).compress(body)
    raise ValueError(f"found {coding!r}; allowed: {', '.join(CODINGS)}")


def tag(etag: str, coding: str) -> str:
    """The strong ETag of a representation in a coding: ``"x"`` becomes ``"x-br"``."""
    return f'{etag[:-1]}-{coding}"'
