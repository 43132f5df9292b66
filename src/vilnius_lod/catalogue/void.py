"""Counts what is in the dataset and publishes it as VoID statistics and DQV measurements."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..edtf import Edtf
from ..graphs import minting
from ..graphs.minting import TermStatement, integer, term
from ..graphs.records import partnerships
from ..rdf import namespaces
from ..rdf.terms import IRI, Graphs, Literal, Triple
from ..records.dataset import Dataset
from ..records.model import Records
from . import template

_LINKS = ("owl:sameAs", "skos:exactMatch", "skos:closeMatch")
_QUOTED = (
    "vlo:Partnership", "vlo:Agreement", "vlo:AgreementEvent", "vlo:CityNetwork", "vlo:SizeStatement",
    "org:Membership",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Linkset:
    """How many links of a kind lead to another dataset; ``predicate`` is an IRI."""

    target: str
    predicate: str
    triples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts over the union of the named graphs. ``classes`` counts the instances of each class,
    ``properties`` the statements with each property, ``graphs`` those of each named graph; ``shares`` are
    0–1 by the metric's slug.
    """

    triples: int
    entities: int
    distinct_subjects: int
    distinct_objects: int
    classes: Mapping[str, int]
    properties: Mapping[str, int]
    graphs: Mapping[str, int]
    vocabularies: tuple[str, ...]
    linksets: tuple[Linkset, ...]
    earliest: Edtf | None
    shares: Mapping[str, Decimal]


def statistics(graphs: Graphs, records: Records) -> Statistics:
    """The statistics of the named graphs (by the names of ``minting.GRAPHS``)."""
    triples = {triple for graph in graphs.values() for triple in graph}
    subjects = {subject for subject, _, _ in triples}
    classes = Counter(value.value for _, predicate, value in triples if predicate == term("rdf:type"))
    properties = Counter(predicate.value for _, predicate, _ in triples)
    things = f"{records.dataset.base}id/"
    dates = [event.date for event in records.events] + [row.since for row in records.memberships if row.since]
    return Statistics(
        triples=len(triples),
        entities=sum(subject.value.startswith(things) for subject in subjects),
        distinct_subjects=len(subjects),
        distinct_objects=len({value for _, _, value in triples}),
        classes=_sorted(classes),
        properties=_sorted(properties),
        graphs={name: len(graph) for name, graph in graphs.items()},
        vocabularies=_vocabularies([*classes, *properties]),
        linksets=_linksets(graphs["links"], things, _targets(records.dataset)),
        earliest=min(dates, default=None),
        shares=_shares(graphs, records),
    )


def with_statistics(statements: Iterable[Triple], data: Dataset, facts: Statistics) -> Iterator[Triple]:
    """VoID's description of the dataset with the statistics; targets without links are left out of it."""
    unlinked = _targets(data).keys() - {linkset.target for linkset in facts.linksets}
    left_out = {minting.path(data, f"dataset#{slug}") for slug in unlinked}
    yield from (triple for triple in statements if triple.subject not in left_out)
    yield from minting.collect(_statements(data, facts))


