"""Which queries may run now. The settings limit how many run at once, how many each client may have, how many
may wait, and for how long.

A place that becomes free goes to the client with the fewest running queries, and among those to the one that
has recently used the processors least (:meth:`~vilnius_lod.sparql.fair_share.Shares.ranked`). Where too many
wait, the last in that order is turned away, which need not be the latest. Being turned away counts as use, so
that clients that retry at once come after those that wait as they were told.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections import Counter
from collections.abc import Callable, Iterator

from ..settings import Settings
from .errors import Busy
from .fair_share import Shares

REFUSAL_SECONDS = 0.005
"""Processor time charged for turning a query away."""


class _WaitingQuery:
    """``settled`` is set once the query is ``admitted`` or turned away."""

    def __init__(self, client: str) -> None:
        self.client = client
        self.admitted = False
        self.settled = threading.Event()

    def settle(self, *, admitted: bool) -> None:
        self.admitted = admitted
        self.settled.set()


class Admission:
    """Lets queries in by the operator's settings; safe to use from several threads.

    A client for which ``is_heavy`` says that one of its queries takes long gets half of the places at most.
    """

    def __init__(
        self,
        settings: Settings,
        shares: Shares | None = None,
        is_heavy: Callable[[str], bool] = lambda _client: False,
    ) -> None:
        self._settings = settings
        self._shares = shares or Shares(settings.query_seconds)
        self._lock = threading.Lock()
        self._free = settings.workers
        self._is_heavy = is_heavy
        self._waiting: list[_WaitingQuery] = []
        self._running: Counter[str] = Counter()
        self._present: Counter[str] = Counter()  # running or waiting

    @contextlib.contextmanager
    def admitted(self, client: str) -> Iterator[None]:
        """Inside, a query of ``client`` (an empty one is not counted) may run. Raises Busy."""
        waiting = self._enter(client)
        try:
            if waiting:
                self._wait(waiting)
            try:
                yield
            finally:
                self._leave(client)
        finally:
            with self._lock:
                self._count(self._present, client, -1)

    def _enter(self, client: str) -> _WaitingQuery | None:
        """The query as it waits; None if it may run at once. Raises Busy."""
        settings = self._settings
        with self._lock:
            if self._present[client] >= settings.queries_per_client:
                raise self._refusal(client, by_own_queries=True)
            self._count(self._present, client, 1)
            if self._free and self._may_run(client):
                self._start(client)
                return None
            waiting = _WaitingQuery(client)
            self._waiting.append(waiting)
            if len(self._waiting) > settings.queue_length:
                last = self._shares.ranked(self._waiting, self._running)[-1]
                self._waiting.remove(last)
                last.settle(admitted=False)
            return waiting

    def _wait(self, waiting: _WaitingQuery) -> None:
        waiting.settled.wait(self._settings.queue_seconds)
        with self._lock:
            if not waiting.settled.is_set():
                self._waiting.remove(waiting)
            if not waiting.admitted:
                raise self._refusal(waiting.client, by_own_queries=self._present[waiting.client] > 1)

    def _leave(self, client: str) -> None:
        with self._lock:
            self._free += 1
            self._count(self._running, client, -1)
            while self._free and self._waiting:
                first = self._shares.first(self._waiting, self._running)
                if not self._may_run(first.client):
                    break
                self._waiting.remove(first)
                self._start(first.client)
                first.settle(admitted=True)

    def _refusal(self, client: str, *, by_own_queries: bool) -> Busy:
        self._shares.charge(client, REFUSAL_SECONDS)
        return busy(self._settings, client=by_own_queries)

    def _may_run(self, client: str) -> bool:
        limit = max(1, self._settings.workers // 2)
        return self._running[client] < limit or not self._is_heavy(client)

    def _start(self, client: str) -> None:
        self._free -= 1
        self._count(self._running, client, 1)

    @staticmethod
    def _count(counts: Counter[str], client: str, change: int) -> None:
        if client:
            counts[client] += change
            if not counts[client]:
                del counts[client]


def busy(settings: Settings, *, client: bool = False) -> Busy:
    """The error for a query that is turned away: when it says to retry, every query that runs now has ended.
    ``client`` tells that the client's other queries are the reason.
    """
    return Busy(max(1, math.ceil(settings.query_seconds)), client)
