"""The service under Granian, as ``serve`` starts it, for tests that need a real one."""

from __future__ import annotations

import contextlib
import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.serving import free_port, stop

PROGRAM = """
import sys, pathlib
from vilnius_lod.web.server import granian as server
listener = server.listen("127.0.0.1", int(sys.argv[2]))
server.serve(pathlib.Path(sys.argv[1]), listener, workers=int(sys.argv[3]))
"""


@dataclass(frozen=True)
class Service:
    """``pid`` is of the process that starts the workers; ``log`` holds what it wrote."""

    port: int
    pid: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()


@contextlib.contextmanager
def running(
    store: Path, log: Path, workers: int = 1, port: int | None = None, **settings: object
) -> Iterator[Service]:
    """Serve a store; ``settings`` by their names in lower case."""
    port = port or free_port()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    environment |= {f"VILNIUS_LOD_{name.upper()}": str(value) for name, value in settings.items()}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(store), str(port), str(workers)],
            env=environment, stdout=file, stderr=subprocess.STDOUT,
        )  # fmt: skip
    service = Service(port, process.pid, log)
    try:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                if service.get("/ready")[0] == 200:
                    break
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        else:
            raise AssertionError(f"the service does not answer: {log.read_text()}")
        yield service
    finally:
        stop(process)
