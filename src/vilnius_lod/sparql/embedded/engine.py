"""The embedded engine: queries over the snapshot's files, in processes of their own.

A query runs at once while there is room, else it waits its turn (:mod:`~vilnius_lod.sparql.admission`). When
it has computed for ``light_seconds`` it counts as heavy, and only some heavy queries compute at once
(:mod:`~vilnius_lod.sparql.embedded.scheduler`). So light ones always find room, and each client gets a fair
share.
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
from ..errors import BY_NAME, EngineAway, OutOfMemory, TimedOut, TooDeep
from ..fair_share import Shares
from ..readiness import Readiness
from .forkserver import ForkServer, Worker, WorkerLost, ending
from .scheduler import RANKING_SECONDS, Scheduler

log = logging.getLogger(__name__)

MAX_PAUSE_SECONDS = 30.0
"""The longest pause between two attempts to restart the fork server; pauses grow up to this."""


class EmbeddedEngine(SparqlEngine):
    """Answers queries over the N-Quads ``files``. Raises EngineAway, with the cause, if they cannot be
    loaded. Make it after forking, not before.

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
        self._files = files
        self._snapshot = snapshot
        self._shares = Shares(settings.query_seconds)
        self._scheduler = Scheduler(settings, self._shares)
        self._admission = Admission(settings, self._shares, self._scheduler.has_query_of)
        self._readiness = Readiness(self._probe)
        self._lock = threading.Lock()
        self._closed = False
        self._idle: list[Worker] = []
        self._restarting = threading.Lock()
        self._restart_error = ""
        self._restart_pause = 0.0
        self._restart_at = 0.0
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
        self._answer(PROBE, client="")

    def _answer(self, query: Query, client: str) -> Answer:
        # A worker or the fork server may be killed from outside, which is not the query's fault. Idle workers
        # may have been killed together, so later attempts get new ones.
        request, code = json.dumps(query._asdict()).encode(), None
        for fresh in (False, True, True):
            try:
                return self._try_once(request, query.volatile, client, fresh)
            except WorkerLost as lost:
                code = lost.code
            self._end_dead_workers()
        raise EngineAway(f"the process of the query ended again and again, at last with {ending(code)}")

    def _try_once(self, request: bytes, volatile: bool, client: str, fresh: bool) -> Answer:
        with self._worker(client, fresh) as worker:
            worker.ask(request)
            deadline = time.monotonic() + self._settings.query_seconds
            light = self._is_light(worker, deadline)
            if not light:
                self._take_turns(worker, client, deadline)
            try:
                header, body = worker.read(deadline - time.monotonic())
            except TimeoutError:
                raise TimedOut(self._settings.query_seconds) from None
            reply = json.loads(header)
            worker.reusable = light and not reply["exhausted"]
            if "error" in reply:
                raise BY_NAME[reply["error"]](**reply["fields"])
            return Answer(reply["kind"], body, reply["format"], volatile or reply["volatile"], self._snapshot)

    def _is_light(self, worker: Worker, deadline: float) -> bool:
        """Wait for an answer until the worker has used ``light_seconds`` of processor time: on a busy machine
        a light query takes longer by the clock.
        """
        remaining = self._settings.light_seconds
        while remaining > 0 and time.monotonic() < deadline:
            if worker.wait(min(remaining, deadline - time.monotonic())):
                return True
            remaining = self._settings.light_seconds - worker.computed()
        return False

    def _take_turns(self, worker: Worker, client: str, deadline: float) -> None:
        """Wait for the answer of a heavy query to begin."""
        self._shares.charge(client, worker.computed_since())
        with self._scheduler.scheduled(client, worker) as query:
            self._scheduler.check(query)
            while not worker.wait(min(RANKING_SECONDS, deadline - time.monotonic())):
                if time.monotonic() >= deadline:
                    raise TimedOut(self._settings.query_seconds)
                self._shares.charge(client, worker.computed_since())
                self._scheduler.check(query)

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
        """Why a worker ended during a query."""
        if code == -signal.SIGABRT:  # what the engine does when an allocation fails
            return OutOfMemory(self._settings.worker_megabytes)
        if code in (-signal.SIGSEGV, -signal.SIGBUS):  # its stack overflowed
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

    def _end_dead_workers(self) -> None:
        """End the idle workers that were killed."""
        with self._lock:
            dead = [worker for worker in self._idle if not worker.alive]
            self._idle = [worker for worker in self._idle if worker not in dead]
        for worker in dead:
            worker.end()

    def _give_back(self, worker: Worker, client: str) -> None:
        """Keep a worker for the next query if it can be reused, else end it."""
        self._shares.charge(client, worker.computed_since())
        with self._lock:
            keep = worker.reusable and worker.fork_server is self._fork_server and not self._closed
            if keep:
                self._idle.append(worker)
        if not keep:
            worker.end()

    def _restart(self, dead: ForkServer) -> None:
        """Replace a fork server that has ended. Raises EngineAway if that is not possible."""
        if not self._restarting.acquire(timeout=self._settings.query_seconds):
            raise EngineAway("the query engine is being started again")
        try:
            if self._closed or self._fork_server is not dead:
                return
            if time.monotonic() < self._restart_at:
                raise EngineAway(self._restart_error)
            log.error("query engine ended", extra={"fields": {"reason": dead.close()}})
            self._replace(dead)
        finally:
            self._restarting.release()

    def _replace(self, dead: ForkServer) -> None:
        try:
            fork_server = self._start()
        except EngineAway as error:
            self._restart_error = error.message
            self._restart_pause = min(MAX_PAUSE_SECONDS, 2 * self._restart_pause or 1.0)
            self._restart_at = time.monotonic() + self._restart_pause
            log.error("query engine not started", extra={"fields": {"reason": error.message}})
            raise
        self._restart_pause = 0.0
        with self._lock:
            idle, self._idle = self._idle, []
            if not self._closed:
                self._fork_server = fork_server
        for worker in idle:
            worker.end()
        if self._fork_server is dead:  # closed meanwhile
            fork_server.close()
