"""Who may ask now: so many queries at once, so many of one client, so many that wait and for so long."""

from __future__ import annotations

import contextlib
import math
import threading
from collections import Counter
from collections.abc import Iterator

from ..settings import Settings
from .errors import Busy


class Admission:
    """Lets queries in by the operator's settings; safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(settings.workers)
        self._waiting = 0
        self._clients: Counter[str] = Counter()

    @contextlib.contextmanager
    def admitted(self, client: str) -> Iterator[None]:
        """Inside, a query of ``client`` (an empty one is not counted) may run. Raises Busy."""
        with self._lock:
            if client and self._clients[client] >= self._settings.queries_per_client:
                raise self.busy(client=True)
            self._clients[client] += 1
        try:
            self._enter()
            try:
                yield
            finally:
                self._slots.release()
        finally:
            with self._lock:
                self._clients[client] -= 1
                if not self._clients[client]:
                    del self._clients[client]

    def busy(self, *, client: bool = False) -> Busy:
        """What to tell whoever is turned away: by then every query that runs now has ended."""
        return Busy(max(1, math.ceil(self._settings.query_seconds)), client)

    def _enter(self) -> None:
        if self._slots.acquire(blocking=False):
            return
        with self._lock:
            if self._waiting >= self._settings.queue_length:
                raise self.busy()
            self._waiting += 1
        try:
            if not self._slots.acquire(timeout=self._settings.queue_seconds):
                raise self.busy()
        finally:
            with self._lock:
                self._waiting -= 1
