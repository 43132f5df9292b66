"""The assets of pages: styles, scripts, fonts and images, each at an address with its digest."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "static"


@functools.cache
def static_path(name: str) -> str:
    """An asset's path with a digest of its content, so that it may be cached for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    stem, _, suffix = name.rpartition(".")
    return f"/assets/{stem}.{digest}.{suffix}"


def is_built(name: str) -> bool:
    """Whether there is this asset. Those that the frontend builds are optional."""
    return (STATIC / name).is_file()
