"""``/search``: things by what they are called, as a page, as JSON and as a search that browsers can add."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from itertools import groupby

from flask import Blueprint, Response, render_template, request

from ...query.describe import Descriptions
from ...terms import IRI
from ..http.answers import answer, chosen, page
from ..http.language import Text, same_letters
from ..http.problems import Problem
from ..http.representations import HTML, Representation, by_extension
from ..http.site import reader, site
from ..views.choice import LONGEST
from ..views.layout import layout
from ..views.lookup import documents, focus, name, short
from ..views.search import Entry, Index

blueprint = Blueprint("finding", __name__)

JSON = Representation("json", "application/json", "json", "JSON")
OFFERS = (HTML, JSON)
OPENSEARCH = "application/opensearchdescription+xml"
MOST = 200

_NAMES = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX schema: <https://schema.org/>
PREFIX vlo: <https://w3id.org/vilnius-lod/ontology#>
SELECT DISTINCT ?class ?thing ?name WHERE {
    ?thing a ?class ; skos:prefLabel|skos:altLabel|vlo:formerName|schema:alternateName|skos:notation ?name
} ORDER BY ?thing ?name"""
_CONTEXT = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?class ?property ?thing ?name WHERE {
    ?thing a ?class ; ?property ?other . ?other skos:prefLabel|skos:altLabel ?name
} ORDER BY ?thing ?name"""


@blueprint.get("/search")
def negotiated() -> Response:
    """What is called so, in the format asked for."""
    return _search("search")


@blueprint.get("/search.<extension>")
def fixed(extension: str) -> Response:
    """What is called so, in one format."""
    return _search(f"search.{extension}")


@blueprint.get("/opensearch.xml")
def description() -> Response:
    """The search, described for browsers (OpenSearch 1.1)."""
    body = render_template("opensearch.xml", here=site().location).encode()
    return answer(body, OPENSEARCH, language=reader().language.tag)


def _search(address: str) -> Response:
    stem, form = by_extension(address, OFFERS)
    if stem != "search":
        raise Problem("not-found")
    asked = chosen(OFFERS, form)
    query = request.args.get("q", "").strip()[:LONGEST]
    names = index(site().descriptions, site().bases)
    found = names.find(query)
    suggested = [] if found or not query else names.suggest(query)
    if asked is JSON:
        document = {
            "query": query,
            "total": len(found),
            "results": _listed(found),
            "suggestions": _listed(suggested),
        }
        body = json.dumps(document, ensure_ascii=False, indent=1).encode()
        return answer(body, JSON.media_type, negotiated=form is None, language=reader().language.tag)
    return page(
        "search.html",
        negotiated=form is None,
        alternates=[(JSON, reader().urls.to("/search.json", ("q", query)))] if query else [],
        query=query,
        total=len(found),
        groups=_groups(found[:MOST]),
        suggested=[(_title(entry), reader().urls.iri(entry.iri)) for entry in suggested],
    )


@functools.lru_cache(maxsize=1)  # more would keep earlier snapshots in memory
def index(descriptions: Descriptions, bases: tuple[str, ...]) -> Index:
    """All that can be searched for in one snapshot."""
    entries = []
    for rank, entry in enumerate(layout().search):
        class_ = IRI(entry.kind)
        names: dict[str, list[str]] = {}
        for row in descriptions.rows(_NAMES, **{"class": class_}):
            names.setdefault(row["thing"].value, []).append(row["name"].value)
        context: dict[str, list[str]] = {}
        for property_ in entry.context:
            values = {"class": class_, "property": IRI(property_)}
            for row in descriptions.rows(_CONTEXT, **values):
                context.setdefault(row["thing"].value, []).append(row["name"].value)
        entries += [
            Entry(iri, entry.heading, rank, tuple(own), tuple(context.get(iri, ())))
            for iri, own in names.items()
            if iri.startswith(bases)
        ]
    return Index(entries, same_letters())


def _groups(found: Iterable[Entry]) -> list[tuple[str, list[tuple[Text, str | None, str]]]]:
    """Those of one kind together; kinds in the order of their best. With each what it is also called, or
    the parties of a document.
    """
    beside = {
        document.iri: ", ".join(party.text.value for party in document.among([focus()]))
        for document in documents()
    }
    best: dict[str, int] = {}
    for position, entry in enumerate(found := list(found)):
        best.setdefault(entry.kind, position)
    ordered = sorted(found, key=lambda entry: best[entry.kind])
    return [
        (
            reader().language(kind),
            [
                (
                    _title(entry),
                    reader().urls.iri(entry.iri),
                    beside.get(entry.iri) or ", ".join(_others(entry)),
                )
                for entry in entries
            ],
        )
        for kind, entries in groupby(ordered, key=lambda entry: entry.kind)
    ]


def _title(entry: Entry) -> Text:
    return name(entry.iri)


def _others(entry: Entry) -> list[str]:
    """What else it is called: the reader may have asked by that."""
    return sorted(set(entry.names) - {name(entry.iri).value})


def _listed(entries: Iterable[Entry]) -> list[dict[str, object]]:
    return [
        {
            "iri": entry.iri,
            "name": name(entry.iri).value,
            "id": short(entry.iri),
            "names": sorted(set(entry.names)),
        }
        for entry in entries
    ]
