"""Data on languages: CLDR's, and those of ``languages.toml``."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

FILE = Path(__file__).parent / "languages.toml"


@functools.cache
def table(tag: str) -> Mapping[str, Any]:
    """What ``languages.toml`` says of the language."""
    entry: Mapping[str, Any] = tomllib.loads(FILE.read_text("utf-8")).get(tag, {})
    return entry


@functools.cache
def locale(tag: str) -> Locale:
    """CLDR's rules for a language's dates, numbers and lists. Raises ValueError where CLDR has none."""
    return _cldr(str(table(tag).get("locale", tag)))


def name(tag: str) -> str:
    """A language's name for itself (``lietuvių``), or its tag if CLDR has none."""
    try:
        return _cldr(tag).get_display_name() or tag
    except ValueError:
        return tag


def _cldr(tag: str) -> Locale:
    language = tag.replace("_", "-").partition("-")[0]
    try:
        cldr_locale = Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        cldr_locale = None
    # CLDR guesses where it has no data ("und"), and accepts withdrawn codes ("iw").
    if cldr_locale is None or cldr_locale.language != language:
        raise ValueError(f"CLDR has no data for {tag}")
    return cldr_locale
