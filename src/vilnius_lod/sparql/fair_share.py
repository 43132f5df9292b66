"""How much processor time each client has used, and whose query is next by that."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Protocol, TypeVar

MAX_CLIENTS = 10_000
"""The number of clients to remember; addresses cost an attacker nothing."""


class Queued(Protocol):
    """A query of ``client``; queries with an empty one belong to no common client."""

    @property
    def client(self) -> str: ...  # noqa: D102


Query = TypeVar("Query", bound=Queued)


class Shares:
    """Processor seconds of each client, halved every ``half_life`` seconds so that recent use counts. Safe to
    use from several threads.
    """

    def __init__(self, half_life: float) -> None:
        self._half_life = half_life
        self._lock = threading.Lock()
        self._used: dict[str, tuple[float, float]] = {}  # seconds, and when they were charged

    def used(self, client: str) -> float:
        """What ``client`` has used."""
        seconds, charged_at = self._used.get(client, (0.0, 0.0))
        return seconds and seconds * 0.5 ** ((time.monotonic() - charged_at) / self._half_life)

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
        """The first query that :meth:`ranked` would give; there must be one."""
        oldest: dict[str, Query] = {}
        for query in queries:
            oldest.setdefault(query.client, query)
        return min(oldest.values(), key=lambda query: (running.get(query.client, 0), self.used(query.client)))

    def ranked(self, queries: Iterable[Query], running: Mapping[str, int] | None = None) -> list[Query]:
        """The queries, given in the order of arrival, ranked.

        Each client's first query comes before any client's second, and so on; ``running`` says how many each
        client has already. Among equals the client that has used least comes first, then the older query.
        """
        counts = Counter(running)
        ranks = []
        for query in queries:
            ranks.append(((counts[query.client], self.used(query.client)), query))
            counts[query.client] += bool(query.client)
        ranks.sort(key=itemgetter(0))
        return [query for _, query in ranks]
