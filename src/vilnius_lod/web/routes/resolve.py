"""``/resolve``: from an identifier elsewhere (Wikidata, GeoNames) to our thing."""

from __future__ import annotations

import re

from flask import Blueprint, Response, request

from ...rdf.namespaces import expand
from ...rdf.terms import IRI
from ..http.context import reader, site
from ..http.problems import N_, Problem
from ..http.responses import REDIRECT, see_other
from ..http.urls import local_path
from ..pages.labels import rows

blueprint = Blueprint("resolve", __name__)

# The parameter, the pattern of its values, and the CURIE of the identifier.
_IDENTIFIERS = {"wikidata": (r"Q[1-9][0-9]{0,11}", "wd:{}"), "geonames": (r"[1-9][0-9]{0,11}", "gn:{}/")}
_SAME = """SELECT ?thing ?link ?item WHERE {
    VALUES ?link { owl:sameAs skos:exactMatch skos:closeMatch } ?thing ?link ?item
} ORDER BY ?thing"""
_STRENGTH = [expand(name) for name in ("owl:sameAs", "skos:exactMatch", "skos:closeMatch")]


@blueprint.get("/resolve")
def resolve() -> Response:
    """303 to the thing that is linked to the identifier most strongly. Raises a Problem: 400, 404."""
    given = [(name, value) for name, value in request.args.items(multi=True) if name in _IDENTIFIERS]
    if len(given) != 1:
        names = ", ".join(_IDENTIFIERS)
        raise Problem("bad-request", N_("Exactly one of these is needed: {names}."), {"names": names})
    name, value = given[0]
    pattern, curie = _IDENTIFIERS[name]
    if not re.fullmatch(pattern, value):
        values = {"name": name, "value": value}
        raise Problem("bad-request", N_("Not an identifier of {name}: {value}"), values)
    links = rows(_SAME, item=IRI(expand(curie.format(value))))
    if not links:
        raise Problem("not-found", N_("Nothing here is linked to {value}."), {"value": value})
    best = min(links, key=lambda row: _STRENGTH.index(row["link"].value))
    path = local_path(best["thing"].value, site().bases) or "/"
    return see_other(reader().urls.to(path), REDIRECT)
