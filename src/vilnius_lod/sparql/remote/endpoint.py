"""Any SPARQL 1.1 endpoint as the engine, once :mod:`~vilnius_lod.sparql.remote.loader` has filled it.

The engine itself tells what is loaded, in the graph ``{base}graph/loaded``: which graphs, of which snapshot.
That is asked before the first query, some seconds after the last time, and after every failure; while it gets
no answer, queries are turned away at once, with growing pauses between the attempts.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...settings import Settings
from .. import guard
from ..admission import Admission
from ..engine import PROBE, Answer, Query, SparqlEngine
from ..errors import EngineAway, EngineFailed, EngineSlow, MalformedQuery, NotAcceptable, QueryError
from ..readiness import Readiness
from . import responses
from .http_client import Client, HttpReply

VERSION = "http://www.w3.org/2002/07/owl#versionInfo"
# An engine that is given no graph takes all it has: this one is in none.
EMPTY_GRAPH = "urn:vilnius-lod:no-graph"
RECHECK_SECONDS = 10.0
PROBE_SECONDS = 5.0
MAX_PAUSE_SECONDS = 30.0
# JSON results take some times the bytes of the CSV that may have been asked for.
_JSON_FACTOR = 4


def loaded_graph(base: str) -> str:
    """The graph that names what of the dataset ``base`` is loaded."""
    return f"{base}graph/loaded"


@dataclass(frozen=True, slots=True)
class LoadedSnapshot:
    """What the engine holds: the name of a snapshot, and its graphs."""

    snapshot: str
    graphs: tuple[str, ...]


class RemoteEngine(SparqlEngine):
    """Answers queries from the endpoint ``address``; besides the usual errors it raises EngineFailed (502)
    and EngineSlow (504). An answer's ``snapshot`` is the one that the engine named when it was last asked.

    Nothing is asked before the first query, so that serving starts while the engine is away. Raises
    ValueError for a wrong address.
    """

    def __init__(
        self,
        address: str,
        settings: Settings,
        *,
        base: str,
        prefixes: Mapping[str, str] | None = None,
        user: str = "",
        password: str = "",
    ) -> None:
        self._client = Client(address, user=user, password=password, kept=settings.workers)
        self._settings = settings
        self._base = base
        self._prefixes = prefixes or {}
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._closed = False
        self._held: LoadedSnapshot | None = None
        self._valid_until = 0.0
        self._away_until = 0.0
        self._pause = 0.0
        self._reason = ""
        self._admission = Admission(settings)
        self._readiness = Readiness(self._probe)

    def close(self) -> None:
        """Hang up; later queries get EngineAway."""
        self._closed = True
        self._client.close()

    def _probe(self) -> None:
        self._answer(PROBE, "")

    def _accept(self, query: Query) -> None:
        if not query.form:  # such as Virtuoso's DEFINE, which can make it fetch from elsewhere
            raise _unexpected(query.text)
        if _format(query) is None:
            raise NotAcceptable(query.form)

    def _answer(self, query: Query, client: str) -> Answer:  # noqa: ARG002 - its share is the engine's own affair
        format_ = _format(query) or ""
        end = time.monotonic() + self._settings.query_seconds
        held = self._loaded_snapshot(end)
        if query.default_graphs or query.named_graphs:
            graphs = _dataset(query.default_graphs, query.named_graphs)
        elif query.has_from:
            graphs = []
        else:
            graphs = _dataset(held.graphs, held.graphs)
        with self._watched():
            reply = self._ask([("query", query.text), *graphs], responses.accept(query.form), end)
            if reply.status != 200:
                raise responses.refusal(reply, query.text, self._settings)
            body, blank = responses.rewrite(reply, query.form, format_, self._settings, self._prefixes)
        return Answer(query.form, body, format_, query.volatile or blank, held.snapshot)

    def _ask(self, fields: list[tuple[str, str]], accept: str, end: float) -> HttpReply:
        if self._closed:
            raise EngineAway
        seconds = max(0.001, end - time.monotonic())
        limit = _JSON_FACTOR * self._settings.result_bytes
        try:
            return self._client.post(fields, accept=accept, seconds=seconds, limit=limit)
        except EngineSlow:
            raise EngineSlow(self._settings.query_seconds) from None

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """A failure may be the query's own: whether the engine is well is asked before the next query."""
        try:
            yield
        except (EngineFailed, EngineSlow):
            with self._lock:
                self._valid_until = 0.0
            raise

    def _loaded_snapshot(self, end: float) -> LoadedSnapshot:
        if held := self._still_valid():
            return held
        if not self._asking.acquire(timeout=max(0.0, end - time.monotonic())):
            raise EngineSlow(self._settings.query_seconds)
        try:
            if held := self._still_valid():  # another query has asked meanwhile
                return held
            try:
                held = self._ask_what_is_loaded(min(end, time.monotonic() + PROBE_SECONDS))
            except QueryError as error:
                with self._lock:
                    self._pause = min(MAX_PAUSE_SECONDS, 2 * self._pause or 1.0)
                    self._away_until = time.monotonic() + self._pause
                    self._reason = getattr(error, "message", "") or str(error)
                if isinstance(error, (EngineAway, EngineSlow)):
                    raise
                raise EngineFailed(self._reason) from error
            with self._lock:
                self._held, self._pause = held, 0.0
                self._valid_until = time.monotonic() + RECHECK_SECONDS
            return held
        finally:
            self._asking.release()

    def _still_valid(self) -> LoadedSnapshot | None:
        with self._lock:
            now = time.monotonic()
            if now < self._away_until:
                raise EngineFailed(self._reason, math.ceil(self._away_until - now))
            return self._held if now < self._valid_until else None

    def _ask_what_is_loaded(self, end: float) -> LoadedSnapshot:
        marker = loaded_graph(self._base)
        query = f"SELECT ?graph ?snapshot WHERE {{ GRAPH <{marker}> {{ ?graph <{VERSION}> ?snapshot }} }}"
        fields = [("query", query), *_dataset([marker], [marker])]
        reply = self._ask(fields, responses.ACCEPT_SOLUTIONS, end)
        if reply.status != 200:
            raise responses.refusal(reply, query, self._settings)
        rows = responses.table(reply)
        names = {row["snapshot"] for row in rows}
        if len(names) != 1:
            raise EngineFailed("no snapshot is loaded there" if not names else "a load there did not end")
        return LoadedSnapshot(names.pop(), tuple(sorted(row["graph"] for row in rows)))


def _format(query: Query) -> str | None:
    """The format for an answer of the query's form."""
    return query.solutions if query.form in ("select", "ask") else query.graph


def _unexpected(query: str) -> MalformedQuery:
    words = (token for token in guard.tokenise(query) if token.kind == "word")
    first = next((word for word in words if word.text.upper() not in ("PREFIX", "BASE")), None)
    if first is None:
        return MalformedQuery("the query ends too early", *guard.place(query, len(query)))
    return MalformedQuery(f"“{first.text[:40]}” is not expected here", *guard.place(query, first.start))


def _dataset(default: Sequence[str], named: Sequence[str]) -> list[tuple[str, str]]:
    """The protocol's parameters; given none of a kind, some engines take every graph they have."""
    return [
        *(("default-graph-uri", iri) for iri in default or [EMPTY_GRAPH]),
        *(("named-graph-uri", iri) for iri in named or [EMPTY_GRAPH]),
    ]
