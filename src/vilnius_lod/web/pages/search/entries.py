"""What can be searched for in a snapshot, and a line about each of its things."""

from __future__ import annotations

import json
import threading
import weakref
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....i18n.language import choose
from ....rdf.terms import IRI
from ...http.context import Site, reader, site
from ..labels import Document, documents, focus, name, rows
from ..page_config import page_config
from .index import Entry, ForeignName, Index

FILE = "search-names.json"

_NAMES = """SELECT DISTINCT ?class ?thing ?name WHERE {
    ?thing a ?class ; skos:prefLabel|skos:altLabel|vlo:formerName|schema:alternateName|skos:notation ?name
} ORDER BY ?thing ?name"""
_RELATED = "SELECT DISTINCT ?class ?property ?thing ?other WHERE { ?thing a ?class ; ?property ?other }"
_TEXTS = """SELECT DISTINCT ?thing ?text WHERE {
    { ?thing dct:description|vlo:asStated ?text }
    UNION { ?partnership vlo:partner ?thing ; vlo:partnerAsStated|vlo:countryAsStated ?text }
    UNION { ?partnership vlo:partner ?place ; vlo:countryAsStated ?text .
            ?place schema:containedInPlace ?thing . ?thing a schema:Country }
    UNION { ?thing vlo:event ?event . ?event vlo:edtf ?text }
    UNION { ?membership org:organization ?thing ; vlo:edtf ?text }
} ORDER BY ?thing ?text"""
_COUNTRIES = "SELECT ?thing ?other WHERE { ?thing schema:containedInPlace ?other . ?other a schema:Country }"
_KINDS = "SELECT ?thing ?other WHERE { ?thing org:classification ?other }"
_SINCE = "SELECT ?thing ?since WHERE { ?membership org:organization ?thing ; vlo:edtf ?since }"
_SAID = "SELECT ?thing ?text WHERE { ?thing dct:description|skos:definition ?text }"


@dataclass(frozen=True, slots=True)
class Searched:
    """A snapshot's index, and whose names it has beside the dataset's own."""

    index: Index
    sources: Mapping[str, Mapping[str, str]]
    _lines: dict[str, dict[str, str]] = field(default_factory=dict)
    _examples: dict[str, list[str]] = field(default_factory=dict)

    def line(self, iri: str) -> str:
        """What a reader should know of a thing to choose it, in the reader's language."""
        tag = reader().language.tag
        if tag not in self._lines:
            self._lines[tag] = _lines()
        return self._lines[tag].get(iri, "")

    @property
    def examples(self) -> list[str]:
        """Questions that find something: of the latest document a party, the year and the kind."""
        tag = reader().language.tag
        if tag not in self._examples:
            self._examples[tag] = _examples()
        return self._examples[tag]


_made: weakref.WeakKeyDictionary[Site, Searched] = weakref.WeakKeyDictionary()
_making = threading.Lock()


def searched() -> Searched:
    """What can be searched for in this request's snapshot; made once."""
    here = site()
    if here not in _made:
        with _making:
            if here not in _made:
                _made[here] = _make(here)
    return _made[here]


def _make(here: Site) -> Searched:
    further: Mapping[str, Any] = {"names": {}, "sources": {}}
    if FILE in here.snapshot.files:  # a snapshot of an earlier version has none
        further = json.loads(here.snapshot.read(FILE))
    named = {
        iri: tuple(ForeignName(row["name"], tuple(row["languages"]), row["source"]) for row in found)
        for iri, found in further["names"].items()
    }
    texts = _grouped(rows(_TEXTS), "text")
    entries = []
    for rank, kind in enumerate(page_config().search):
        class_ = IRI(kind.kind)
        related: dict[str, list[str]] = defaultdict(list)
        for property_ in kind.context:
            for iri, others in _grouped(
                rows(_RELATED, **{"class": class_, "property": IRI(property_)}), "other"
            ).items():
                related[iri] += others
        entries += [
            Entry(
                iri, kind.heading, rank, tuple(own),
                tuple(texts.get(iri, ())), named.get(iri, ()), tuple(related.get(iri, ())),
            )
            for iri, own in _grouped(rows(_NAMES, **{"class": class_}), "name").items()
            if iri.startswith(here.bases)
        ]  # fmt: skip
    return Searched(Index(entries, _decades(here.languages)), further["sources"])


def _decades(languages: Sequence[str]) -> list[str]:
    """How a decade is written in each language, with the words before its year and without."""
    written = [choose(languages, tag)("the {year}s", year="0000") for tag in languages]
    return [*written, *(way[way.index("0000") :] for way in written)]


def _lines() -> dict[str, str]:
    """A line about each thing that has one."""
    language = reader().language
    found: dict[str, list[str]] = defaultdict(list)
    papers: dict[str, int] = defaultdict(int)
    inhabitants: dict[str, list[str]] = defaultdict(list)
    for document in documents():
        found[document.iri] += filter(None, [_parties(document), _dates(document)])
        for party in document.parties:
            papers[party] += 1
    for row in rows(_COUNTRIES):
        found[row["thing"].value].append(name(row["other"].value).value)
        inhabitants[row["other"].value].append(name(row["thing"].value).value)
    for country, places in inhabitants.items():
        found[country].append(", ".join(sorted(places, key=language.sort_key)))
    for place, number in papers.items():
        found[place].append(language.plural("{n} document", "{n} documents", number))
    for row in rows(_KINDS):
        found[row["thing"].value].append(name(row["other"].value).value)
    for row in rows(_SINCE):
        found[row["thing"].value].append(
            language("member since {date}", date=language.date(row["since"].value))
        )
    said: dict[str, list[Any]] = defaultdict(list)
    for row in rows(_SAID):
        said[row["thing"].value].append(row["text"])
    for iri, literals in said.items():
        if text := language.pick(literals):
            found[iri].append(text.value)
    return {iri: " · ".join(parts) for iri, parts in found.items()}


def _examples() -> list[str]:
    latest = max(documents(), key=lambda document: document.date, default=None)
    if latest is None:
        return [name(focus()).value]
    parties = [party.text.value for party in latest.among([focus()])][:1]
    return [*parties, *filter(None, [latest.year]), latest.kind.text.value]


def _parties(document: Document) -> str:
    return ", ".join(party.text.value for party in document.among([focus()]))


def _dates(document: Document) -> str:
    language = reader().language
    dated = (f"{event.label} {language.date(event.date)}".strip() for event in document.events)
    return "; ".join(dict.fromkeys(dated))


def _grouped(found: Iterable[Mapping[str, Any]], column: str) -> dict[str, list[str]]:
    """The values of a column for each thing."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for row in found:
        grouped[row["thing"].value].append(row[column].value)
    return grouped
