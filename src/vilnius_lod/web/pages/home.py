"""What the home page is about: partners with their documents, networks, and those that were chosen."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ...i18n.language import Text
from ..http.context import reader
from .filters import Choice
from .labels import Document, Item, documents, focus, item, rows, slug
from .maps import Spot
from .search.entries import searched

Thing = TypeVar("Thing")
_PARTNERS = """SELECT DISTINCT ?place ?country ?lat ?long WHERE {
    ?partnership vlo:partner ?place .
    OPTIONAL { ?place schema:containedInPlace ?country . ?country a schema:Country }
    OPTIONAL { ?place geo:lat ?lat ; geo:long ?long }
}"""
_NETWORKS = """SELECT ?network ?membership ?member ?since WHERE {
    ?network a vlo:CityNetwork .
    OPTIONAL { ?membership org:organization ?network ; vlo:memberPlace ?member .
               OPTIONAL { ?membership vlo:since ?since } }
}"""
_POSITION = "SELECT ?place ?lat ?long WHERE { ?place geo:lat ?lat ; geo:long ?long }"


@dataclass(frozen=True, slots=True)
class PartnerSummary:
    """A place with its country (slug ``code``), where it is, and its documents."""

    iri: str
    place: Item
    country: Item
    code: str
    spot: Spot | None
    documents: Sequence[Document]


@dataclass(frozen=True, slots=True)
class NetworkSummary:
    """A network with its membership; ``member`` only where that is not the focus place."""

    iri: str
    network: Item
    membership: Item | None
    member: Item | None
    since: str

    @property
    def key(self) -> str:
        """Its slug."""
        return slug(self.iri)


@dataclass(frozen=True, slots=True)
class Overview:
    """Partners and networks in the order of the alphabet, documents by date."""

    partners: Sequence[PartnerSummary]
    documents: Sequence[Document]
    networks: Sequence[NetworkSummary]

    def chosen(self, choice: Choice) -> Overview:
        """What fits a choice: of each partner the documents that do."""
        found = {match.entry.iri for match in searched().index.find(choice.q).matches} if choice.q else set()
        partners = []
        for partner in self.partners:
            named = not choice.q or partner.iri in found
            fitting = [
                document
                for document in partner.documents
                if choice.fits_document(document.type, document.year) and (named or document.iri in found)
            ]
            if choice.country in {"", partner.code} and (fitting or (named and not choice.of_documents)):
                partners.append(replace(partner, documents=fitting))
        kept = {document.iri for partner in partners for document in partner.documents}
        return Overview(
            partners,
            [document for document in self.documents if document.iri in kept],
            [
                network
                for network in self.networks
                if choice.network in {"", network.key}
                and choice.fits_year(network.since[:4])
                and (not choice.q or network.iri in found)
            ],
        )

    @property
    def countries(self) -> dict[str, Item]:
        """The partners' countries by their slugs, in the order of the alphabet."""
        return _sorted({partner.code: partner.country for partner in self.partners if partner.code})

    @property
    def types(self) -> dict[str, Item]:
        """The kinds of the documents by their slugs, in the order of the alphabet."""
        return _sorted({document.type: document.kind for document in self.documents})

    @property
    def decades(self) -> list[str]:
        """The first years of the decades with a document or a membership."""
        years = [document.year for document in self.documents]
        years += [network.since[:4] for network in self.networks]
        return sorted({f"{year[:3]}0" for year in years if year})


def overview() -> Overview:
    """All partners, documents and networks."""
    found = documents()
    partners: dict[str, PartnerSummary] = {}
    for row in rows(_PARTNERS):
        iri = row["place"].value
        country = row["country"].value if "country" in row else ""
        partners[iri] = PartnerSummary(
            iri,
            item(iri),
            item(country) if country else Item(Text("")),
            slug(country),
            _spot(iri, row),
            [document for document in found if iri in document.parties],
        )
    networks = [
        NetworkSummary(
            row["network"].value,
            item(row["network"].value),
            item(row["membership"].value) if "membership" in row else None,
            item(row["member"].value) if "member" in row and row["member"].value != focus() else None,
            row["since"].value if "since" in row else "",
        )
        for row in rows(_NETWORKS)
    ]
    return Overview(
        _by_name(partners.values(), lambda partner: partner.place.text.value),
        found,
        _by_name(networks, lambda network: network.network.text.value),
    )


def spots(among: Container[str] | None = None) -> dict[str, Spot]:
    """Where each place is, or each of those ``among``, whose coordinates are known."""
    found = ((row["place"].value, row) for row in rows(_POSITION))
    return {iri: spot for iri, row in found if (among is None or iri in among) and (spot := _spot(iri, row))}


def _spot(iri: str, row: dict[str, Any]) -> Spot | None:
    if "lat" not in row or "long" not in row:
        return None
    return Spot(iri, item(iri).text.value, float(row["lat"].value), float(row["long"].value))


def _sorted(items: dict[str, Item]) -> dict[str, Item]:
    key = reader().language.sort_key
    return dict(sorted(items.items(), key=lambda entry: key(entry[1].text.value)))


def _by_name(things: Iterable[Thing], name: Callable[[Thing], str]) -> list[Thing]:
    key = reader().language.sort_key
    return sorted(things, key=lambda thing: key(name(thing)))
