"""Descriptions of things, from a snapshot's N-Quads held in memory.

For the project's own queries only: no text from a user reaches this store as a query.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from ..rdf import readers
from ..rdf.terms import IRI, Literal, Term, Triple

_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_LABELS = (
    ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel"),
    ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label"),
    ox.NamedNode("http://purl.org/dc/terms/title"),
)
_CACHE_BYTES = 8 * 2**20


class DescribedStatement(NamedTuple):
    """A triple and its named graph (empty for the default graph)."""

    subject: IRI
    predicate: IRI
    object: Term
    graph: str

    @property
    def triple(self) -> Triple:
        """The statement without its graph."""
        return Triple(self.subject, self.predicate, self.object)


@dataclass(frozen=True, slots=True)
class Description:
    """The statements about ``subject`` and those that point at it, sorted.

    A statement in two graphs is there twice. ``names`` are the types and labels of the other things named
    here. ``left_out`` counts the statements that point at it and are not in ``inverse``.
    """

    subject: IRI
    statements: tuple[DescribedStatement, ...]
    inverse: tuple[DescribedStatement, ...]
    left_out: int
    names: tuple[Triple, ...]

    @property
    def stated(self) -> list[Triple]:
        """The statements about the subject, without their graphs."""
        return list(dict.fromkeys(statement.triple for statement in self.statements))

    @property
    def triples(self) -> list[Triple]:
        """The description as RDF: its statements and those that point at it, with types and labels."""
        pointing = (statement.triple for statement in self.inverse)
        return list(dict.fromkeys([*self.stated, *pointing, *self.names]))


class Descriptions:
    """The N-Quads files of one snapshot; safe to use from several threads.

    ``inverse_limit`` bounds the statements that point at a thing in its description.
    """

    def __init__(self, files: Sequence[Path], *, inverse_limit: int = 500) -> None:
        self._inverse_limit = inverse_limit
        self._store = ox.Store()
        for path in files:
            self._store.bulk_load(path=path, format=ox.RdfFormat.N_QUADS)
        self._cached_names: dict[str, tuple[Triple, ...]] = {}
        self._cached_bytes = 0

    def exists(self, iri: str) -> bool:
        """Whether there is a statement about a thing."""
        node = _named_node(iri)
        return node is not None and any(True for _ in self._store.quads_for_pattern(node, None, None, None))

    def describe(self, iri: str) -> Description | None:
        """The description of a thing; None if no statement is about it, even if something points at it."""
        node = _named_node(iri)
        if node is None:
            return None
        statements = sorted(
            map(_statement, self._store.quads_for_pattern(node, None, None, None)), key=_order
        )
        if not statements:
            return None
        pointing = self._store.quads_for_pattern(None, None, node, None)
        # Where there are too many, the store's order decides, which is the same for the same data.
        inverse = sorted(map(_statement, islice(pointing, self._inverse_limit)), key=_order)
        left_out = sum(1 for _ in pointing)
        others = {s.object.value: None for s in statements if isinstance(s.object, IRI)}
        others |= {s.subject.value: None for s in inverse}
        others.pop(iri, None)
        names = tuple(triple for other in others for triple in self._names(other))
        return Description(IRI(iri), tuple(statements), tuple(inverse), left_out, names)

    def labels(self, iri: str) -> dict[str, str]:
        """A thing's preferred labels by language; if it has none its rdfs:label, else its title."""
        triples = self._names(iri)
        for predicate in _LABELS:
            labels = {
                triple.object.language: triple.object.value
                for triple in triples
                if triple.predicate.value == predicate.value and isinstance(triple.object, Literal)
            }
            if labels:
                return labels
        return {}

    def rows(self, query: str, **substitutions: Term) -> list[dict[str, Term]]:
        """The solutions of one of the project's own SELECT queries over the union of all graphs.

        ``substitutions`` set variables of its SELECT clause to terms: values never become part of the text.
        A variable without a value is not in its row.
        """
        values: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]
        values = {ox.Variable(name): _node(term) for name, term in substitutions.items()}
        solutions = self._store.query(query, use_default_graph_as_union=True, substitutions=values)
        if not isinstance(solutions, ox.QuerySolutions):
            raise TypeError("a SELECT query is needed")
        names = [variable.value for variable in solutions.variables]
        return [
            {name: readers.term(row[name]) for name in names if row[name] is not None} for row in solutions
        ]

    def _names(self, iri: str) -> tuple[Triple, ...]:
        """Types and labels. Only those of things that have some are cached, so that made-up IRIs do not fill
        the cache.
        """
        if (cached := self._cached_names.get(iri)) is not None:
            return cached
        if names := self._look_up_names(iri):
            if self._cached_bytes > _CACHE_BYTES:
                self._cached_names, self._cached_bytes = {}, 0
            self._cached_names[iri] = names
            self._cached_bytes += _size(names)
        return names

    def _look_up_names(self, iri: str) -> tuple[Triple, ...]:
        node = _named_node(iri)
        if node is None:
            return ()
        quads = (
            quad
            for predicate in (_TYPE, *_LABELS)
            for quad in self._store.quads_for_pattern(node, predicate, None, None)
        )
        return tuple(sorted({_statement(quad).triple for quad in quads}, key=_order))


def _size(triples: Sequence[Triple]) -> int:
    """About how many bytes the triples take in memory."""
    return sum(400 + sum(sys.getsizeof(term.value) for term in triple) for triple in triples)


def _node(term: Term) -> ox.NamedNode | ox.Literal:
    if isinstance(term, IRI):
        return ox.NamedNode(term.value)
    if term.language:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))


def _order(triple: Triple | DescribedStatement) -> tuple[object, ...]:
    is_literal = isinstance(triple.object, Literal)
    return (triple.subject, triple.predicate.value != _TYPE.value, triple.predicate, is_literal, *triple[2:])


def _statement(quad: ox.Quad) -> DescribedStatement:
    subject, predicate = readers.term(quad.subject), readers.term(quad.predicate)
    if not isinstance(subject, IRI) or not isinstance(predicate, IRI):
        raise ValueError(f"not an IRI: {quad}")
    graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
    return DescribedStatement(subject, predicate, readers.term(quad.object), graph)


def _named_node(iri: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None
