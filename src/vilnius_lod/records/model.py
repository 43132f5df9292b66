"""The typed records: what the tables say, checked, before it becomes RDF.

Slugs are the keys (``[a-z0-9-]``); a ``LanguageMap`` maps a language tag to a text in that language;
dates are :class:`~vilnius_lod.edtf.Edtf` values, as precise as their source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..edtf import Edtf
from ..inputs.issues import Issue
from .dataset import Dataset

LanguageMap = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record was read: the file (relative to the dataset's directory) and its 1-based line."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row of a table."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class Quote:
    """The words that back a record: for each 1-based line of the source page, the exact words on it."""

    lines: tuple[int, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Country(Record):
    """``code`` is ISO 3166-1 alpha-2, upper case; bounds are WGS84 degrees (south, west, north, east)."""

    code: str
    name: LanguageMap
    bounds: tuple[Decimal, Decimal, Decimal, Decimal] | None

    @property
    def slug(self) -> str:
        """The key in IRIs: the code in lower case."""
        return self.code.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Record):
    """A city, region, state, district, settlement or site; ``kind`` is a concept of the place types."""

    slug: str
    kind: str
    name: LanguageMap
    country: str
    within: str | None
    lat: Decimal | None
    long: Decimal | None
    note: LanguageMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Record):
    """A further name of a thing (``place/dnipro``); ``status`` is ``former`` or ``variant``."""

    thing: str
    name: str
    language: str
    status: str
    until: Edtf | None
    note: LanguageMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization(Record):
    """A body that acts for the city: its municipality, an agency. ``seat`` is a place."""

    slug: str
    kind: str
    name: LanguageMap
    seat: str
    note: LanguageMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Network(Record):
    """A network of cities. ``tools`` are names; ``tools_as_stated`` the source's spellings of them."""

    slug: str
    name: LanguageMap
    acronym: str
    homepage: str
    founded: Edtf | None
    purpose: LanguageMap
    tools: tuple[str, ...]
    tools_as_stated: tuple[str, ...]
    quote: Quote
    note: LanguageMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Size(Record):
    """How large a network is, as its source says it: ``bound`` is more-than, fewer-than or exactly."""

    slug: str
    network: str
    counted: str
    bound: str
    number: int
    quote: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership(Record):
    """``member`` is the place that the source names as the member; ``coordinator`` an organization."""

    slug: str
    network: str
    member: str
    coordinator: str | None
    since: Edtf | None
    quote: Quote
    note: LanguageMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement(Record):
    """A document; ``title`` in the source's language is as stated. Its parties and events have rows of
    their own. ``unnamed_parties``: the source implies further parties and does not name them.
    """

    slug: str
    type: str
    title: LanguageMap
    unnamed_parties: bool
    quote: Quote
    note: LanguageMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Party(Record):
    """That a place is party to an agreement (beside the focus place), in the source's words."""

    agreement: str
    place: str
    name_as_stated: str
    country_as_stated: str
    quote: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Record):
    """Signature, renewal or extension of an agreement; ``kind`` is a concept of the event types."""

    slug: str
    agreement: str
    kind: str
    date: Edtf
    quote: Quote
    note: LanguageMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Record):
    """A row of an SSSOM table. CURIEs as written there; ``subject`` is like ``place/kyiv``."""

    subject: str
    predicate: str
    object: str
    object_label: str
    justification: str
    confidence: str
    evidence: str
    date: str
    set_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedDocument(Record):
    """A document of another source: what it is called and who published it; ``url`` may be empty."""

    slug: str
    url: str
    title: str
    publisher: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation(Record):
    """What a document of another source says: of things (``event/kyiv-1-signature``), or of a place that the
    city's page does not list. ``stated_date`` is EDTF up to level 2, ``date`` the same where it is certain;
    ``witness`` is whose knowledge it is, empty where that is the city.
    """

    slug: str
    about: tuple[str, ...]
    place_name: str
    cited: str
    statement: str
    stated_date: str
    date: Edtf | None
    date_derived: bool
    relation: str
    aspect: str
    independent: bool
    witness: str
    place_of_signing: str
    note: str
    reading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchName(Record):
    """What a source calls a thing (``place/some-town``); ``languages`` are empty where it does not say."""

    thing: str
    name: str
    languages: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSource(Record):
    """Whose names they are, in which version, and under which licence."""

    slug: str
    name: str
    version: str
    address: str
    licence_label: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Record):
    """A thing (``agreement/kyiv-3``) that was taken back: it keeps its IRI and answers 410 with this."""

    thing: str
    label: LanguageMap
    date: Edtf
    reason: LanguageMap
    replaced_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Record):
    """A published version of the dataset: dates are inputs, the build reads no clock."""

    version: str
    date: Edtf
    changes: LanguageMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """All that one dataset's directory says. Order is the order of the tables. ``remarks`` are what its
    tables should be looked at for, though it stops nothing.
    """

    dataset: Dataset
    page: tuple[str, ...]
    countries: tuple[Country, ...]
    places: tuple[Place, ...]
    names: tuple[Name, ...]
    organizations: tuple[Organization, ...]
    networks: tuple[Network, ...]
    sizes: tuple[Size, ...]
    memberships: tuple[Membership, ...]
    agreements: tuple[Agreement, ...]
    parties: tuple[Party, ...]
    events: tuple[Event, ...]
    links: tuple[Link, ...]
    cited: tuple[CitedDocument, ...]
    attestations: tuple[Attestation, ...]
    withdrawals: tuple[Withdrawal, ...]
    releases: tuple[Release, ...]
    search_sources: tuple[SearchSource, ...] = ()
    search_names: tuple[SearchName, ...] = ()
    remarks: tuple[Issue, ...] = ()
