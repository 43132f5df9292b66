"""Turtle templates: the placeholders that the head of ``catalogue.ttl`` explains, replaced with values."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from ..graphs.minting import term
from ..rdf import readers
from ..rdf.terms import IRI, Literal, Term, Triple

SELF = IRI("computed:self")
_SCHEMES = ("computed:", "download:", "setting:", "site:")
_COMMON = "common:"
Values = Callable[[str], Collection[Term]]
"""The values of a placeholder: none, one or several. Raises KeyError for an unknown one."""


@functools.cache
def read(name: str, base: str) -> Sequence[Triple]:
    """A template of this folder, its relative IRIs resolved, sorted."""
    return tuple(readers.turtle(Path(__file__).with_name(name).read_bytes(), base))


def prefixes(name: str) -> Mapping[str, str]:
    """The prefixes that a template of this folder declares."""
    return readers.prefixes(Path(__file__).with_name(name).read_bytes())


def fill(template: Sequence[Triple], values: Values) -> Iterator[Triple]:
    """The template's statements with values in place of placeholders; some may come more than once."""
    for node in {triple.subject for triple in template}:
        if node.value.startswith(_COMMON):
            continue
        for subject in _replaced(node, values):
            for predicate, value in _statements(template, node):
                for filled in [Literal(subject.value)] if value == SELF else _replaced(value, values):
                    yield Triple(IRI(subject.value), predicate, filled)


def _statements(template: Sequence[Triple], subject: Term) -> Iterator[tuple[IRI, Term]]:
    """What is said of a subject, and of all that it has in common with others."""
    for predicate, value in [(p, o) for s, p, o in template if s == subject]:
        if predicate == term("rdf:type") and value.value.startswith(_COMMON):
            yield from _statements(template, value)
        else:
            yield predicate, value


def _replaced(node: Term, values: Values) -> Collection[Term]:
    is_placeholder = isinstance(node, IRI) and node.value.startswith(_SCHEMES)
    return values(node.value) if is_placeholder else (node,)
