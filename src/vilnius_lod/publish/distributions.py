"""The RDF files that people download: the same statements in five formats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rdflib import Graph, URIRef
from rdflib import Literal as RdfLiteral

from .. import jsonld, vocabulary
from ..terms import IRI, RDF_LANG_STRING, XSD_STRING, Literal, Term, Triple
from ..writers import nquads, ntriples, rdfxml, turtle

MEDIA_TYPES = {
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
}


def plain(graph: Graph) -> list[Triple]:
    """The graph's statements as plain terms, sorted. Raises ValueError for a blank node."""
    return sorted(Triple(_iri(s), _iri(p), _plain(o)) for s, p, o in graph)


def union(graphs: Iterable[Sequence[Triple]]) -> list[Triple]:
    """The statements of all the graphs, each once, sorted."""
    return sorted({triple for graph in graphs for triple in graph})


def dumps(graphs: Mapping[str, Sequence[Triple]]) -> dict[str, bytes]:
    """The whole dataset by file extension; all but N-Quads are the union of the named graphs."""
    return {"nq": nquads(graphs), **single(union(graphs.values()), vocabulary.prefixes())}


def single(triples: Sequence[Triple], prefixes: Mapping[str, str]) -> dict[str, bytes]:
    """One graph by file extension; ``prefixes`` shorten names beside those of the JSON-LD context."""
    context = {**prefixes, **vocabulary.context()}
    return {
        "nt": ntriples(triples),
        "ttl": turtle(triples, prefixes),
        "jsonld": jsonld.dumps(jsonld.compact(triples, context)),
        "rdf": rdfxml(triples, prefixes),
    }


def _iri(node: object) -> IRI:
    if not isinstance(node, URIRef):
        raise ValueError(f"not an IRI: {node!r}")
    return IRI(str(node))


def _plain(node: object) -> Term:
    if not isinstance(node, RdfLiteral):
        return _iri(node)
    if node.language:
        return Literal(str(node), RDF_LANG_STRING, node.language)
    return Literal(str(node), str(node.datatype or XSD_STRING))
