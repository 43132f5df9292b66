"""Somebody else's requests at a steady pace while a server is attacked, from an address of their own.

Each kind of request keeps its pace, whatever becomes of those before, and each request has a new connection.
``python -m bench.bystander JSON`` asks until standard input is closed, then prints what it saw.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any, NamedTuple

from .exchange import Target, exchange, request

ADDRESS = "127.0.0.99"
_NONE: Mapping[str, str] = {}
PATIENCE = 5.0
"""Seconds after which a visitor is gone."""


class Seen(NamedTuple):
    """One request: its kind, when it began by the machine's clock, its seconds; status 0: no whole answer."""

    kind: str
    start: float
    seconds: float
    status: int


@contextlib.contextmanager
def asking(target: Target, kinds: dict[str, dict[str, Any]]) -> Iterator[list[Seen]]:
    """Ask while the context is open; the list is filled when it ends."""
    argument = json.dumps({"target": asdict(target), "kinds": kinds})
    command = [sys.executable, "-m", __spec__.name, argument]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    found: list[Seen] = []
    try:
        yield found
    finally:
        printed, _ = process.communicate()
        found += [Seen(*each) for each in json.loads(printed)]


def summary(found: Sequence[Seen], kinds: Iterable[str]) -> dict[str, dict[str, float]]:
    """By kind: how many were asked and failed, and median, p99 and longest in milliseconds of all."""
    seen = {kind: [each for each in found if each.kind == kind] for kind in kinds}
    return {kind: _summary(those) for kind, those in seen.items() if those}


def _summary(seen: list[Seen]) -> dict[str, float]:
    times = sorted(each.seconds * 1000 for each in seen)
    return {
        "asked": len(seen),
        "failed": sum(each.status != 200 for each in seen),
        "median_ms": median(times),
        "p99_ms": times[min(len(times) - 1, int(len(times) * 0.99))],
        "max_ms": times[-1],
    }


async def _main(target: dict[str, Any], kinds: dict[str, dict[str, Any]]) -> None:
    server, found = Target(**target), list[Seen]()

    async def once(kind: str, sent: bytes) -> None:
        start, status = time.monotonic(), 0
        with contextlib.suppress(OSError, EOFError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                reader, writer = await server.connect(ADDRESS)
                with contextlib.closing(writer):
                    status, _ = await exchange((reader, writer), sent)
        found.append(Seen(kind, start, time.monotonic() - start, status))

    async def steadily(
        kind: str, path: str, every: float, headers: Mapping[str, str] = _NONE, *, post: bool = False
    ) -> None:
        async with asyncio.TaskGroup() as group:
            number = 10_000
            while not done.is_set():
                number += 1
                own = path.replace("{n}", str(number))
                sent = request(server.endpoint, headers, own) if post else request(server.path(own), headers)
                group.create_task(once(kind, sent))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(done.wait(), every)

    done = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for kind, ask in kinds.items():
            group.create_task(steadily(kind, **ask))
        await asyncio.to_thread(sys.stdin.read)
        done.set()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    asyncio.run(_main(**json.loads(sys.argv[1])))
