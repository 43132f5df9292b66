"""The home page, and the partners as GeoJSON."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response

from ..terms import Term
from .answers import answer, page
from .language import Text
from .lookup import Document, Item, documents, item, labels, rows
from .site import reader, site

blueprint = Blueprint("pages", __name__)

_PARTNERS = """SELECT DISTINCT ?place ?country WHERE {
    ?partnership vlo:partner ?place .
    OPTIONAL { ?place schema:containedInPlace ?country . ?country a schema:Country }
}"""
_NETWORKS = """SELECT ?network ?membership ?member ?since WHERE {
    ?network a vlo:CityNetwork .
    OPTIONAL { ?membership org:organization ?network ; vlo:memberPlace ?member .
               OPTIONAL { ?membership vlo:since ?since } }
}"""
_POINTS = """PREFIX geo: <http://www.w3.org/2003/01/geo/wgs84_pos#>
SELECT DISTINCT ?place ?lat ?long WHERE {
    ?partnership vlo:partner ?place . ?place geo:lat ?lat ; geo:long ?long
} ORDER BY ?place"""


@blueprint.get("/")
def home() -> Response:
    """What this is, who the partners are, and the ways in."""
    language = reader().language
    found = documents()
    partners = _partners(found)
    networks = _networks()
    countries = {partner["country"].text for partner in partners} - {Text("")}
    dated = [document for document in found if document.date]
    figures = [
        (len(partners), language.plural("partner", "partners", len(partners))),
        (len(countries), language.plural("country", "countries", len(countries))),
        (len(found), language.plural("document", "documents", len(found))),
        (len(networks), language.plural("network", "networks", len(networks))),
    ]
    return page(
        "home.html",
        partners=partners,
        networks=networks,
        figures=figures,
        oldest=dated[0] if dated else None,
    )


def _partners(found: list[Document]) -> list[dict[str, Any]]:
    """Each partner with its country and its documents, in the order of the alphabet."""
    nothing = Item(Text(""))
    partners: dict[str, dict[str, Any]] = {}
    for row in rows(_PARTNERS):
        iri = row["place"].value
        country = item(row["country"].value) if "country" in row else nothing
        partners[iri] = {
            "place": item(iri),
            "country": country,
            "documents": [document for document in found if iri in document.parties],
        }
    key = reader().language.sort_key
    return sorted(partners.values(), key=lambda partner: key(partner["place"].text.value))


def _networks() -> list[dict[str, Any]]:
    focus = _focus()
    networks = [
        {
            "network": item(row["network"].value),
            "membership": item(row["membership"].value) if "membership" in row else None,
            "member": item(row["member"].value) if "member" in row and row["member"].value != focus else None,
            "since": row["since"].value if "since" in row else "",
        }
        for row in rows(_NETWORKS)
    ]
    key = reader().language.sort_key
    return sorted(networks, key=lambda network: key(network["network"].text.value))


def _focus() -> str:
    """The IRI of the city whose relations these are."""
    return f"{site().base}id/place/{site().facts['focus']}"


@blueprint.get("/partners.geojson")
def geojson() -> Response:
    """The partners that have coordinates, as points (RFC 7946)."""
    features = [_feature(row) for row in rows(_POINTS)]
    document = {"type": "FeatureCollection", "features": features}
    return answer(
        (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(), "application/geo+json"
    )


def _feature(row: dict[str, Term]) -> dict[str, Any]:
    iri = row["place"].value
    names = {
        f"name_{label.language}": label.value for label in labels(iri) if label.language in site().languages
    }
    point = [float(row["long"].value), float(row["lat"].value)]
    return {
        "type": "Feature",
        "id": iri,
        "geometry": {"type": "Point", "coordinates": point},
        "properties": dict(sorted(names.items())),
    }
