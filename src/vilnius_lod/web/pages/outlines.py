"""The outlines of land that maps are drawn on, made by the frontend from Natural Earth."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence

from .assets import STATIC
from .maps import Ring

FILE = STATIC / "built" / "land.json"


def land(scale: str) -> Sequence[Ring]:
    """The outlines of land for a ``near`` or a ``far`` view; none where the frontend was not built."""
    return _land().get(scale, [])


@functools.cache
def _land() -> dict[str, list[Ring]]:
    found: dict[str, list[Ring]] = json.loads(FILE.read_bytes()) if FILE.is_file() else {}
    return found
