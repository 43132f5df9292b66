"""The home page: partners with their documents, networks, and the filters that its address sets."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from ...i18n.language import Text
from ..http.context import reader
from .drawings.maps import Spot
from .labels import Document, Item, documents, focus, item, rows, slug
from .search.entries import searched
from .search.index import MAX_QUESTION_LENGTH

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
class Choice:
    """Slugs, a decade's first year, a year, and words; empty where all is wanted."""

    q: str = ""
    country: str = ""
    type: str = ""
    network: str = ""
    decade: str = ""
    year: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Choice:
        """The choice that an address makes; what is no year chooses nothing."""
        given = {
            field.name: parameters.get(field.name, "").strip()[:MAX_QUESTION_LENGTH] for field in fields(cls)
        }
        for name in ("decade", "year"):
            if not (given[name].isascii() and given[name].isdigit()):
                given[name] = ""
        return cls(**given)

    def __bool__(self) -> bool:
        return self != Choice()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of its address."""
        return [(field.name, value) for field in fields(self) if (value := getattr(self, field.name))]

    def but(self, **changes: str) -> Choice:
        """The same with changes."""
        return replace(self, **changes)

    @property
    def of_documents(self) -> bool:
        """Does it ask for certain documents, so that a partner without one of them does not fit?"""
        return bool(self.type or self.decade or self.year)

    @property
    def of_partners(self) -> bool:
        """Does it narrow the partners? Which of them belong to a network, the data do not say."""
        return self != Choice(network=self.network)

    @property
    def of_networks(self) -> bool:
        """Does it narrow the networks? They belong to no country, and their memberships are no documents."""
        return self != Choice(country=self.country, type=self.type)

    def fits_year(self, year: str) -> bool:
        """Does something of this year (``1991``, empty if it is not known) fit?"""
        return (not self.decade or self.decade[:3] == year[:3]) and self.year in {"", year}

    def fits_document(self, type_: str, year: str) -> bool:
        """Does a document of this type and year fit?"""
        return self.type in {"", type_} and self.fits_year(year)


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
