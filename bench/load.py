"""Throughput with wrk, which no server here outruns: many addresses in turn, a number of connections."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("requests.lua")
INSTALL = "sudo apt-get install wrk"


def write(path: Path, requests: Sequence[tuple[str, str]]) -> Path:
    """Write the requests (Accept and path) that :func:`run` is to send."""
    path.write_text("".join(f"{accept}\t{target}\n" for accept, target in requests))
    return path


def run(
    port: int,
    requests: Path,
    seconds: float,
    *,
    order: Path | None = None,
    connections: int = 16,
    threads: int = 2,
) -> dict[str, Any]:
    """Send the requests in turn, or in the ``order`` of a file with line numbers, for some seconds.

    Gives requests, ``rate`` (whole answers a second), ``refused`` (statuses from 400 on), broken connections,
    timeouts, p50 and p99 in ms.
    """
    if not shutil.which("wrk"):
        raise SystemExit(f"wrk is needed: {INSTALL}")
    command = [
        "wrk",
        f"-t{threads}",
        f"-c{connections}",
        f"-d{round(seconds)}s",
        "--timeout",
        "60s",
        "--latency",
    ]
    address = f"http://127.0.0.1:{port}/"
    script = ["-s", str(SCRIPT), address, "--", str(requests), *([str(order)] if order else [])]
    printed = subprocess.run([*command, *script], capture_output=True, text=True, check=True).stdout
    line = next(line for line in printed.splitlines() if line.startswith("JSON "))
    found: dict[str, Any] = json.loads(line.removeprefix("JSON "))
    found["rate"] = found["requests"] / found["seconds"]
    return found
