"""Descriptions in schema.org's words: JSON-LD that search engines read in a page and that fetches nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ...rdf.namespaces import concept, expand
from ...rdf.terms import IRI, Literal, Term, Triple

# The types that schema.org's own context (release 30.0) gives to the properties used here.
_IRIS = ("contentUrl", "isBasedOn", "license", "sameAs", "url")
_DAYS = ("dateCreated", "dateModified", "datePublished", "foundingDate", "startDate")
CONTEXT = {
    "@vocab": "https://schema.org/",
    **{name: {"@type": "@id"} for name in _IRIS},
    **{name: {"@type": "Date"} for name in _DAYS},
}
"""Stands in the page, so that a processor of JSON-LD fetches nothing, and reads IRIs and dates as such."""
DCAT, SPDX = "http://www.w3.org/ns/dcat#", "http://spdx.org/rdf/terms#"
MEDIA_TYPES = "http://www.iana.org/assignments/media-types/"
# The first that fits; places are told apart by their kind.
_CLASSES = {
    "schema:Country": "Country",
    "dct:Location": "Place",
    "org:FormalOrganization": "Organization",
    "vlo:CityNetwork": "Organization",
    "vlo:Agreement": "CreativeWork",
    "vlo:AgreementEvent": "Event",
    "dcat:Dataset": "Dataset",
    "dcat:Catalog": "DataCatalog",
    "dcat:Distribution": "DataDownload",
    "foaf:Document": "WebPage",
}
_PLACES = {
    "city": "City",
    "settlement": "City",
    "country": "Country",
    "region": "AdministrativeArea",
    "state": "State",
    "district": "AdministrativeArea",
}
_TEXTS = {
    "name": ("skos:prefLabel", "dct:title"),
    "alternateName": ("skos:altLabel", "vlo:formerName", "schema:alternateName"),
    "description": ("dct:description",),
}
_ADDRESSES = {"sameAs": ("owl:sameAs", "skos:exactMatch"), "url": ("foaf:homepage",)}
_THINGS = {"containedInPlace": "schema:containedInPlace", "location": "dct:spatial"}
_DATES = {"startDate": "dct:date", "dateCreated": "vlo:signed", "foundingDate": "vlo:founded"}
JsonNode = dict[str, Any]


class TripleIndex:
    """Triples by subject and property."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._found: dict[tuple[str, str], list[Term]] = {}
        for subject, predicate, value in triples:
            self._found.setdefault((subject.value, predicate.value), []).append(value)

    def values(self, it: str, *predicates: str) -> list[Term]:
        """What is said of a thing with these properties (CURIEs, or IRIs in full)."""
        keys = [name if "://" in name else expand(name) for name in predicates]
        return list(dict.fromkeys(value for key in keys for value in self._found.get((it, key), ())))

    def links(self, it: str, *predicates: str) -> list[str]:
        """The IRIs among these values."""
        return [value.value for value in self.values(it, *predicates) if isinstance(value, IRI)]

    def one(self, it: str, *predicates: str) -> str:
        """The first of these values, empty if there is none."""
        return next((value.value for value in self.values(it, *predicates)), "")


def kind(graph: TripleIndex, it: str) -> str:
    """The class that schema.org has for a thing, ``Thing`` for want of a better one."""
    classes = graph.links(it, "rdf:type")
    for curie, name in _CLASSES.items():
        if expand(curie) in classes:
            slugs = [iri.removeprefix(concept("place-type", "")) for iri in graph.links(it, "dct:type")]
            return (
                next((_PLACES[slug] for slug in slugs if slug in _PLACES), name) if name == "Place" else name
            )
    return "Thing"


def thing(graph: TripleIndex, it: str, dataset: str) -> JsonNode:
    """A thing in a page of its own; ``dataset`` is the dataset that describes it."""
    found: JsonNode = {"@context": CONTEXT, "@type": kind(graph, it), "@id": it, "identifier": it}
    for name, predicates in _TEXTS.items():
        found[name] = _texts(graph, it, *predicates)
    for name, predicates in _ADDRESSES.items():
        found[name] = graph.links(it, *predicates)
    for name, predicate in _THINGS.items():
        found[name] = [{"@id": iri} for iri in graph.links(it, predicate)]
    for name, predicate in _DATES.items():
        found[name] = graph.one(it, predicate)
    if lat := graph.one(it, "geo:lat"):
        found["geo"] = {"@type": "GeoCoordinates", "latitude": lat, "longitude": graph.one(it, "geo:long")}
    found["subjectOf"] = {"@type": "Dataset", "@id": dataset}
    said: JsonNode = _said(found)
    return said


