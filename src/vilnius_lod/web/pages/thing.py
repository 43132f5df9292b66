"""A description as a page shows it: facts in order, the words of the source, incoming links."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from ...i18n.language import Text, elapsed
from ...rdf.namespaces import expand
from ...rdf.terms import IRI, RDF_LANG_STRING, Literal, Term
from ...sparql.descriptions import DescribedStatement, Description
from ..http.context import reader
from .citation import citation
from .drawings.maps import Map, Spot, land, small_map
from .home import spots
from .labels import (
    SIGNATURE,
    Document,
    DocumentEvent,
    Item,
    documents,
    focus,
    item,
    labels,
    name,
    short,
    sorted_by_name,
)  # fmt: skip
from .other_sources import attested, identifiers
from .page_config import page_config
from .provenance import line_address, origin, passages

DATES = {expand(f"xsd:{name}") for name in ("date", "gYearMonth", "gYear")}
RDF_TYPE, PREF_LABEL, TITLE = expand("rdf:type"), expand("skos:prefLabel"), expand("dct:title")
KIND, AS_STATED, DERIVED = expand("dct:type"), expand("vlo:asStated"), "graph/derived"
AGREEMENT, LINE, SINCE = (expand(f"vlo:{local}") for local in ("Agreement", "line", "since"))
LOCATION = expand("dct:Location")
CONTACT_NAME = "http://www.w3.org/2006/vcard/ns#fn"
Values = Mapping[str, Sequence[Term]]
"""The objects of a thing's statements, by predicate."""


class Fact(NamedTuple):
    """A property, and its values for the thing."""

    text: Text
    href: str | None
    values: Sequence[Item]


class StartDate(NamedTuple):
    """When something began, and a label for this date."""

    label: str
    date: str


@dataclass(frozen=True, slots=True)
class IncomingGroup:
    """Things that link here in the same way; agreements come as ``documents``, others as ``entries``.
    ``first``: before the facts.
    """

    id: str
    heading: Text
    first: bool
    entries: Sequence[Item]
    documents: Sequence[Document]

    @property
    def size(self) -> int:
        """The number of things."""
        return len(self.entries) + len(self.documents)


def term_name(iri: str) -> Text:
    """The name of a property or class: from the ontology, from ``page.toml``, or its short IRI."""
    language = reader().language
    if label := language.pick(labels(iri)):
        return label
    message = page_config().labels.get(iri)
    return Text(language(message), language.interface) if message else Text(short(iri))


def view(iri: str, description: Description) -> dict[str, Any]:
    """The variables of ``thing.html``."""
    values: dict[str, list[Term]] = defaultdict(list)
    derived = set()
    for predicate, value, graph in (
        (statement.predicate.value, statement.object, statement.graph) for statement in description.statements
    ):
        if value not in values[predicate]:
            values[predicate].append(value)
        if graph.endswith(DERIVED):
            derived.add((predicate, value))
    names = [*values[PREF_LABEL], *values[expand("rdfs:label")]] or values[TITLE] or values[CONTACT_NAME]
    heading = _in_title_language(reader().language.pick(names) or Text(short(iri)), values[TITLE])
    agreements = documents(agreement=IRI(iri)) if IRI(AGREEMENT) in values[RDF_TYPE] else []
    incoming = _incoming(iri, description)
    facts = _facts(values, derived, agreements[0].events if agreements else [])
    is_focus = iri == focus()
    return {
        "iri": iri,
        "focus": focus(),
        "since": None if is_focus else _start_date(values, agreements, incoming),
        "elapsed": elapsed,
        "attested": [] if is_focus else attested(iri),
        "identifiers": identifiers(iri, values),
        "map": _small_map(iri, description),
        "citation": citation(iri, heading.value),
        "heading": heading,
        "names": _other_names(values[PREF_LABEL], heading),
        "parties": agreements[0].among([focus()]) if agreements else [],
        "kinds": _kinds(values),
        "facts": facts,
        "derived": any(value.derived for fact in facts for value in fact.values),
        "quotes": _texts(values[AS_STATED]),
        "passages": passages(iri),
        "row": origin(iri),
        "incoming": incoming,
        "left_out": description.left_out,
    }


def _texts(terms: Iterable[Term]) -> list[Text]:
    return [Text(term.value, term.language) for term in terms if isinstance(term, Literal)]


def _in_title_language(heading: Text, titles: Iterable[Term]) -> Text:
    """The heading in its own language: labels repeat a title for readers of each language."""
    tags = [title.language for title in _texts(titles) if title.value == heading.value]
    return heading if not tags or heading.language in tags else Text(heading.value, tags[0])


def _start_date(
    values: Values, agreements: Iterable[Document], incoming: Iterable[IncomingGroup]
) -> StartDate | None:
    """When it began: a membership, this document, or the first document to which a place is party."""
    language = reader().language
    if stated := values.get(SINCE):
        return StartDate(language("Member since"), min(term.value for term in stated))
    label = language("Dated")
    if IRI(LOCATION) in values.get(RDF_TYPE, ()):
        label = language("The first dated document:")
        agreements = [document for group in incoming for document in group.documents]
    dates = [document.date for document in agreements if document.date]
    return StartDate(label, min(dates)) if dates else None


def _other_names(terms: Iterable[Term], heading: Text) -> list[Text]:
    names = {text for text in _texts(terms) if text.value != heading.value}
    return sorted(names, key=lambda text: (text.language, text.value))


