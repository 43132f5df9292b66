"""Which heavy queries compute, which are paused and which are turned away.

A query is heavy when it has computed for ``light_seconds``. From then on::

    heavy ──▶ computing ◀──▶ paused
                  │             │
                  ▼             ▼
              answered,     turned away
           or timed out

All heavy queries are ranked again whenever one comes or goes, and several times a second
(:meth:`~vilnius_lod.sparql.fair_share.Shares.ranked`: each client's first query before any second one, then
who has used least). The first ``heavy_queries`` compute, as many again are paused, the others are turned
away; so is one that was paused for more than ``queue_seconds`` in all. Hence a client's second heavy query
never takes the place of another client's first, and a short query never waits for the end of a long one.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from ...settings import Settings
from ..admission import busy
from ..fair_share import Shares
from .forkserver import Worker, WorkerLost

RANKING_SECONDS = 0.3
"""How often each heavy query has all of them ranked again."""


class HeavyQuery:
    """A heavy query of ``client`` in a ``worker``."""

    def __init__(self, client: str, worker: Worker) -> None:
        self.client = client
        self.turned_away = False
        self._worker = worker
        self._computing: bool | None = None  # None: not ranked yet, at the priority of a light query
        self._paused_since = 0.0
        self._paused_before = 0.0

    @property
    def paused_seconds(self) -> float:
        """For how long it has been paused, in all."""
        current = time.monotonic() - self._paused_since if self._computing is False else 0.0
        return self._paused_before + current

    def pause(self) -> None:
        """Stop the worker."""
        if self._computing is not False:
            self._computing, self._paused_since = False, time.monotonic()
            self._tell("pause")

    def compute(self) -> None:
        """Let the worker continue, at low priority."""
        if not self._computing:
            self._paused_before, self._computing = self.paused_seconds, True
            self._tell("heavy")

    def _tell(self, command: str) -> None:
        with contextlib.suppress(WorkerLost):  # the thread that waits for its answer notices
            self._worker.tell(command)


class Scheduler:
    """All heavy queries; safe to use from several threads."""

    def __init__(self, settings: Settings, shares: Shares) -> None:
        self._settings = settings
        self._shares = shares
        self._lock = threading.Lock()
        self._queries: list[HeavyQuery] = []  # in the order in which they came

    def has_query_of(self, client: str) -> bool:
        """Whether ``client`` has a heavy query."""
        return any(query.client == client for query in tuple(self._queries))

    @contextlib.contextmanager
    def scheduled(self, client: str, worker: Worker) -> Iterator[HeavyQuery]:
        """Inside, the worker's query of ``client`` is ranked with the others; call :meth:`check` regularly.
        Afterwards the worker may continue.
        """
        query = HeavyQuery(client, worker)
        with self._lock:
            self._queries.append(query)
            self._rank()
        try:
            yield query
        finally:
            with self._lock:
                if not query.turned_away:
                    self._queries.remove(query)
                self._rank()
        query.compute()  # it may have been paused while it was sending its answer

    def check(self, query: HeavyQuery) -> None:
        """Rank all of them again. Raises Busy if this one is turned away or has been paused for too long."""
        with self._lock:
            self._rank()
            if query.turned_away or query.paused_seconds > self._settings.queue_seconds:
                others = (other.client for other in self._queries if other is not query)
                raise busy(self._settings, client=query.client != "" and query.client in others)

    def _rank(self) -> None:
        places = self._settings.heavy_queries
        ranked = self._shares.ranked(self._queries)
        for query in ranked[2 * places :]:
            query.turned_away = True
            self._queries.remove(query)
        for query in ranked[places : 2 * places]:
            query.pause()
        for query in ranked[:places]:
            query.compute()
