"""The home page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from .answers import page
from .language import Text
from .lookup import Document, Item, documents, item, rows
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
