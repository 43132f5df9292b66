"""``/source/{slug}``: the page that the dataset was extracted from, line by line."""

from __future__ import annotations

from flask import Blueprint, Response

from ....formats import HTML, TEXT, by_extension
from ...http.context import site
from ...http.problems import Problem
from ...http.responses import requested
from ...pages.labels import rows

blueprint = Blueprint("source", __name__)

OFFERS = (HTML, TEXT)
FILE = "source/page.txt"


@blueprint.get("/source/<name>")
def source(name: str) -> Response:
    """The page with an anchor for each line (``#L44``), or as the plain text that was read."""
    slug, form = by_extension(name, OFFERS)
    if slug != site().facts.source.slug:
        raise Problem("not-found")
    wanted = requested(f"/source/{slug}", OFFERS, form.extension if form else "")
    if wanted.form is TEXT:
        return wanted.stored(FILE)
    return wanted.page(
        "source.html",
        lines=site().snapshot.read(FILE).decode().split("\n"),
        passage=f"{site().base}id/passage/{slug}-",
        cited=cited_lines(),
    )


def cited_lines() -> set[int]:
    """The numbers of the lines that statements are quoted from."""
    query = "SELECT ?line WHERE { ?passage a vlo:Passage ; vlo:line ?line }"
    return {int(row["line"].value) for row in rows(query)}
