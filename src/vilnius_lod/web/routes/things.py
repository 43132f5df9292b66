"""Things: ``/id/…`` leads to ``/doc/…``, which describes the thing as a page and in every RDF format."""

from __future__ import annotations

from flask import Blueprint, Response, redirect

from ...formats import DOCUMENT, HTML, RDF, by_extension
from ...rdf.terms import IRI, Triple
from ...sparql.descriptions import Description
from ..http.context import reader, site
from ..http.problems import N_, Problem
from ..http.responses import answer, chosen, page
from ..http.serialization import rdf
from ..http.urls import DATASET, candidates
from ..pages.jinja import texts
from ..pages.labels import name
from ..pages.thing import view

blueprint = Blueprint("things", __name__)


@blueprint.get(DATASET, defaults={"slug": DATASET.removeprefix("/")})
@blueprint.get("/id/<path:slug>")
def identified(slug: str) -> Response:
    """See the document: the same one, whatever the client accepts."""
    _find(slug)
    location = reader().urls.to(f"/doc/{slug}")
    response: Response = redirect(location, 303)  # type: ignore[assignment]
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/doc/<path:name_>")
def described(name_: str) -> Response:
    """The description, negotiated or in the format that the address names."""
    slug, form = by_extension(name_, DOCUMENT)
    iri, description = _find(slug)
    asked = chosen(DOCUMENT, form)
    urls = reader().urls
    addresses = {other: urls.plain(f"/doc/{slug}.{other.extension}") for other in DOCUMENT}
    location = None if form else addresses[asked]
    if asked is HTML:
        return page(
            "thing.html",
            negotiated=form is None,
            location=location,
            alternates=[(other, addresses[other]) for other in RDF],
            **view(iri, description),
        )
    links = [f'<{iri}>; rel="describes"', f'<{site().facts.licence}>; rel="license"']
    return answer(
        rdf([*description.triples, *_parts(description)], asked),
        asked.media_type,
        negotiated=form is None,
        location=location,
        links=links,
    )


def _find(slug: str) -> tuple[str, Description]:
    """The thing that a slug (``place/x``) names. Raises a Problem: 404, or 410 for what was withdrawn."""
    for iri in candidates(slug, site().bases):
        description = site().descriptions.describe(iri)
        if description is not None:
            return iri, description
    if slug in site().facts.withdrawals:
        raise _withdrawn(slug)
    raise Problem("not-found", N_("Nothing is known by this name: {slug}"), {"slug": slug})


def _parts(description: Description) -> list[Triple]:
    """What is said of the thing's own parts, whose IRIs (``dataset#period``) lead to its document."""
    space = f"{description.subject.value}#"
    iris = [value.value for _, _, value, _ in description.statements if isinstance(value, IRI)]
    parts = [site().descriptions.describe(iri) for iri in dict.fromkeys(iris) if iri.startswith(space)]
    return [said.triple for part in parts if part for said in part.statements]


def _withdrawn(slug: str) -> Problem:
    """What it was, when and why it was taken back, and what stands in its place."""
    entry = site().facts.withdrawals[slug]
    language = reader().language
    members = {
        "label": str(language.pick(texts(entry.label)) or slug),
        "reason": str(language.pick(texts(entry.reason)) or ""),
        "date": entry.date,
    }
    if replacement := entry.replaced_by:
        iri = f"{site().base}id/{replacement}"
        members |= {"replacement": iri, "replacement_label": str(name(iri))}
    return Problem("withdrawn", members={"withdrawn": members})
