"""What each client has used of the processors, and whose query comes next by that."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Protocol, TypeVar

MAX_CLIENTS = 10_000
"""Clients to remember; addresses cost an attacker nothing."""


class Queued(Protocol):
    """A query of ``client``; an empty name is that of nobody, whose queries are not counted together."""

    @property
    def client(self) -> str: ...  # noqa: D102


Query = TypeVar("Query", bound=Queued)


class Shares:
    """Processor seconds of each client, of which half is forgotten every ``half_life`` seconds, so that what
    counts is recent use. Safe to use from several threads.
    """

    def __init__(self, half_life: float) -> None:
        self._half_life = half_life
        self._lock = threading.Lock()
        self._used: dict[str, tuple[float, float]] = {}  # seconds, and when they were that many

    def used(self, client: str) -> float:
        """What ``client`` has used."""
        seconds, when = self._used.get(client, (0.0, 0.0))
        return seconds and seconds * 0.5 ** ((time.monotonic() - when) / self._half_life)

    def charge(self, client: str, seconds: float) -> None:
        """Add to what ``client`` has used."""
        if not client:
            return
        with self._lock:
            self._used[client] = (self.used(client) + seconds, time.monotonic())
            if len(self._used) > MAX_CLIENTS:
                for least in sorted(self._used, key=self.used)[: MAX_CLIENTS // 2]:
                    del self._used[least]

    def first(self, queries: Iterable[Query], running: Mapping[str, int]) -> Query:
        """The first of those that :meth:`ranked` gives; there must be one."""
        oldest: dict[str, Query] = {}
        for query in queries:
            oldest.setdefault(query.client, query)
        return min(oldest.values(), key=lambda query: (running.get(query.client, 0), self.used(query.client)))

    def ranked(self, queries: Iterable[Query], running: Mapping[str, int] | None = None) -> list[Query]:
        """The queries, given in the order in which they came, in the order of their claims.

        Each client's first one comes before any client's second one, and so on, where ``running`` says how
        many each has already. Among these the one comes first whose client has used least, then the older.
        """
        earlier = Counter(running)
        claims = []
        for query in queries:
            claims.append(((earlier[query.client], self.used(query.client)), query))
            earlier[query.client] += bool(query.client)
        claims.sort(key=itemgetter(0))
        return [query for _, query in claims]
