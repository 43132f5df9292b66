"""What pages are dressed in: style, script, letters, pictures, each under an address with its digest."""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path

from flask import Blueprint, Response

from ..http.answers import IMMUTABLE, PUBLIC, answer
from ..http.problems import Problem

blueprint = Blueprint("assets", __name__)

STATIC = Path(__file__).resolve().parents[1] / "static"
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_NAME = re.compile(r"((?:built/)?[a-z0-9-]+)(?:\.([0-9a-f]{12}))?(\.[a-z0-9]+)")


@functools.cache
def static_path(name: str) -> str:
    """An asset's path with a digest of its content, so that it may be kept for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    stem, _, suffix = name.rpartition(".")
    return f"/assets/{stem}.{digest}.{suffix}"


def is_built(name: str) -> bool:
    """Is there this asset? What the frontend makes may be absent; pages then do without."""
    return (STATIC / name).is_file()


@blueprint.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """An asset under its address with the digest; under another it is kept for a while only."""
    found = _NAME.fullmatch(name)
    if found is None or found[3] not in TYPES or not is_built(original := found[1] + found[3]):
        raise Problem("not-found")
    current = static_path(original) == f"/assets/{name}"
    return answer((STATIC / original).read_bytes(), TYPES[found[3]], cache=IMMUTABLE if current else PUBLIC)
