"""Clients that hurt a service, run in a process of their own: what they cost is not what the server costs.

``python -m bench.attacks JSON`` runs one against a server on loopback: ``client`` is a function below with
its ``arguments``, ``target`` those of :class:`~bench.exchange.Target`, ``seconds`` how long it may last. It
prints as JSON what the server did; then its connections end with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, ResponseReceived, StreamReset
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes

from .exchange import HOST, Streams, Target, exchange, request

NO_ANSWER = (OSError, EOFError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)
PAUSE = 0.1
"""Seconds that a client waits after it was turned away; without them only the machine would be measured."""


class Attack:
    """An attack that goes on: whom it is against, and what it has met with."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.begin = time.monotonic()
        self.met: Counter[str] = Counter()
        self.last_closed = 0.0
        self.slowest = 0.0
        self.largest = 0
        self.numbers = itertools.count(1)

    async def run(self, count: int, one: Callable[[int], Coroutine[Any, Any, None]], seconds: float) -> int:
        """``count`` of a client at once, until all have ended or the time is over; how many remain then."""
        if not count:
            await asyncio.sleep(seconds)
            return 0
        tasks = [asyncio.create_task(one(number)) for number in range(count)]
        done, remaining = await asyncio.wait(tasks, timeout=seconds)
        for task in done:
            task.result()
        return len(remaining)

    async def hold(self, count: int, one: Callable[[int], Coroutine[Any, Any, None]], seconds: float) -> None:
        """The same for clients that wait until the server hangs up."""
        if held := await self.run(count, one, seconds):
            self.met["held"] = held

    def connect(self, number: int, addresses: int = 1, **options: Any) -> Awaitable[Streams]:
        """A connection, from one of so many addresses."""
        return self.target.connect(f"127.0.0.{2 + number % addresses}", **options)

    def closed(self) -> None:
        """The server hung up."""
        self.met["closed"] += 1
        self.last_closed = time.monotonic() - self.begin

    def answered(self, status: str, start: float, length: int = 0) -> None:
        """There was an answer to a request that was sent at ``start``."""
        self.met[status] += 1
        self.slowest = max(self.slowest, time.monotonic() - start)
        self.largest = max(self.largest, length)


async def hold(
    attack: Attack,
    seconds: float,
    connections: int,
    sends: Sequence[str] = ("",),
    addresses: int = 1,
) -> None:
    """Connections that send a beginning, or nothing, and then wait; several beginnings in turn."""
    endpoint = attack.target.endpoint

    async def one(number: int) -> None:
        sent = sends[number % len(sends)].replace("{host}", HOST).replace("{endpoint}", endpoint).encode()
        try:
            # Who is silent does not speak TLS either.
            reader, writer = await attack.connect(number, addresses, tls=None if sent else False)
            with contextlib.closing(writer):
                writer.write(sent)
                start = time.monotonic()
                while part := await reader.read(1 << 16):
                    if part.startswith(b"HTTP/1"):
                        attack.answered(part.split(None, 2)[1].decode(), start)
        except NO_ANSWER:
            pass
        attack.closed()

    await attack.hold(connections, one, seconds)


async def ask(
    attack: Attack,
    seconds: float,
    connections: int,
    path: str,
    headers: dict[str, str] | None = None,
    addresses: int = 1,
    requests: int = 100_000,
) -> None:
    """Kept-alive connections that ask one request after another, so many in all.

    In path and headers, ``{n}`` is a number that no other request has, and ``[text]*9`` a text nine times, in
    which ``{i}`` counts.
    """
    path, headers = _repeated(path), {name: _repeated(value) for name, value in (headers or {}).items()}

    async def one(number: int) -> None:
        streams: Streams | None = None
        while (own := next(attack.numbers)) <= requests:
            text = attack.target.path(path.replace("{n}", str(own)))
            sent = request(text, {name: value.replace("{n}", str(own)) for name, value in headers.items()})
            start = time.monotonic()
            try:
                if streams is None or streams[1].is_closing():
                    streams = await attack.connect(number, addresses)
                status, length = await exchange(streams, sent)
                attack.answered(str(status), start, length)
            except NO_ANSWER:
                streams, status = None, 0
                attack.answered("no answer", start)
            if status != 200:
                await asyncio.sleep(PAUSE)

    await attack.run(connections, one, seconds)


