"""What other datasets call a thing, and what other sources say of it and of its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from ...i18n.language import Text
from ...rdf.terms import IRI, Literal, Term
from ..http.context import reader
from .labels import Item, item, name, rows, slug
from .page_config import page_config

# A place's partnership, documents and their events; a network's memberships; and the thing itself.
_PARTS = """SELECT DISTINCT ?thing ?part WHERE {
    { ?part vlo:partner ?thing } UNION { ?part vlo:party ?thing . ?part a vlo:Agreement }
    UNION { ?document vlo:party ?thing ; vlo:event ?part }
    UNION { ?thing vlo:event ?part } UNION { ?thing vlo:basedOn ?part }
    UNION { ?thing vlo:basedOn/vlo:event ?part } UNION { ?part org:organization ?thing }
}"""
_SAID = """SELECT DISTINCT ?part ?saying ?relation ?aspect ?stated ?date ?kind ?independent ?document
    ?title ?publisher ?own WHERE {
    ?saying vlo:about ?part ; vlo:relation ?relation ; vlo:aspect ?aspect ; vlo:statedKind ?kind ;
            vlo:independent ?independent ; dct:source ?document .
    ?document dct:title ?title ; dct:publisher ?publisher .
    OPTIONAL { ?saying vlo:statedDate ?stated }
    OPTIONAL { ?saying dct:date ?date }
    OPTIONAL { ?part dct:date|vlo:since ?own }
}"""
_WITNESSES = """SELECT ?part ?confirmed ?refined ?contradicted WHERE {
    ?part vlo:confirmedBy ?confirmed ; vlo:refinedBy ?refined ; vlo:contradictedBy ?contradicted }"""
_EVIDENCE = (
    "SELECT ?thing ?mapping ?object WHERE { ?mapping sssom:subject_id ?thing ; sssom:object_id ?object }"
)


class SourceStatement(NamedTuple):
    """A statement of another source: where to read more of it, its date (EDTF) and its words, and how it
    stands to what the city says (``relation``, a slug, and in words).
    """

    href: str | None
    relation: str
    verdict: Text
    aspect: Text
    date: str
    words: str
    independent: bool
    document: Item
    publisher: str


class AttestedThing(NamedTuple):
    """A thing that others speak of: the city's date, if it has one, and by how many independent witnesses
    that is confirmed, refined among these, and contradicted (None: nothing was counted).
    """

    about: Item
    date: str
    witnesses: tuple[int, int, int] | None
    sayings: list[SourceStatement]


def attested(iri: str) -> list[AttestedThing]:
    """All that others say of a thing and its parts, by what they speak of."""
    parts = {iri, *(row["part"].value for row in rows(_PARTS, thing=IRI(iri)))}
    found = [row for part in sorted(parts) for row in _about(part)]
    return [_attested(part, list(group)) for part, group in groupby(found, key=lambda row: row["part"].value)]


def _about(part: str) -> list[dict[str, Term]]:
    said = [{**row, "part": IRI(part)} for row in rows(_SAID, part=IRI(part))]
    return sorted(said, key=lambda row: (slug(row["aspect"].value) != "date", row["saying"].value))


def _attested(part: str, said: list[dict[str, Term]]) -> AttestedThing:
    counted = rows(_WITNESSES, part=IRI(part))
    own = said[0].get("own")
    return AttestedThing(
        item(part),
        own.value if own else "",
        next(
            (
                (int(row["confirmed"].value), int(row["refined"].value), int(row["contradicted"].value))
                for row in counted
            ),
            None,
        ),
        [_saying(row) for row in said],
    )


def _saying(row: dict[str, Term]) -> SourceStatement:
    date = row.get("date") or row.get("stated")
    return SourceStatement(
        reader().urls.iri(row["saying"].value),
        slug(row["relation"].value),
        name(row["relation"].value),
        name(row["aspect"].value),
        date.value if date else "",
        row["kind"].value,
        row["independent"].value in {"true", "1"},
        Item(_title(row["title"]), reader().urls.iri(row["document"].value)),
        row["publisher"].value,
    )


def _title(term: Term) -> Text:
    """A document's title in the language that it is in; its labels stand in for those of the dataset."""
    return Text(term.value, term.language if isinstance(term, Literal) else "")


class Identifier(NamedTuple):
    """``whose`` it is, how its meaning relates to ours, in words, and where the evidence for that is."""

    whose: str
    id: str
    href: str
    meaning: str
    evidence: str | None


def identifiers(iri: str, own: Mapping[str, Sequence[Term]]) -> list[Identifier]:
    """The links of a thing, given its objects by property, in the order of the layout."""
    language = reader().language
    evidence = {
        row["object"].value: reader().urls.iri(row["mapping"].value)
        for row in rows(_EVIDENCE, thing=IRI(iri))
    }
    found = []
    for property_, meaning in page_config().same.items():
        for term in own.get(property_, ()):
            if isinstance(term, IRI):
                whose, id_ = _named(term.value)
                meant = language(meaning)
                found.append(Identifier(whose, id_, term.value, meant, evidence.get(term.value)))
    return found


def _named(iri: str) -> tuple[str, str]:
    """Whose identifier an IRI is, and the identifier itself; of an unknown one the host and the IRI."""
    for space, whose in page_config().elsewhere.items():
        if iri.startswith(space):
            return reader().language(whose), iri.removeprefix(space).strip("/")
    return iri.split("/")[2], iri
