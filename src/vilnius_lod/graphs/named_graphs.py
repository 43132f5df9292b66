"""The named graphs of a dataset, each sorted, without blank nodes (``docs/data-model.md``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..rdf import namespaces, readers
from ..rdf.terms import Graphs, Triple
from ..records.model import Origin, Records
from .attestations import attestations_graph
from .derived import derived_graph
from .links import links_graph, mapping_iri
from .minting import thing
from .records import partnerships, records_graph


def named_graphs(records: Records, vocabulary: Sequence[Triple]) -> Graphs:
    """The graphs by name (``minting.GRAPHS``)."""
    return {
        "records": records_graph(records, vocabulary),
        "links": links_graph(records),
        "attestations": attestations_graph(records, vocabulary),
        "derived": derived_graph(records),
        "vocabulary": vocabulary,
    }


def vocabulary_graph() -> list[Triple]:
    """The ontology, the concepts and the alignments. Raises ValueError for a blank node."""
    return readers.turtle(b"\n".join(file.read_bytes() for file in namespaces.TERMS))


def origins(records: Records) -> dict[str, Origin]:
    """Where each thing of the records was read, by its IRI: for reports that point at a row."""
    tables: dict[str, Iterable[Any]] = {
        "country": records.countries,
        "place": records.places,
        "geometry": records.places,
        "organization": records.organizations,
        "network": records.networks,
        "size": records.sizes,
        "membership": records.memberships,
        "agreement": records.agreements,
        "event": records.events,
        "attestation": records.attestations,
        "document": records.cited,
    }
    data = records.dataset
    found = {thing(data, kind, row.slug).value: row.origin for kind, rows in tables.items() for row in rows}
    for place, parties in partnerships(records).items():
        found[thing(data, "partnership", place).value] = parties[0].origin
    return found | {mapping_iri(records, link).value: link.origin for link in records.links}