def dataset(graph: TripleIndex, it: str, catalogue: str) -> JsonNode:
    """The dataset, its files and its catalogue, as the catalogue describes them."""
    distributions = graph.links(it, DCAT + "distribution")
    period = graph.one(it, "dct:temporal")
    dates = [graph.one(period, DCAT + name) for name in ("startDate", "endDate")] if period else []
    said: JsonNode = _said(
        {
            "@context": CONTEXT,
            "@type": "Dataset",
            **_described(graph, it),
            "version": graph.one(it, DCAT + "version"),
            "isAccessibleForFree": True,
            "keywords": _texts(graph, it, DCAT + "keyword"),
            "creator": _agent(graph, it),
            "publisher": _agent(graph, it),
            "temporalCoverage": "/".join(dates) if all(dates) else "",
            "spatialCoverage": [
                {"@type": "Place", "@id": place, "name": _texts(graph, place, "skos:prefLabel")}
                for place in graph.links(it, "schema:about")
            ],
            "isBasedOn": [{"@id": iri} for iri in graph.links(it, "prov:wasDerivedFrom")],
            "includedInDataCatalog": {"@type": "DataCatalog", **_described(graph, catalogue)},
            "distribution": [
                _download(graph, file) for file in distributions if graph.links(file, DCAT + "downloadURL")
            ],
        }
    )
    return said


def script(node: Mapping[str, Any]) -> str:
    """JSON that may stand in a script element: no text in it can end the element."""
    return json.dumps(node, ensure_ascii=False).replace("<", "\\u003c")


def _described(graph: TripleIndex, it: str) -> JsonNode:
    """What dataset and catalogue have in common."""
    return {
        "@id": it,
        "identifier": it,
        "url": graph.one(it, DCAT + "landingPage", "foaf:homepage"),
        "name": _texts(graph, it, "dct:title"),
        "description": _texts(graph, it, "dct:description"),
        "license": _licence(graph, it),
        "datePublished": graph.one(it, "dct:issued"),
        "dateModified": graph.one(it, "dct:modified"),
    }


def _download(graph: TripleIndex, it: str) -> JsonNode:
    checksum = graph.one(it, SPDX + "checksum")
    return {
        "@type": "DataDownload",
        "@id": it,
        "name": _texts(graph, it, "dct:title"),
        "contentUrl": graph.one(it, DCAT + "downloadURL"),
        "encodingFormat": graph.one(it, DCAT + "mediaType").removeprefix(MEDIA_TYPES),
        "contentSize": f"{graph.one(it, DCAT + 'byteSize')} B",
        "sha256": graph.one(checksum, SPDX + "checksumValue"),
        "license": _licence(graph, it),
    }


def _agent(graph: TripleIndex, it: str) -> JsonNode:
    publisher = graph.one(it, "dct:publisher")
    names = _texts(graph, publisher, "foaf:name")
    return {"@type": "Organization", "@id": publisher, "name": names}


def _texts(graph: TripleIndex, it: str, *predicates: str) -> list[str | JsonNode]:
    return [_text(value) for value in graph.values(it, *predicates)]


def _licence(graph: TripleIndex, it: str) -> str:
    """The licence's own address, which more readers know than the authority table's."""
    licence = graph.one(it, "dct:license")
    return graph.one(licence, "skos:exactMatch") or licence


def _text(value: Term) -> str | JsonNode:
    if isinstance(value, Literal) and value.language:
        return {"@value": value.value, "@language": value.language}
    return value.value


def _said(value: Any) -> Any:
    """Without what is empty; a list of one is its member."""
    if isinstance(value, dict):
        return {name: _said(member) for name, member in value.items() if member not in ("", [], {}, None)}
    if isinstance(value, list):
        return _said(value[0]) if len(value) == 1 else [_said(member) for member in value]
    return value
