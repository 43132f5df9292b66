"""Answers on their way out: large ones a piece at a time, as fast as their readers take them.

Granian copies an answer that it is handed whole, and keeps no reader waiting on a stream; a file it reads
only as fast as the client does. So a large answer goes through a pipe, which Granian opens as a file.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from .admission import Full

SMALL = 64 * 1024
"""Bytes up to which an answer is handed over whole."""
_PIECE = 64 * 1024
_BUFFERS = 384 * 1024
"""Bytes that one reader may hold beside the answer: the pipe, and Granian's buffers."""
_SLOWEST = 8 * 1024
"""Bytes a second that a reader has to take, all in all."""


class Connection(Protocol):
    """What Granian's RSGI gives to answer a request."""

    def response_empty(self, status: int, headers: Sequence[tuple[str, str]]) -> None:
        """Without a body."""

    def response_bytes(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        """With a body that is copied."""

    def response_file(self, status: int, headers: Sequence[tuple[str, str]], file: str) -> None:
        """With a body that is read from a file."""


@dataclass(eq=False, slots=True)
class _Sending:
    client: str
    body: bytes
    task: asyncio.Task[object]
    cut: bool = False


class Sender:
    """Sends answers. Those on their way take at most ``limit`` bytes, of one client a quarter of that; a
    reader who takes nothing for ``seconds`` is cut off, and so is the client that holds most where a client
    with less finds no room.
    """

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._sendings: list[_Sending] = []

    async def send(
        self, to: Connection, status: int, headers: list[tuple[str, str]], body: bytes, client: str
    ) -> None:
        """Send an answer; returns when it has been handed over or cut off. Raises Full before it begins."""
        if not body:
            to.response_empty(status, headers)
        elif len(body) <= SMALL:
            to.response_bytes(status, headers, body)
        else:
            await self._send_slowly(to, status, headers, body, client)

    async def _send_slowly(
        self, to: Connection, status: int, headers: list[tuple[str, str]], body: bytes, client: str
    ) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine is always run by a task here
        mine = _Sending(client, body, task)
        self._make_room(mine)
        if not any(name.lower() == "content-length" for name, _ in headers):
            headers = [*headers, ("Content-Length", str(len(body)))]
        with _Pipe() as pipe:
            if len(body) <= pipe.capacity:
                to.response_bytes(status, headers, body)
                return
            self._sendings.append(mine)
            try:
                to.response_file(status, headers, pipe.path)
                async with asyncio.timeout(self._seconds + len(body) / _SLOWEST):
                    await pipe.fill(memoryview(body), self._seconds)
            except (TimeoutError, BrokenPipeError):
                pass  # Granian ends the connection of an answer that is shorter than its Content-Length
            except asyncio.CancelledError:
                if not mine.cut:
                    raise
                task.uncancel()
            finally:
                if not mine.cut:
                    self._sendings.remove(mine)

    def _make_room(self, mine: _Sending) -> None:
        others = [sending for sending in self._sendings if sending.client == mine.client]
        if others and _held([*others, mine]) > self._limit // 4:
            raise Full(client=True)
        while self._sendings and _held([*self._sendings, mine]) > self._limit:
            lines: dict[str, list[_Sending]] = {}
            for sending in self._sendings:
                lines.setdefault(sending.client, []).append(sending)
            most = max(lines.values(), key=_held)
            if _held(most) <= _held([*others, mine]):
                raise Full(client=False)
            most[0].cut = True
            most[0].task.cancel()
            self._sendings.remove(most[0])


def _held(sendings: Sequence[_Sending]) -> int:
    """Bytes in memory for these: a body that several read counts once."""
    bodies = {id(sending.body): len(sending.body) for sending in sendings}
    return _BUFFERS * len(sendings) + sum(bodies.values())


class _Pipe:
    """A pipe that Granian opens at ``path`` and reads, and that is filled here."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self.capacity = fcntl.fcntl(self._writing, fcntl.F_GETPIPE_SZ)
        self.path = f"/proc/self/fd/{self._reading}"

    def __enter__(self) -> _Pipe:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._writing)
        self._close_reading()

    async def fill(self, rest: memoryview, seconds: float) -> None:
        """Write all; raises TimeoutError where nothing is taken for so long, BrokenPipeError where the
        reader has left.
        """
        written = 0
        while rest:
            try:
                count = os.write(self._writing, rest[:_PIECE])
            except BlockingIOError:
                async with asyncio.timeout(seconds):
                    await _writable(self._writing)
                continue
            written += count
            rest = rest[count:]
            if written > self.capacity:
                # Something was read, so Granian has opened it: with this end closed, its leaving is noticed.
                self._close_reading()

    def _close_reading(self) -> None:
        if self._reading >= 0:
            os.close(self._reading)
            self._reading = -1


async def _writable(pipe: int) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_writer(pipe, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_writer(pipe)
