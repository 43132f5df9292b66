"""``/source/{slug}``: the page that the dataset was read from, line by line."""

from __future__ import annotations

from flask import Blueprint, Response

from ...formats import HTML, TEXT, by_extension
from ..http.context import reader, site
from ..http.problems import Problem
from ..http.responses import chosen, page, stored

blueprint = Blueprint("source", __name__)

OFFERS = (HTML, TEXT)
FILE = "source/page.txt"


@blueprint.get("/source/<name>")
def source(name: str) -> Response:
    """The page with an anchor for each line (``#L44``), or as the plain text that was read."""
    here, urls = site(), reader().urls
    slug, form = by_extension(name, OFFERS)
    if slug != here.facts.source.slug:
        raise Problem("not-found")
    asked = chosen(OFFERS, form)
    location = None if form else urls.plain(f"/source/{slug}.{asked.extension}")
    if asked is TEXT:
        return stored(FILE, TEXT.media_type, negotiated=form is None, location=location)
    lines = here.snapshot.read(FILE).decode().split("\n")
    return page(
        "source.html",
        negotiated=form is None,
        location=location,
        alternates=[(TEXT, urls.plain(f"/source/{slug}.txt"))],
        lines=lines,
        passage=f"{here.base}id/passage/{slug}-",
        cited=cited_lines(),
    )


def cited_lines() -> set[int]:
    """The numbers of the lines that statements are quoted from."""
    query = """PREFIX vlo: <https://w3id.org/vilnius-lod/ontology#>
        SELECT ?line WHERE { ?passage a vlo:Passage ; vlo:line ?line }"""
    return {int(row["line"].value) for row in site().descriptions.rows(query)}