async def read_slowly(attack: Attack, seconds: float, connections: int, path: str, accept: str) -> None:
    """Connections that ask for a large answer, asked for before, and read a kibibyte each second."""
    sent = request(attack.target.path(path), {"Accept": accept})
    with contextlib.suppress(*NO_ANSWER):
        _, attack.largest = await exchange(await attack.connect(0), sent)

    async def one(number: int) -> None:
        start = time.monotonic()
        try:
            reader, writer = await attack.connect(number, window=4096)
            with contextlib.closing(writer):
                writer.write(sent)
                head = await reader.readuntil(b"\r\n\r\n")
                attack.answered(head.split()[1].decode(), start)
                while await reader.read(1024):
                    await asyncio.sleep(1)
        except NO_ANSWER:
            pass
        attack.closed()

    await attack.hold(connections, one, seconds)


async def multiplex(
    attack: Attack, seconds: float, connections: int, streams: int = 0, path: str = "/", window: int = 65_535
) -> None:
    """HTTP/2 connections with so many streams at once, or as many as the server allows; none: they are idle.

    Those that the server closes are opened again, save idle ones. A window of 0 lets it send no body's bytes.
    """

    async def one(number: int) -> None:
        while True:
            with contextlib.suppress(*NO_ANSWER, ProtocolError):
                reader, writer = await attack.connect(number, protocol="h2")
                with contextlib.closing(writer):
                    await _Multiplexed(attack, reader, writer, path, streams).run(window)
            attack.closed()
            if not streams:
                return
            await asyncio.sleep(PAUSE)

    await attack.hold(connections, one, seconds)


class _Multiplexed:
    """One HTTP/2 connection, which has a new request for each one that was answered."""

    def __init__(
        self,
        attack: Attack,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        path: str,
        streams: int,
    ) -> None:
        self._attack, self._reader, self._writer = attack, reader, writer
        self._path, self._streams = path, streams
        self._h2 = H2Connection()
        self._started: dict[int, float] = {}

    async def run(self, window: int) -> None:
        self._h2.initiate_connection()
        self._h2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: window})
        self._writer.write(self._h2.data_to_send())
        while data := await self._reader.read(1 << 16):
            for event in self._h2.receive_data(data):
                self._handle(event)
            self._writer.write(self._h2.data_to_send())
            if self._h2.open_outbound_streams < self._streams:
                await asyncio.sleep(PAUSE)
                self._ask()

    def _handle(self, event: object) -> None:
        if isinstance(event, DataReceived) and event.flow_controlled_length:
            self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, ResponseReceived):
            status = dict(event.headers)[b":status"].decode()
            self._attack.answered(status, self._started[event.stream_id])
        elif isinstance(event, StreamReset):
            self._attack.met["stream reset"] += 1
        elif isinstance(event, ConnectionTerminated):
            self._attack.met["go away"] += 1

    def _ask(self) -> None:
        """Fill the streams with requests, as many as the server allows."""
        allowed = min(self._streams, self._h2.remote_settings.max_concurrent_streams)
        while self._h2.open_outbound_streams < allowed:
            number = self._h2.get_next_available_stream_id()
            path = self._path.replace("{n}", str(next(self._attack.numbers)))
            head = [(":method", "GET"), (":scheme", "http"), (":authority", HOST), (":path", path)]
            self._h2.send_headers(number, head, end_stream=True)
            self._started[number] = time.monotonic()
        self._writer.write(self._h2.data_to_send())


def _repeated(text: str) -> str:
    """``[text]*9`` in a text, written out; ``{i}`` in it counts."""
    head, bracket, rest = text.partition("[")
    part, end, tail = rest.partition("]*")
    if not (bracket and end):
        return text
    times = "".join(itertools.takewhile(str.isdigit, tail))
    parts = (part.replace("{i}", str(number)) for number in range(int(times)))
    return head + "".join(parts) + _repeated(tail.removeprefix(times))


CLIENTS = {function.__name__: function for function in (hold, ask, read_slowly, multiplex)}


async def _main(client: str, target: dict[str, Any], seconds: float, arguments: dict[str, Any]) -> None:
    attack = Attack(Target(**target))
    await CLIENTS[client](attack, seconds, **arguments)
    found = {
        "met": dict(attack.met),
        "last_closed_s": attack.last_closed,
        "slowest_s": attack.slowest,
        "largest_bytes": attack.largest,
    }
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)  # Thousands of connections, closed as a killed client's are.


if __name__ == "__main__":
    os.nice(5)  # On a machine of its own it would take none of the server's time.
    asyncio.run(_main(**json.loads(sys.argv[1])))
