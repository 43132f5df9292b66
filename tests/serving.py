"""Run the real server on loopback, as a user would, and ask it things."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path


def free_port() -> int:
    """A port on loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stop(process: subprocess.Popen[bytes]) -> None:
    """Tell a process to end; kill it if it does not within ten seconds."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


@contextlib.contextmanager
def serving(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Iterator[Callable[[str], bytes]]:
    """Start ``command``, wait for the address that it prints, give a function that GETs a path."""
    port = port or free_port()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=cwd, env=dict(environment or os.environ), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True, text=True,
    )  # fmt: skip
    try:
        address = _printed_address(process, f"http://127.0.0.1:{port}/")

        def get(path: str) -> bytes:
            with urllib.request.urlopen(address.rstrip("/") + path, timeout=20) as answer:
                return bytes(answer.read())

        yield get
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


def _printed_address(process: subprocess.Popen[str], address: str, seconds: float = 60) -> str:
    """The address, once the server has printed it: from then on it answers."""
    assert process.stdout is not None
    printed = ""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ready, _, _ = select.select([process.stdout], [], [], 0.2)
        if ready:
            line = process.stdout.readline()
            printed += line
            if address in line:
                return address
            if not line and process.poll() is not None:
                break
    raise AssertionError(f"no address was printed; the server said:\n{printed}")
