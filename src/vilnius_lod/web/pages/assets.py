"""What pages are dressed in: style, script, letters, pictures, each under an address with its digest."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "static"


@functools.cache
def static_path(name: str) -> str:
    """An asset's path with a digest of its content, so that it may be kept for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    stem, _, suffix = name.rpartition(".")
    return f"/assets/{stem}.{digest}.{suffix}"


def is_built(name: str) -> bool:
    """Is there this asset? What the frontend makes may be absent; pages then do without."""
    return (STATIC / name).is_file()
