"""The RDF files that people download: the same statements in five formats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..rdf import jsonld, namespaces
from ..rdf.terms import Graphs, Triple
from ..rdf.writers import nquads, ntriples, rdfxml, turtle


def union(graphs: Iterable[Sequence[Triple]]) -> list[Triple]:
    """The statements of all the graphs, each once, sorted."""
    return sorted({triple for graph in graphs for triple in graph})


def dumps(graphs: Graphs) -> dict[str, bytes]:
    """The whole dataset by file extension; all but N-Quads are the union of the named graphs."""
    return {"nq": nquads(graphs), **single(union(graphs.values()), namespaces.prefixes())}


def single(triples: Sequence[Triple], prefixes: Mapping[str, str]) -> dict[str, bytes]:
    """One graph by file extension; ``prefixes`` shorten names beside those of the JSON-LD context."""
    context = jsonld.Context({**prefixes, **namespaces.context()})
    return {
        "nt": ntriples(triples),
        "ttl": turtle(triples, prefixes),
        "jsonld": jsonld.dumps(jsonld.compact(triples, context)),
        "rdf": rdfxml(triples, prefixes),
    }
