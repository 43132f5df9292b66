"""``/evidence``: every dated statement of the city, and which independent other sources confirm it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response

from ....i18n.language import Text
from ....rdf.terms import Term
from ...http.context import reader
from ...http.responses import page
from ...pages.labels import Item, item, name, rows, witnesses

blueprint = Blueprint("evidence", __name__)

_COUNTS = "?thing vlo:confirmedBy ?confirmed ; vlo:refinedBy ?refined ; vlo:contradictedBy ?contradicted ."
_EVENTS = f"""SELECT ?thing ?about ?kind ?date ?confirmed ?refined ?contradicted WHERE {{
    ?about vlo:event ?thing . ?thing dct:type ?kind ; dct:date ?date . {_COUNTS}
}}"""
_MEMBERSHIPS = f"""SELECT ?thing ?about ?date ?confirmed ?refined ?contradicted WHERE {{
    ?thing org:organization ?about ; vlo:since ?date . {_COUNTS}
}}"""
_PARTNERS = "SELECT ?about ?partner WHERE { ?partnership vlo:basedOn ?about ; vlo:partner ?partner }"


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One date and the numbers of its independent witnesses; ``partners`` are those of a document."""

    partners: tuple[Item, ...]
    about: Item
    thing: Item
    date: str
    confirmed: int
    refined: int
    contradicted: int

    @property
    def alone(self) -> bool:
        """Whether no other source states the date."""
        return not (self.confirmed or self.contradicted)


@blueprint.get("/evidence")
def evidence() -> Response:
    """The table, by partner and date, and the sums."""
    partners: dict[str, list[Item]] = {}
    for row in rows(_PARTNERS):
        partners.setdefault(row["about"].value, []).append(item(row["partner"].value))
    key = reader().language.sort_key
    lines = [_line(row, partners) for row in (*rows(_EVENTS), *rows(_MEMBERSHIPS))]
    lines.sort(key=lambda line: (not line.partners, key(_first(line).value), line.date))
    counted = ("confirmed", "refined", "contradicted", "alone")
    sums = {name: sum(getattr(line, name) > 0 for line in lines) for name in counted}
    return page("evidence.html", lines=lines, sums=sums)


def _line(row: Mapping[str, Term], partners: Mapping[str, list[Item]]) -> EvidenceRow:
    about, thing = row["about"].value, row["thing"].value
    return EvidenceRow(
        tuple(sorted(partners.get(about, ()), key=lambda partner: partner.text.value)),
        item(about),
        Item(name(row["kind"].value if "kind" in row else thing), reader().urls.iri(thing)),
        row["date"].value,
        *witnesses(row),
    )


def _first(line: EvidenceRow) -> Text:
    return line.partners[0].text if line.partners else line.about.text
