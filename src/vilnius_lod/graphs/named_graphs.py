"""The named graphs of a dataset, each an rdflib graph without blank nodes (``docs/data-model.md``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rdflib import BNode, Graph

from ..rdf import namespaces
from ..records.model import Origin, Records
from .attestations import attestations_graph
from .derived import derived_graph
from .links import links_graph, mapping_iri
from .minting import thing
from .records import partnerships, records_graph


def named_graphs(records: Records, vocabulary: Graph) -> Mapping[str, Graph]:
    """The graphs by name (``minting.GRAPHS``)."""
    return {
        "records": records_graph(records, vocabulary),
        "links": links_graph(records),
        "attestations": attestations_graph(records, vocabulary),
        "derived": derived_graph(records),
        "vocabulary": vocabulary,
    }


def vocabulary_graph() -> Graph:
    """The ontology, the concepts and the alignments. Raises ValueError for a blank node."""
    graph = Graph()
    for file in namespaces.TERMS:
        graph.parse(file, format="turtle")
    for triple in graph:
        if any(isinstance(node, BNode) for node in triple):
            raise ValueError(f"ontology: a blank node in {triple}")
    return graph


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
    found = {str(thing(data, kind, row.slug)): row.origin for kind, rows in tables.items() for row in rows}
    for place, parties in partnerships(records).items():
        found[str(thing(data, "partnership", place))] = parties[0].origin
    return found | {str(mapping_iri(records, link)): link.origin for link in records.links}
