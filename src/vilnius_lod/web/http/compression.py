"""Content codings: which one a client prefers, and an answer's bytes in it."""

from __future__ import annotations

import functools
import gzip
import re

CODINGS = ("br", "zstd", "gzip")
"""In the order in which they are preferred among equals."""
IDENTITY = "identity"
WORTHWHILE = 1024
"""Bytes from which a coding saves more than it costs."""
LARGE = 256 * 1024
"""Bytes from which speed counts for more than the last per cent."""

_ELEMENT = re.compile(
    r"[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*(?:;[ \t]*q=(0(?:\.[0-9]*)?|1(?:\.0*)?)[ \t]*)?", re.I
)
_TEXTUAL = re.compile(r"text/|image/svg\+xml|application/(?!octet-stream|zip|gzip|zstd|pdf)")
_LONGEST = 1024
_REMEMBERED = 256


def preferred(header: str | None) -> str:
    """The coding that an Accept-Encoding header prefers, ``identity`` where it names none that we have.

    What cannot be read is passed over. ``identity`` is the last among equals.
    """
    return _preferred((header or "")[:_LONGEST])


@functools.lru_cache(_REMEMBERED)
def _preferred(header: str) -> str:
    qualities: dict[str, float] = {}
    for element in header.lower().split(","):
        if found := _ELEMENT.fullmatch(element):
            name = "gzip" if found[1] == "x-gzip" else found[1]
            qualities.setdefault(name, float(found[2] or 1))
    others = qualities.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: qualities.get(coding, others))
    quality = qualities.get(best, others)
    return best if quality > 0 and quality >= qualities.get(IDENTITY, 0.0) else IDENTITY


def worthwhile(content_type: str, size: int) -> bool:
    """Whether an answer is long enough, and not compressed already."""
    return size >= WORTHWHILE and bool(_TEXTUAL.match(content_type))


def encode(body: bytes, coding: str) -> bytes:
    """The body in a coding of :data:`CODINGS`; the same bytes for the same body."""
    # Each library is loaded when it is first asked for.
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
