"""A description as a page shows it: facts in a sensible order, the source's words, what points here."""

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
)
from .other_sources import attested, identifiers
from .page_config import page_config
from .provenance import line_address, origin, passages

XSD = "http://www.w3.org/2001/XMLSchema#"
DATES = {f"{XSD}date", f"{XSD}gYearMonth", f"{XSD}gYear"}
RDF_TYPE, PREF_LABEL, TITLE = expand("rdf:type"), expand("skos:prefLabel"), expand("dct:title")
KIND, AS_STATED, DERIVED = expand("dct:type"), expand("vlo:asStated"), "graph/derived"
AGREEMENT, LINE, SINCE = (expand(f"vlo:{local}") for local in ("Agreement", "line", "since"))
LOCATION = expand("dct:Location")
CONTACT_NAME = "http://www.w3.org/2006/vcard/ns#fn"


class Fact(NamedTuple):
    """A property, and what it says of the thing."""

    text: Text
    href: str | None
    values: Sequence[Item]


class Since(NamedTuple):
    """When something began, and the words for it."""

    words: str
    date: str


@dataclass(frozen=True, slots=True)
class Group:
    """Things that point here in the same way; agreements come as ``documents``, others as ``entries``."""

    id: str
    heading: Text
    first: bool
    entries: Sequence[Item]
    documents: Sequence[Document]

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.entries) + len(self.documents)


def term_name(iri: str) -> Text:
    """What a property or class is called: by the ontology, by ``page.toml``, or its short IRI."""
    language = reader().language
    if found := language.pick(labels(iri)):
        return found
    message = page_config().labels.get(iri)
    return Text(language(message), language.interface) if message else Text(short(iri))


def view(iri: str, description: Description) -> dict[str, Any]:
    """The variables of ``thing.html``."""
    language = reader().language
    own: dict[str, list[Term]] = defaultdict(list)
    for said in description.statements:
        if said.object not in own[said.predicate.value]:
            own[said.predicate.value].append(said.object)
    derived = {
        (said.predicate.value, said.object) for said in description.statements if said.graph.endswith(DERIVED)
    }
    called = [*own[PREF_LABEL], *own[expand("rdfs:label")]] or own[TITLE] or own[CONTACT_NAME]
    heading = _as_titled(language.pick(called) or Text(short(iri)), own[TITLE])
    found = documents(agreement=IRI(iri)) if IRI(AGREEMENT) in own[RDF_TYPE] else []
    incoming = _incoming(iri, description)
    facts = _facts(own, derived, found[0].events if found else [])
    return {
        "iri": iri,
        "focus": focus(),
        "since": _since(own, found, incoming) if iri != focus() else None,
        "elapsed": elapsed,
        "attested": attested(iri) if iri != focus() else [],
        "identifiers": identifiers(iri, own),
        "map": _small_map(iri, description),
        "citation": citation(iri, heading.value),
        "heading": heading,
        "names": _other_names(own[PREF_LABEL], heading),
        "parties": found[0].among([focus()]) if found else [],
        "kinds": _kinds(own),
        "facts": facts,
        "derived": any(value.derived for fact in facts for value in fact.values),
        "quotes": [Text(term.value, term.language) for term in own[AS_STATED] if isinstance(term, Literal)],
        "passages": passages(iri),
        "row": origin(iri),
        "incoming": incoming,
        "left_out": description.left_out,
    }


def _as_titled(heading: Text, titles: Iterable[Term]) -> Text:
    """The heading in the language that it is in: labels repeat a title for readers of each language."""
    tags = [title.language for title in titles if isinstance(title, Literal) and title.value == heading.value]
    return heading if not tags or heading.language in tags else Text(heading.value, tags[0])


def _since(own: Mapping[str, list[Term]], found: list[Document], incoming: list[Group]) -> Since | None:
    """When it began: a membership, this document, or the first of those that a place is party to."""
    language = reader().language
    if stated := own.get(SINCE):
        return Since(language("Member since"), min(term.value for term in stated))
    words = language("Dated")
    if IRI(LOCATION) in own.get(RDF_TYPE, ()):
        words = language("The first dated document:")
        found = [document for group in incoming for document in group.documents]
    dates = [document.date for document in found if document.date]
    return Since(words, min(dates)) if dates else None


def _other_names(terms: Iterable[Term], heading: Text) -> list[Text]:
    found = {Text(t.value, t.language) for t in terms if isinstance(t, Literal) and t.value != heading.value}
    return sorted(found, key=lambda text: (text.language, text.value))


def _kinds(own: Mapping[str, list[Term]]) -> list[Item]:
    """The most telling type: the concept, where there is one, and the classes that have a name."""
    said = [*own.get(KIND, ()), *own.get(expand("org:classification"), ())]
    concepts = [item(term.value) for term in said if isinstance(term, IRI)]
    if concepts:
        return concepts
    classes = [term.value for term in own.get(RDF_TYPE, ())]
    named = [iri for iri in classes if labels(iri) or iri in page_config().labels]
    return [Item(term_name(iri), reader().urls.iri(iri)) for iri in named or classes][:2]