def _statements(data: Dataset, facts: Statistics) -> Iterator[TermStatement]:
    dataset = minting.dataset_iri(data)
    for name in facts.vocabularies:
        yield dataset, "void:vocabulary", IRI(name)
    counts = {
        "triples": facts.triples,
        "entities": facts.entities,
        "distinctSubjects": facts.distinct_subjects,
        "distinctObjects": facts.distinct_objects,
        "classes": len(facts.classes),
        "properties": len(facts.properties),
    }
    for name, count in counts.items():
        yield dataset, f"void:{name}", integer(count)
    for kind, counted, number in (
        ("class", facts.classes, "entities"),
        ("property", facts.properties, "triples"),
    ):
        for iri, count in counted.items():
            part = minting.path(data, f"dataset#{kind}-{_slug(iri)}")
            yield dataset, f"void:{kind}Partition", part
            yield part, f"void:{kind}", IRI(iri)
            yield part, f"void:{number}", integer(count)
    for name, count in facts.graphs.items():
        part = minting.graph_name(data, name)
        yield dataset, "void:subset", part
        yield part, "rdf:type", term("void:Dataset")
        yield part, "void:triples", integer(count)
    for linkset in facts.linksets:
        part = minting.path(data, f"dataset#links-{linkset.target}-{_slug(linkset.predicate)}")
        yield dataset, "void:subset", part
        yield part, "rdf:type", term("void:Linkset")
        yield part, "void:subjectsTarget", dataset
        yield part, "void:objectsTarget", minting.path(data, f"dataset#{linkset.target}")
        yield part, "void:linkPredicate", IRI(linkset.predicate)
        yield part, "void:triples", integer(linkset.triples)
    for slug, share in facts.shares.items():
        measurement = minting.path(data, f"dataset#quality-{slug}")
        yield dataset, "dqv:hasQualityMeasurement", measurement
        yield measurement, "rdf:type", term("dqv:QualityMeasurement")
        yield measurement, "dqv:computedOn", dataset
        yield measurement, "dqv:isMeasurementOf", minting.concept("metric", slug)
        yield measurement, "dqv:value", minting.decimal(share)


def _targets(data: Dataset) -> dict[str, str]:
    """The datasets that ours may link to: slug and what their IRIs begin with, from ``void.ttl``."""
    spaces = ((s, o) for s, p, o in template.read("void.ttl", data.base) if p == term("void:uriSpace"))
    return {s.value.partition("#")[2]: o.value for s, o in spaces if isinstance(o, Literal)}


def _linksets(links: Iterable[Triple], things: str, targets: Mapping[str, str]) -> tuple[Linkset, ...]:
    predicates = set(map(term, _LINKS))
    counts = Counter(
        (slug, predicate.value)
        for subject, predicate, value in links
        for slug, space in targets.items()
        if predicate in predicates and subject.value.startswith(things) and value.value.startswith(space)
    )
    return tuple(Linkset(slug, predicate, count) for (slug, predicate), count in sorted(counts.items()))


def _shares(graphs: Graphs, records: Records) -> dict[str, Decimal]:
    """The quality metrics of ``ontology/authority.ttl``, by their slug."""
    data, page = records.dataset, graphs["records"]
    documents = {row.slug for row in records.agreements}
    dated = {row.agreement for row in records.events} & documents
    classes, links = set(map(term, _QUOTED)), set(map(term, _LINKS))
    rows = {s for s, p, o in page if p == term("rdf:type") and o in classes}
    quoted = rows & {s for s, p, _ in page if p == term("prov:wasQuotedFrom")}
    partners = {minting.thing(data, "place", place) for place in partnerships(records)}
    linked = partners & {s for s, p, _ in graphs["links"] if p in links}
    witnesses = {
        s: int(o.value) for s, p, o in graphs["derived"] if p == term("vlo:confirmedBy") and s in rows
    }
    confirmed = [thing for thing, count in witnesses.items() if count > 0]
    pairs = {
        "dated": (len(dated), len(documents)),
        "quoted": (len(quoted), len(rows)),
        "linked": (len(linked), len(partners)),
        "corroborated": (len(confirmed), len(witnesses)),
    }
    return {
        slug: (Decimal(some) / every).quantize(Decimal("0.0001"))
        for slug, (some, every) in pairs.items()
        if every
    }


def _vocabularies(terms: Iterable[str]) -> tuple[str, ...]:
    """The namespaces of the classes and properties that are used."""
    return tuple(sorted({iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in terms}))


def _slug(iri: str) -> str:
    """A name for a term that stays the same: its CURIE with a hyphen, a hash where it has no prefix."""
    for prefix, space in sorted(namespaces.prefixes().items()):
        local = iri.removeprefix(space)
        if local != iri and local.replace("_", "").replace("-", "").isalnum():
            return f"{prefix}-{local}"
    return hashlib.sha256(iri.encode()).hexdigest()[:12]


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
