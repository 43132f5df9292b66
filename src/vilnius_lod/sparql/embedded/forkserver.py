"""The web process's side of the fork server and the workers."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from ...settings import Settings
from ..errors import EngineAway
from .framing import CHUNK_SIZE, READY, is_whole, read_frames, send_frame

_TIMEVAL = struct.Struct("ll")
_REPLY_SECONDS = 10  # for a fork or a kill, which take milliseconds
_EXIT_SECONDS = 5  # for a process that has hung up, until it has ended
_MAX_STDERR_LENGTH = 500


class WorkerLost(Exception):  # noqa: N818
    """A worker or the fork server is gone. ``code`` is the worker's exit code, negative for a signal, None
    where that is not known.
    """

    def __init__(self, code: int | None = None) -> None:
        super().__init__(code)
        self.code = code


class ForkServer:
    """A process that holds the data and forks workers. Raises EngineAway, with the cause, if it cannot start.

    Safe to use from several threads. ``gone`` is set when it was found to have ended, or to answer no more.
    """

    def __init__(
        self,
        files: Sequence[Path],
        prefixes: Mapping[str, str],
        base: str | None,
        settings: Settings,
    ) -> None:
        self.gone = False
        self._conversation = threading.Lock()
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
            self._process, self._control, self._stderr = _spawn()
        except OSError as error:
            raise EngineAway(f"the query engine's process cannot be started: {error}") from error
        reply = self._load(config, settings.load_seconds)
        if reply != READY:
            ended = self.close(0.0 if reply else _EXIT_SECONDS)
            raise EngineAway(reply or f"the query engine's process did not start: it ended with {ended}")
        self._control.settimeout(_REPLY_SECONDS)

    def _load(self, config: Mapping[str, object], seconds: float) -> str:
        """The process's reply when it has loaded the data; empty if it ends instead."""
        self._control.settimeout(seconds)
        try:
            self._control.send(json.dumps(config).encode())
            return self._control.recv(4096).decode()
        except TimeoutError:
            return f"the query engine's process did not load the data in {seconds:g} seconds"
        except ConnectionError:
            return ""
        except OSError as error:
            return f"the query engine's process cannot be sent what to load: {error}"

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def fork(self) -> Worker:
        """A new worker. Raises WorkerLost if the fork server is gone, EngineAway if there can be none."""
        with self._conversation:
            try:
                self._control.send(b"fork")
                reply, descriptors, _, _ = socket.recv_fds(self._control, 512, 1, socket.MSG_CMSG_CLOEXEC)
            except OSError:
                reply, descriptors = b"", []
            if not reply:
                self.gone = True
                raise WorkerLost
        answer = reply.decode()
        if not answer.isdecimal():
            raise EngineAway(f"no process for the query: {answer}")
        if not descriptors:  # there was no room for one more in this process
            self.tell("end", int(answer))
            raise EngineAway(f"no process for the query: {os.strerror(errno.EMFILE)}")
        return Worker(self, int(answer), socket.socket(fileno=descriptors[0]))

    def tell(self, command: str, pid: int = 0) -> str:
        """The reply to a command (:func:`vilnius_lod.sparql.embedded.worker.main`); raises WorkerLost."""
        with self._conversation:
            try:
                self._control.send(f"{command} {pid}".encode())
                reply = self._control.recv(64).decode()
            except OSError:
                reply = ""
            if not reply:
                self.gone = True
                raise WorkerLost
            return reply

    def close(self, grace: float = 0.0) -> str:
        """End the fork server and with it its workers, after ``grace`` seconds in which it may end by
        itself; how it ended, with what it wrote last.
        """
        with self._conversation:
            self.gone = True
            self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        # Hanging up ends it when it listens; while it loads it does not.
        self._process.kill()
        ended = ending(self._process.wait())
        if self._stderr.closed:
            return ended
        with self._stderr as stderr:
            stderr.seek(0)
            message = _summary(stderr.read().decode(errors="replace"))
        return f"{ended}: {message}" if message else ended


