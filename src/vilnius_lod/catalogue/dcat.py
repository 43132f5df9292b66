"""The catalogue: ``catalogue.ttl`` and ``void.ttl`` filled with settings, sizes, dates and counts.

It describes the files of a snapshot and is made after them. It has no blank nodes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath

from ..graphs import minting
from ..graphs.minting import term
from ..rdf import namespaces
from ..rdf.terms import IRI, RDF_LANG_STRING, Literal, Term, Triple
from ..records.dataset import Dataset
from ..records.model import LanguageMap, Records
from . import dsa, template, void
from .authority import language, licence, scheme, with_terms
from .settings import Bounds, CatalogueSettings, Extent, read
from .void import Statistics

SPDX = "http://spdx.org/rdf/terms#"
Terms = Mapping[str, Collection[Term]]


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file that answers at ``site`` + ``path``; size and checksum are those of the unencoded bytes."""

    path: str
    bytes: int
    sha256: str


def catalogue_graph(
    records: Records, files: Sequence[FileFacts], facts: Statistics, site: str
) -> list[Triple]:
    """The catalogue of the dataset, whose files and services answer at ``site``.

    Raises InputError for settings that cannot be used.
    """
    data, settings = records.dataset, read(records)
    by_path = {file.path: file for file in files}
    paths = _download_paths(data)
    published = {distribution: by_path[path] for distribution, path in paths.items() if path in by_path}
    terms = {
        **_dataset_terms(records),
        **_setting_terms(data, settings),
        **_release_terms(records),
        **_extent_terms(records, facts),
        "computed:contact": [minting.path(data, "contact")] if settings.contact else [],
        "computed:spatial": [IRI(extent.iri) for extent in settings.spatial],
        "computed:structure": [_address(site, dsa.PATH)] if settings.dsa_name else [],
        "computed:sample": sorted(published, key=lambda distribution: published[distribution].bytes)[:1],
    }
    values = _values(data, by_path, terms, site)
    without_file = paths.keys() - published
    said = [
        triple
        for triple in template.fill(template.read("catalogue.ttl", data.base), values)
        if without_file.isdisjoint((triple.subject, triple.object))
    ]
    for distribution, file in published.items():
        said += _file(distribution, file)
    for extent in settings.spatial:
        said += _extent(extent)
    said += template.fill(template.read("void.ttl", data.base), values)
    return _with_statistics(said, data, facts)


def void_graph(records: Records, files: Sequence[FileFacts], facts: Statistics, site: str) -> list[Triple]:
    """VoID alone: what a client that knows only the host needs to find the endpoint and the dumps."""
    data = records.dataset
    values = _values(data, {file.path for file in files}, _dataset_terms(records), site)
    return _with_statistics(template.fill(template.read("void.ttl", data.base), values), data, facts)


def prefixes() -> dict[str, str]:
    """The prefixes that the catalogue is written with."""
    return {**namespaces.prefixes(), **template.prefixes("catalogue.ttl")}


def _with_statistics(statements: Iterable[Triple], data: Dataset, facts: Statistics) -> list[Triple]:
    return sorted(with_terms(void.with_statistics(statements, data, facts)))


def _address(site: str, path: str) -> IRI:
    return IRI(f"{site.rstrip('/')}/{path}")


def _values(data: Dataset, paths: Collection[str], terms: Terms, site: str) -> template.Values:
    """``paths`` are those of the files, ``terms`` the values of settings and of what is computed."""

    def values(placeholder: str) -> Collection[Term]:
        if placeholder.startswith("site:"):
            return [_address(site, placeholder.removeprefix("site:"))]
        if placeholder.startswith("download:"):
            path = _path(data, placeholder)
            return [_address(site, path)] if path in paths else []
        return terms[placeholder]

    return values


def _path(data: Dataset, placeholder: str) -> str:
    return placeholder.removeprefix("download:").replace("NAME", data.name)


def _download_paths(data: Dataset) -> dict[IRI, str]:
    """The path of the file of each distribution that the template has."""
    statements = template.read("catalogue.ttl", data.base)
    return {s: _path(data, o.value) for s, p, o in statements if p == term("dcat:downloadURL")}


def _texts(text: LanguageMap) -> list[Literal]:
    return [Literal(words, RDF_LANG_STRING, tag) for tag, words in text.items()]


def _dataset_terms(records: Records) -> Terms:
    data = records.dataset
    return {
        "setting:title": _texts(data.title),
        "setting:description": _texts(data.description),
        "setting:licence": [licence(data.licence)],
        "computed:focus": [minting.thing(data, "place", data.focus)],
        "computed:uriSpace": [Literal(f"{data.base}id/")],
    }


