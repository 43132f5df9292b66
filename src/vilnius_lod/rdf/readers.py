"""Turtle to triples: the vocabulary and the templates of the catalogue."""

from __future__ import annotations

import pyoxigraph as ox

from .terms import IRI, Literal, Term, Triple


def turtle(content: bytes, base: str | None = None) -> list[Triple]:
    """The statements, sorted, each once; literals as they are written, language tags in lower case.

    Relative IRIs are resolved against ``base``. Raises ValueError for a blank node, SyntaxError for what is
    no Turtle.
    """
    quads = ox.parse(content, format=ox.RdfFormat.TURTLE, base_iri=base)
    return sorted({Triple(_iri(quad.subject), _iri(quad.predicate), term(quad.object)) for quad in quads})


def prefixes(content: bytes) -> dict[str, str]:
    """The prefixes that a Turtle document declares before its first statement, and their namespaces."""
    parser = ox.parse(content, format=ox.RdfFormat.TURTLE, base_iri="https://example.org/")
    next(parser, None)
    return parser.prefixes


def term(node: object) -> Term:
    """A term of pyoxigraph's. Raises ValueError for a blank node or a triple term."""
    if isinstance(node, ox.Literal):
        return Literal(node.value, node.datatype.value, node.language or "")
    return _iri(node)


def _iri(node: object) -> IRI:
    if not isinstance(node, ox.NamedNode):
        raise ValueError(f"neither an IRI nor a literal: {node}")
    return IRI(node.value)
