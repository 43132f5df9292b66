"""Light requests at a steady pace, in a process of its own so that nothing but the server slows them.

``python -m bench.light PORT FILE`` asks what the file's lines say (Accept, tab, path) until standard input is
closed, then prints a list of [start, seconds, status]: the clock is the machine's, status 0 a broken answer.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from .client import Client

CONNECTIONS = 2
PAUSE = 0.01


class Light(NamedTuple):
    """One light request."""

    start: float
    seconds: float
    status: int


@contextlib.contextmanager
def asking(port: int, requests: Path) -> Iterator[list[Light]]:
    """Ask while the context is open; the list is filled when it ends."""
    command = [sys.executable, "-m", __spec__.name, str(port), str(requests)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    found: list[Light] = []
    try:
        yield found
    finally:
        printed, _ = process.communicate()
        found += [Light(*each) for each in json.loads(printed)]


def p99(found: Sequence[Light]) -> float:
    """The 99th percentile in milliseconds; of none, NaN."""
    times = sorted(each.seconds for each in found)
    return times[min(len(times) - 1, int(len(times) * 0.99))] * 1000 if times else float("nan")


def _main(port: int, file: Path) -> None:
    lines = [line.split("\t") for line in file.read_text().splitlines()]
    found: list[Light] = []
    stop = threading.Event()

    def ask(number: int) -> None:
        with Client(port, timeout=30, again=False) as client:
            at = number
            while not stop.wait(PAUSE):
                accept, path = lines[at % len(lines)]
                at += CONNECTIONS
                start = time.monotonic()
                try:
                    status = client.get(path, {"Accept": accept}).status
                except OSError:
                    status = 0
                found.append(Light(start, time.monotonic() - start, status))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    stop.set()
    for thread in threads:
        thread.join()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    _main(int(sys.argv[1]), Path(sys.argv[2]))