def _kinds(values: Values) -> list[Item]:
    """The most specific types: the concepts if there are any, or else the classes, preferably named ones."""
    types = [*values.get(KIND, ()), *values.get(expand("org:classification"), ())]
    if concepts := [item(term.value) for term in types if isinstance(term, IRI)]:
        return concepts
    classes = [term.value for term in values.get(RDF_TYPE, ())]
    named = [iri for iri in classes if labels(iri) or iri in page_config().labels]
    return [Item(term_name(iri), reader().urls.iri(iri)) for iri in named or classes][:2]


def _facts(values: Values, derived: set[tuple[str, Term]], events: Iterable[DocumentEvent]) -> list[Fact]:
    config, key = page_config(), reader().language.sort_key
    events_by_iri = {event.iri: event for event in events}
    ranked = []
    for predicate, terms in values.items():
        repeated = predicate == TITLE and set(terms) <= set(values.get(PREF_LABEL, ()))
        if predicate in config.hidden or repeated or not terms:
            continue
        shown = terms if predicate in config.all_languages else _for_reader(terms)
        items = [_value(predicate, term, events_by_iri, (predicate, term) in derived) for term in shown]
        items.sort(key=lambda value: (value.date, key(value.text.value)))
        text = term_name(predicate)
        rank = config.order.get(predicate, len(config.order))
        ranked.append((rank, key(text.value), Fact(text, _term_address(predicate), items)))
    return [fact for _, _, fact in sorted(ranked, key=lambda entry: entry[:2])]


def _for_reader(terms: Sequence[Term]) -> list[Term]:
    """Of texts in several languages only those in the reader's, or else in the next best."""
    texts = [term for term in terms if isinstance(term, Literal) and term.datatype == RDF_LANG_STRING]
    best = reader().language.pick(texts)
    others = [term for term in terms if term not in texts]
    return others + [text for text in texts if best and text.language == best.language]


def _value(predicate: str, term: Term, events: Mapping[str, DocumentEvent], derived: bool) -> Item:
    language = reader().language
    if isinstance(term, IRI):
        if event := events.get(term.value):
            text = event.label if event.label.value else name(SIGNATURE)
            return Item(text, reader().urls.iri(term.value), event.date, derived)
        return item(term.value)._replace(derived=derived)
    if term.datatype in DATES:
        return Item(Text(""), date=term.value, derived=derived)
    if term.datatype == expand("xsd:boolean"):
        yes = term.value in {"true", "1"}
        return Item(Text(language("yes") if yes else language("no")), derived=derived)
    href = line_address(int(term.value)) if predicate == LINE else None
    return Item(Text(term.value, term.language), href, derived=derived)


def _term_address(iri: str) -> str | None:
    """Where this site explains one of its own terms; None for a term of another vocabulary."""
    address = reader().urls.iri(iri)
    return address if address and address.startswith((f"{reader().urls.root}/", "/")) else None


def _incoming(iri: str, description: Description) -> list[IncomingGroup]:
    """What links here, by property and class, in the order of the configuration; agreements as documents."""
    classes: dict[str, set[str]] = defaultdict(set)
    for triple in description.names:
        if triple.predicate.value == RDF_TYPE:
            classes[triple.subject.value].add(triple.object.value)
    ranked = [
        (*_heading(statement, classes[statement.subject.value]), statement.subject.value)
        for statement in description.inverse
    ]
    ranked.sort(key=lambda entry: entry[:2])
    groups: list[IncomingGroup] = []
    for (_, heading, first), entries in groupby(ranked, key=lambda entry: entry[:3]):
        subjects = dict.fromkeys(subject for *_, subject in entries)
        if not heading:
            continue
        agreements: list[Document] = []
        items: list[Item] = []
        if all(AGREEMENT in classes[subject] for subject in subjects):
            pointing = documents("?agreement ?any ?thing .", thing=IRI(iri))
            agreements = [document for document in pointing if document.iri in subjects]
        else:
            items = sorted_by_name(map(item, subjects))
        groups.append(IncomingGroup(f"{len(groups)}", Text(heading), first, items, agreements))
    return groups


def _heading(statement: DescribedStatement, classes: set[str]) -> tuple[int, str, bool]:
    """Rank, heading and whether it comes before the facts; unknown relations are named by their property."""
    headings = page_config().incoming
    for rank, entry in enumerate(headings):
        if entry.property == statement.predicate.value and (not entry.kind or entry.kind in classes):
            return rank, reader().language(entry.text) if entry.text else "", entry.first
    return len(headings), str(term_name(statement.predicate.value)), False


def _small_map(iri: str, description: Description) -> Map | None:
    """The thing and the places that it names, from the focus place; None if there are no others."""
    config = page_config()
    places = [iri]
    places += [
        statement.object.value
        for statement in description.statements
        if statement.predicate.value in config.map and isinstance(statement.object, IRI)
    ]
    places += [
        statement.subject.value
        for statement in description.inverse
        if statement.predicate.value in config.map_inverse
    ]
    located = spots({*places, focus()})
    centre = located.pop(focus(), None)
    shown = tuple(located[place] for place in dict.fromkeys(places) if place in located)
    return _drawn(centre, shown) if centre and shown and iri != focus() else None


@functools.lru_cache(maxsize=256)
def _drawn(centre: Spot, shown: tuple[Spot, ...]) -> Map | None:
    return small_map(centre, shown, land("far"))
