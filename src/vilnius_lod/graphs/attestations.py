"""Other sources' statements to their own graph, and how many witnesses bear out the city's dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..rdf.terms import IRI, Triple
from ..records.model import Attestation, Records
from . import minting
from .minting import TermStatement, boolean, collect, concept, date, integer, path, term, text, thing

SAME, FINER, OTHER = "agrees", "refines", "conflicts"
DATE = "date"


def attestations_graph(records: Records, vocabulary: Iterable[Triple]) -> list[Triple]:
    """Each attestation and each document it was taken from. ``vocabulary`` gives the labels of concepts.

    Nothing is said of the things themselves: a place that the city's page does not list stays a name.
    """
    return collect([*_attestations(records, vocabulary), *_documents(records)])


def corroboration(records: Records) -> Iterator[TermStatement]:
    """For each thing that the city dates, or another source does: how many independent witnesses give the
    same date (``vlo:confirmedBy``), how many of these more precisely (``vlo:refinedBy``), how many another
    (``vlo:contradictedBy``).

    A witness counts once, however many pages repeat it; one that gives both the same date and another is
    counted in neither. Additions, conflicts of kind and statements without a date count nothing.
    """
    dated = [
        *(f"event/{event.slug}" for event in records.events),
        *(f"membership/{membership.slug}" for membership in records.memberships if membership.since),
    ]
    said = {about: dict[str, set[str]]() for about in dated}
    for row in records.attestations:
        if (
            row.aspect == DATE
            and row.stated_date
            and row.independent
            and row.relation in (SAME, FINER, OTHER)
        ):
            for about in row.about:
                said.setdefault(about, {}).setdefault(row.witness, set()).add(row.relation)
    for about, witnesses in said.items():
        it = path(records.dataset, f"id/{about}")
        settled = [relations for relations in witnesses.values() if not {OTHER} < relations]
        yield it, "vlo:confirmedBy", integer(sum(OTHER not in relations for relations in settled))
        yield it, "vlo:refinedBy", integer(sum(FINER in relations for relations in settled))
        yield it, "vlo:contradictedBy", integer(sum(OTHER in relations for relations in settled))


def _attestations(records: Records, vocabulary: Iterable[Triple]) -> Iterator[TermStatement]:
    data = records.dataset
    labels = minting.labels(vocabulary)
    publishers = {document.slug: document.publisher for document in records.cited}
    for row in records.attestations:
        it = thing(data, "attestation", row.slug)
        relation = concept("attestation-relation", row.relation)
        aspect = concept("attestation-aspect", row.aspect)
        yield it, "rdf:type", term("vlo:Attestation")
        for language in data.languages:
            words = (minting.label(labels, iri, language) for iri in (aspect, relation))
            label = f"{publishers[row.cited]} ({', '.join(words).lower()})"
            yield it, "skos:prefLabel", text(label, language)
        for about in row.about:
            yield it, "vlo:about", path(data, f"id/{about}")
        yield it, "vlo:aboutPlaceName", text(row.place_name)
        yield it, "vlo:statedKind", text(row.statement)
        yield it, "vlo:relation", relation
        yield it, "vlo:aspect", aspect
        yield from _dated(it, row)
        yield it, "vlo:independent", boolean(row.independent)
        yield it, "vlo:witness", text(row.witness)
        yield it, "vlo:placeOfSigning", text(row.place_of_signing)
        yield it, "rdfs:comment", text(row.note)
        yield it, "rdfs:comment", text(row.reading)
        yield it, "dct:source", thing(data, "document", row.cited)


def _dated(it: IRI, row: Attestation) -> Iterator[TermStatement]:
    if row.stated_date:
        yield it, "vlo:statedDate", text(row.stated_date)
        yield it, "vlo:dateDerived", boolean(row.date_derived)
    if row.date:
        yield it, "dct:date", date(row.date)
        yield it, "vlo:edtf", text(str(row.date))
        yield it, "vlo:year", integer(row.date.year)


def _documents(records: Records) -> Iterator[TermStatement]:
    data = records.dataset
    for document in records.cited:
        it = thing(data, "document", document.slug)
        yield it, "rdf:type", term("foaf:Document")
        # RDF compares language tags in lower case, and some readers write them so.
        yield it, "dct:title", text(document.title, document.language.lower())
        for language in data.languages:
            yield it, "skos:prefLabel", text(document.title, language)
        yield it, "dct:publisher", text(document.publisher)
        yield it, "dct:language", text(document.language)
        yield it, "schema:url", IRI(document.url) if document.url else None
