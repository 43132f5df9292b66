"""The searchable entries of a snapshot, and a summary of each of its things."""

from __future__ import annotations

import json
import threading
import weakref
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
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
_DESCRIPTIONS = "SELECT ?thing ?text WHERE { ?thing dct:description|skos:definition ?text }"


@dataclass(frozen=True, slots=True)
class SearchData:
    """The index of a snapshot, and the sources of the names that it has beside the dataset's own."""

    index: Index
    sources: Mapping[str, Mapping[str, str]]
    _summaries: dict[str, dict[str, str]] = field(default_factory=dict)
    _examples: dict[str, list[str]] = field(default_factory=dict)

    def summary(self, iri: str) -> str:
        """What a reader needs to know of a thing to choose it, in the reader's language."""
        tag = reader().language.tag
        if tag not in self._summaries:
            self._summaries[tag] = _summaries()
        return self._summaries[tag].get(iri, "")

    @property
    def examples(self) -> list[str]:
        """Queries with results: a party, the year and the type of the latest document."""
        tag = reader().language.tag
        if tag not in self._examples:
            self._examples[tag] = _examples()
        return self._examples[tag]


_by_site: weakref.WeakKeyDictionary[Site, SearchData] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def search_data() -> SearchData:
    """The search data of this request's snapshot; made once."""
    current = site()
    if current not in _by_site:
        with _lock:
            if current not in _by_site:
                _by_site[current] = _search_data(current)
    return _by_site[current]


def _search_data(site: Site) -> SearchData:
    foreign: Mapping[str, Any] = {"names": {}, "sources": {}}
    if FILE in site.snapshot.files:  # a snapshot of an earlier version has none
        foreign = json.loads(site.snapshot.read(FILE))
    foreign_names = {
        iri: tuple(ForeignName(name["name"], tuple(name["languages"]), name["source"]) for name in names)
        for iri, names in foreign["names"].items()
    }
    texts = _grouped(rows(_TEXTS), "text")
    entries = []
    for rank, kind in enumerate(page_config().search):
        class_ = IRI(kind.kind)
        related: dict[str, list[str]] = defaultdict(list)
        for property_ in kind.context:
            related_rows = rows(_RELATED, **{"class": class_, "property": IRI(property_)})
            for iri, others in _grouped(related_rows, "other").items():
                related[iri] += others
        entries += [
            Entry(
                iri, kind.heading, rank, tuple(names),
                tuple(texts.get(iri, ())), foreign_names.get(iri, ()), tuple(related.get(iri, ())),
            )
            for iri, names in _grouped(rows(_NAMES, **{"class": class_}), "name").items()
            if iri.startswith(site.bases)
        ]  # fmt: skip
    # How a decade is written in each language, with the words before its year and without.
    decades = [choose(site.languages, tag)("the {year}s", year="0000") for tag in site.languages]
    decades += [decade[decade.index("0000") :] for decade in decades]
    return SearchData(Index(entries, decades), foreign["sources"])


def _summaries() -> dict[str, str]:
    """A summary of each thing, if there is something to say."""
    language = reader().language
    parts: dict[str, list[str]] = defaultdict(list)
    document_counts: Counter[str] = Counter()
    for document in documents():
        dates = (f"{event.label} {language.date(event.date)}".strip() for event in document.events)
        texts = (_other_parties(document), "; ".join(dict.fromkeys(dates)))
        parts[document.iri] += filter(None, texts)
        document_counts.update(document.parties.keys())
    places: dict[str, list[str]] = defaultdict(list)
    for place, countries in _grouped(rows(_COUNTRIES), "other").items():
        for country in countries:
            parts[place].append(name(country).value)
            places[country].append(name(place).value)
    for country, names in places.items():
        parts[country].append(", ".join(sorted(names, key=language.sort_key)))
    for party, count in document_counts.items():
        parts[party].append(language.plural("{n} document", "{n} documents", count))
    for thing, kinds in _grouped(rows(_KINDS), "other").items():
        parts[thing] += [name(kind).value for kind in kinds]
    for network, dates_since in _grouped(rows(_SINCE), "since").items():
        parts[network] += [language("member since {date}", date=language.date(date)) for date in dates_since]
    descriptions: dict[str, list[Any]] = defaultdict(list)
    for row in rows(_DESCRIPTIONS):
        descriptions[row["thing"].value].append(row["text"])
    for iri, literals in descriptions.items():
        if text := language.pick(literals):
            parts[iri].append(text.value)
    return {iri: " · ".join(texts) for iri, texts in parts.items()}


def _examples() -> list[str]:
    latest = max(documents(), key=lambda document: document.date, default=None)
    if latest is None:
        return [name(focus()).value]
    parties = [party.text.value for party in latest.among([focus()])][:1]
    return [*parties, *filter(None, [latest.year]), latest.kind.text.value]


def _other_parties(document: Document) -> str:
    return ", ".join(party.text.value for party in document.among([focus()]))


def _grouped(rows: Iterable[Mapping[str, Any]], column: str) -> dict[str, list[str]]:
    """The values of a column for each thing."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        grouped[row["thing"].value].append(row[column].value)
    return grouped
