"""Identifiers of a thing in other datasets, and statements of other sources about it and its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...i18n.language import Text
from ...rdf.terms import IRI, Literal, Term
from ..http.context import reader
from .labels import Item, item, name, rows, slug, witnesses
from .page_config import page_config

# A place's partnership, documents and their events; a network's memberships; and the thing itself.
_PARTS = """SELECT DISTINCT ?thing ?part WHERE {
    { ?part vlo:partner ?thing } UNION { ?part vlo:party ?thing . ?part a vlo:Agreement }
    UNION { ?document vlo:party ?thing ; vlo:event ?part }
    UNION { ?thing vlo:event ?part } UNION { ?thing vlo:basedOn ?part }
    UNION { ?thing vlo:basedOn/vlo:event ?part } UNION { ?part org:organization ?thing }
}"""
_STATEMENTS = """SELECT DISTINCT ?part ?saying ?relation ?aspect ?stated ?date ?kind ?independent ?document
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
    """A statement of another source: its page, its date (EDTF) and its kind, and how it relates to the
    statement of the city (``relation``, a slug, and ``verdict``, in words).
    """

    href: str | None
    relation: str
    verdict: Text
    aspect: Text
    date: str
    kind: str
    independent: bool
    document: Item
    publisher: str


class AttestedThing(NamedTuple):
    """A thing that other sources mention: the city's date, if there is one, and how many independent
    witnesses confirm it, how many of these are more precise, and how many contradict it (None: not counted).
    """

    about: Item
    date: str
    witnesses: tuple[int, ...] | None
    statements: list[SourceStatement]


def attested(iri: str) -> list[AttestedThing]:
    """The statements of other sources about a thing and its parts, grouped by what they are about."""
    parts = {iri, *(row["part"].value for row in rows(_PARTS, thing=IRI(iri)))}
    return [_attested(part, found) for part in sorted(parts) if (found := rows(_STATEMENTS, part=IRI(part)))]


def _attested(part: str, statements: list[dict[str, Term]]) -> AttestedThing:
    statements.sort(key=lambda row: (slug(row["aspect"].value) != "date", row["saying"].value))
    counts = [witnesses(row) for row in rows(_WITNESSES, part=IRI(part))]
    date = statements[0]["own"].value if "own" in statements[0] else ""
    return AttestedThing(item(part), date, counts[0] if counts else None, [*map(_statement, statements)])


def _statement(row: dict[str, Term]) -> SourceStatement:
    date, title, address = row.get("date") or row.get("stated"), row["title"], reader().urls.iri
    # A document's title is in its own language; its labels replace the titles of the dataset's things.
    text = Text(title.value, title.language if isinstance(title, Literal) else "")
    return SourceStatement(
        address(row["saying"].value),
        slug(row["relation"].value),
        name(row["relation"].value),
        name(row["aspect"].value),
        date.value if date else "",
        row["kind"].value,
        row["independent"].value in {"true", "1"},
        Item(text, address(row["document"].value)),
        row["publisher"].value,
    )


class Identifier(NamedTuple):
    """An identifier in the dataset ``source``, how its meaning relates to ours, in words, and the page with
    the evidence for that.
    """

    source: str
    id: str
    href: str
    meaning: str
    evidence: str | None


def identifiers(iri: str, values: Mapping[str, Sequence[Term]]) -> list[Identifier]:
    """The identifiers of a thing, given its objects by property, in the order of the configuration."""
    mappings = {row["object"].value: row["mapping"].value for row in rows(_EVIDENCE, thing=IRI(iri))}
    identifiers = []
    for property_, meaning in page_config().same.items():
        for term in values.get(property_, ()):
            if isinstance(term, IRI):
                source, id_ = _source_and_id(term.value)
                mapping = mappings.get(term.value)
                evidence = reader().urls.iri(mapping) if mapping else None
                identifiers.append(Identifier(source, id_, term.value, reader().language(meaning), evidence))
    return identifiers


def _source_and_id(iri: str) -> tuple[str, str]:
    """The dataset of an identifier's IRI, and the identifier; for an unknown one the host and the IRI."""
    for space, source in page_config().elsewhere.items():
        if iri.startswith(space):
            return reader().language(source), iri.removeprefix(space).strip("/")
    return iri.split("/")[2], iri
