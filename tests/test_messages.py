"""Every message to a person, from the tables to the commands, is in the catalogues (web: tests/web)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from vilnius_lod.i18n.messages import catalog, translator

ROOMS = ("inputs", "records", "extract", "graphs", "validation", "catalogue", "tools")
PACKAGE = Path(__file__).resolve().parents[1] / "src" / "vilnius_lod"
# Where the message stands among the arguments of the functions that take one.
FUNCTIONS = {
    "translate": 0, "Issue": 3, "issue": 1, "Problem": 3, "problem": 0, "refuse": 1, "_": 0, "command": 2,
    "option": 2, "address": 2, "_say": 1, "UserError": 0, "WrongUse": 0, "SnapshotError": 0, "CellError": 0,
}  # fmt: skip


def messages() -> Iterator[str]:
    files = [*PACKAGE.glob("*.py"), *(path for name in ROOMS for path in (PACKAGE / name).rglob("*.py"))]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for found in _candidates(node):
                for text in [found.body, found.orelse] if isinstance(found, ast.IfExp) else [found]:
                    # A single word is a column's name in some of these calls.
                    if isinstance(text, ast.Constant) and isinstance(text.value, str) and " " in text.value:
                        yield text.value


def _candidates(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in FUNCTIONS:
            yield from node.args[FUNCTIONS[name] : FUNCTIONS[name] + 1]
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "message")
    if isinstance(node, ast.Assign) and any(
        getattr(target, "id", "") in ("message", "text") for target in node.targets
    ):
        yield node.value


# What is but a frame for other texts has no words.
MESSAGES = sorted({message for message in messages() if re.search(r"\w", re.sub(r"{\w+}", "", message))})


def test_the_messages_are_found() -> None:
    assert (
        "the date belongs to no document and no membership; if it is neither, add its words to {words}"
        in MESSAGES
    )
    assert "Serving at {address}" in MESSAGES
    assert len(MESSAGES) > 80


@pytest.mark.parametrize("language", ["lt", "de"])
def test_every_message_is_translated(language: str) -> None:
    translate = translator(language)
    assert [message for message in MESSAGES if translate(message) == message] == []


@pytest.mark.parametrize("language", ["lt", "de"])
def test_a_translation_keeps_what_is_filled_in(language: str) -> None:
    """``{line}`` in the message is ``{line}`` in its translation."""
    found = catalog(language)
    assert found is not None
    for message in found:
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id and message.string:
            fields = [
                {part.split("}")[0] for part in text.split("{")[1:]} for text in (message.id, message.string)
            ]
            assert fields[0] == fields[1], message.id
