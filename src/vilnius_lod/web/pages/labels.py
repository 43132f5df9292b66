"""Names and documents from the snapshot, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from flask import g

from ...i18n.language import Text
from ...rdf.namespaces import concept, curies, prefixes
from ...rdf.terms import IRI, RDF_LANG_STRING, XSD_STRING, Literal, Term, Triple
from ...sparql.descriptions import Description
from ..http.context import reader, site

SIGNATURE = concept("event-type", "signature")

PREFIXES = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in prefixes().items())
_DOCUMENTS = """SELECT DISTINCT ?thing ?agreement ?type ?party ?event ?kind ?date WHERE {
    %s
    ?agreement a vlo:Agreement ; dct:type ?type ; vlo:party ?party .
    OPTIONAL { ?agreement vlo:event ?event . ?event dct:type ?kind ; dct:date ?date }
}"""
_QUOTED = """SELECT DISTINCT ?thing ?agreement ?line WHERE {
    %s
    ?agreement a vlo:Agreement ; prov:wasQuotedFrom ?passage . ?passage vlo:line ?line } ORDER BY ?line"""
_LINES = "SELECT ?thing ?passage ?line WHERE { ?thing prov:wasQuotedFrom ?passage . ?passage vlo:line ?line }"


class Item(NamedTuple):
    """Something to show: a text, its link, and its date."""

    text: Text
    href: str | None = None
    date: str = ""
    derived: bool = False


class DocumentEvent(NamedTuple):
    """An event of a document; ``label`` is empty for its signature, which is shown as a date alone."""

    iri: str
    label: Text
    date: str


@dataclass(frozen=True, slots=True)
class Document:
    """An agreement for a table. ``type`` is the slug of its kind; ``parties`` include the focus place."""

    iri: str
    href: str | None
    title: Text
    kind: Item
    type: str
    parties: dict[str, Item] = field(default_factory=dict)
    events: list[DocumentEvent] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    @property
    def date(self) -> str:
        """Its first date, empty if there is none."""
        return min((event.date for event in self.events), default="")

    @property
    def year(self) -> str:
        """The year of its first date, empty if there is none."""
        return self.date[:4]

    def among(self, shown: Iterable[str]) -> list[Item]:
        """The parties except those that the page shows anyway."""
        hidden = set(shown)
        return [item for iri, item in self.parties.items() if iri not in hidden]


def rows(query: str, **values: Term) -> list[dict[str, Term]]:
    """The rows of one of the site's own queries; ``values`` are for its variables."""
    return site().descriptions.rows(PREFIXES + query, **values)


def triples(query: str, graph: str) -> list[Triple]:
    """The rows of a query for ``?s ?p ?o`` in one of the dataset's graphs (``?graph``), as triples."""
    solutions = rows(query, graph=IRI(f"{site().base}graph/{graph}"))
    return [Triple(IRI(row["s"].value), IRI(row["p"].value), row["o"]) for row in solutions]


def describe(iri: str) -> Description | None:
    """The description of a thing, made once in a request; None if there is none."""
    descriptions: dict[str, Description | None] = g.setdefault("descriptions", {})
    if iri not in descriptions:
        descriptions[iri] = site().descriptions.describe(iri)
    return descriptions[iri]


def labels(iri: str) -> list[Literal]:
    """The names of a thing in every language."""
    names = site().descriptions.labels(iri)
    return [Literal(value, RDF_LANG_STRING if tag else XSD_STRING, tag) for tag, value in names.items()]


def localized(by_language: Mapping[str, str]) -> Text | None:
    """A text of the manifest in the reader's language, or else in the next best."""
    return reader().language.pick(Literal(text, RDF_LANG_STRING, tag) for tag, text in by_language.items())


def name(iri: str) -> Text:
    """A thing's name for the reader, or its IRI (as a CURIE if possible) if it has none."""
    return reader().language.pick(labels(iri)) or Text(short(iri))


def item(iri: str) -> Item:
    """A thing with its name and its page."""
    return Item(name(iri), reader().urls.iri(iri))


def sorted_by_name(items: Iterable[Item]) -> list[Item]:
    """The items in the alphabetical order of the reader's language."""
    key = reader().language.sort_key
    return sorted(items, key=lambda entry: key(entry.text.value))


def slug(iri: str) -> str:
    """The last part of an IRI: the thing's key among things of its kind."""
    return iri.rsplit("/", 1)[-1]


def focus() -> str:
    """The IRI of the place that the dataset is about."""
    return f"{site().base}id/place/{site().facts.focus}"


def short(iri: str) -> str:
    """The IRI as a CURIE, if there is a prefix for it."""
    return next((f"{prefix}:{local}" for prefix, local in curies(iri, site().prefixes)), iri)


def documents(pattern: str = "", **values: Term) -> list[Document]:
    """The agreements that match a graph pattern about ``?agreement``, the undated first, then by date."""
    agreements: dict[str, Document] = {}
    for row in rows(_DOCUMENTS % pattern, **values):
        row = values | row
        iri, kind, party = (row[column].value for column in ("agreement", "type", "party"))
        if iri not in agreements:
            agreements[iri] = Document(iri, reader().urls.iri(iri), name(iri), item(kind), slug(kind))
        document = agreements[iri]
        if party not in document.parties:
            document.parties[party] = item(party)
        if "event" in row and all(row["event"].value != event.iri for event in document.events):
            type_ = row["kind"].value
            label = Text("") if type_ == SIGNATURE else name(type_)
            document.events.append(DocumentEvent(row["event"].value, label, row["date"].value))
    for row in rows(_QUOTED % pattern, **values) if agreements else ():
        if quoted := agreements.get((values | row)["agreement"].value):
            quoted.lines.append(int(row["line"].value))
    for document in agreements.values():
        document.events.sort(key=lambda event: event.date)
    return sorted(agreements.values(), key=lambda document: (document.date, document.iri))


def witnesses(row: Mapping[str, Term]) -> tuple[int, ...]:
    """The independent witnesses that confirm a date, are more precise, and contradict it, from a row."""
    return tuple(int(row[name].value) for name in ("confirmed", "refined", "contradicted"))


def lines(iri: str) -> list[int]:
    """The numbers of the lines of the source from which a thing is quoted."""
    return sorted({int(row["line"].value) for row in rows(_LINES, thing=IRI(iri))})