def ending(code: int | None) -> str:
    """An exit code in words."""
    if code is None or code >= 0:
        return f"exit code {'unknown' if code is None else code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def _summary(stderr: str) -> str:
    """The lines of a traceback that say what went wrong, without those that say where."""
    lines = [line for line in stderr.splitlines() if line.strip() and line[0] not in " \t"]
    return "; ".join(line for line in lines if not line.startswith("Traceback"))[-_MAX_STDERR_LENGTH:]


def _spawn() -> tuple[subprocess.Popen[bytes], socket.socket, BinaryIO]:
    """A fork server's process, the socket to talk with it, and what it writes to stderr. Raises OSError."""
    with contextlib.ExitStack() as undo:
        stderr = undo.enter_context(open(os.memfd_create("stderr"), "w+b"))  # noqa: PTH123 - it has no path
        # Packets, so that a command and its answer stay whole.
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        undo.enter_context(ours)
        with theirs:
            # A session of its own: Ctrl-C in a terminal is for the web process, which then hangs up.
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", f"{__package__}.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )
        undo.pop_all()
    return process, ours, stderr


class Worker:
    """A process that answers one query at a time."""

    def __init__(self, fork_server: ForkServer, pid: int, channel: socket.socket) -> None:
        self.fork_server = fork_server
        self.pid = pid
        self.reusable = False
        self._channel = channel
        self._clock = (~pid << 3) | 2  # the processor time of a process, see clock_getcpuclockid(3)
        self._asked = 0.0
        self._charged = 0.0
        self._received: bytes | None = None  # the start of an answer
        self._timeout = 0.0

    @property
    def alive(self) -> bool:
        """Whether an idle worker is still running."""
        poll = select.poll()
        poll.register(self._channel, select.POLLIN)
        return not poll.poll(0)  # it sends nothing unasked: only its end can be read

    def ask(self, request: bytes) -> None:
        """Hand over a request; raises WorkerLost."""
        try:
            self._asked = time.clock_gettime(self._clock)
            self._charged = 0.0
            self._received = None
            send_frame(self._channel, request)
        except OSError:
            raise WorkerLost from None

    def computed(self) -> float:
        """Seconds of processor time since it was asked; raises WorkerLost."""
        try:
            return time.clock_gettime(self._clock) - self._asked
        except OSError:
            raise WorkerLost from None

    def computed_since(self) -> float:
        """Seconds of processor time since this was last called for the same request; 0 if it is gone."""
        try:
            computed = self.computed()
        except WorkerLost:
            return 0.0
        self._charged, earlier = computed, self._charged
        return computed - earlier

    def wait(self, seconds: float) -> bool:
        """Whether an answer, or the worker's end, begins to arrive within that time."""
        if self._received is None:
            self._set_timeout(seconds)
            try:
                self._received = self._channel.recv(CHUNK_SIZE)
            except BlockingIOError:
                return False
            except ConnectionError:
                self._received = b""
        return True

    def read(self, seconds: float) -> tuple[bytes, bytes]:
        """The answer's header and body; raises WorkerLost, or TimeoutError where it takes longer."""
        if not self.wait(seconds):
            raise TimeoutError
        if not self._received:
            raise WorkerLost
        if not is_whole(self._received):
            self._set_timeout(seconds)
        try:
            return read_frames(self._channel, self._received)
        except BlockingIOError:
            raise TimeoutError from None
        except ConnectionError:
            raise WorkerLost from None

    def _set_timeout(self, seconds: float) -> None:
        # The kernel's timeout, set only when it changes, and one blocking call: with Python's timeout a
        # socket polls first, and each call releases the interpreter's lock, for which other threads wait.
        timeout = max(0.001, seconds)
        if timeout != self._timeout:
            whole, rest = divmod(round(timeout * 1e6), 1_000_000)
            self._channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TIMEVAL.pack(whole, rest))
            self._timeout = timeout

    def tell(self, command: str) -> None:
        """``pause``, or ``heavy``: continue at low priority. Raises WorkerLost."""
        self.fork_server.tell(command, self.pid)

    def end(self) -> None:
        """Kill it."""
        self._channel.close()
        with contextlib.suppress(WorkerLost):
            self.fork_server.tell("end", self.pid)

    def exit_code(self) -> int | None:
        """The exit code of a lost worker; None if the fork server is gone."""
        self._channel.close()
        try:
            return int(self.fork_server.tell("code", self.pid))
        except WorkerLost:
            return None
