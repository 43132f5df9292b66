"""``dataset.toml`` and ``retrieval.toml``: what the dataset says of itself and of its source."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from . import cells, debris
from .csvfile import decode
from .problems import InputError, Problem

SETTINGS = "dataset.toml"
_SLUG = "lower-case letters a–z and digits, joined by single hyphens"
_WEB = "http://…, https://…"
_KEY = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_KEYS = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
# The settings of each file, by table; the catalogue's settings are checked where they are used.
_TABLES = {
    "": (
        "base", "name", "languages", "focus", "municipality", "licence", "licence_label", "source",
        "title", "description", "publisher", "counts",
        "catalogue", "contact", "spatial", "distributions", "services", "dsa",
    ),
    "publisher": ("iri", "name"),
}  # fmt: skip
_RETRIEVAL = {
    "": ("file", "title", "language", "retrieved", "sha256", "encoding", "publisher"),
    "publisher": ("iri",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The page as it was read; ``slug`` is the folder's name, ``path`` the page's file, ``retrieved`` an ISO
    date, ``publisher`` an absolute IRI.
    """

    slug: str
    path: Path
    title: str
    language: str
    retrieved: str
    sha256: str
    publisher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A dataset's directory and settings. ``base`` ends in ``/``; IRIs that stand relative to it in the file
    are absolute here, save in ``settings``, the whole of ``dataset.toml`` as it stands.
    """

    directory: Path
    base: str
    name: str
    languages: tuple[str, ...]
    focus: str
    municipality: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    licence: str
    licence_label: str
    publisher: str
    publisher_name: Mapping[str, str]
    counts: Mapping[str, tuple[int, int]]
    source: Source
    settings: Mapping[str, Any]


def read(directory: Path) -> Dataset:
    """The settings in ``directory``, checked, and the source page's checksum and encoding with them. Raises
    InputError with all that is wrong.
    """
    dataset, _, problems = examine(directory)
    if dataset is None or problems:
        raise InputError(problems)
    return dataset


def line_of(key: str, text: str) -> int | None:
    """The line of a TOML text on which a setting stands (``publisher.iri``: ``iri`` in ``[publisher]``;
    ``spatial[2].iri``: in the second ``[[spatial]]``), or the table that it stands in within one line.
    """
    table, found = "", None
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
        if key.startswith(f"{name}.") and _is_inline(line):
            found = number
    return found


def _plain(keys: str) -> str:
    return re.sub(r"[\s\"']", "", keys)


def _is_inline(line: str) -> bool:
    """Whether a line of TOML holds a table within itself: ``title = { en = "…" }``."""
    return re.match(r"[^=#]+=\s*\{", line) is not None


def nearest(key: str, known: Collection[str]) -> str:
    """What is allowed instead of an unknown setting: the one that it is like, else all."""
    return ", ".join(get_close_matches(key, known, 1) or sorted(known))


def examine(directory: Path) -> tuple[Dataset | None, tuple[str, ...] | None, tuple[Problem, ...]]:
    """The dataset, its page's lines and all that is wrong. Despite problems there is a dataset if languages
    and source are known, so that the tables can be checked too; its other values may then be None.
    """
    settings = _Toml(directory, SETTINGS)
    base = settings.get("base", _is_base, "http(s)://…/")
    languages = tuple(settings.get("languages", _are_languages, '["de", "en"]') or ())
    values = {
        "base": base,
        "name": settings.get("name", _matches(cells.SLUG), _SLUG),
        "focus": settings.get("focus", _matches(cells.SLUG), _SLUG),
        "municipality": settings.get("municipality", _matches(cells.SLUG), _SLUG),
        "licence": settings.get("licence", _is_web_address, _WEB),
        "licence_label": settings.get("licence_label", is_text, "…"),
        "title": settings.texts("title", languages),
        "description": settings.texts("description", languages),
        "publisher": _absolute(base, settings.get("publisher.iri", _is_iri, _WEB + ", id/…")),
        "publisher_name": settings.texts("publisher.name", languages),
        "counts": settings.pairs("counts"),
    }
    settings.refuse_unknown(_TABLES)
    folder = settings.get("source", _matches(f"(?:[A-Za-z0-9_-]+/)*{cells.SLUG}"), "source/2023-02-01")
    if folder is None:
        return None, None, tuple(settings.problems)
    retrieval = _Toml(directory, f"{folder}/retrieval.toml")
    retrieval.refuse_unknown(_RETRIEVAL)
    in_one_language = "one of the languages of dataset.toml"
    file = retrieval.get("file", _matches("[A-Za-z0-9_.-]+"), "page.txt")
    source = Source(
        slug=folder.split("/")[-1],
        path=directory / folder / (file or ""),
        title=retrieval.get("title", is_text, "…"),
        language=retrieval.get("language", lambda tag: is_text(tag) and tag in languages, in_one_language),
        retrieved=retrieval.get("retrieved", _is_day, '"1998-03-03"'),
        sha256=retrieval.get("sha256", _matches("[0-9a-f]{64}"), "0–9, a–f (64)"),
        publisher=_absolute(base, retrieval.get("publisher.iri", _is_iri, _WEB + ", id/…")),
    )
    if "encoding" in retrieval.data:
        retrieval.get("encoding", _matches("(?i)utf-?8"), "UTF-8")
    lines, page_problems = _checked_page(source, f"{folder}/{file}", retrieval) if file else (None, ())
    problems = (*settings.problems, *retrieval.problems, *page_problems)
    if not (languages and source.language):
        return None, None, problems
    dataset = Dataset(
        directory=directory, languages=languages, source=source, settings=settings.data, **values
    )
    return dataset, lines, problems


def _checked_page(
    source: Source, file: str, retrieval: _Toml
) -> tuple[tuple[str, ...] | None, tuple[Problem, ...]]:
    if not source.path.is_file():
        return None, (Problem(file, None, None, "the file is missing"),)
    data = source.path.read_bytes()
    digest = _sha256(data)
    problems: tuple[Problem, ...] = ()
    if source.sha256 and digest != source.sha256:
        message = "the page is not the one that was read: its SHA-256 is another"
        plain = data.replace(b"\r\n", b"\n")
        if source.sha256 in (_sha256(plain), _sha256(plain.replace(b"\n", b"\r\n"))):
            message = (
                "only the line ends of the page were changed, as git does where .gitattributes lacks "
                "“source/** -text”: bring the page back as it was read"
            )
        line = line_of("sha256", retrieval.text)
        problems = (Problem(retrieval.file, line, "sha256", message, {}, source.sha256, digest),)
    try:
        return _lines(decode(data, file, source.language or "")), problems
    except InputError as error:
        return None, (*problems, *error.problems)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _lines(text: str) -> tuple[str, ...]:
    lines = text.split("\n")
    return tuple(line.removesuffix("\r") for line in (lines if lines[-1] else lines[:-1]))


class _Toml:
    """A TOML file whose settings are taken one by one; what is wrong gathers in ``problems``."""

    def __init__(self, directory: Path, file: str) -> None:
        self.file, self.text = file, ""
        self.data: dict[str, Any] = {}
        self.problems: list[Problem] = []
        self.readable = False
        try:
            self.text = decode((directory / file).read_bytes(), file).replace("\r\n", "\n")
            self.data = tomllib.loads(self.text)
            self.readable = True
        except FileNotFoundError:
            self.problems.append(Problem(file, None, None, "the file is missing"))
        except InputError as error:
            self.problems += error.problems
        except (ValueError, RecursionError) as error:
            at = re.search(r"line (\d+), column (\d+)", str(error))
            line, column = (int(at[1]), at[2]) if at else (self.text.count("\n") + 1, None)
            rows = self.text.split("\n")
            self.problems.append(
                Problem(file, line, column, "the file is no TOML from here on", found=rows[line - 1])
            )

    def get(self, key: str, good: Callable[[Any], object], allowed: str) -> Any:
        """The setting's value if ``good``, else None and a problem."""
        value: Any = self.data
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None and good(value):
            return value
        if value is not None:
            self.refuse(key, "the setting cannot be so", str(value), allowed)
        elif self.readable:
            self.refuse(key, "the setting is missing", None, allowed)
        return None

    def refuse(self, key: str, message: str, found: str | None, allowed: str) -> None:
        self.problems.append(Problem(self.file, line_of(key, self.text), key, message, {}, found, allowed))

    def texts(self, key: str, languages: Sequence[str]) -> dict[str, str]:
        """A text in each of the languages, in their order, and in no other."""
        table = self.get(key, lambda value: isinstance(value, dict), ", ".join(languages)) or {}
        for other in sorted(table.keys() - set(languages)) if languages else ():
            self.refuse(f"{key}.{other}", "the setting is unknown", other, ", ".join(languages))
        found = {tag: self.get(f"{key}.{tag}", is_text, "…") for tag in languages} if table else {}
        for tag, text in found.items():
            if text and (wrong := flaw(text)):
                path = f"{key}.{tag}"
                line = line_of(path, self.text)
                self.problems.append(
                    Problem(self.file, line, path, wrong.message, wrong.values, text, wrong.allowed)
                )
        return found

    def refuse_unknown(self, tables: Mapping[str, Collection[str]]) -> None:
        """Refuse what is none of the settings of a table; the empty name is that of the file itself."""
        for name, known in tables.items():
            table = self.data.get(name, {}) if name else self.data
            for key in table if isinstance(table, dict) else ():
                if key not in known:
                    path = f"{name}.{key}".removeprefix(".")
                    self.refuse(path, "the setting is unknown", key, nearest(key, known))

    def pairs(self, key: str) -> dict[str, tuple[int, int]]:
        """A least and a greatest number for each setting of a table."""
        table = self.get(key, lambda value: isinstance(value, dict), "40, 60") or {}
        found = {name: self.get(f"{key}.{name}", _is_range, "[40, 60]") for name in table}
        return {name: (pair[0], pair[1]) for name, pair in found.items() if pair}


