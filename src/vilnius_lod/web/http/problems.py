"""Problems with a request: RFC 9457 for programs, a page for people. Their types are in problems.toml."""

from __future__ import annotations

import html
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...rdf.namespaces import VOCABULARY_BASE

MEDIA_TYPE = "application/problem+json"
TYPES = f"{VOCABULARY_BASE}problems#"
LANGUAGE = "en"
"""The language of the messages in the code."""


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a message for the catalogues; it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of problem: its HTTP status and, as English messages, its title, what happened, what to do."""

    status: int
    title: str
    meaning: str
    remedy: str


FILE = Path(__file__).with_suffix(".toml")
KINDS = {name: Kind(**kind) for name, kind in tomllib.loads(FILE.read_text(encoding="utf-8")).items()}
BY_STATUS = {kind.status: name for name, kind in reversed(KINDS.items())}
"""The general type of problem for each status."""


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it so
    """The problem of a request. ``detail`` is an English message with ``values`` for its ``{names}``;
    ``members`` are further members of the problem's JSON, ``headers`` of the response.
    """

    def __init__(
        self,
        kind: str,
        detail: str = "",
        values: Mapping[str, object] | None = None,
        *,
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.values = dict(values or {})
        self.members = dict(members or {})
        self.headers = dict(headers or {})

    @property
    def status(self) -> int:
        """The HTTP status."""
        return KINDS[self.kind].status

    @property
    def title(self) -> str:
        """The kind's title, an English message."""
        return KINDS[self.kind].title

    def document(self, title: str, detail: str) -> dict[str, Any]:
        """The members of the RFC 9457 object, given the translated texts."""
        document: dict[str, Any] = {"type": TYPES + self.kind, "title": title, "status": self.status}
        return document | ({"detail": detail} if detail else {}) | self.members

    def plain(self, as_page: bool) -> str:
        """The problem in English, as JSON or as a page, without site and templates."""
        detail = self.detail.format_map(self.values)
        if not as_page:
            return dumps(self.document(self.title, detail))
        title, detail = html.escape(self.title), html.escape(detail)
        return _PAGE.format(language=LANGUAGE, status=self.status, title=title, detail=detail)


def dumps(document: Mapping[str, Any]) -> str:
    """The JSON text of a problem's document."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<p>{status}</p>
<h1>{title}</h1>
<p>{detail}</p>
</html>
"""
