"""Responses: negotiated, cacheable, from bytes, files of the snapshot and templates."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, redirect, render_template, request
from werkzeug.http import http_date

from ...formats import HTML, Representation, by_media_type
from . import negotiate
from .context import Site, reader, site
from .problems import N_, Problem

PUBLIC = "public, max-age=300, stale-while-revalidate=3600"
REDIRECT = "public, max-age=300"
IMMUTABLE = "public, max-age=31536000, immutable"
NO_STORE = "no-store"
RENDERING = "vilnius_lod.rendering"
"""Key of the application's extensions: by blueprint, a semaphore that bounds concurrent rendering."""


def chosen(offers: Sequence[Representation]) -> Representation:
    """The representation that Accept prefers. Raises Problem 406."""
    preferred = negotiate.media_type(request.headers.get("Accept"), [offer.media_type for offer in offers])
    if preferred is None:
        raise not_acceptable(offers)
    return by_media_type(preferred, offers)


@dataclass(frozen=True, slots=True)
class RequestedFormat:
    """The format in which to answer at an address that has several, with the headers that follow from it.

    ``negotiated``: Accept decided and not the address's extension; ``location``: the address of this
    representation, if it is another; ``alternates``: the formats for programs and their addresses.
    """

    form: Representation
    negotiated: bool
    location: str | None
    alternates: Sequence[tuple[Representation, str]]

    def answer(self, body: bytes, links: Iterable[str] = ()) -> Response:
        """The body in this format."""
        return answer(body, self.form.media_type, links=links, **self._headers)

    def stored(self, file: str, media_type: str = "") -> Response:
        """A file of the snapshot that is in this format; ``media_type`` may add parameters to it."""
        return stored(file, media_type or self.form.media_type, **self._headers)

    def page(self, template: str, **values: Any) -> Response:
        """The page, with links to the other formats."""
        return page(template, alternates=self.alternates, **self._headers, **values)

    @property
    def _headers(self) -> dict[str, Any]:
        return {"negotiated": self.negotiated, "location": self.location}


def requested(path: str, offers: Sequence[Representation], extension: str = "") -> RequestedFormat:
    """The format requested at ``path``, which negotiates, or at ``path.extension``, which does not. Raises
    Problem 404 for the extension of no offer, 406.
    """
    form = next((offer for offer in offers if offer.extension == extension), None)
    if extension and form is None:
        raise Problem("not-found")
    form = form or chosen(offers)
    addresses = {offer: reader().urls.plain(f"{path}.{offer.extension}") for offer in offers}
    alternates = [(offer, address) for offer, address in addresses.items() if offer is not HTML]
    return RequestedFormat(form, not extension, None if extension else addresses[form], alternates)


def see_other(location: str, cache: str | None = None) -> Response:
    """A 303 redirect to another document."""
    response: Response = redirect(location, 303)  # type: ignore[assignment]
    if cache:
        response.headers["Cache-Control"] = cache
    return response


def not_acceptable(offers: Sequence[Representation]) -> Problem:
    """406, with the formats that there are."""
    formats = ", ".join(offer.media_type for offer in offers)
    members = {"available": [{"mediaType": offer.media_type, "label": offer.label} for offer in offers]}
    headers = {"Vary": "Accept"}
    return Problem(
        "not-acceptable", N_("Available: {formats}"), {"formats": formats}, members=members, headers=headers
    )


def answer(
    body: bytes,
    media_type: str,
    *,
    negotiated: bool = False,
    location: str | None = None,
    links: Iterable[str] = (),
    language: str | None = None,
    cache: str = PUBLIC,
    etag: str | None = None,
) -> Response:
    """A response for GET; the cache in front derives HEAD and, by its ETag, conditional requests from it.

    ``negotiated``: the answer depends on Accept; ``location``: the address of this very representation;
    ``language``: the language of a page, which then depends on Accept-Language; ``etag``: a digest of the
    body, if there is one already. With NO_STORE there is no ETag.
    """
    headers = fields(body, media_type, site(), negotiated, language, cache, etag)
    if location:
        headers.append(("Content-Location", location))
    headers += [("Link", link) for link in links]
    return Response(body, headers=headers)


def stored(
    file: str,
    media_type: str,
    *,
    negotiated: bool = False,
    location: str | None = None,
    links: Iterable[str] = (),
) -> Response:
    """A file of the snapshot. ``Last-Modified`` is the day of the latest release, for people and mirrors; it
    is too coarse for conditional requests, which only the ETag decides.
    """
    snapshot = site().snapshot
    body, digest = snapshot.read(file), snapshot.files[file].sha256
    response = answer(body, media_type, negotiated=negotiated, location=location, links=links, etag=digest)
    if day := site().facts.modified:
        changed = datetime.datetime.fromisoformat(day).replace(tzinfo=datetime.UTC)
        # A date in the future must not be sent (RFC 9110, section 8.8.2.1).
        if changed <= datetime.datetime.now(datetime.UTC):
            response.headers["Last-Modified"] = http_date(changed)
    return response


def fields(
    body: bytes,
    media_type: str,
    current: Site,
    negotiated: bool = False,
    language: str | None = None,
    cache: str = PUBLIC,
    etag: str | None = None,
) -> list[tuple[str, str]]:
    """The header fields of :func:`answer`, without its links; independent of the request context."""
    headers = [("Content-Type", content_type(media_type)), ("Content-Length", str(len(body)))]
    vary = ["Accept"] * negotiated + ["Accept-Language"] * (language is not None)
    if vary:
        headers.append(("Vary", ", ".join(vary)))
    if language:
        headers.append(("Content-Language", language))
    headers.append(("Cache-Control", cache))
    if cache != NO_STORE:
        digest = etag or hashlib.sha256(body).hexdigest()
        headers.append(("ETag", f'"{current.snapshot.dataset[:16]}-{digest[:20]}"'))
    return headers


def content_type(media_type: str) -> str:
    """The media type, with the charset if it is text."""
    textual = media_type.startswith("text/") and "charset" not in media_type
    return f"{media_type}; charset=utf-8" if textual else media_type


def page(
    template: str,
    *,
    negotiated: bool = False,
    location: str | None = None,
    alternates: Sequence[tuple[Representation, str]] = (),
    **values: object,
) -> Response:
    """An HTML page in the reader's language; ``alternates`` are the addresses of other representations."""
    with current_app.extensions[RENDERING][request.blueprint]:
        body = render_template(template, alternates=alternates, **values).encode()
    links = [f'<{address}>; rel="alternate"; type="{form.media_type}"' for form, address in alternates]
    tag = reader().language.tag
    return answer(body, HTML.media_type, negotiated=negotiated, location=location, links=links, language=tag)
