"""Things: ``/id/…`` leads to ``/doc/…``, which describes the thing as a page and in every RDF format."""

from __future__ import annotations

from flask import Blueprint, Response

from ...formats import DOCUMENT, HTML, by_extension
from ...rdf.terms import IRI, Triple
from ...sparql.descriptions import Description
from ..http.context import reader, site
from ..http.problems import N_, Problem
from ..http.responses import REDIRECT, requested, see_other
from ..http.serialization import rdf
from ..http.urls import DATASET, candidates
from ..pages.labels import describe, localized, name
from ..pages.thing import view

blueprint = Blueprint("things", __name__)


@blueprint.get(DATASET, defaults={"slug": DATASET.removeprefix("/")})
@blueprint.get("/id/<path:slug>")
def identified(slug: str) -> Response:
    """303 to the document, the same one for every Accept header."""
    if not any(map(site().descriptions.exists, candidates(slug, site().bases))):
        raise _unknown(slug)
    return see_other(reader().urls.to(f"/doc/{slug}"), REDIRECT)


@blueprint.get("/doc/<path:name_>")
def described(name_: str) -> Response:
    """The description, negotiated or in the format that the address names."""
    slug, form = by_extension(name_, DOCUMENT)
    iri, description = _find(slug)
    wanted = requested(f"/doc/{slug}", DOCUMENT, form.extension if form else "")
    if wanted.form is HTML:
        return wanted.page("thing.html", **view(iri, description))
    links = [f'<{iri}>; rel="describes"', f'<{site().facts.licence}>; rel="license"']
    return wanted.answer(rdf([*description.triples, *_parts(description)], wanted.form), links)


def _find(slug: str) -> tuple[str, Description]:
    """The thing with a slug (``place/x``). Raises Problem 404, or 410 if it was withdrawn."""
    for iri in candidates(slug, site().bases):
        if (description := describe(iri)) is not None:
            return iri, description
    raise _unknown(slug)


def _unknown(slug: str) -> Problem:
    """The problem of a name without a thing: 410, with the reason, if it was withdrawn, else 404."""
    entry = site().facts.withdrawals.get(slug)
    if entry is None:
        return Problem("not-found", N_("Nothing is known by this name: {slug}"), {"slug": slug})
    members = {
        "label": str(localized(entry.label) or slug),
        "reason": str(localized(entry.reason) or ""),
        "date": entry.date,
    }
    if replacement := entry.replaced_by:
        iri = f"{site().base}id/{replacement}"
        members |= {"replacement": iri, "replacement_label": str(name(iri))}
    return Problem("withdrawn", members={"withdrawn": members})


def _parts(description: Description) -> list[Triple]:
    """The statements about the thing's own parts, whose IRIs (``dataset#period``) lead to its document."""
    space = f"{description.subject.value}#"
    iris = [value.value for _, _, value, _ in description.statements if isinstance(value, IRI)]
    parts = [describe(iri) for iri in dict.fromkeys(iris) if iri.startswith(space)]
    return [triple for part in parts if part for triple in part.stated]
