"""The variables of every template, and the page of a problem."""

from __future__ import annotations

import logging
from collections import defaultdict
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
from .search.entries import search_data

log = logging.getLogger(__name__)

PROBLEM_OFFERS = (problems.MEDIA_TYPE, "application/json", HTML.media_type)
"""The media types in which a problem is reported."""

LINKED = 4000
"""Characters of a query that a page repeats in addresses and in code; a longer query is posted."""

_FILES = """SELECT ?address ?title ?purpose WHERE {
    { ?file dcat:downloadURL ?address }
    UNION { ?dataset a dcat:Dataset ; foaf:page ?address BIND (?address AS ?file) }
    ?file dct:title ?title ; dct:description ?purpose
    FILTER (lang(?title) = lang(?purpose))
}"""


def prepare(app: Flask) -> None:
    """Give the templates their globals, filters and variables."""
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
        decades=lambda years: [(year, reader().language(N_("the {year}s"), year=year)) for year in years],
    )
    app.context_processor(common)


def warm(app: Flask) -> None:
    """Prepare what the first pages of a snapshot need, before a client waits for it."""
    with app.test_request_context():
        for template in app.jinja_env.list_templates():
            app.jinja_env.get_template(template)
        land("near")
        overview()
        search_data().summary(focus())
        _ = search_data().examples


def common() -> dict[str, Any]:
    """The variables of every page."""
    here, facts = site(), site().facts
    language, urls = reader().language, reader().urls
    return {
        "_": language,
        "ngettext": language.plural,
        "language": language,
        "to": urls.to,
        "plain": urls.plain,
        "href": urls.iri,
        "here": request.path,
        "short": labels.short,
        "urls_language": urls.language,
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
            {"version": release.version, "date": release.date, "changes": localized(release.changes) or ""}
            for release in facts.releases
        ],
        "version_date": facts.modified or "",
        "switch": [(tag, language_name(tag), _address(tag, request.script_root)) for tag in here.languages],
        "canonical": _canonical(urls.language),
        "hreflang": [*((tag, _canonical(tag)) for tag in here.languages), ("x-default", _canonical(None))],
    }


def language_name(tag: str) -> str:
    """A language's own name, capitalised."""
    name = reader().language.name_of(tag)
    return name[:1].upper() + name[1:]


def _canonical(tag: str | None) -> str:
    """The public address of this page, the same for all its representations."""
    return site().location + _address(tag, "")


def _address(tag: str | None, root: str) -> str:
    """The address of this page in a language, with this request's query."""
    pairs = parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name != LANG]
    return Urls((), root, tag).to(request.path.removesuffix(f".{HTML.extension}"), *kept)


def problem(error: Problem) -> Response:
    """A problem as RFC 9457 JSON, or as a page if the client prefers one: in the reader's language, or
    without site, language and templates if one of these fails.
    """
    form = negotiate.media_type(request.headers.get("Accept"), PROBLEM_OFFERS) or problems.MEDIA_TYPE
    as_page = form == HTML.media_type
    try:
        body, tag = _rendered(error, as_page), reader().language.tag
    except Exception:
        log.exception("the page of a problem cannot be made")
        body, tag = error.plain(as_page), problems.LANGUAGE
    response = Response(body.encode(), status=error.status, content_type=content_type(form))
    headers = {"Vary": "Accept, Accept-Language", "Content-Language": tag, "Cache-Control": NO_STORE}
    response.headers.update({**error.headers, **headers})
    return response


def _rendered(error: Problem, as_page: bool) -> str:
    """The problem in the reader's language."""
    language = reader().language
    title, detail = language(error.title), language(error.detail, **error.values) if error.detail else ""
    document = error.document(title, detail)
    if not as_page:
        return problems.dumps(document)
    # A problem with a line is one of a query.
    query = request.values.get("query", "") if "line" in document else ""
    return render_template(
        "problem.html", **{**document, "canonical": None, "detail": detail, "failed_query": query}
    )


class Purpose(NamedTuple):
    """The title and the purpose of a file."""

    title: Text
    text: Text


def purposes() -> dict[str, Purpose]:
    """The purposes of files by their paths on this site (``/data/partners.csv``)."""
    literals: dict[str, tuple[list[Term], list[Term]]] = defaultdict(lambda: ([], []))
    for row in rows(_FILES):
        titles, texts = literals[row["address"].value.removeprefix(site().location)]
        titles.append(row["title"])
        texts.append(row["purpose"])
    pick = reader().language.pick
    return {
        path: Purpose(pick(titles) or Text(""), pick(texts) or Text(""))
        for path, (titles, texts) in literals.items()
    }
