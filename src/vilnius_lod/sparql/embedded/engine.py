"""The embedded engine: queries over the snapshot's files, in processes of their own.

A query runs at once while there is room, else it waits its turn (:mod:`~vilnius_lod.sparql.admission`). When
it has computed for ``light_seconds`` it counts as heavy, and only some heavy queries compute at once
(:mod:`~vilnius_lod.sparql.embedded.heavy_queries`). So there is always room for light ones, and a fair share
for each client.
"""

from __future__ import annotations

import contextlib
import json
import logging
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ...settings import Settings
from ..admission import Admission
from ..engine import PROBE, Answer, Query, SparqlEngine
from ..errors import REPORTED, EngineAway, OutOfMemory, TimedOut, TooDeep
from ..fair_share import Shares
from ..readiness import Readiness
from .forkserver import ForkServer, Worker, WorkerLost, ending
from .heavy_queries import SLICE_SECONDS, HeavyQueries

log = logging.getLogger(__name__)

MAX_PAUSE_SECONDS = 30.0
"""Seconds between two attempts to start again what does not start, which grow up to this."""


class EmbeddedEngine(SparqlEngine):
    """Answers queries over the N-Quads ``files``. Raises EngineAway, with the cause, if they cannot be
    loaded. To be made after forking, not before.

    Answers are written with ``prefixes``; ``base`` is what relative IRIs of a query are resolved against;
    ``snapshot`` is the name of the data.
    """

    def __init__(
        self,
        files: Sequence[Path],
        settings: Settings,
        *,
        prefixes: Mapping[str, str] | None = None,
        base: str | None = None,
        snapshot: str = "",
    ) -> None:
        self._settings = settings
        self._prefixes = prefixes or {}
        self._base = base
        self._files = tuple(files)
        self._snapshot = snapshot
        self._shares = Shares(settings.query_seconds)
        self._heavy = HeavyQueries(settings, self._shares)
        self._admission = Admission(settings, self._shares, self._heavy.has)
        self._readiness = Readiness(self._probe)
        self._lock = threading.Lock()
        self._closed = False
        self._idle: list[Worker] = []
        self._restarting = threading.Lock()
        self._failure = ""
        self._pause = 0.0
        self._again_at = 0.0
        self._fork_server = self._start()

    @property
    def pid(self) -> int:
        """The fork server's process id."""
        return self._fork_server.pid

    def close(self) -> None:
        """End the processes; queries that still run get EngineAway."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()
        self._fork_server.close()

    def _start(self) -> ForkServer:
        return ForkServer(self._files, self._prefixes, self._base, self._settings)

    def _probe(self) -> None:
        with contextlib.suppress(WorkerLost):  # then the query shows what can be done
            self._fork_server.tell("ping")
        self._answer(PROBE, "")

    def _answer(self, query: Query, client: str) -> Answer:
        # A worker or the fork server may be killed from outside: that is not the query's fault. An idle
        # worker may have been killed before it gets a query, and others with it: later tries get new ones.
        request, code = json.dumps(query._asdict()).encode(), None
        for fresh in (False, True, True):
            try:
                return self._once(request, query.volatile, client, fresh)
            except WorkerLost as lost:
                code = lost.code
            self._sweep()
        raise EngineAway(f"the process of the query ended again and again, at last with {ending(code)}")

    def _once(self, request: bytes, volatile: bool, client: str, fresh: bool) -> Answer:
        with self._worker(client, fresh) as worker:
            worker.ask(request)
            deadline = time.monotonic() + self._settings.query_seconds
            light = self._is_light(worker, deadline)
            if not light:
                self._take_turns(worker, client, deadline)
            try:
                head, body = worker.read(deadline - time.monotonic())
            except TimeoutError:
                raise TimedOut(self._settings.query_seconds) from None
            reply = json.loads(head)
            worker.reusable = light and not reply["spent"]
            if "error" in reply:
                raise REPORTED[reply["error"]](**reply["fields"])
            return Answer(reply["kind"], body, reply["format"], volatile or reply["volatile"], self._snapshot)

    def _is_light(self, worker: Worker, deadline: float) -> bool:
        """Wait for an answer until the worker has computed for ``light_seconds``, whatever the clock says:
        on a busy machine a light query takes longer.
        """
        left = self._settings.light_seconds
        while left > 0 and time.monotonic() < deadline:
            if worker.wait(min(left, deadline - time.monotonic())):
                return True
            left = self._settings.light_seconds - worker.computed()
        return False

    def _take_turns(self, worker: Worker, client: str, deadline: float) -> None:
        """Wait for the answer of a heavy query to begin."""
        self._shares.charge(client, worker.computed_since())
        with self._heavy.among(client, worker) as query:
            self._heavy.look(query)
            while not worker.wait(min(SLICE_SECONDS, deadline - time.monotonic())):
                if time.monotonic() >= deadline:
                    raise TimedOut(self._settings.query_seconds)
                self._shares.charge(client, worker.computed_since())
                self._heavy.look(query)

    @contextlib.contextmanager
    def _worker(self, client: str, fresh: bool) -> Iterator[Worker]:
        worker = self._take(fresh)
        try:
            yield worker
        except WorkerLost:
            raise self._cause(worker.exit_code()) from None
        except BaseException:
            self._give_back(worker, client)
            raise
        self._give_back(worker, client)

    def _cause(self, code: int | None) -> Exception:
        """Why a worker ended in the middle of a query."""
        if code == -signal.SIGABRT:  # what the engine does when an allocation fails
            return OutOfMemory(self._settings.worker_megabytes)
        if code in (-signal.SIGSEGV, -signal.SIGBUS):  # what happens where its stack ends
            return TooDeep(self._settings.query_nesting)
        return WorkerLost(code)

    def _take(self, fresh: bool) -> Worker:
        while True:
            with self._lock:
                if self._closed:
                    raise EngineAway
                fork_server = self._fork_server
                worker = self._idle.pop() if self._idle and not fresh else None
            if worker is not None:
                worker.reusable = False
                return worker
            if not fork_server.gone:
                with contextlib.suppress(WorkerLost):
                    return fork_server.fork()
            self._restart(fork_server)

    def _sweep(self) -> None:
        """End the idle workers that were killed."""
        with self._lock:
            dead = [worker for worker in self._idle if not worker.alive]
            self._idle = [worker for worker in self._idle if worker not in dead]
        for worker in dead:
            worker.end()

    def _give_back(self, worker: Worker, client: str) -> None:
        """Keep a worker for the next query if it is fit for that, else end it."""
        self._shares.charge(client, worker.computed_since())
        with self._lock:
            keep = worker.reusable and worker.fork_server is self._fork_server and not self._closed
            if keep:
                self._idle.append(worker)
        if not keep:
            worker.end()

    def _restart(self, gone: ForkServer) -> None:
        """Put another fork server in the place of one that is gone. Raises EngineAway if that cannot be."""
        if not self._restarting.acquire(timeout=self._settings.query_seconds):
            raise EngineAway("the query engine is being started again")
        try:
            if self._closed or self._fork_server is not gone:
                return
            if time.monotonic() < self._again_at:
                raise EngineAway(self._failure)
            log.error("query engine ended", extra={"fields": {"reason": gone.close()}})
            self._replace(gone)
        finally:
            self._restarting.release()

    def _replace(self, gone: ForkServer) -> None:
        try:
            new = self._start()
        except EngineAway as error:
            self._failure = error.message
            self._pause = min(MAX_PAUSE_SECONDS, 2 * self._pause or 1.0)
            self._again_at = time.monotonic() + self._pause
            log.error("query engine not started", extra={"fields": {"reason": error.message}})
            raise
        self._pause = 0.0
        with self._lock:
            idle, self._idle = self._idle, []
            if not self._closed:
                self._fork_server = new
        for worker in idle:
            worker.end()
        if self._fork_server is gone:  # closed meanwhile
            new.close()
