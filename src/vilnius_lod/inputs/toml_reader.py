"""TOML files that people edit: settings are taken one by one, and problems name their lines."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..i18n import cldr
from . import cells, text_checks
from .csv_reader import decode
from .issues import InputError, Issue

_KEY = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_KEYS = rf"{_KEY}(?:\s*\.\s*{_KEY})*"


class Toml:
    """A TOML file whose settings are taken one by one; ``problems`` collects what is wrong."""

    def __init__(self, directory: Path, file: str) -> None:
        self.file, self.text = file, ""
        self.data: dict[str, Any] = {}
        self.problems: list[Issue] = []
        self.readable = False
        try:
            self.text = decode((directory / file).read_bytes(), file).replace("\r\n", "\n")
            self.data = tomllib.loads(self.text)
            self.readable = True
        except FileNotFoundError:
            self.problems.append(Issue(file, None, None, "the file is missing"))
        except InputError as error:
            self.problems += error.problems
        except (ValueError, RecursionError) as error:
            place = re.search(r"line (\d+), column (\d+)", str(error))
            line, column = (int(place[1]), place[2]) if place else (self.text.count("\n") + 1, None)
            found = self.text.split("\n")[line - 1]
            self.problems.append(Issue(file, line, column, "invalid TOML from here on", found=found))

    def value(self, key: str) -> Any:
        """The setting as it is in the file, or None: ``publisher.iri``, ``spatial[2].iri``."""
        value: Any = self.data
        for part in re.findall(r"[^.\[\]]+", key):
            if isinstance(value, list) and part.isdecimal():
                value = value[int(part) - 1]
            else:
                value = value.get(part) if isinstance(value, dict) else None
        return value

    def get(self, key: str, accepts: Callable[[Any], object], allowed: str) -> Any:
        """The setting's value if ``accepts`` takes it, else None and a problem."""
        value = self.value(key)
        if value is not None and accepts(value):
            return value
        if value is not None:
            self.refuse(key, "invalid value", str(value), allowed)
        elif self.readable:
            self.refuse(key, "the setting is missing", None, allowed)
        return None

    def optional(self, key: str, accepts: Callable[[Any], object], allowed: str) -> Any:
        """As ``get``, but a setting that is not there is None and no problem."""
        return None if self.value(key) is None else self.get(key, accepts, allowed)

    def refuse(
        self, key: str, message: str, found: str | None, allowed: str | None,
        values: Mapping[str, object] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """Note what is wrong with a setting."""
        line = line_of(key, self.text)
        column = re.sub(r"\[\d+\]", "", key)  # the line tells which of several tables it is
        self.problems.append(Issue(self.file, line, column, message, values, found, allowed))

    def refuse_flaw(self, key: str, text: str) -> None:
        """Refuse a name or sentence that cannot have been meant so."""
        if error := flaw(text):
            self.refuse(key, error.message, text, error.allowed, error.values)

    def languages(self) -> tuple[str, ...]:
        """The dataset's languages: those that pages can be written in, with CLDR's dates and numbers."""
        tags = self.get("languages", _are_languages, '["de", "en"]') or []
        for tag in tags:
            try:
                cldr.locale(tag)
            except ValueError:
                message = "nothing is known of this language: CLDR has no dates and numbers for it"
                self.refuse("languages", message, tag, "a BCP 47 tag: de, en, pt-BR")
        return tuple(tags)

    def texts(self, key: str, languages: Sequence[str]) -> dict[str, str]:
        """A text in each of the languages, in their order, and in no other."""
        table = self.get(key, lambda value: isinstance(value, dict), ", ".join(languages)) or {}
        for other in sorted(table.keys() - set(languages)) if languages else ():
            self.refuse(f"{key}.{other}", "the setting is unknown", other, ", ".join(languages))
        texts = {tag: self.get(f"{key}.{tag}", is_text, "…") for tag in languages} if table else {}
        for tag, text in texts.items():
            if text:
                self.refuse_flaw(f"{key}.{tag}", text)
        return texts

    def refuse_unknown(self, tables: Mapping[str, Collection[str]]) -> None:
        """Refuse settings that a table does not have; the empty name stands for the file itself."""
        for name, allowed in tables.items():
            table = self.value(name)
            for key in table if isinstance(table, dict) else ():
                if key not in allowed:
                    path = f"{name}.{key}".removeprefix(".")
                    self.refuse(path, "the setting is unknown", key, nearest(key, allowed))

    def pairs(self, key: str) -> dict[str, tuple[int, int]]:
        """The minimum and maximum that each setting of a table gives."""
        table = self.get(key, lambda value: isinstance(value, dict), "40, 60") or {}
        ranges = {name: self.get(f"{key}.{name}", _is_range, "[40, 60]") for name in table}
        return {name: (limits[0], limits[1]) for name, limits in ranges.items() if limits}


def line_of(key: str, text: str) -> int | None:
    """The line of a TOML text on which a setting stands (``publisher.iri``: ``iri`` in ``[publisher]``;
    ``spatial[2].iri``: in the second ``[[spatial]]``), or the table that it stands in within one line.
    """
    table, inline_table = "", None
    numbers: Counter[str] = Counter()
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.match(rf"\s*(\[\[?)\s*({_KEYS})\s*\]", line):
            table = _plain(header[2])
            if header[1] == "[[":
                numbers[table] += 1
                table += f"[{numbers[table]}]"
            name = table
        elif setting := re.match(rf"\s*({_KEYS})\s*=", line):
            name = f"{table}.{_plain(setting[1])}".removeprefix(".")
        else:
            continue
        if name == key:
            return number
        # An inline table: title = { en = "…" }
        if key.startswith(f"{name}.") and re.match(r"[^=#]+=\s*\{", line):
            inline_table = number
    return inline_table


def _plain(keys: str) -> str:
    return re.sub(r"[\s\"']", "", keys)


def nearest(key: str, known: Collection[str]) -> str:
    """What is allowed instead of an unknown setting: the one that it is like, else all."""
    return ", ".join(get_close_matches(key, known, 1) or sorted(known))


def matches(pattern: str) -> Callable[[Any], bool]:
    """A predicate: whether a setting is a text of this pattern."""
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def is_text(value: Any) -> bool:
    """Whether a setting is a text of one line."""
    return isinstance(value, str) and value.strip() != "" and value.isprintable()


def flaw(text: str) -> cells.CellError | None:
    """What is wrong with a name or sentence of the settings."""
    try:
        text_checks.refuse_error_values(text)
        cells.name(text)
    except cells.CellError as error:
        return error
    return None


def _are_languages(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(matches(cells.LANGUAGE)(tag) for tag in value)
        and len({tag.lower() for tag in value}) == len(value)
    )


def _is_range(value: Any) -> bool:
    return isinstance(value, list) and [type(n) for n in value] == [int, int] and 0 <= value[0] <= value[1]
