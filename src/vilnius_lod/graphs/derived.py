"""The derived graph: what follows from the records and is not said by the page itself."""

from __future__ import annotations

from collections.abc import Iterator

from ..rdf.terms import Triple
from ..records.model import Records
from .attestations import corroboration
from .minting import TermStatement, collect, date, integer, thing
from .records import partnerships

SIGNATURE = "signature"


def derived_graph(records: Records) -> list[Triple]:
    """Signatures, decades, first years, direct links between partners, the municipality's networks;
    how many witnesses bear out a date.
    """
    return collect([*_statements(records), *corroboration(records)])


def _statements(records: Records) -> Iterator[TermStatement]:
    data = records.dataset
    years: dict[str, list[int]] = {}
    for event in records.events:
        years.setdefault(event.agreement, []).append(event.date.year)
        yield thing(data, "event", event.slug), "vlo:decade", integer(event.date.year // 10 * 10)
        if event.kind == SIGNATURE:
            agreement = thing(data, "agreement", event.agreement)
            yield agreement, "vlo:signed", date(event.date)
            yield agreement, "vlo:signedYear", integer(event.date.year)
    focus = thing(data, "place", data.focus)
    for place, parties in partnerships(records).items():
        if dated := [year for party in parties for year in years.get(party.agreement, ())]:
            yield thing(data, "partnership", place), "vlo:firstYear", integer(min(dated))
        yield focus, "vlo:partnerOf", thing(data, "place", place)
        yield thing(data, "place", place), "vlo:partnerOf", focus
    for membership in records.memberships:
        if membership.member == data.focus:
            municipality = thing(data, "organization", data.municipality)
            yield municipality, "org:memberOf", thing(data, "network", membership.network)
