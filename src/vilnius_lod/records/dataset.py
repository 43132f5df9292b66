"""``dataset.toml`` and ``retrieval.toml``: the settings of a dataset and of its source."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from ..inputs import cells
from ..inputs.csv_reader import decode
from ..inputs.issues import InputError, Issue
from ..inputs.toml_reader import Toml, is_text, line_of, matches

SETTINGS = "dataset.toml"
READING = "reading.csv"
_SLUG = "lower-case letters a–z and digits, joined by single hyphens"
_WEB = "http://…, https://…"
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


def examine(directory: Path) -> tuple[Dataset | None, tuple[str, ...] | None, tuple[Issue, ...]]:
    """The dataset, its page's lines and all that is wrong. Despite problems there is a dataset if languages
    and source are known, so that the tables can be checked too; its other values may then be None.
    """
    settings = Toml(directory, SETTINGS)
    base = settings.get("base", _is_base, "http(s)://…/")
    languages = settings.languages()
    values = {
        "base": base,
        "name": settings.get("name", matches(rf"(?=.{{1,100}}\Z){cells.SLUG}"), _SLUG),
        "focus": settings.get("focus", matches(cells.SLUG), _SLUG),
        "municipality": settings.get("municipality", matches(cells.SLUG), _SLUG),
        "licence": settings.get("licence", cells.is_web_address, _WEB),
        "licence_label": settings.get("licence_label", is_text, "…"),
        "title": settings.texts("title", languages),
        "description": settings.texts("description", languages),
        "publisher": _absolute(base, settings.get("publisher.iri", _is_iri, _WEB + ", id/…")),
        "publisher_name": settings.texts("publisher.name", languages),
        "counts": settings.pairs("counts"),
    }
    settings.refuse_unknown(_TABLES)
    folder = settings.get("source", matches(f"(?:[A-Za-z0-9_-]+/)*{cells.SLUG}"), "source/2023-02-01")
    if folder is None:
        return None, None, tuple(settings.problems)
    retrieval = Toml(directory, f"{folder}/retrieval.toml")
    retrieval.refuse_unknown(_RETRIEVAL)
    in_one_language = "one of the languages of dataset.toml"
    file = retrieval.get("file", matches("[A-Za-z0-9_.-]+"), "page.txt")
    source = Source(
        slug=folder.split("/")[-1],
        path=directory / folder / (file or ""),
        title=retrieval.get("title", is_text, "…"),
        language=retrieval.get("language", lambda tag: is_text(tag) and tag in languages, in_one_language),
        retrieved=retrieval.get("retrieved", _is_day, '"1998-03-03"'),
        sha256=retrieval.get("sha256", matches("[0-9a-f]{64}"), "0–9, a–f (64)"),
        publisher=_absolute(base, retrieval.get("publisher.iri", _is_iri, _WEB + ", id/…")),
    )
    if "encoding" in retrieval.data:
        retrieval.get("encoding", matches("(?i)utf-?8"), "UTF-8")
    lines, page_problems = _checked_page(source, f"{folder}/{file}", retrieval) if file else (None, ())
    problems = (*settings.problems, *retrieval.problems, *page_problems)
    if not (languages and source.language):
        return None, None, problems
    dataset = Dataset(
        directory=directory, languages=languages, source=source, settings=settings.data, **values
    )
    return dataset, lines, problems


def _checked_page(
    source: Source, file: str, retrieval: Toml
) -> tuple[tuple[str, ...] | None, tuple[Issue, ...]]:
    if not source.path.is_file():
        return None, (Issue(file, None, None, "the file is missing"),)
    data = source.path.read_bytes()
    digest = _sha256(data)
    problems: tuple[Issue, ...] = ()
    if source.sha256 and digest != source.sha256:
        message = "the page is not the one that was read: its SHA-256 is another"
        plain = data.replace(b"\r\n", b"\n")
        if source.sha256 in (_sha256(plain), _sha256(plain.replace(b"\n", b"\r\n"))):
            message = (
                "only the line ends of the page were changed, as git does where .gitattributes lacks "
                "“source/** -text”: bring the page back as it was read"
            )
        line = line_of("sha256", retrieval.text)
        problems = (Issue(retrieval.file, line, "sha256", message, {}, source.sha256, digest),)
    try:
        return _lines(decode(data, file, source.language or "")), problems
    except InputError as error:
        return None, (*problems, *error.problems)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _lines(text: str) -> tuple[str, ...]:
    lines = text.split("\n")
    return tuple(line.removesuffix("\r") for line in (lines if lines[-1] else lines[:-1]))


def _absolute(base: str | None, iri: str | None) -> str:
    return urljoin(base or "", iri) if iri else ""


def _is_base(value: Any) -> bool:
    # Clients resolve dot segments away (RFC 3986, section 5.2.4): such an identity would not be asked for.
    return cells.is_web_address(value) and value.endswith("/") and not re.search(r"[?#]|/\.{1,2}/", value)


def _is_iri(value: Any) -> bool:
    return cells.is_web_address(value) or matches(f"id/[a-z-]+/{cells.SLUG}")(value)


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and str(cells.day(value)) == value
    except cells.CellError:
        return False
