"""What every template knows, and the page of a problem."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, Response, render_template, request

from ..terms import RDF_LANG_STRING, Literal, Term
from . import lookup, negotiate, problems
from .answers import NO_STORE, content_type
from .language import Text
from .problems import Problem
from .representations import HTML
from .site import reader, site
from .urls import LANG, Urls

STATIC = Path(__file__).parent / "static"


def prepare(app: Flask) -> None:
    """Give the templates what they need."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(static=lambda name: reader().urls.plain(static_path(name)))
    app.context_processor(common)


@functools.cache
def static_path(name: str) -> str:
    """An asset's path with a digest of its content, so that it may be kept for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    stem, _, suffix = name.rpartition(".")
    return f"/static/{stem}.{digest}.{suffix}"


def texts(by_language: Mapping[str, str]) -> list[Term]:
    """A text of the manifest as literals."""
    return [Literal(value, RDF_LANG_STRING, tag) for tag, value in by_language.items()]


def common() -> dict[str, Any]:
    """The variables of every page."""
    here, who = site(), reader()
    facts, language = here.facts, who.language
    return {
        "_": language,
        "ngettext": language.plural,
        "language": language,
        "to": who.urls.to,
        "plain": who.urls.plain,
        "href": who.urls.iri,
        "here": request.path,
        "short": lookup.short,
        "urls_language": who.urls.language,
        "site_title": language.pick(texts(facts["title"])) or Text(str(facts["name"])),
        "site_description": language.pick(texts(facts["description"])) or Text(""),
        "licence": facts["licence"],
        "licence_label": facts["licence_label"],
        "source": facts["source"],
        "version": facts["version"],
        "version_date": facts["modified"] or "",
        "switch": [(tag, language_name(tag), _address(tag, request.script_root)) for tag in here.languages],
        "canonical": _canonical(who.urls.language),
        "hreflang": [*((tag, _canonical(tag)) for tag in here.languages), ("x-default", _canonical(None))],
    }


def language_name(tag: str) -> str:
    """What a language calls itself, with a capital."""
    name = reader().language.name_of(tag)
    return name[:1].upper() + name[1:]


def _canonical(tag: str | None) -> str:
    """Where this page is for the world, whichever representation of it this is."""
    return site().location + _address(tag, "")


def _address(tag: str | None, root: str) -> str:
    """The address of this page in a language, with this request's query."""
    pairs = parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name != LANG]
    return Urls((), root, tag).to(request.path.removesuffix(f".{HTML.extension}"), *kept)


def problem(error: Problem) -> Response:
    """A problem as RFC 9457 JSON, or as a page where that is preferred."""
    language = reader().language
    title, detail = language(error.title), language(error.detail, **error.values) if error.detail else ""
    document = error.document(title, detail)
    offers = (problems.MEDIA_TYPE, "application/json", HTML.media_type)
    form = negotiate.media_type(request.headers.get("Accept"), offers) or offers[0]
    if form == HTML.media_type:
        body = render_template("problem.html", **{**document, "canonical": None, "detail": detail})
    else:
        body = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    response = Response(body.encode(), status=error.status, content_type=content_type(form))
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Content-Language"] = language.tag
    response.headers["Cache-Control"] = NO_STORE
    for name, value in error.headers.items():
        if name != "Vary":
            response.headers[name] = value
    return response
