"""What can go wrong with a request, told in one shape: RFC 9457 for programs, a page for people."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from ...rdf.namespaces import VOCABULARY_BASE

MEDIA_TYPE = "application/problem+json"
TYPES = f"{VOCABULARY_BASE}problems#"
LANGUAGE = "en"
"""The language of the messages as they stand in the code."""


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Marks a message for the catalogues; it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its status and its title, an English message."""

    status: HTTPStatus
    title: str


KINDS: Mapping[str, Kind] = {
    "bad-request": Kind(HTTPStatus.BAD_REQUEST, N_("The request cannot be read")),
    "unknown-host": Kind(HTTPStatus.BAD_REQUEST, N_("This host name is not served here")),
    "not-found": Kind(HTTPStatus.NOT_FOUND, N_("There is nothing at this address")),
    "method-not-allowed": Kind(HTTPStatus.METHOD_NOT_ALLOWED, N_("This method is not allowed here")),
    "not-acceptable": Kind(HTTPStatus.NOT_ACCEPTABLE, N_("Not available in a format that you accept")),
    "withdrawn": Kind(HTTPStatus.GONE, N_("This was withdrawn")),
    "request-timeout": Kind(HTTPStatus.REQUEST_TIMEOUT, N_("The request did not arrive in time")),
    "too-large": Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, N_("The request is too large")),
    "address-too-long": Kind(HTTPStatus.REQUEST_URI_TOO_LONG, N_("The address is too long")),
    "unsupported-media-type": Kind(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, N_("The request's content type is not understood here")
    ),
    "internal-error": Kind(HTTPStatus.INTERNAL_SERVER_ERROR, N_("Something went wrong on our side")),
    "malformed-query": Kind(HTTPStatus.BAD_REQUEST, N_("The query is not valid SPARQL")),
    "query-refused": Kind(HTTPStatus.FORBIDDEN, N_("This query is not answered here")),
    "query-too-long": Kind(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, N_("The query is too long")),
    "query-too-deep": Kind(HTTPStatus.BAD_REQUEST, N_("The query is nested too deeply")),
    "query-too-slow": Kind(HTTPStatus.SERVICE_UNAVAILABLE, N_("The query took too long and was stopped")),
    "result-too-large": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, N_("The result is too large")),
    "query-out-of-memory": Kind(
        HTTPStatus.SERVICE_UNAVAILABLE, N_("The query needed too much memory and was stopped")
    ),
    "busy": Kind(HTTPStatus.SERVICE_UNAVAILABLE, N_("Too many requests at once")),
    "query-failed": Kind(HTTPStatus.UNPROCESSABLE_ENTITY, N_("The query cannot be evaluated")),
    "too-many-queries": Kind(HTTPStatus.TOO_MANY_REQUESTS, N_("Too many requests from you at once")),
    "engine-failed": Kind(HTTPStatus.BAD_GATEWAY, N_("The query engine is away or answers wrongly")),
    "engine-slow": Kind(HTTPStatus.GATEWAY_TIMEOUT, N_("The query engine did not answer in time")),
    "engine-away": Kind(HTTPStatus.SERVICE_UNAVAILABLE, N_("The query engine does not answer")),
}

BY_STATUS = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    414: "address-too-long",
    415: "unsupported-media-type",
}


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it so
    """A request that gets no answer. ``detail`` is an English message with ``values`` for its ``{names}``;
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
        return int(KINDS[self.kind].status)

    @property
    def title(self) -> str:
        """The kind's title, an English message."""
        return KINDS[self.kind].title

    def document(self, title: str, detail: str) -> dict[str, Any]:
        """The members of the RFC 9457 object, given the translated texts."""
        document: dict[str, Any] = {"type": TYPES + self.kind, "title": title, "status": self.status}
        return document | ({"detail": detail} if detail else {}) | self.members

    def plain(self, as_page: bool) -> str:
        """The problem in English, as JSON or as a page, made from nothing else."""
        detail = self.detail.format_map(self.values)
        if not as_page:
            return dumps(self.document(self.title, detail))
        title, detail = html.escape(self.title), html.escape(detail)
        return _PAGE.format(language=LANGUAGE, status=self.status, title=title, detail=detail)


def dumps(document: Mapping[str, Any]) -> str:
    """A problem's document as text."""
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
