"""The interface of SPARQL engines: a query in, an answer or a QueryError out."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from ..settings import Settings
from . import guard
from .admission import Admission
from .errors import EngineAway
from .readiness import Readiness


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. ``kind`` is ``select``, ``ask``, ``construct`` or ``describe``; ``volatile`` answers
    may differ from run to run; ``snapshot`` is the name given with the data that it was made from.
    """

    kind: str
    body: bytes
    format: str
    volatile: bool
    snapshot: str


class Query(NamedTuple):
    """A query that the guard let pass, with the formats and the graphs of the request."""

    text: str
    form: str
    has_from: bool
    volatile: bool
    solutions: str | None
    graph: str | None
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()


PROBE = Query("ASK { ?s ?p ?o }", "ask", has_from=False, volatile=False, solutions="json", graph=None)
"""A query that every engine answers at once."""


class SparqlEngine(abc.ABC):
    """Answers queries; safe to use from several threads. :meth:`close` it in the end.

    Subclasses set the attributes and implement how one query is answered.
    """

    _settings: Settings
    _admission: Admission
    _readiness: Readiness
    _closed: bool

    def run(
        self,
        query: str,
        *,
        solutions: str | None,
        graph: str | None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        client: str = "",
    ) -> Answer:
        """The answer to a query, or a :class:`~vilnius_lod.sparql.errors.QueryError`.

        ``solutions`` and ``graph`` name the formats (:mod:`~vilnius_lod.sparql.formats`) for either kind of
        answer, None where the client accepts none. The graphs are those of the protocol's parameters; they
        override FROM; without either the default graph is the union of all. ``client`` is who the query
        counts for; with an empty one it counts for nobody.
        """
        inspection = guard.inspect(query, self._settings)
        inspected = Query(*inspection, solutions, graph, default_graphs, named_graphs)
        self._refuse(inspected)
        with self._admission.admitted(client):
            return self._answer(inspected, client)

    def check(self) -> None:
        """Return at once if queries can be answered, else raise EngineAway with the cause. It takes no
        query's place.
        """
        if self._closed:
            raise EngineAway
        self._readiness.check()

    @abc.abstractmethod
    def close(self) -> None:
        """Stop answering: queries that still run end, later ones get EngineAway."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _refuse(self, query: Query) -> None:  # noqa: B027 - an engine may refuse none
        """Raise a QueryError for a query that can be refused before it is admitted."""

    @abc.abstractmethod
    def _answer(self, query: Query, client: str) -> Answer:
        """The answer to a query that was admitted."""
