"""Between plain terms and rdflib's, which the validators read and write."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.term import Node

from ..rdf.terms import IRI, RDF_LANG_STRING, XSD_STRING, Literal, Term, Triple


def to_rdflib(triples: Iterable[Triple]) -> Graph:
    """The statements as a graph; literals keep their lexical form."""
    graph = Graph()
    for triple in triples:
        subject, predicate, value = map(node, triple)
        graph.add((subject, predicate, value))
    return graph


def node(term: Term) -> URIRef | RdfLiteral:
    """A term as a node; a literal of type xsd:string has no datatype, as in Turtle."""
    if isinstance(term, IRI):
        return URIRef(term.value)
    datatype = None if term.language or term.datatype == XSD_STRING else URIRef(term.datatype)
    return RdfLiteral(term.value, term.language or None, datatype, normalize=False)


def plain(statements: Iterable[tuple[Node, Node, Node]]) -> list[Triple]:
    """The statements of a graph as plain terms, sorted. Raises ValueError for a blank node."""
    return sorted(Triple(_iri(s), _iri(p), _term(o)) for s, p, o in statements)


def _iri(node: Node) -> IRI:
    if not isinstance(node, URIRef):
        raise ValueError(f"not an IRI: {node!r}")
    return IRI(str(node))


def _term(node: Node) -> Term:
    if not isinstance(node, RdfLiteral):
        return _iri(node)
    if node.language:
        return Literal(str(node), RDF_LANG_STRING, node.language)
    return Literal(str(node), str(node.datatype or XSD_STRING))
