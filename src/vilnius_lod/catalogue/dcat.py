"""The catalogue: DCAT under DCAT-AP 3.0.1 and DCAT-AP-LT 2.1 at once, with VoID, without blank nodes.

It describes the files of a snapshot and is made after them. Where the two profiles contradict one another,
and what was chosen: ``docs/harvesting.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rdflib import Graph, Literal, URIRef

from ..graphs import minting
from ..graphs.minting import TermStatement
from ..rdf import namespaces
from ..records.model import Records
from . import void
from .authority import described, language, licence, scheme, term, texts
from .distributions import (
    SERVICES,
    FileFacts,
    described_as,
    distribution,
    dumps,
    file_statements,
    published,
    service,
    service_statements,
)
from .settings import Bounds, CatalogueSettings, read
from .void import Statistics

_PROFILES = ("https://semiceu.github.io/DCAT-AP/releases/3.0.1", "https://ivpk.github.io/DCAT-AP-LT/")


def catalogue_graph(records: Records, files: Sequence[FileFacts], facts: Statistics, site: str) -> Graph:
    """The catalogue of the dataset, whose files and services answer at ``site``.

    Raises InputError for settings that cannot be used.
    """
    settings = read(records)
    site = site.rstrip("/") + "/"
    return described(_Catalogue(records, settings, files, facts, site).all())


def void_graph(records: Records, files: Sequence[FileFacts], facts: Statistics, site: str) -> Graph:
    """VoID alone: what a client that knows only the host needs to find the endpoint and the dumps."""
    site = site.rstrip("/") + "/"
    data, it = records.dataset, minting.dataset_iri(records.dataset)
    addresses = [site + file.path for file in dumps(data, files)]
    statements = list(void.statements(data, site, facts, addresses))
    statements += [*texts(it, "dct:title", data.title), *texts(it, "dct:description", data.description)]
    return described([*statements, (it, "dct:license", licence(data.licence))])


class _Catalogue:
    def __init__(
        self,
        records: Records,
        settings: CatalogueSettings,
        files: Sequence[FileFacts],
        facts: Statistics,
        site: str,
    ) -> None:
        self.records, self.settings, self.files = records, settings, files
        self.facts, self.site = facts, site
        self.data = records.dataset
        self.dataset = minting.dataset_iri(self.data)
        self.catalogue = minting.path(self.data, "catalog")

    def all(self) -> Iterator[TermStatement]:
        """Every statement of the catalogue."""
        yield from self._catalogue()
        yield from self._dataset()
        yield from self._agents()
        yield from self._extent()
        yield from file_statements(self.records, self.settings, self.files, self.site)
        yield from service_statements(self.records, self.settings, self.site)
        for it in (self.dataset, *(service(self.data, slug) for slug in SERVICES)):
            yield from self._record(it)
            yield from self._offered(it)
        addresses = [self.site + file.path for file in dumps(self.data, self.files)]
        yield from void.statements(self.data, self.site, self.facts, addresses)

    def _catalogue(self) -> Iterator[TermStatement]:
        it = self.catalogue
        yield it, "rdf:type", term("dcat:Catalog")
        yield it, "dct:identifier", Literal(str(it))
        yield from described_as(it, self.data, self.settings.catalogue, "DCAT")
        yield it, "foaf:homepage", URIRef(self.site)
        yield it, "dcat:themeTaxonomy", term("euat:data-theme")
        yield it, "dcat:dataset", self.dataset
        for slug in SERVICES:
            yield it, "dcat:service", service(self.data, slug)
        for profile in _PROFILES:
            yield it, "dct:conformsTo", URIRef(profile)
        yield from self._published(it)

    def _dataset(self) -> Iterator[TermStatement]:
        it, data, settings = self.dataset, self.data, self.settings
        # rdfs:Resource is said because DCAT-AP-LT's shape of measurements asks for it (E175).
        for kind in ("dcat:Dataset", "dcat:Resource", "rdfs:Resource"):
            yield it, "rdf:type", term(kind)
        yield it, "dct:identifier", Literal(str(it))
        yield from texts(it, "dct:title", data.title)
        yield from texts(it, "dct:description", data.description)
        for subject in settings.subjects:
            yield it, "dct:subject", URIRef(subject)
        yield it, "dct:accrualPeriodicity", _optional(settings.frequency)
        for name in ("ontology", "shapes"):
            yield it, "dct:conformsTo", URIRef(namespaces.VOCABULARY_BASE + name)
        yield it, "foaf:page", URIRef(f"{self.site}ontology")
        yield it, "foaf:page", URIRef(f"{self.site}report")
        files = published(data, self.files)
        if files:
            yield it, "adms:sample", distribution(data, min(files, key=lambda slug: files[slug].bytes))
        if self.records.releases:
            release = self.records.releases[-1]
            yield it, "dcat:version", Literal(release.version)
            yield from texts(it, "adms:versionNotes", release.changes)
        yield from self._published(it)
        yield from self._origin()

    def _origin(self) -> Iterator[TermStatement]:
        """Where the data come from. dct:source is not for a page: DCAT-AP-LT wants a dataset there (E062)."""
        source = minting.thing(self.data, "source", self.data.source.slug)
        yield self.dataset, "prov:wasDerivedFrom", source
        yield self.dataset, "dct:relation", source
        yield source, "rdf:type", term("foaf:Document")
        yield source, "dct:title", Literal(self.data.source.title, lang=self.data.source.language)
        if self.settings.provenance:
            provenance = URIRef(f"{self.dataset}#provenance")
            yield self.dataset, "dct:provenance", provenance
            yield from texts(provenance, "rdfs:label", self.settings.provenance)

    def _published(self, it: URIRef) -> Iterator[TermStatement]:
        """What catalogue and dataset have in common."""
        publisher = URIRef(self.data.publisher)
        yield it, "dct:publisher", publisher
        yield it, "dct:creator", publisher
        yield it, "dct:license", licence(self.data.licence)
        yield it, "dct:rights", minting.path(self.data, "rights")
        yield it, "dcat:contactPoint", self._contact
        for extent in self.settings.spatial:
            yield it, "dct:spatial", URIRef(extent.iri)
        yield from self._languages(it)
        yield from self._dates(it)

    def _offered(self, it: URIRef) -> Iterator[TermStatement]:
        """What the dataset and its services have in common."""
        publisher = URIRef(self.data.publisher)
        yield it, "dct:publisher", publisher
        yield it, "dcat:contactPoint", self._contact
        yield it, "dct:license", licence(self.data.licence)
        yield it, "dct:accessRights", _optional(self.settings.access_rights)
        yield it, "dcat:landingPage", URIRef(self.site)
        for theme in self.settings.themes:
            yield it, "dcat:theme", URIRef(theme)
        for tag, words in self.settings.keywords.items():
            for word in words:
                yield it, "dcat:keyword", Literal(word, lang=tag)
        yield from self._dates(it)

    def _record(self, topic: URIRef) -> Iterator[TermStatement]:
        """The catalogue's record of a dataset or service. One profile is all that it may name."""
        slug = str(topic).rsplit("/", 1)[-1]
        it = minting.path(self.data, f"record/{slug}")
        created = len(self.records.releases) == 1
        yield self.catalogue, "dcat:record", it
        yield it, "rdf:type", term("dcat:CatalogRecord")
        yield it, "dct:identifier", Literal(str(it))
        yield it, "foaf:primaryTopic", topic
        yield it, "dct:conformsTo", URIRef(_PROFILES[0])
        yield (
            it,
            "adms:status",
            URIRef(f"http://purl.org/adms/changetype/{'created' if created else 'updated'}"),
        )
        if topic == self.dataset:
            yield from texts(it, "dct:title", self.data.title)
            yield from texts(it, "dct:description", self.data.description)
        else:
            yield from described_as(it, self.data, self.settings.services.get(slug), slug)
        yield from self._languages(it)
        yield from self._dates(it)

    def _agents(self) -> Iterator[TermStatement]:
        publisher = URIRef(self.data.publisher)
        yield publisher, "dct:identifier", Literal(str(publisher))
        yield publisher, "dct:type", _optional(self.settings.publisher_type)
        yield from texts(publisher, "foaf:name", self.data.publisher_name)
        rights = minting.path(self.data, "rights")
        if self.settings.rights:
            yield from texts(rights, "rdfs:label", self.settings.rights)
        else:
            yield rights, "rdfs:label", Literal(self.data.licence_label)
        if (contact := self.settings.contact) and (it := self._contact):
            yield it, "dct:identifier", Literal(str(it))
            yield from texts(it, "vcard:fn", contact.name)
            yield it, "vcard:hasEmail", _optional(contact.email and f"mailto:{contact.email}")
            yield it, "vcard:hasURL", _optional(contact.page)

    def _extent(self) -> Iterator[TermStatement]:
        """The time and the places that the data are about."""
        if self.facts.earliest:
            period = URIRef(f"{self.dataset}#period")
            yield self.dataset, "dct:temporal", period
            yield period, "dcat:startDate", minting.date(self.facts.earliest)
            # The page was read on that day, and says what was so then; a whole date, as portals want one.
            yield period, "dcat:endDate", minting.typed(self.data.source.retrieved, term("xsd:date"))
        for extent in self.settings.spatial:
            it = URIRef(extent.iri)
            yield it, "skos:inScheme", scheme(extent.iri)
            yield from texts(it, "skos:prefLabel", extent.name)
            yield it, "dcat:bbox", _polygon(extent.bounds) if extent.bounds else None
            yield it, "dcat:centroid", _point(*extent.centre) if extent.centre else None
        focus = minting.thing(self.data, "place", self.data.focus)
        place = next(row for row in self.records.places if row.slug == self.data.focus)
        yield self.dataset, "schema:about", focus
        yield from texts(focus, "skos:prefLabel", place.name)
        if place.lat is not None and place.long is not None:
            yield focus, "dcat:centroid", _point(place.lat, place.long)

    def _languages(self, it: URIRef) -> Iterator[TermStatement]:
        for tag in self.data.languages:
            yield it, "dct:language", language(tag)

    def _dates(self, it: URIRef) -> Iterator[TermStatement]:
        if self.records.releases:
            yield it, "dct:issued", minting.date(self.records.releases[0].date)
            yield it, "dct:modified", minting.date(self.records.releases[-1].date)

    @property
    def _contact(self) -> URIRef | None:
        return minting.path(self.data, "contact") if self.settings.contact else None


def _optional(iri: str) -> URIRef | None:
    return URIRef(iri) if iri else None


def _point(lat: Decimal, long: Decimal) -> Literal:
    # Without a CRS the lexical form means CRS84: longitude first.
    return minting.typed(f"POINT({long:f} {lat:f})", term("gsp:wktLiteral"))


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
    return minting.typed(shape, term("gsp:wktLiteral"))


def _ring(south: Decimal, west: Decimal, east: Decimal, north: Decimal) -> str:
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return f"({', '.join(f'{x:f} {y:f}' for x, y in corners)})"
