"""``/search``: things by name, as a page, as JSON and as a search engine for browsers (OpenSearch)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from flask import Blueprint, Response, render_template, request

from ...formats import HTML, JSON
from ...i18n.language import Text
from ...i18n.letters import fold, words
from ..http.context import reader, site
from ..http.responses import answer, page, requested
from ..http.urls import Urls
from ..pages.labels import labels, name, short
from ..pages.search.entries import search_data
from ..pages.search.index import MAX_QUESTION_LENGTH, Entry, ForeignName, SearchAnswer, SearchMatch, begins

blueprint = Blueprint("finding", __name__)

OPENSEARCH = "application/opensearchdescription+xml"
SUGGESTIONS = "application/x-suggestions+json"
MAX_RESULTS = 200
MAX_SUGGESTIONS = 10


class Result(NamedTuple):
    """A thing found by a search. ``names`` are its other names in the dataset that match the query, ``by`` is
    the name in another source that matched.
    """

    iri: str
    kind: str
    title: Text
    href: str | None
    names: Sequence[Text]
    summary: str
    by: ForeignName | None

    @property
    def by_language(self) -> str:
        """The language of the name: the reader's if it is one of several."""
        languages = self.by.languages if self.by else ()
        tag = reader().language.tag
        return tag if tag in languages else languages[0] if languages else ""

    @property
    def by_source(self) -> str:
        """The source of the name."""
        return search_data().sources[self.by.source]["name"] if self.by else ""


@blueprint.get("/search")
@blueprint.get("/search.<extension>")
def search(extension: str = "") -> Response:
    """The things with such a name, negotiated or in the format that the address names."""
    wanted, language = requested("/search", (HTML, JSON), extension), reader().language
    outcome, urls = _search_answer(), reader().urls
    if wanted.form is JSON:
        body = json.dumps(_document(outcome), ensure_ascii=False, indent=1).encode()
        return answer(body, JSON.media_type, negotiated=wanted.negotiated, language=language.tag)
    return page(
        "search.html",
        negotiated=wanted.negotiated,
        alternates=[(JSON, urls.to("/search.json", ("q", outcome.read)))] if outcome.read else [],
        query=outcome.read,
        longest=MAX_QUESTION_LENGTH,
        shortened=" ".join(request.args.get("q", "").split()) != outcome.read,
        total=len(outcome.matches),
        groups=_groups(outcome.matches, outcome.read),
        partial=[
            (language.list(part.without), _groups(part.matches, outcome.read)) for part in outcome.partial
        ],
        corrected=[(text, urls.to("/search", ("q", text))) for text in outcome.corrected],
        suggested=_results([SearchMatch(entry) for entry in outcome.alike], outcome.read),
        examples=[(text, urls.to("/search", ("q", text))) for text in search_data().examples],
        sources=list(search_data().sources.values()),
    )


@blueprint.get("/suggest")
def suggest() -> Response:
    """Completions of the typed text, with their addresses (OpenSearch Suggestions 1.1)."""
    outcome = _search_answer()
    results = _results(_nearest(outcome)[:MAX_SUGGESTIONS], outcome.read)
    urls = Urls(site().bases, "", reader().urls.language)
    document = [
        outcome.read,
        [result.title.value for result in results],
        [" · ".join(filter(None, [_foreign_name(result), result.summary])) for result in results],
        [site().location + (urls.iri(result.iri) or "") for result in results],
    ]
    body = json.dumps(document, ensure_ascii=False).encode()
    return answer(body, SUGGESTIONS, language=reader().language.tag)


@blueprint.get("/opensearch.xml")
def description() -> Response:
    """The search, described for browsers (OpenSearch 1.1)."""
    body = render_template("opensearch.xml", here=site().location).encode()
    return answer(body, OPENSEARCH, language=reader().language.tag)


def _search_answer() -> SearchAnswer:
    return search_data().index.find(request.args.get("q", "").strip())


def _document(outcome: SearchAnswer) -> dict[str, object]:
    """The answer for programs, with the same content as the page."""
    return {
        "query": outcome.read,
        "total": len(outcome.matches),
        "results": _json(outcome.matches),
        "partial": [{"without": part.without, "results": _json(part.matches)} for part in outcome.partial],
        "did_you_mean": outcome.corrected,
        "suggestions": _json(SearchMatch(entry) for entry in outcome.alike),
        "sources": list(search_data().sources.values()),
    }


def _nearest(outcome: SearchAnswer) -> list[SearchMatch]:
    """The matches, else those of most of the words, else the most similar names."""
    partial = [match for part in outcome.partial for match in part.matches]
    return [*outcome.matches] or [*dict.fromkeys(partial)] or [SearchMatch(entry) for entry in outcome.alike]


def _groups(matches: Sequence[SearchMatch], query: str) -> list[tuple[str, list[Result]]]:
    """The matches by kind; kinds in the order of their best match."""
    results = _results(matches[:MAX_RESULTS], query)
    best: dict[str, int] = {}
    for position, result in enumerate(results):
        best.setdefault(result.kind, position)
    ordered = sorted(results, key=lambda result: best[result.kind])
    by_kind = groupby(ordered, key=lambda result: result.kind)
    return [(reader().language(kind), list(group)) for kind, group in by_kind]


def _results(matches: Iterable[SearchMatch], query: str) -> list[Result]:
    results = []
    for entry, by in matches:
        address, summary = reader().urls.iri(entry.iri), search_data().summary(entry.iri)
        names = _matching_names(entry, query)
        results.append(Result(entry.iri, entry.kind, name(entry.iri), address, names, summary, by))
    return results


def _matching_names(entry: Entry, query: str) -> list[Text]:
    """The other names that match the query, if the name that is shown does not."""
    title, forms = name(entry.iri).value, fold(query).split()
    tags = {literal.value: literal.language for literal in labels(entry.iri)}
    matching = [other for other in entry.names if begins(forms, words(other))]
    return [] if title in matching else [Text(other, tags.get(other, "")) for other in matching]


def _foreign_name(result: Result) -> str:
    """The name in another source that matched, in words."""
    if result.by is None:
        return ""
    return reader().language("also called {name} ({source})", name=result.by.text, source=result.by_source)


def _json(matches: Iterable[SearchMatch]) -> list[dict[str, object]]:
    results = []
    for entry, by in matches:
        result: dict[str, object] = {
            "iri": entry.iri,
            "name": name(entry.iri).value,
            "id": short(entry.iri),
            "kind": reader().language(entry.kind),
            "names": sorted(set(entry.names)),
            "about": search_data().summary(entry.iri),
        }
        if by:
            source = search_data().sources[by.source]["name"]
            result["found_by"] = {"name": by.text, "languages": by.languages, "source": source}
        results.append(result)
    return results
