"""The web process's side of nursery and workers: start, ask, stop."""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..settings import Settings
from .errors import EngineAway
from .wire import AT_ONCE, is_whole, read_frames, send_frame

_TIMEVAL = struct.Struct("ll")
_NURSERY_SECONDS = 10  # for a fork or a kill, which take milliseconds


class Lost(Exception):  # noqa: N818
    """A worker or the nursery is gone. ``code`` is the worker's exit code, negative for a signal."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__(code)
        self.code = code


class Nursery:
    """A process that holds one snapshot's data and forks workers. Raises EngineAway if it cannot start.

    Safe to use from several threads. ``users`` counts the requests that hold one of its workers.
    """

    def __init__(
        self,
        files: Sequence[Path],
        prefixes: Mapping[str, str],
        base: str | None,
        settings: Settings,
        snapshot: str,
    ) -> None:
        self.snapshot = snapshot
        self.users = 0
        self.gone = False
        self._talk = threading.Lock()
        # Packets, so that a command and its answer stay whole.
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # A session of its own: Ctrl-C in a terminal is for the web process, which then hangs up.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", f"{__package__}.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        config = {
            "files": [os.fspath(path) for path in files],
            "prefixes": dict(prefixes),
            "base": base,
            "sockets": bool(settings.service_allowed),
            "worker_megabytes": settings.worker_megabytes,
            "result_rows": settings.result_rows,
            "result_bytes": settings.result_bytes,
        }
        try:
            self._control.send(json.dumps(config).encode())
            said = self._control.recv(4096).decode()
        except OSError:
            said = ""
        if said != "ready":
            self.close()
            raise EngineAway(said or "the query engine did not start")
        self._control.settimeout(_NURSERY_SECONDS)

    def fork(self) -> Worker:
        """A new worker; raises Lost if the nursery is gone."""
        with self._talk:
            try:
                self._control.send(b"fork")
                pid, handles, _, _ = socket.recv_fds(self._control, 64, 1, socket.MSG_CMSG_CLOEXEC)
            except OSError:
                handles = []
            if not handles:
                self.gone = True
                raise Lost
            return Worker(self, int(pid), socket.socket(fileno=handles[0]))

    def tell(self, command: str, pid: int) -> str:
        """What the nursery says to a command (see :func:`~vilnius_lod.query.worker.main`)."""
        with self._talk:
            try:
                self._control.send(f"{command} {pid}".encode())
                said = self._control.recv(64).decode()
            except OSError:
                said = ""
            if not said:
                self.gone = True
                raise Lost
            return said

    def close(self) -> None:
        """End the nursery and with it its workers."""
        with self._talk:
            self.gone = True
            self._control.close()
        # Hanging up ends it when it listens; while it loads it does not.
        self._process.kill()
        self._process.wait()


class Worker:
    """A process that answers one query at a time."""

    def __init__(self, nursery: Nursery, pid: int, channel: socket.socket) -> None:
        self.nursery = nursery
        self.pid = pid
        self.reusable = False
        self._channel = channel
        self._clock = (~pid << 3) | 2  # the processor time of a process, see clock_getcpuclockid(3)
        self._asked = 0.0
        self._begun: bytes | None = None  # of an answer, what came first
        self._patience = 0.0

    @property
    def alive(self) -> bool:
        """Whether an idle worker is still there."""
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        return not poll.poll(0)  # it says nothing of itself: what can be read is its end

    def ask(self, request: bytes) -> None:
        """Hand over a request; raises Lost."""
        try:
            self._asked = time.clock_gettime(self._clock)
            self._begun = None
            send_frame(self._channel, request)
        except OSError:
            raise Lost from None

    def computed(self) -> float:
        """Seconds of processor time since it was asked; raises Lost."""
        try:
            return time.clock_gettime(self._clock) - self._asked
        except OSError:
            raise Lost from None

    def wait(self, seconds: float) -> bool:
        """Whether an answer, or the worker's end, has begun to come within that time."""
        if self._begun is None:
            self._wait_at_most(seconds)
            try:
                self._begun = self._channel.recv(AT_ONCE)
            except BlockingIOError:
                return False
            except ConnectionError:
                self._begun = b""
        return True

    def read(self, seconds: float) -> tuple[bytes, bytes]:
        """The answer's head and body; raises Lost, or TimeoutError where it takes longer."""
        if not self.wait(seconds):
            raise TimeoutError
        if not self._begun:
            raise Lost
        if not is_whole(self._begun):
            self._wait_at_most(seconds)
        try:
            return read_frames(self._channel, self._begun)
        except BlockingIOError:
            raise TimeoutError from None
        except ConnectionError:
            raise Lost from None

    def _wait_at_most(self, seconds: float) -> None:
        # The kernel's own limit, set where it changes, and one blocking call: a socket with Python's timeout
        # polls first, and each call gives up the interpreter's lock, which other threads wait for.
        patience = max(0.001, seconds)
        if patience != self._patience:
            whole, rest = divmod(round(patience * 1e6), 1_000_000)
            self._channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TIMEVAL.pack(whole, rest))
            self._patience = patience

    def tell(self, command: str) -> None:
        """``pause``, or ``heavy``: go on, when nothing else wants to compute; raises Lost."""
        self.nursery.tell(command, self.pid)

    def end(self) -> int | None:
        """Kill it; its exit code, None if the nursery is gone."""
        self._channel.close()
        try:
            return int(self.nursery.tell("end", self.pid))
        except Lost:
            return None
