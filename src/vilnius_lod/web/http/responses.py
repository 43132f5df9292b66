"""Answers: bytes with the headers that make them cacheable, negotiated and safe to show."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Sequence

from flask import Response, current_app, render_template, request
from werkzeug.http import http_date

from ...formats import HTML, Representation, by_media_type
from . import negotiate
from .context import Site, reader, site
from .problems import N_, Problem

PUBLIC = "public, max-age=300, stale-while-revalidate=3600"
IMMUTABLE = "public, max-age=31536000, immutable"
NO_STORE = "no-store"
RENDERING = "vilnius_lod.rendering"
"""Where the application's extensions hold, by blueprint, a semaphore for pages that are rendered at once."""


def chosen(offers: Sequence[Representation], fixed: Representation | None = None) -> Representation:
    """The representation to answer in: the address's own, or what Accept asks for. Raises Problem 406."""
    if fixed is not None:
        return fixed
    found = negotiate.media_type(request.headers.get("Accept"), [offer.media_type for offer in offers])
    if found is None:
        raise not_acceptable(offers)
    return by_media_type(found, offers)


def not_acceptable(offers: Sequence[Representation]) -> Problem:
    """406, with what there is."""
    available = [{"mediaType": offer.media_type, "label": offer.label} for offer in offers]
    return Problem(
        "not-acceptable",
        N_("Available: {formats}"),
        {"formats": ", ".join(offer.media_type for offer in offers)},
        members={"available": available},
        headers={"Vary": "Accept"},
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
    """A response that GET and HEAD get right; the cache in front answers conditional requests by its ETag.

    ``negotiated``: the answer depends on Accept; ``location``: the address of this very representation;
    ``language``: the language of a page, which then depends on Accept-Language; ``etag``: a digest of the
    body, if there is one already. What must not be stored has no ETag.
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
    """A file of the snapshot as it stands. ``Last-Modified`` is the day of the latest release: for people and
    mirrors. Too coarse to tell whether a client has this answer; only the ETag decides that.
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
    here: Site,
    negotiated: bool = False,
    language: str | None = None,
    cache: str = PUBLIC,
    etag: str | None = None,
) -> list[tuple[str, str]]:
    """The header fields of :func:`answer`, apart from its links; they need no request."""
    found = [("Content-Type", content_type(media_type)), ("Content-Length", str(len(body)))]
    vary = ["Accept"] * negotiated + ["Accept-Language"] * (language is not None)
    if vary:
        found.append(("Vary", ", ".join(vary)))
    if language:
        found.append(("Content-Language", language))
    found.append(("Cache-Control", cache))
    if cache != NO_STORE:
        digest = etag or hashlib.sha256(body).hexdigest()
        found.append(("ETag", f'"{here.snapshot.dataset[:16]}-{digest[:20]}"'))
    return found


def content_type(media_type: str) -> str:
    """The media type with its charset, which all text here shares."""
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
    who = reader()
    with current_app.extensions[RENDERING][request.blueprint]:
        body = render_template(template, alternates=alternates, **values).encode()
    return answer(
        body,
        HTML.media_type,
        negotiated=negotiated,
        location=location,
        links=[f'<{address}>; rel="alternate"; type="{form.media_type}"' for form, address in alternates],
        language=who.language.tag,
    )
