"""Link tables to the graph of links: what is the same elsewhere, with evidence; coordinates."""

from __future__ import annotations

from collections.abc import Iterator

from ..rdf.terms import IRI, Triple
from ..records.model import LanguageMap, Link, Records
from . import minting
from .minting import TermStatement, collect, decimal, path, term, text, thing

GEONAMES = "https://sws.geonames.org/"
WIKIDATA = "http://www.wikidata.org/entity/"


def links_graph(records: Records) -> list[Triple]:
    """The links, a mapping for each row, and the places' coordinates."""
    return collect([*_mappings(records), *_coordinates(records)])


def identifier(records: Records, place: str, namespace: str) -> str:
    """A place's identifier in a namespace (WIKIDATA, GEONAMES), as the first link has it; else empty."""
    for link in records.links:
        if link.subject == f"place/{place}" and link.object.startswith(namespace):
            return link.object.removeprefix(namespace).strip("/")
    return ""


def mapping_iri(records: Records, link: Link) -> IRI:
    """The IRI of the mapping that a row of a link table is."""
    return thing(records.dataset, "mapping", f"{link.set_id}-{link.subject.replace('/', '-')}")


def _mappings(records: Records) -> Iterator[TermStatement]:
    data = records.dataset
    names = _names(records)
    for link in records.links:
        subject, predicate, target = (
            path(data, f"id/{link.subject}"),
            term(link.predicate),
            IRI(link.object),
        )
        it = mapping_iri(records, link)
        yield subject, link.predicate, target
        yield it, "rdf:type", term("sssom:Mapping")
        yield it, "sssom:subject_id", subject
        yield it, "sssom:predicate_id", predicate
        yield it, "sssom:object_id", target
        yield it, "sssom:mapping_justification", term(link.justification)
        if link.confidence:
            yield it, "sssom:confidence", minting.typed(link.confidence, "xsd:decimal")
        if link.date:
            yield it, "sssom:mapping_date", minting.typed(link.date, "xsd:date")
        yield it, "rdfs:comment", text(link.evidence)
        for language in data.languages:
            name = names.get(link.subject, {}).get(language) or link.subject
            label = f"{name} – {link.object_label or link.object}"
            yield it, "skos:prefLabel", text(label, language)


def _coordinates(records: Records) -> Iterator[TermStatement]:
    data = records.dataset
    for place in records.places:
        if place.lat is None or place.long is None:
            continue
        it, geometry = thing(data, "place", place.slug), thing(data, "geometry", place.slug)
        yield it, "geo:lat", decimal(place.lat)
        yield it, "geo:long", decimal(place.long)
        yield it, "gsp:hasGeometry", geometry
        yield geometry, "rdf:type", term("gsp:Geometry")
        # Without a CRS the lexical form means CRS84: longitude first.
        point = f"POINT({place.long:f} {place.lat:f})"
        yield geometry, "gsp:asWKT", minting.typed(point, "gsp:wktLiteral")
        for language in data.languages:
            yield geometry, "skos:prefLabel", text(f"{place.name[language]}: {point}", language)
        if feature := identifier(records, place.slug, GEONAMES):
            yield geometry, "dct:source", IRI(f"{GEONAMES}{feature}/")


def _names(records: Records) -> dict[str, LanguageMap]:
    """The names of all that can be linked, by the subjects of link tables."""
    return {
        **{f"place/{row.slug}": row.name for row in records.places},
        **{f"country/{row.slug}": row.name for row in records.countries},
        **{f"network/{row.slug}": row.name for row in records.networks},
        **{f"organization/{row.slug}": row.name for row in records.organizations},
    }
