"""The door: a query in, an answer or an error out.

A query runs at once while there is room, else it waits its turn. When it has computed for ``light_seconds``
it counts as heavy: only some heavy queries compute at once and with low priority, as many again are paused
until one of those ends, and further ones are turned away. So there is always room for light queries.
"""

from __future__ import annotations

import contextlib
import json
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ..settings import Settings
from . import guard
from .admission import Admission
from .errors import REPORTED, EngineAway, OutOfMemory, TimedOut, TooDeep
from .pool import Lost, Nursery, Worker


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. ``kind`` is ``select``, ``ask``, ``construct`` or ``describe``; ``volatile`` answers
    may differ from run to run; ``snapshot`` is the name given with the data that it was made from.
    """

    kind: str
    body: bytes
    format: str
    volatile: bool
    snapshot: str


class Engine:
    """Answers queries over the N-Quads ``files``; safe to use from several threads. Raises EngineAway if
    the files cannot be loaded. To be made after forking, not before; :meth:`close` it in the end.

    Answers are written with ``prefixes``; ``base`` is what relative IRIs of a query are resolved against.
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
        self._lock = threading.Lock()
        self._switching = threading.Lock()
        self._closed = False
        self._admission = Admission(settings)
        self._heavy = threading.Semaphore(settings.heavy_queries)
        self._heavy_room = threading.Semaphore(2 * settings.heavy_queries)
        self._idle: list[Worker] = []
        self._nursery = self._start(self._files, snapshot)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(
        self,
        query: str,
        *,
        solutions: str | None,
        graph: str | None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        client: str = "",
    ) -> Answer:
        """The answer to a query, or a :class:`~vilnius_lod.query.errors.QueryError`.

        ``solutions`` and ``graph`` name the formats (:mod:`~vilnius_lod.query.formats`) for either kind of
        answer, None where the client accepts none. The graphs are those of the protocol's parameters; they
        override FROM; without either the default graph is the union of all. ``client`` is whom to count
        the query for; an empty one is not counted.
        """
        seen = guard.inspect(query, self._settings)
        request = {
            "query": seen.query,
            "form": seen.form,
            "dataset": seen.dataset,
            "solutions": solutions,
            "graph": graph,
            "default_graphs": list(default_graphs),
            "named_graphs": list(named_graphs),
        }
        return self._run(json.dumps(request).encode(), seen.volatile, client)

    def switch(self, files: Sequence[Path], snapshot: str = "") -> None:
        """Answer from other data from now on; running queries end on the old. On EngineAway the old stays."""
        with self._switching:
            if self._closed:
                raise EngineAway
            new = self._start(files, snapshot)
            self._files = tuple(files)
            self._replace(new)

    def close(self) -> None:
        """End the processes; queries that still run get EngineAway."""
        with self._switching:
            with self._lock:
                self._closed = True
                idle, self._idle = self._idle, []
            for worker in idle:
                worker.end()
            self._nursery.close()

    def _start(self, files: Sequence[Path], snapshot: str) -> Nursery:
        return Nursery(files, self._prefixes, self._base, self._settings, snapshot)

    def _run(self, request: bytes, volatile: bool, client: str) -> Answer:
        with self._admission.admitted(client):
            # A worker or the nursery may be killed from outside: that is not the query's fault. An idle one
            # may have been killed before it is asked, and others with it: the further tries get new ones.
            for fresh in (False, True, True):
                with contextlib.suppress(Lost):
                    return self._once(request, volatile, fresh)
                self._sweep()
            raise EngineAway

    def _once(self, request: bytes, volatile: bool, fresh: bool) -> Answer:
        settings = self._settings
        with self._worker(fresh) as worker:
            worker.ask(request)
            deadline = time.monotonic() + settings.query_seconds
            light = self._is_light(worker, deadline)
            with contextlib.nullcontext() if light else self._heavy_turn(worker, deadline):
                if not light and not worker.wait(deadline - time.monotonic()):
                    raise TimedOut(settings.query_seconds)
                try:
                    head, body = worker.read(deadline - time.monotonic())
                except TimeoutError:
                    raise TimedOut(settings.query_seconds) from None
            reply = json.loads(head)
            worker.reusable = light and not reply["spent"]
            if "error" in reply:
                raise REPORTED[reply["error"]](**reply["fields"])
            changing = volatile or reply["volatile"]
            return Answer(reply["kind"], body, reply["format"], changing, worker.nursery.snapshot)

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

    @contextlib.contextmanager
    def _heavy_turn(self, worker: Worker, deadline: float) -> Iterator[None]:
        if not self._heavy_room.acquire(blocking=False):
            raise self._admission.busy()
        try:
            if not self._heavy.acquire(blocking=False):
                worker.tell("pause")
                patience = min(self._settings.queue_seconds, deadline - time.monotonic())
                if not self._heavy.acquire(timeout=max(0.0, patience)):
                    raise self._admission.busy()
            try:
                worker.tell("heavy")
                yield
            finally:
                self._heavy.release()
        finally:
            self._heavy_room.release()

    @contextlib.contextmanager
    def _worker(self, fresh: bool) -> Iterator[Worker]:
        worker = self._take(fresh)
        try:
            yield worker
        except Lost:
            raise self._cause(self._give_back(worker)) from None
        except BaseException:
            self._give_back(worker)
            raise
        self._give_back(worker)

    def _cause(self, code: int | None) -> Exception:
        """Why a worker ended in the middle of a query."""
        if code == -signal.SIGABRT:  # what the engine does when an allocation fails
            return OutOfMemory(self._settings.worker_megabytes)
        if code in (-signal.SIGSEGV, -signal.SIGBUS):  # what happens where its stack ends
            return TooDeep(self._settings.query_nesting)
        return Lost()

    def _take(self, fresh: bool) -> Worker:
        while True:
            with self._lock:
                if self._closed:
                    raise EngineAway
                nursery = self._nursery
                worker = self._idle.pop() if self._idle and not fresh else None
                nursery.users += 1
            if worker is not None:
                worker.reusable = False
                return worker
            try:
                if not nursery.gone:
                    return nursery.fork()
            except BaseException:
                self._leave(nursery)
                raise
            self._leave(nursery)
            if nursery.gone:
                self._revive(nursery)

    def _sweep(self) -> None:
        """End the idle workers that were killed."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            if worker.alive:
                with self._lock:
                    self._idle.append(worker)
            else:
                worker.end()

    def _give_back(self, worker: Worker) -> int | None:
        """Keep a worker for the next query if it is fit for that, else end it and return its exit code."""
        with self._lock:
            keep = worker.reusable and worker.nursery is self._nursery and not self._closed
            if keep:
                self._idle.append(worker)
        code = None if keep else worker.end()
        self._leave(worker.nursery)
        return code

    def _leave(self, nursery: Nursery) -> None:
        with self._lock:
            nursery.users -= 1
            done = nursery.users == 0 and nursery is not self._nursery
        if done:
            nursery.close()

    def _revive(self, gone: Nursery) -> None:
        with self._switching:
            if self._nursery is gone and not self._closed:
                self._replace(self._start(self._files, gone.snapshot))

    def _replace(self, new: Nursery) -> None:
        with self._lock:
            old, self._nursery = self._nursery, new
            idle, self._idle = self._idle, []
            done = old.users == 0
        for worker in idle:
            worker.end()
        if done:
            old.close()
