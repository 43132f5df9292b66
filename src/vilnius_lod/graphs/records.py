"""Records to statements, one method for each kind of thing, as ``docs/data-model.md`` says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from ..edtf import Edtf
from ..rdf.terms import IRI, Literal, Triple
from ..records.model import Agreement, LanguageMap, Party, Quote, Records
from . import minting
from .minting import TermStatement, boolean, concept, date, decimal, integer, term, text, thing

_BOUND = {
    "more-than": ("vlo:moreThan", ">"),
    "fewer-than": ("vlo:fewerThan", "<"),
    "exactly": ("vlo:exactly", "="),
}


def partnerships(records: Records) -> dict[str, list[Party]]:
    """For each partner place, in the order of the places, the rows that name it a party."""
    found: dict[str, list[Party]] = {place.slug: [] for place in records.places}
    for party in records.parties:
        found[party.place].append(party)
    return {place: parties for place, parties in found.items() if parties}


def records_graph(records: Records, vocabulary: Iterable[Triple]) -> list[Triple]:
    """What the city's page and the tables say. ``vocabulary`` gives the labels of concepts."""
    return minting.collect(_Statements(records, vocabulary).all())


class _Statements:
    def __init__(self, records: Records, vocabulary: Iterable[Triple]) -> None:
        self.records = records
        self.data = records.dataset
        self.source = self.data.source
        self.label = partial(minting.label, minting.labels(vocabulary))
        self.names = {
            **{("place", place.slug): place.name for place in records.places},
            **{("network", network.slug): network.name for network in records.networks},
        }
        self.focus = thing(self.data, "place", self.data.focus)

    def all(self) -> Iterator[TermStatement]:
        """Every statement of the records graph."""
        yield from self._dataset()
        yield from self._countries()
        yield from self._places()
        yield from self._further_names()
        yield from self._organizations()
        yield from self._networks()
        yield from self._sizes()
        yield from self._memberships()
        yield from self._partnerships()
        yield from self._agreements()
        yield from self._events()
        yield from self._source_and_passages()

    def _dataset(self) -> Iterator[TermStatement]:
        data, releases = self.data, self.records.releases
        it = minting.dataset_iri(data)
        publisher = IRI(data.publisher)
        yield it, "rdf:type", term("dcat:Dataset")
        yield from self._texts(it, "skos:prefLabel", data.title)
        yield from self._texts(it, "dct:title", data.title)
        yield from self._texts(it, "dct:description", data.description)
        yield it, "dct:license", IRI(data.licence)
        yield it, "dct:publisher", publisher
        yield it, "dct:source", self._source_iri
        for language in data.languages:
            yield it, "dct:language", text(language)
        if releases:
            yield it, "dct:issued", date(releases[0].date)
            yield it, "dct:modified", date(releases[-1].date)
            yield it, "owl:versionInfo", text(releases[-1].version)
        if publisher not in {thing(data, "organization", row.slug) for row in self.records.organizations}:
            yield publisher, "rdf:type", term("foaf:Agent")
            yield from self._texts(publisher, "skos:prefLabel", data.publisher_name)
            yield from self._texts(publisher, "foaf:name", data.publisher_name)

    def _countries(self) -> Iterator[TermStatement]:
        for country in self.records.countries:
            it = thing(self.data, "country", country.slug)
            yield it, "rdf:type", term("schema:Country")
            yield from self._texts(it, "skos:prefLabel", country.name)
            yield it, "skos:notation", text(country.code)
            for side, degrees in zip(("south", "west", "north", "east"), country.bounds or (), strict=False):
                yield it, f"vlo:{side}", decimal(degrees)

    def _places(self) -> Iterator[TermStatement]:
        for place in self.records.places:
            it = thing(self.data, "place", place.slug)
            yield it, "rdf:type", term("dct:Location")
            yield it, "dct:type", concept("place-type", place.kind)
            yield from self._texts(it, "skos:prefLabel", place.name)
            yield it, "schema:containedInPlace", thing(self.data, "country", place.country.lower())
            if place.within:
                yield it, "schema:containedInPlace", thing(self.data, "place", place.within)
            yield from self._texts(it, "skos:editorialNote", place.note)

    def _further_names(self) -> Iterator[TermStatement]:
        for name in self.records.names:
            it = minting.path(self.data, f"id/{name.thing}")
            predicate = "vlo:formerName" if name.status == "former" else "skos:altLabel"
            yield it, predicate, text(name.name, name.language)
            if name.until:
                yield it, "skos:historyNote", text(f"{name.name} (../{name.until})", name.language)
            yield from self._texts(it, "skos:editorialNote", name.note)

    def _organizations(self) -> Iterator[TermStatement]:
        for organization in self.records.organizations:
            it = thing(self.data, "organization", organization.slug)
            yield it, "rdf:type", term("org:FormalOrganization")
            yield it, "org:classification", concept("organization-type", organization.kind)
            yield from self._texts(it, "skos:prefLabel", organization.name)
            yield it, "dct:spatial", thing(self.data, "place", organization.seat)
            yield from self._texts(it, "skos:editorialNote", organization.note)

    def _networks(self) -> Iterator[TermStatement]:
        for network in self.records.networks:
            it = thing(self.data, "network", network.slug)
            yield it, "rdf:type", term("vlo:CityNetwork")
            yield from self._texts(it, "skos:prefLabel", network.name)
            yield it, "schema:alternateName", text(network.acronym)
            yield it, "foaf:homepage", IRI(network.homepage) if network.homepage else None
            yield from self._dated(it, "vlo:founded", network.founded)
            yield from self._texts(it, "dct:description", network.purpose)
            for tool in network.tools:
                yield it, "vlo:tool", text(tool)
            for tool in network.tools_as_stated:
                yield it, "vlo:toolAsStated", text(tool, self.source.language)
            yield from self._quote(it, network.quote)
            yield from self._texts(it, "skos:editorialNote", network.note)

    def _sizes(self) -> Iterator[TermStatement]:
        for size in self.records.sizes:
            it = thing(self.data, "size", size.slug)
            counted = concept("counted", size.counted)
            predicate, sign = _BOUND[size.bound]
            yield thing(self.data, "network", size.network), "vlo:size", it
            yield it, "rdf:type", term("vlo:SizeStatement")
            yield it, "vlo:counted", counted
            yield it, predicate, integer(size.number)
            for language in self.data.languages:
                network, unit = (
                    self._name("network", size.network, language),
                    self.label(counted, language),
                )
                yield it, "skos:prefLabel", text(f"{network}: {unit} {sign} {size.number}", language)
            yield from self._quote(it, size.quote)

    def _memberships(self) -> Iterator[TermStatement]:
        for membership in self.records.memberships:
            it = thing(self.data, "membership", membership.slug)
            yield it, "rdf:type", term("org:Membership")
            yield it, "org:organization", thing(self.data, "network", membership.network)
            yield it, "vlo:memberPlace", thing(self.data, "place", membership.member)
            if membership.member == self.data.focus:
                yield it, "org:member", thing(self.data, "organization", self.data.municipality)
            if membership.coordinator:
                yield it, "vlo:coordinatedBy", thing(self.data, "organization", membership.coordinator)
            yield from self._dated(it, "vlo:since", membership.since, "vlo:edtf")
            for language in self.data.languages:
                member = self._name("place", membership.member, language)
                network = self._name("network", membership.network, language)
                yield it, "skos:prefLabel", text(f"{member} – {network}", language)
            yield from self._listed(it)
            yield from self._quote(it, membership.quote)
            yield from self._texts(it, "skos:editorialNote", membership.note)

    def _partnerships(self) -> Iterator[TermStatement]:
        for slug, parties in partnerships(self.records).items():
            it, partner = thing(self.data, "partnership", slug), thing(self.data, "place", slug)
            yield it, "rdf:type", term("vlo:Partnership")
            yield it, "vlo:party", self.focus
            yield it, "vlo:party", partner
            yield it, "vlo:partner", partner
            for language in self.data.languages:
                ends = (self._name("place", place, language) for place in (self.data.focus, slug))
                yield it, "skos:prefLabel", text(" – ".join(ends), language)
            for party in parties:
                yield it, "vlo:basedOn", thing(self.data, "agreement", party.agreement)
                yield it, "vlo:partnerAsStated", self._as_stated(party.name_as_stated)
                yield it, "vlo:countryAsStated", self._as_stated(party.country_as_stated)
                yield from self._quote(it, party.quote)
            yield from self._listed(it)

    def _agreements(self) -> Iterator[TermStatement]:
        parties: dict[str, list[str]] = {}
        for party in self.records.parties:
            parties.setdefault(party.agreement, []).append(party.place)
        for agreement in self.records.agreements:
            it = thing(self.data, "agreement", agreement.slug)
            yield it, "rdf:type", term("vlo:Agreement")
            yield it, "dct:type", concept("agreement-type", agreement.type)
            yield from self._texts(it, "dct:title", agreement.title)
            yield from self._agreement_labels(it, agreement, parties.get(agreement.slug, []))
            yield it, "vlo:party", self.focus
            for place in parties.get(agreement.slug, []):
                yield it, "vlo:party", thing(self.data, "place", place)
            if agreement.unnamed_parties:
                yield it, "vlo:unnamedParties", boolean(True)
            yield from self._quote(it, agreement.quote)
            yield from self._texts(it, "skos:editorialNote", agreement.note)

    def _agreement_labels(self, it: IRI, agreement: Agreement, places: list[str]) -> Iterator[TermStatement]:
        """Its title; in a language without one, its type and its parties."""
        for language in self.data.languages:
            if not (label := agreement.title.get(language)):
                names = ", ".join(self._name("place", place, language) for place in places)
                label = f"{self.label(concept('agreement-type', agreement.type), language)}: {names}"
            yield it, "skos:prefLabel", text(label, language)

    def _events(self) -> Iterator[TermStatement]:
        for event in self.records.events:
            it, kind = thing(self.data, "event", event.slug), concept("event-type", event.kind)
            yield thing(self.data, "agreement", event.agreement), "vlo:event", it
            yield it, "rdf:type", term("vlo:AgreementEvent")
            yield it, "dct:type", kind
            yield from self._dated(it, "dct:date", event.date, "vlo:edtf")
            for language in self.data.languages:
                yield (
                    it,
                    "skos:prefLabel",
                    text(f"{self.label(kind, language)}, {event.date}", language),
                )
            yield from self._quote(it, event.quote)
            yield from self._texts(it, "skos:editorialNote", event.note)

    def _source_and_passages(self) -> Iterator[TermStatement]:
        source, it = self.source, self._source_iri
        yield it, "rdf:type", term("prov:Entity")
        yield it, "rdf:type", term("foaf:Document")
        yield it, "dct:title", self._as_stated(source.title)
        for language in self.data.languages:
            yield it, "skos:prefLabel", text(source.title, language)
        yield it, "dct:publisher", IRI(source.publisher)
        yield it, "vlo:retrieved", minting.typed(source.retrieved, "xsd:date")
        yield it, "schema:sha256", text(source.sha256)
        yield it, "dct:language", text(source.language)
        for line in sorted({line for quote in self._quotes() for line in quote.lines}):
            passage = self._passage(line)
            yield passage, "rdf:type", term("vlo:Passage")
            yield passage, "dct:isPartOf", it
            yield passage, "vlo:line", integer(line)
            yield passage, "rdf:value", self._as_stated(self.records.page[line - 1])
            for language in self.data.languages:
                yield passage, "skos:prefLabel", text(f"{source.title}, {line}", language)

    def _quotes(self) -> Iterator[Quote]:
        """The quote of every row that has one."""
        rows = self.records
        tables: tuple[tuple[Any, ...], ...] = (
            rows.networks, rows.sizes, rows.memberships, rows.agreements, rows.parties, rows.events,
        )  # fmt: skip
        for table in tables:
            yield from (row.quote for row in table)

    @property
    def _source_iri(self) -> IRI:
        return thing(self.data, "source", self.source.slug)

    def _passage(self, line: int) -> IRI:
        return thing(self.data, "passage", f"{self.source.slug}-{line}")

    def _quote(self, it: IRI, quote: Quote) -> Iterator[TermStatement]:
        for line in quote.lines:
            yield it, "prov:wasQuotedFrom", self._passage(line)
        for words in quote.words:
            yield it, "vlo:asStated", self._as_stated(words)

    def _listed(self, it: IRI) -> Iterator[TermStatement]:
        """That the page lists it on the day it was read is all that is known of its status."""
        yield it, "vlo:status", concept("status", "listed")
        yield it, "vlo:statusDate", minting.typed(self.source.retrieved, "xsd:date")

    def _dated(
        self, it: IRI, predicate: str, value: Edtf | None, edtf: str | None = None
    ) -> Iterator[TermStatement]:
        if value is not None:
            yield it, predicate, date(value)
            yield it, "vlo:year", integer(value.year)
            if edtf:
                yield it, edtf, text(str(value))

    def _as_stated(self, words: str) -> Literal | None:
        return text(words, self.source.language)

    def _texts(self, it: IRI, predicate: str, texts: LanguageMap) -> Iterator[TermStatement]:
        for language, words in texts.items():
            yield it, predicate, text(words, language)

    def _name(self, kind: str, slug: str, language: str) -> str:
        """A place's or network's name."""
        return self.names[kind, slug][language]
