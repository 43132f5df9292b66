"""What a snapshot says of itself in its manifest: a contract with those who read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """The page that the dataset was read from."""

    slug: str
    """Its name in addresses: ``/source/{slug}``."""
    title: str
    """Its title, in its language."""
    language: str
    """Its language tag."""
    retrieved: str
    """The day on which it was read, YYYY-MM-DD."""
    sha256: str
    """The hash of its text as it was read, in hex."""
    publisher: str
    """The IRI of who publishes it."""


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Where questions about the dataset go; the parts that are not given are empty."""

    name: Mapping[str, str]
    """Who answers, by language."""
    email: str
    """An address, without ``mailto:``."""
    page: str
    """The address of a web page."""


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """A version of the dataset."""

    version: str
    """A semantic version."""
    date: str
    """The day of its release, YYYY-MM-DD."""
    changes: Mapping[str, str]
    """What changed, by language."""


@dataclass(frozen=True, slots=True)
class WithdrawalFacts:
    """A thing that was in the dataset once."""

    label: Mapping[str, str]
    """What it was called, by language."""
    reason: Mapping[str, str]
    """Why it was withdrawn, by language."""
    date: str
    """When it was withdrawn, YYYY-MM-DD."""
    replaced_by: str | None
    """The slug of what replaces it, if anything does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a snapshot says of itself. All is JSON of the same names in the manifest."""

    base: str
    """What all IRIs of the dataset begin with; ends in a slash."""
    site: str
    """Where the snapshot is served; the base, if the build was not told otherwise."""
    name: str
    """The dataset's name, also that of its dumps: ``data/{name}.nq``."""
    languages: tuple[str, ...]
    """The language tags of labels and pages, at least one; the first is the default."""
    focus: str
    """The slug of the place whose partnerships these are."""
    municipality: str
    """The slug of the organization that enters into them."""
    title: Mapping[str, str]
    """The dataset's title by language, in each of ``languages``."""
    description: Mapping[str, str]
    """The dataset's description by language, in each of ``languages``."""
    licence: str
    """The IRI of the licence."""
    licence_label: str
    """A short name of the licence."""
    rights: Mapping[str, str]
    """A statement on rights by language; may be empty."""
    contact: ContactFacts
    """Where questions go; may be empty."""
    publisher: str
    """The IRI of the dataset's publisher."""
    publisher_name: Mapping[str, str]
    """The publisher's name by language."""
    source: SourceFacts
    """The page that the dataset was read from."""
    version: str | None
    """The version of the latest release; None before the first."""
    issued: str | None
    """The day of the first release, YYYY-MM-DD; None before it."""
    modified: str | None
    """The day of the latest release, YYYY-MM-DD; None before the first."""
    releases: tuple[ReleaseFacts, ...]
    """All releases, the oldest first."""
    counts: Mapping[str, int]
    """How many partnerships, agreements and so on there are, by the names of ``[counts]`` in dataset.toml."""
    triples: int
    """How many distinct triples the dataset has, whatever graphs they are in."""
    results: Mapping[str, int]
    """How many results the validation report has, by severity."""
    withdrawals: Mapping[str, WithdrawalFacts]
    """What was in the dataset once, by slug (``place/x``)."""
    inputs: str
    """A fingerprint of all that the snapshot was made from: the same inputs make the same snapshot."""

    def to_json(self) -> dict[str, Any]:
        """As the manifest holds it."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Facts:
        """What :meth:`to_json` made. Raises KeyError or TypeError for what another version wrote."""
        parsed = {
            "languages": tuple(document["languages"]),
            "contact": ContactFacts(**document["contact"]),
            "source": SourceFacts(**document["source"]),
            "releases": tuple(ReleaseFacts(**row) for row in document["releases"]),
            "withdrawals": {slug: WithdrawalFacts(**row) for slug, row in document["withdrawals"].items()},
        }
        return cls(**{**document, **parsed})
