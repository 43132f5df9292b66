"""Every text of the website is in the catalogues of every language that a dataset here has."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract

from vilnius_lod import web
from vilnius_lod.i18n.language import Language
from vilnius_lod.web.http import problems

WEB = Path(web.__file__).parent
TEMPLATES = {"_": None, "ngettext": (1, 2)}
CODE = {"N_": None, "language": None, "plural": (1, 2)}


def messages() -> Iterator[tuple[str, ...]]:
    for path in sorted((WEB / "templates").glob("*.*")):
        yield from _extracted(path, "jinja2.ext:babel_extract", TEMPLATES)
    for path in sorted(WEB.rglob("*.py")):
        yield from _extracted(path, "python", CODE)
    for hint in tomllib.loads((WEB / "pages" / "query" / "hints.toml").read_text("utf-8"))["hint"]:
        yield (hint["text"],)
    for kind in problems.KINDS.values():
        yield from ((text,) for text in (kind.title, kind.meaning, kind.remedy))
    layout = tomllib.loads((WEB / "pages" / "page.toml").read_text("utf-8"))
    yield from ((text,) for text in layout["labels"].values())
    yield from ((text,) for name in ("same", "elsewhere") for text in layout[name].values())
    yield from (
        (entry["heading"],) for name in ("incoming", "search") for entry in layout[name] if entry["heading"]
    )


def _extracted(
    path: Path, method: str, keywords: dict[str, tuple[int, int] | None]
) -> Iterator[tuple[str, ...]]:
    options = {"trim_blocks": "true", "lstrip_blocks": "true"}
    with path.open("rb") as file:
        for _, message, _, _ in extract(method, file, keywords=keywords, options=options):
            yield (message,) if isinstance(message, str) else tuple(message)


MESSAGES = sorted(set(messages()))
SAME = {
    "SHA-256",
    "Partner",
    "Version",
    "Name",
    "Code",
    "Text",
    "Definition",
    "Status",
    "Format",
    "Bytes",
    "Turtle",
    "Wikidata",
    "GeoNames",
}


def test_the_messages_are_found() -> None:
    assert ("Skip to the content",) in MESSAGES
    assert ("{n} row", "{n} rows") in MESSAGES
    assert ("There is nothing at this address",) in MESSAGES
    assert len(MESSAGES) > 150


@pytest.mark.parametrize("tag", ["lt", "de"])
def test_every_message_is_translated(tag: str) -> None:
    language = Language(tag, (tag,))
    missing = [
        message
        for message in MESSAGES
        if message[0] not in SAME
        and (language(message[0]) if len(message) == 1 else _plural(language, message)) == message[0]
    ]
    assert missing == []


def _plural(language: Language, message: tuple[str, ...]) -> str:
    return language.plural(message[0], message[1], 1).replace("1", "{n}", 1) if "{n}" in message[0] else ""
