"""What a reader chose to see on the home page: read from the address, written back to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

LONGEST = 100


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
        given = {field.name: parameters.get(field.name, "").strip()[:LONGEST] for field in fields(cls)}
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
