"""The home page: partners with their documents, networks, and the filters in its address."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from ...i18n.language import Text
from ...rdf.terms import Term
from ..http.context import reader
from .drawings.maps import Spot
from .labels import Document, Item, documents, focus, item, rows, slug
from .search.entries import search_data
from .search.index import MAX_QUESTION_LENGTH

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
class Filters:
    """What to show: slugs, the first year of a decade, a year, and words. An empty one filters nothing."""

    q: str = ""
    country: str = ""
    type: str = ""
    network: str = ""
    decade: str = ""
    year: str = ""

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Filters:
        """The filters of an address; values that are not years are ignored where a year is expected."""
        values = {
            field.name: parameters.get(field.name, "").strip()[:MAX_QUESTION_LENGTH] for field in fields(cls)
        }
        for name in ("decade", "year"):
            if not (values[name].isascii() and values[name].isdigit()):
                values[name] = ""
        return cls(**values)

    def __bool__(self) -> bool:
        return self != Filters()

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of the address with these filters."""
        return [(field.name, value) for field in fields(self) if (value := getattr(self, field.name))]

    def replaced(self, **changes: str) -> Filters:
        """A copy with changes."""
        return replace(self, **changes)

    @property
    def apply_to_documents(self) -> bool:
        """Whether documents are filtered, so that a partner without a matching one is left out."""
        return bool(self.type or self.decade or self.year)

    @property
    def apply_to_partners(self) -> bool:
        """Whether partners are filtered. The data do not say which of them belong to a network."""
        return self != Filters(network=self.network)

    @property
    def apply_to_networks(self) -> bool:
        """Whether networks are filtered. They have no country, and their memberships are not documents."""
        return self != Filters(country=self.country, type=self.type)

    def match_year(self, year: str) -> bool:
        """Whether something of this year (``1991``, empty if it is unknown) is shown."""
        return (not self.decade or self.decade[:3] == year[:3]) and self.year in {"", year}

    def match_document(self, document: Document) -> bool:
        """Whether a document of this type and year is shown."""
        return self.type in {"", document.type} and self.match_year(document.year)


@dataclass(frozen=True, slots=True)
class PartnerSummary:
    """A place with its country (slug ``code``), its position and its documents."""

    iri: str
    place: Item
    country: Item
    code: str
    spot: Spot | None
    documents: Sequence[Document]


@dataclass(frozen=True, slots=True)
class NetworkSummary:
    """A network with its membership; ``member`` only if that is not the focus place."""

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
    """Partners and networks in alphabetical order, documents by date."""

    partners: Sequence[PartnerSummary]
    documents: Sequence[Document]
    networks: Sequence[NetworkSummary]

    def filtered(self, filters: Filters) -> Overview:
        """What the filters let through; of each partner only the matching documents."""
        matches = search_data().index.find(filters.q).matches if filters.q else ()
        found = {match.entry.iri for match in matches}
        partners = []
        for partner in self.partners:
            named = not filters.q or partner.iri in found
            shown = [
                document
                for document in partner.documents
                if filters.match_document(document) and (named or document.iri in found)
            ]
            is_shown = shown or (named and not filters.apply_to_documents)
            if is_shown and filters.country in {"", partner.code}:
                partners.append(replace(partner, documents=shown))
        kept = {document.iri for partner in partners for document in partner.documents}
        networks = [
            network
            for network in self.networks
            if filters.network in {"", network.key}
            and filters.match_year(network.since[:4])
            and (not filters.q or network.iri in found)
        ]
        return Overview(partners, [document for document in self.documents if document.iri in kept], networks)

    @property
    def countries(self) -> dict[str, Item]:
        """The partners' countries by slug, in alphabetical order."""
        return _sorted({partner.code: partner.country for partner in self.partners if partner.code})

    @property
    def types(self) -> dict[str, Item]:
        """The types of the documents by slug, in alphabetical order."""
        return _sorted({document.type: document.kind for document in self.documents})

    @property
    def decades(self) -> list[str]:
        """The first years of the decades with a document or a membership."""
        years = [document.year for document in self.documents]
        years += [network.since[:4] for network in self.networks]
        return sorted({f"{year[:3]}0" for year in years if year})


def overview() -> Overview:
    """All partners, documents and networks."""
    agreements = documents()
    partners: dict[str, PartnerSummary] = {}
    for row in rows(_PARTNERS):
        iri, country = row["place"].value, _value(row, "country")
        partners[iri] = PartnerSummary(
            iri,
            item(iri),
            item(country) if country else Item(Text("")),
            slug(country),
            _spot(iri, row),
            [document for document in agreements if iri in document.parties],
        )
    networks = []
    for row in rows(_NETWORKS):
        iri, membership, member = row["network"].value, _value(row, "membership"), _value(row, "member")
        networks.append(
            NetworkSummary(
                iri,
                item(iri),
                item(membership) if membership else None,
                item(member) if member not in {"", focus()} else None,
                _value(row, "since"),
            )
        )
    key = reader().language.sort_key
    return Overview(
        sorted(partners.values(), key=lambda partner: key(partner.place.text.value)),
        agreements,
        sorted(networks, key=lambda network: key(network.network.text.value)),
    )


def spots(among: Container[str] | None = None) -> dict[str, Spot]:
    """The places with known coordinates, or those ``among`` the given ones, by IRI."""
    located = ((row["place"].value, row) for row in rows(_POSITION))
    return {
        iri: spot for iri, row in located if (among is None or iri in among) and (spot := _spot(iri, row))
    }


def _value(row: Mapping[str, Term], column: str) -> str:
    return row[column].value if column in row else ""


def _spot(iri: str, row: Mapping[str, Term]) -> Spot | None:
    if "lat" not in row or "long" not in row:
        return None
    return Spot(iri, item(iri).text.value, float(row["lat"].value), float(row["long"].value))


def _sorted(items: Mapping[str, Item]) -> dict[str, Item]:
    key = reader().language.sort_key
    return dict(sorted(items.items(), key=lambda entry: key(entry[1].text.value)))
