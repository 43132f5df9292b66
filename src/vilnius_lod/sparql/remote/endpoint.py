"""Any SPARQL 1.1 endpoint as the engine, once :mod:`~vilnius_lod.sparql.remote.loader` has loaded it.

The graph ``{base}graph/loaded`` there names the graphs that are loaded, and their snapshot. It is queried
before the first query, some seconds after the last time, and after every failure; while it gives no answer,
queries are turned away at once, with growing pauses between the attempts.
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
# Given no graph, an engine uses all that it has; none has this one.
EMPTY_GRAPH = "urn:vilnius-lod:no-graph"
RECHECK_SECONDS = 10.0
PROBE_SECONDS = 5.0
MAX_PAUSE_SECONDS = 30.0
# JSON results may take several times the bytes of the requested CSV.
_JSON_FACTOR = 4


def loaded_graph(base: str) -> str:
    """The graph that names the loaded graphs of the dataset ``base``."""
    return f"{base}graph/loaded"


@dataclass(frozen=True, slots=True)
class LoadedSnapshot:
    """What the engine has loaded: the name of a snapshot, and its graphs."""

    snapshot: str
    graphs: tuple[str, ...]


class RemoteEngine(SparqlEngine):
    """Answers queries from the endpoint ``address``; besides the usual errors it raises EngineFailed (502)
    and EngineSlow (504). An answer's ``snapshot`` is the one that the engine named when it was last asked.

    It is not contacted before the first query, so that serving can start without it. Raises
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
        self._client = Client(address, user=user, password=password, pool_size=settings.workers)
        self._settings = settings
        self._base = base
        self._prefixes = prefixes or {}
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._closed = False
        self._loaded: LoadedSnapshot | None = None
        self._valid_until = 0.0
        self._away_until = 0.0
        self._pause = 0.0
        self._last_error = ""
        self._admission = Admission(settings)
        self._readiness = Readiness(self._probe)

    def close(self) -> None:
        """Hang up; later queries get EngineAway."""
        self._closed = True
        self._client.close()

    def _probe(self) -> None:
        self._answer(PROBE, "")

    def _refuse(self, query: Query) -> None:
        if not query.form:  # such as Virtuoso's DEFINE, which can make it fetch from elsewhere
            raise _unexpected(query.text)
        if _format(query) is None:
            raise NotAcceptable(query.form)

    def _answer(self, query: Query, client: str) -> Answer:  # noqa: ARG002 - the engine itself shares its time
        format_ = _format(query) or ""
        end = time.monotonic() + self._settings.query_seconds
        loaded = self._loaded_snapshot(end)
        if query.default_graphs or query.named_graphs:
            graphs = _dataset(query.default_graphs, query.named_graphs)
        elif query.has_from:
            graphs = []
        else:
            graphs = _dataset(loaded.graphs, loaded.graphs)
        with self._recheck_after_failure():
            reply = self._post([("query", query.text), *graphs], responses.accept(query.form), end)
            if reply.status != 200:
                raise responses.refusal(reply, query.text, self._settings)
            body, blank = responses.rewrite(reply, query.form, format_, self._settings, self._prefixes)
        return Answer(query.form, body, format_, query.volatile or blank, loaded.snapshot)

    def _post(self, fields: list[tuple[str, str]], accept: str, end: float) -> HttpReply:
        if self._closed:
            raise EngineAway
        seconds = max(0.001, end - time.monotonic())
        limit = _JSON_FACTOR * self._settings.result_bytes
        try:
            return self._client.post(fields, accept=accept, seconds=seconds, limit=limit)
        except EngineSlow:
            raise EngineSlow(self._settings.query_seconds) from None

    @contextlib.contextmanager
    def _recheck_after_failure(self) -> Iterator[None]:
        """A failure may be due to the query: the next one first checks that the engine answers."""
        try:
            yield
        except (EngineFailed, EngineSlow):
            with self._lock:
                self._valid_until = 0.0
            raise

    def _loaded_snapshot(self, end: float) -> LoadedSnapshot:
        if loaded := self._still_valid():
            return loaded
        if not self._refreshing.acquire(timeout=max(0.0, end - time.monotonic())):
            raise EngineSlow(self._settings.query_seconds)
        try:
            if loaded := self._still_valid():  # another query has refreshed it meanwhile
                return loaded
            try:
                loaded = self._query_loaded_snapshot(min(end, time.monotonic() + PROBE_SECONDS))
            except QueryError as error:
                with self._lock:
                    self._pause = min(MAX_PAUSE_SECONDS, 2 * self._pause or 1.0)
                    self._away_until = time.monotonic() + self._pause
                    self._last_error = getattr(error, "message", "") or str(error)
                if isinstance(error, (EngineAway, EngineSlow)):
                    raise
                raise EngineFailed(self._last_error) from error
            with self._lock:
                self._loaded, self._pause = loaded, 0.0
                self._valid_until = time.monotonic() + RECHECK_SECONDS
            return loaded
        finally:
            self._refreshing.release()

    def _still_valid(self) -> LoadedSnapshot | None:
        with self._lock:
            now = time.monotonic()
            if now < self._away_until:
                raise EngineFailed(self._last_error, math.ceil(self._away_until - now))
            return self._loaded if now < self._valid_until else None

    def _query_loaded_snapshot(self, end: float) -> LoadedSnapshot:
        marker = loaded_graph(self._base)
        query = f"SELECT ?graph ?snapshot WHERE {{ GRAPH <{marker}> {{ ?graph <{VERSION}> ?snapshot }} }}"
        fields = [("query", query), *_dataset([marker], [marker])]
        reply = self._post(fields, responses.ACCEPT_SOLUTIONS, end)
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
    for word in words:
        if word.text.upper() not in ("PREFIX", "BASE"):
            return MalformedQuery(f"“{word.text[:40]}” is not expected here", *guard.place(query, word.start))
    return MalformedQuery("the query ends too early", *guard.place(query, len(query)))


def _dataset(default: Sequence[str], named: Sequence[str]) -> list[tuple[str, str]]:
    """The protocol's parameters; given none of a kind, some engines use all their graphs."""
    return [
        *(("default-graph-uri", iri) for iri in default or [EMPTY_GRAPH]),
        *(("named-graph-uri", iri) for iri in named or [EMPTY_GRAPH]),
    ]
