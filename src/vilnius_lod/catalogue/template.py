"""Turtle templates: the placeholders that the head of ``catalogue.ttl`` explains, replaced with values."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

SELF = URIRef("computed:self")
_SCHEMES = ("computed:", "download:", "setting:", "site:")
_COMMON = "common:"
Values = Callable[[str], Collection[Node]]
"""The values of a placeholder: none, one or several. Raises KeyError for an unknown one."""


@functools.cache
def read(name: str, base: str) -> Graph:
    """A template of this folder, its relative IRIs resolved: not to be changed."""
    graph = Graph(bind_namespaces="none")
    return graph.parse(Path(__file__).with_name(name), format="turtle", publicID=base)


def fill(template: Graph, values: Values) -> Graph:
    """The template's statements with values in place of placeholders."""
    graph = Graph(bind_namespaces="none")
    for node in set(template.subjects()):
        if str(node).startswith(_COMMON):
            continue
        for subject in _replaced(node, values):
            for predicate, value in _statements(template, node):
                for term in [Literal(subject)] if value == SELF else _replaced(value, values):
                    graph.add((subject, predicate, term))
    return graph


def _statements(template: Graph, subject: Node) -> Iterator[tuple[Node, Node]]:
    """What is said of a subject, and of all that it has in common with others."""
    for predicate, value in template.predicate_objects(subject):
        if predicate == RDF.type and str(value).startswith(_COMMON):
            yield from _statements(template, value)
        else:
            yield predicate, value


def _replaced(node: Node, values: Values) -> Collection[Node]:
    is_placeholder = isinstance(node, URIRef) and str(node).startswith(_SCHEMES)
    return values(str(node)) if is_placeholder else (node,)