def _facts(
    own: Mapping[str, list[Term]], derived: set[tuple[str, Term]], events: Iterable[DocumentEvent]
) -> list[Fact]:
    known = page_config()
    dated = {event.iri: event for event in events}
    found = []
    for predicate, terms in own.items():
        repeated = predicate == TITLE and set(terms) <= set(own.get(PREF_LABEL, ()))
        if predicate in known.hidden or repeated or not terms:
            continue
        shown = terms if predicate in known.all_languages else _for_reader(terms)
        values = [_value(predicate, term, dated, (predicate, term) in derived) for term in shown]
        text = term_name(predicate)
        rank = known.order.get(predicate, len(known.order))
        found.append(
            (rank, reader().language.sort_key(text.value), Fact(text, _home(predicate), _sorted(values)))
        )
    return [fact for _, _, fact in sorted(found, key=lambda entry: entry[:2])]


def _for_reader(terms: list[Term]) -> list[Term]:
    """Of texts in several languages those in the reader's, or else in the next best."""
    texts = [t for t in terms if isinstance(t, Literal) and t.datatype == RDF_LANG_STRING]
    best = reader().language.pick(texts)
    return [t for t in terms if t not in texts] + [t for t in texts if best and t.language == best.language]


def _value(predicate: str, term: Term, dated: Mapping[str, DocumentEvent], derived: bool) -> Item:
    language = reader().language
    if isinstance(term, IRI):
        if event := dated.get(term.value):
            text = event.label if event.label.value else name(SIGNATURE)
            return Item(text, reader().urls.iri(term.value), event.date, derived)
        return item(term.value)._replace(derived=derived)
    if term.datatype in DATES:
        return Item(Text(""), None, term.value, derived)
    if term.datatype == f"{XSD}boolean":
        return Item(
            Text(language("yes") if term.value in {"true", "1"} else language("no")), None, "", derived
        )
    if predicate == LINE:
        return Item(Text(term.value), line_address(int(term.value)), "", derived)
    return Item(Text(term.value, term.language), None, "", derived)


def _sorted(values: list[Item]) -> list[Item]:
    key = reader().language.sort_key
    return sorted(values, key=lambda value: (value.date, key(value.text.value)))


def _home(predicate: str) -> str | None:
    """Our own terms are explained on our pages; others keep their distance."""
    address = reader().urls.iri(predicate)
    return address if address and address.startswith((f"{reader().urls.root}/", "/")) else None


def _incoming(iri: str, description: Description) -> list[Group]:
    """What points here, by property and class, in the order of the layout; agreements as documents."""
    classes: dict[str, set[str]] = defaultdict(set)
    for triple in description.names:
        if triple.predicate.value == RDF_TYPE:
            classes[triple.subject.value].add(triple.object.value)
    placed = [
        (*_heading(said, classes[said.subject.value]), said.subject.value) for said in description.inverse
    ]
    found: list[Group] = []
    placed.sort(key=lambda entry: entry[:2])
    for (_, heading, first), entries in groupby(placed, key=lambda entry: entry[:3]):
        subjects = list(dict.fromkeys(entry[3] for entry in entries))
        if heading:
            found.append(_group(f"{len(found)}", Text(heading), first, subjects, classes, iri))
    return found


def _heading(triple: DescribedStatement, classes: set[str]) -> tuple[int, str, bool]:
    """Rank, heading and whether it comes before the facts; unknown relations are named by their property."""
    known = page_config().incoming
    for rank, entry in enumerate(known):
        if entry.property == triple.predicate.value and (not entry.kind or entry.kind in classes):
            return rank, reader().language(entry.text) if entry.text else "", entry.first
    return len(known), str(term_name(triple.predicate.value)), False


def _group(
    id_: str, heading: Text, first: bool, subjects: list[str], classes: Mapping[str, set[str]], iri: str
) -> Group:
    if all(AGREEMENT in classes[subject] for subject in subjects):
        wanted = set(subjects)
        found = [document for document in _all_documents(iri) if document.iri in wanted]
        return Group(id_, heading, first, [], found)
    key = reader().language.sort_key
    entries = sorted(map(item, subjects), key=lambda entry: key(entry.text.value))
    return Group(id_, heading, first, entries, [])


def _all_documents(iri: str) -> list[Document]:
    """The agreements that point at a thing in any way."""
    return documents("?agreement ?any ?thing .", thing=IRI(iri))


def _small_map(iri: str, description: Description) -> Map | None:
    """The thing and the places that it names, from the focus place; None if it is nowhere else."""
    found = dict.fromkeys([iri])
    found |= dict.fromkeys(
        said.object.value
        for said in description.statements
        if said.predicate.value in page_config().map and isinstance(said.object, IRI)
    )
    found |= dict.fromkeys(
        said.subject.value
        for said in description.inverse
        if said.predicate.value in page_config().map_inverse
    )
    known = spots({*found, focus()})
    centre = known.get(focus())
    shown = tuple(known[place] for place in found if place in known and place != focus())
    return _drawn(centre, shown) if centre and shown and iri != focus() else None


@functools.lru_cache(maxsize=256)
def _drawn(centre: Spot, shown: tuple[Spot, ...]) -> Map | None:
    return small_map(centre, shown, land("far"))
