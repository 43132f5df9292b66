"""rdflib's graphs to plain triples, sorted: what every package after this one is given."""

from __future__ import annotations

from rdflib import Graph, URIRef
from rdflib import Literal as RdfLiteral

from ..rdf.terms import IRI, RDF_LANG_STRING, XSD_STRING, Literal, Term, Triple


def plain(graph: Graph) -> list[Triple]:
    """The graph's statements as plain terms, sorted. Raises ValueError for a blank node."""
    return sorted(Triple(_iri(s), _iri(p), _plain(o)) for s, p, o in graph)


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
