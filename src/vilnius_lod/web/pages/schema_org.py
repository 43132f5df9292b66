"""Descriptions in terms of schema.org: JSON-LD for search engines, which read it in a page."""

from __future__ import annotations

import json
from collections import defaultdict
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
"""Embedded in the page, so that a JSON-LD processor fetches nothing and knows IRIs and dates as such."""
SPDX = "http://spdx.org/rdf/terms#"
MEDIA_TYPES = "http://www.iana.org/assignments/media-types/"
# The first that fits; places are distinguished by their kind.
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
        self._values: dict[tuple[str, str], list[Term]] = defaultdict(list)
        for subject, predicate, value in triples:
            self._values[subject.value, predicate.value].append(value)

    def values(self, iri: str, *predicates: str) -> list[Term]:
        """The values of a thing's properties (CURIEs, or IRIs in full)."""
        keys = [name if "://" in name else expand(name) for name in predicates]
        return list(dict.fromkeys(value for key in keys for value in self._values.get((iri, key), ())))

    def links(self, iri: str, *predicates: str) -> list[str]:
        """The IRIs among these values."""
        return [value.value for value in self.values(iri, *predicates) if isinstance(value, IRI)]

    def one(self, iri: str, *predicates: str) -> str:
        """The first of these values, empty if there is none."""
        return next((value.value for value in self.values(iri, *predicates)), "")


def kind(graph: TripleIndex, iri: str) -> str:
    """The class of schema.org for a thing; ``Thing`` if there is no better one."""
    classes = graph.links(iri, "rdf:type")
    for curie, name in _CLASSES.items():
        if expand(curie) in classes:
            types = [type_.removeprefix(concept("place-type", "")) for type_ in graph.links(iri, "dct:type")]
            places = [_PLACES[slug] for slug in types if slug in _PLACES]
            return places[0] if name == "Place" and places else name
    return "Thing"


def thing(graph: TripleIndex, iri: str, dataset: str) -> JsonNode:
    """A thing in its own page; ``dataset`` is the dataset that describes it."""
    node: JsonNode = {"@context": CONTEXT, "@type": kind(graph, iri), "@id": iri, "identifier": iri}
    node |= {name: _texts(graph, iri, *predicates) for name, predicates in _TEXTS.items()}
    node |= {name: graph.links(iri, *predicates) for name, predicates in _ADDRESSES.items()}
    for name, predicate in _THINGS.items():
        node[name] = [{"@id": link} for link in graph.links(iri, predicate)]
    node |= {name: graph.one(iri, predicate) for name, predicate in _DATES.items()}
    if lat := graph.one(iri, "geo:lat"):
        node["geo"] = {"@type": "GeoCoordinates", "latitude": lat, "longitude": graph.one(iri, "geo:long")}
    node["subjectOf"] = {"@type": "Dataset", "@id": dataset}
    return _pruned(node)


def dataset(graph: TripleIndex, iri: str, catalogue: str) -> JsonNode:
    """The dataset, its files and its catalogue, as the catalogue describes them."""
    period = graph.one(iri, "dct:temporal")
    dates = [graph.one(period, f"dcat:{name}") for name in ("startDate", "endDate")] if period else []
    publisher = graph.one(iri, "dct:publisher")
    agent = {"@type": "Organization", "@id": publisher, "name": _texts(graph, publisher, "foaf:name")}
    return _pruned(
        {
            "@context": CONTEXT,
            "@type": "Dataset",
            **_described(graph, iri),
            "version": graph.one(iri, "dcat:version"),
            "isAccessibleForFree": True,
            "keywords": _texts(graph, iri, "dcat:keyword"),
            "creator": agent,
            "publisher": agent,
            "temporalCoverage": "/".join(dates) if all(dates) else "",
            "spatialCoverage": [
                {"@type": "Place", "@id": place, "name": _texts(graph, place, "skos:prefLabel")}
                for place in graph.links(iri, "schema:about")
            ],
            "isBasedOn": [{"@id": source} for source in graph.links(iri, "prov:wasDerivedFrom")],
            "includedInDataCatalog": {"@type": "DataCatalog", **_described(graph, catalogue)},
            "distribution": [
                _download(graph, file)
                for file in graph.links(iri, "dcat:distribution")
                if graph.links(file, "dcat:downloadURL")
            ],
        }
    )


def script(node: Mapping[str, Any]) -> str:
    """JSON for a script element: no text in it can end the element."""
    return json.dumps(node, ensure_ascii=False).replace("<", "\\u003c")


def _described(graph: TripleIndex, iri: str) -> JsonNode:
    """The properties that dataset and catalogue have in common."""
    return {
        "@id": iri,
        "identifier": iri,
        "url": graph.one(iri, "dcat:landingPage", "foaf:homepage"),
        "name": _texts(graph, iri, "dct:title"),
        "description": _texts(graph, iri, "dct:description"),
        "license": _licence(graph, iri),
        "datePublished": graph.one(iri, "dct:issued"),
        "dateModified": graph.one(iri, "dct:modified"),
    }


def _download(graph: TripleIndex, iri: str) -> JsonNode:
    checksum = graph.one(iri, SPDX + "checksum")
    return {
        "@type": "DataDownload",
        "@id": iri,
        "name": _texts(graph, iri, "dct:title"),
        "contentUrl": graph.one(iri, "dcat:downloadURL"),
        "encodingFormat": graph.one(iri, "dcat:mediaType").removeprefix(MEDIA_TYPES),
        "contentSize": f"{graph.one(iri, 'dcat:byteSize')} B",
        "sha256": graph.one(checksum, SPDX + "checksumValue"),
        "license": _licence(graph, iri),
    }


def _texts(graph: TripleIndex, iri: str, *predicates: str) -> list[str | JsonNode]:
    return [_text(value) for value in graph.values(iri, *predicates)]


def _licence(graph: TripleIndex, iri: str) -> str:
    """The licence's own address, which is better known than the authority table's."""
    licence = graph.one(iri, "dct:license")
    return graph.one(licence, "skos:exactMatch") or licence


def _text(value: Term) -> str | JsonNode:
    if isinstance(value, Literal) and value.language:
        return {"@value": value.value, "@language": value.language}
    return value.value


def _pruned(node: JsonNode) -> JsonNode:
    """The node without empty members; a list of one is its member."""
    return {name: _value(member) for name, member in node.items() if member not in ("", [], {}, None)}


def _value(member: Any) -> Any:
    if isinstance(member, list):
        return _value(member[0]) if len(member) == 1 else [*map(_value, member)]
    return _pruned(member) if isinstance(member, dict) else member
