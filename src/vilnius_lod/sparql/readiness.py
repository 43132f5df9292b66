"""Whether an engine answers: known at once, however busy the engine is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .errors import EngineAway, QueryError

FRESH_SECONDS = 0.2
"""A younger result is not probed for again."""
PATIENCE_SECONDS = 0.05
"""How long to wait for a running probe before the last result is used."""
SILENCE_SECONDS = 5.0
"""An engine that does not answer for longer is away."""


class Readiness:
    """Runs ``probe``, which raises a QueryError if the engine does not answer, one at a time and in a thread
    of its own. Safe to use from several threads. Make it when the engine answers.
    """

    def __init__(self, probe: Callable[[], object]) -> None:
        self._probe = probe
        self._lock = threading.Lock()
        self._answered = threading.Event()  # not set while a probe is running
        self._answered.set()
        self._answered_at = self._asked_at = time.monotonic()
        self._error: QueryError | None = None

    def check(self) -> None:
        """Raises the QueryError of the last probe, or EngineAway if one takes too long."""
        with self._lock:
            now = time.monotonic()
            if self._answered.is_set() and now - self._answered_at >= FRESH_SECONDS:
                self._answered.clear()
                self._asked_at = now
                self._start()
        self._answered.wait(PATIENCE_SECONDS)
        with self._lock:
            silence = 0.0 if self._answered.is_set() else time.monotonic() - self._asked_at
            if silence > SILENCE_SECONDS:
                raise EngineAway(f"the query engine has not answered for {silence:.0f} seconds")
            if self._error:
                raise self._error.with_traceback(None)

    def _start(self) -> None:
        try:
            threading.Thread(target=self._ask, name="readiness", daemon=True).start()
        except RuntimeError as error:  # no more threads
            self._end(EngineAway(str(error)))

    def _ask(self) -> None:
        error: QueryError | None = None
        try:
            self._probe()
        except QueryError as caught:
            error = caught
        except Exception as caught:
            error = EngineAway(f"{type(caught).__name__}: {caught}")
        with self._lock:
            self._end(error)

    def _end(self, error: QueryError | None) -> None:
        self._error, self._answered_at = error, time.monotonic()
        self._answered.set()