def _absolute(base: str | None, iri: str | None) -> str:
    return urljoin(base or "", iri) if iri else ""


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def is_text(value: Any) -> bool:
    """Whether a setting is a text of one line."""
    return isinstance(value, str) and value.strip() != "" and value.isprintable()


def flaw(text: str) -> cells.CellError | None:
    """What is wrong with a name or sentence of the settings."""
    try:
        debris.refuse_leftovers(text)
        cells.name(text)
    except cells.CellError as error:
        return error
    return None


def _is_web_address(value: Any) -> bool:
    try:
        return isinstance(value, str) and cells.web_address(value) == value
    except cells.CellError:
        return False


def _is_base(value: Any) -> bool:
    return _is_web_address(value) and value.endswith("/") and not re.search("[?#]", value)


def _is_iri(value: Any) -> bool:
    return _is_web_address(value) or _matches(f"id/[a-z-]+/{cells.SLUG}")(value)


def _are_languages(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(_matches(cells.LANGUAGE)(tag) for tag in value)
        and len({tag.lower() for tag in value}) == len(value)
    )


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(cells.day(value)) == value
    except cells.CellError:
        return False


def _is_range(value: Any) -> bool:
    return isinstance(value, list) and [type(n) for n in value] == [int, int] and 0 <= value[0] <= value[1]
