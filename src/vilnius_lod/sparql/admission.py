"""Who may ask now: so many queries at once, so many of one client, so many that wait and for so long.

A place that becomes free goes to the client that has fewest, and among those to the one that has used the
processors least of late (:meth:`~vilnius_lod.sparql.fair_share.Shares.ranked`). Where too many wait, the last
by that order is turned away, who need not be the last that came. To be turned away counts as use, so that
those who ask again at once come after those who wait as they were told.
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
"""Of the processors, for telling a client that it is turned away."""


class _Waiting:
    """A query that waits: ``settled`` is set when it is ``admitted`` or turned away."""

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
        self._waiting: list[_Waiting] = []
        self._running: Counter[str] = Counter()
        self._asked: Counter[str] = Counter()  # running or waiting

    @contextlib.contextmanager
    def admitted(self, client: str) -> Iterator[None]:
        """Inside, a query of ``client`` (an empty one is not counted) may run. Raises Busy."""
        waiting = self._come(client)
        try:
            if waiting:
                self._wait(waiting)
            try:
                yield
            finally:
                self._free_place(client)
        finally:
            with self._lock:
                self._count(self._asked, client, -1)

    def _come(self, client: str) -> _Waiting | None:
        """None if the query may run at once."""
        settings = self._settings
        with self._lock:
            if self._asked[client] >= settings.queries_per_client:
                raise self._refusal(client, own=True)
            self._count(self._asked, client, 1)
            if self._free and self._may_run(client):
                self._run(client)
                return None
            waiting = _Waiting(client)
            self._waiting.append(waiting)
            if len(self._waiting) > settings.queue_length:
                last = self._shares.ranked(self._waiting, self._running)[-1]
                self._waiting.remove(last)
                last.settle(admitted=False)
            return waiting

    def _wait(self, waiting: _Waiting) -> None:
        waiting.settled.wait(self._settings.queue_seconds)
        with self._lock:
            if not waiting.settled.is_set():
                self._waiting.remove(waiting)
            if not waiting.admitted:
                raise self._refusal(waiting.client, own=self._asked[waiting.client] > 1)

    def _free_place(self, client: str) -> None:
        with self._lock:
            self._free += 1
            self._count(self._running, client, -1)
            while self._free and self._waiting:
                first = self._shares.first(self._waiting, self._running)
                if not self._may_run(first.client):
                    break
                self._waiting.remove(first)
                self._run(first.client)
                first.settle(admitted=True)

    def _refusal(self, client: str, *, own: bool) -> Busy:
        self._shares.charge(client, REFUSAL_SECONDS)
        return busy(self._settings, client=own)

    def _may_run(self, client: str) -> bool:
        most = max(1, self._settings.workers // 2)
        return self._running[client] < most or not self._is_heavy(client)

    def _run(self, client: str) -> None:
        self._free -= 1
        self._count(self._running, client, 1)

    @staticmethod
    def _count(counts: Counter[str], client: str, change: int) -> None:
        if client:
            counts[client] += change
            if not counts[client]:
                del counts[client]


def busy(settings: Settings, *, client: bool = False) -> Busy:
    """What to tell whoever is turned away: by then every query that runs now has ended. ``client`` says that
    it is for the client's other queries.
    """
    return Busy(max(1, math.ceil(settings.query_seconds)), client)
