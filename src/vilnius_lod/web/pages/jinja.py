"""What every template knows, and the page of a problem."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from flask import Flask, Response, render_template, request

from ...formats import HTML
from ...i18n.language import Text
from ...rdf.terms import Term
from ..http import negotiate, problems
from ..http.context import reader, site
from ..http.problems import N_, Problem
from ..http.responses import NO_STORE, content_type
from ..http.urls import LANG, Urls
from . import labels
from .assets import is_built, static_path
from .citation import citation
from .drawings.maps import land
from .home import overview
from .labels import focus, localized, rows
from .query.snippets import snippets
from .search.entries import searched

log = logging.getLogger(__name__)

PROBLEM_OFFERS = (problems.MEDIA_TYPE, "application/json", HTML.media_type)
"""The media types that a problem is told in."""

LINKED = 4000
"""Characters of a query that a page repeats in addresses and in code; a longer one is posted."""

_FILES = """SELECT ?address ?title ?purpose WHERE {
    { ?file dcat:downloadURL ?address }
    UNION { ?dataset a dcat:Dataset ; foaf:page ?address BIND (?address AS ?file) }
    ?file dct:title ?title ; dct:description ?purpose
    FILTER (lang(?title) = lang(?purpose))
}"""


def prepare(app: Flask) -> None:
    """Give the templates what they need."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        static=lambda name: reader().urls.plain(static_path(name)),
        is_built=is_built,
        purposes=purposes,
        dataset_citation=citation,
        LINKED=LINKED,
        snippets=lambda query: snippets(query, f"{site().location}/sparql"),
    )
    app.jinja_env.filters.update(
        thing_name=lambda iri: labels.name(iri).value,
        options=lambda items: [(key, item.text) for key, item in items.items()],
        network_options=lambda networks: [(network.key, network.network.text) for network in networks],
        decades=_decades,
    )
    app.context_processor(common)


def warm(app: Flask) -> None:
    """Make what the first pages of a snapshot need, before somebody waits for it."""
    with app.test_request_context():
        for template in app.jinja_env.list_templates():
            app.jinja_env.get_template(template)
        land("near")
        overview()
        search = searched()
        search.line(focus())
        _ = search.examples


def _decades(years: Iterable[str]) -> list[tuple[str, str]]:
    """Decades by their first years."""
    return [(year, reader().language(N_("the {year}s"), year=year)) for year in years]


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
        "short": labels.short,
        "urls_language": who.urls.language,
        "site_title": localized(facts.title) or Text(facts.name),
        "site_location": here.location,
        "site_description": localized(facts.description) or Text(""),
        "licence": facts.licence,
        "licence_label": facts.licence_label,
        "rights": localized(facts.rights),
        "source": facts.source,
        "dataset": here.dataset,
        "contact": facts.contact.email,
        "contact_page": facts.contact.page,
        "contact_name": localized(facts.contact.name),
        "version": facts.version,
        "releases": [
            {"version": row.version, "date": row.date, "changes": localized(row.changes) or ""}
            for row in facts.releases
        ],
        "version_date": facts.modified or "",
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
    """A problem as RFC 9457 JSON, or as a page where that is preferred: in the reader's language if what that
    needs is whole (site, language, templates), else without any of it.
    """
    form = negotiate.media_type(request.headers.get("Accept"), PROBLEM_OFFERS) or problems.MEDIA_TYPE
    as_page = form == HTML.media_type
    try:
        body, tag = _told(error, as_page)
    except Exception:
        log.exception("the page of a problem cannot be made")
        body, tag = error.plain(as_page), problems.LANGUAGE
    response = Response(body.encode(), status=error.status, content_type=content_type(form))
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Content-Language"] = tag
    response.headers["Cache-Control"] = NO_STORE
    for name, value in error.headers.items():
        if name != "Vary":
            response.headers[name] = value
    return response


def _told(error: Problem, as_page: bool) -> tuple[str, str]:
    """The problem in the reader's language, and that language's tag."""
    language = reader().language
    title, detail = language(error.title), language(error.detail, **error.values) if error.detail else ""
    document = error.document(title, detail)
    if not as_page:
        return problems.dumps(document), language.tag
    told = {**document, "canonical": None, "detail": detail, "asked": _asked(document)}
    return render_template("problem.html", **told), language.tag


def _asked(document: Mapping[str, Any]) -> str:
    """The query in which a problem has a line; empty if there is none."""
    return request.values.get("query", "") if "line" in document else ""


class Purpose(NamedTuple):
    """A file's title and what it is for."""

    title: Text
    text: Text


def purposes() -> dict[str, Purpose]:
    """The purposes of files by their paths on this site (``/data/partners.csv``)."""
    found: dict[str, tuple[list[Term], list[Term]]] = {}
    for row in rows(_FILES):
        path = row["address"].value.removeprefix(site().location)
        titles, texts = found.setdefault(path, ([], []))
        titles.append(row["title"])
        texts.append(row["purpose"])
    pick = reader().language.pick
    return {
        path: Purpose(pick(titles) or Text(""), pick(texts) or Text(""))
        for path, (titles, texts) in found.items()
    }
