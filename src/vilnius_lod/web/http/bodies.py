"""Request bodies, read to their end: only some at once, so that slow writers hold only so many threads."""

from __future__ import annotations

import threading
from collections import Counter

from flask import current_app, request

from .problems import N_, Problem

EXTENSION = "vilnius_lod.bodies"


class Bodies:
    """Counts the bodies on their way: at most ``limit`` in all, ``client_limit`` of one client."""

    def __init__(self, limit: int, client_limit: int) -> None:
        self._limit = limit
        self._client_limit = client_limit
        self._lock = threading.Lock()
        self._clients: Counter[str] = Counter()

    def begin(self, client: str) -> None:
        """Raises a Problem where there are too many."""
        with self._lock:
            kind = "too-many-queries" if self._clients[client] >= self._client_limit else "busy"
            if kind == "busy" and self._clients.total() < self._limit:
                self._clients[client] += 1
                return
        raise Problem(kind, N_("Try again in a moment."), headers={"Retry-After": "1"})

    def end(self, client: str) -> None:
        """A body has come, or its client has gone."""
        with self._lock:
            self._clients[client] -= 1
            self._clients += Counter()  # forgets those that are at nought


def read(client: str) -> bytes:
    """This request's body. Raises a Problem where too many are on their way."""
    bodies: Bodies = current_app.extensions[EXTENSION]
    bodies.begin(client)
    try:
        return request.get_data(cache=False)
    finally:
        bodies.end(client)