def _setting_terms(data: Dataset, settings: CatalogueSettings) -> Terms:
    """The settings for portals. Without texts of its own each has those of the dataset, with its name."""
    names = {"catalogue": "DCAT", "dsa": PurePosixPath(dsa.PATH).name}
    names |= {f"services.{slug}": slug for slug in ("sparql", "api")}
    for distribution, path in _download_paths(data).items():
        names[f"distributions.{distribution.value.rpartition('/')[2]}"] = PurePosixPath(path).name
    terms: dict[str, Collection[Term]] = {}
    for section, name in names.items():
        title = {tag: f"{text} ({name})" for tag, text in data.title.items()}
        terms[f"setting:{section}.title"] = _texts(settings.texts.get(f"{section}.title") or title)
        description = settings.texts.get(f"{section}.description") or data.description
        terms[f"setting:{section}.description"] = _texts(description)
    for name in ("frequency", "access_rights", "availability", "publisher_type", "themes", "subjects"):
        addresses = settings.addresses.get(f"catalogue.{name}", ())
        terms[f"setting:catalogue.{name}"] = [IRI(address) for address in addresses]
    contact, provenance = settings.contact, settings.texts.get("catalogue.provenance", {})
    return terms | {
        "setting:publisher.iri": [IRI(data.publisher)],
        "setting:publisher.name": _texts(data.publisher_name),
        "setting:languages": [iri for tag in data.languages if (iri := language(tag))],
        "setting:catalogue.keywords": [
            Literal(word, RDF_LANG_STRING, tag) for tag, words in settings.keywords.items() for word in words
        ],
        "setting:catalogue.rights": _texts(settings.rights) or [Literal(data.licence_label)],
        "setting:catalogue.provenance": _texts(provenance),
        "computed:provenance": [minting.path(data, "dataset#provenance")] if provenance else [],
        "setting:contact.name": _texts(contact.name) if contact else [],
        "setting:contact.email": [IRI(f"mailto:{contact.email}")] if contact and contact.email else [],
        "setting:contact.page": [IRI(contact.page)] if contact and contact.page else [],
    }


def _release_terms(records: Records) -> Terms:
    releases = records.releases
    change = "created" if len(releases) == 1 else "updated"
    return {
        "computed:issued": [minting.date(release.date) for release in releases[:1]],
        "computed:modified": [minting.date(release.date) for release in releases[-1:]],
        "computed:version": [Literal(release.version) for release in releases[-1:]],
        "computed:changes": [text for release in releases[-1:] for text in _texts(release.changes)],
        "computed:change": [IRI(f"http://purl.org/adms/changetype/{change}")],
    }


def _extent_terms(records: Records, facts: Statistics) -> Terms:
    """The time and the place that the data are about, and the page that they come from."""
    data = records.dataset
    focus = next(row for row in records.places if row.slug == data.focus)
    return {
        "computed:period": [minting.path(data, "dataset#period")] if facts.earliest else [],
        "computed:earliest": [minting.date(facts.earliest)] if facts.earliest else [],
        "computed:retrieved": [minting.typed(data.source.retrieved, "xsd:date")],
        "computed:source": [minting.thing(data, "source", data.source.slug)],
        "computed:sourceTitle": [Literal(data.source.title, RDF_LANG_STRING, data.source.language)],
        "computed:focusName": _texts(focus.name),
        "computed:focusPoint": []
        if focus.lat is None or focus.long is None
        else [_point(focus.lat, focus.long)],
    }


def _file(distribution: IRI, file: FileFacts) -> Iterator[Triple]:
    checksum = IRI(f"{distribution.value}#checksum")
    # DCAT-AP 3 wants xsd:nonNegativeInteger, DCAT-AP-LT 2.1 xsd:decimal (E075): the newer is followed.
    size = minting.typed(str(file.bytes), "xsd:nonNegativeInteger")
    yield Triple(distribution, term("dcat:byteSize"), size)
    yield Triple(distribution, IRI(f"{SPDX}checksum"), checksum)
    yield Triple(checksum, term("rdf:type"), IRI(f"{SPDX}Checksum"))
    yield Triple(checksum, IRI(f"{SPDX}algorithm"), IRI(f"{SPDX}checksumAlgorithm_sha256"))
    yield Triple(checksum, IRI(f"{SPDX}checksumValue"), minting.typed(file.sha256, "xsd:hexBinary"))


def _extent(extent: Extent) -> Iterator[Triple]:
    place = IRI(extent.iri)
    if table := scheme(extent.iri):
        yield Triple(place, term("skos:inScheme"), table)
    for name in _texts(extent.name):
        yield Triple(place, term("skos:prefLabel"), name)
    if extent.bounds:
        yield Triple(place, term("dcat:bbox"), _polygon(extent.bounds))
    if extent.centre:
        yield Triple(place, term("dcat:centroid"), _point(*extent.centre))


def _point(lat: Decimal, long: Decimal) -> Literal:
    # Without a CRS the lexical form means CRS84: longitude first.
    return minting.typed(f"POINT({long:f} {lat:f})", "gsp:wktLiteral")


def _polygon(bounds: Bounds) -> Literal:
    """The bounds as WKT, in two parts where they go across the meridian of 180 degrees: a polygon that did
    would be read as going round the other side of the earth (RFC 7946, section 3.1.9).
    """
    south, west, north, east = bounds
    half = Decimal(180)
    spans = [(west, east)] if west <= east else [(west, half), (-half, east)]
    wide = [span for span in spans if span[0] < span[1]] or spans[:1]
    parts = [_ring(south, *span, north) for span in wide]
    shape = f"POLYGON({parts[0]})" if len(parts) == 1 else f"MULTIPOLYGON(({'), ('.join(parts)}))"
    return minting.typed(shape, "gsp:wktLiteral")


def _ring(south: Decimal, west: Decimal, east: Decimal, north: Decimal) -> str:
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"({', '.join(f'{x:f} {y:f}' for x, y in corners)})"
