"""What clients can do to others: heavy queries, one and eight at once with light ones alongside, and attacks.

``--only queries`` and ``--only attacks`` measure one of both.
"""

from __future__ import annotations

import contextlib
import threading
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from . import data, harm, heavy, light, load, peers, results, watch
from .peers import Server
from .results import say
from .workload import SHAPES, Workload

LARGE = 300_000
MOST_MEGABYTES = 8192
"""What the Oxigraph server may take before it is ended, for the sake of the machine."""


def measure(options: Namespace, folder: Path) -> dict[str, Any]:
    """Both parts, or the one that was chosen."""
    parts = {"queries": queries, "attacks": harm.measure}
    if options.only and options.only not in parts:
        raise SystemExit(f"--only {options.only}: choose one of {', '.join(parts)}")
    return {name: part(options, folder) for name, part in parts.items() if options.only in ("", name)}


def queries(options: Namespace, folder: Path) -> list[dict[str, Any]]:
    """Every heavy query in every situation; ``--quick``: two of them, eight at once, on the real dataset."""
    quick: bool = options.quick
    limit = 1.0 if quick else float(options.limit)
    names = ["COUNT over a product", "3,000 nested braces"] if quick else list(heavy.QUERIES)
    small = data.real(folder / "real")
    sizes = [(small, folder / "real")]
    if not quick:
        sizes.append((data.enlarged(small, folder / "large", LARGE), folder / "large"))
    rows = []
    for snapshot, store in sizes:
        quads = data.served(snapshot)
        file = folder / "data.nq"
        file.write_text("\n".join(quads) + "\n")
        workload = Workload(quads, snapshot.facts.base)
        servers: list[Callable[[], AbstractContextManager[Server]]] = [
            lambda store=store: peers.ours(store, folder, {"VILNIUS_LOD_QUERY_SECONDS": str(limit)}),  # type: ignore[misc]
            lambda file=file: peers.oxigraph(  # type: ignore[misc]
                file, folder, disk=True, options=["--timeout-s", str(round(limit))], megabytes=MOST_MEGABYTES
            ),
        ]
        for start in servers:
            with contextlib.suppress(peers.Absent):
                rows += against(start, names, len(quads), workload, folder, limit, quick)
    return rows


def against(
    start: Callable[[], AbstractContextManager[Server]],
    names: Sequence[str],
    quads: int,
    workload: Workload,
    folder: Path,
    limit: float,
    quick: bool,
) -> list[dict[str, Any]]:
    """One server; it is started anew only where the last query has ended it or goes on in it."""
    rows = []
    stack, server = contextlib.ExitStack(), None
    with contextlib.closing(stack):
        for name in names:
            for at_once in (8,) if quick else (1, 8):
                if server is None:
                    stack.close()
                    server = stack.enter_context(start())
                    started = watch.memory(server.pid)
                row = _situation(server, name, at_once, workload, folder, limit, quick)
                row = {"server": server.name, "quads": quads, "query": name, "at_once": at_once, **row}
                row["growth_mib"] = round((row.pop("peak") - started) / 2**20)
                rows.append(row)
                say(_line(row))
                if row["died"] or row["computing_after"] > 0.1:
                    server = None
    return rows


def _situation(
    server: Server, name: str, at_once: int, workload: Workload, folder: Path, limit: float, quick: bool
) -> dict[str, Any]:
    calm, least = (0.5, 0.5) if quick else (3.0, 2.0)
    patience = limit + 5
    requests = load.write(folder / "light.txt", light_requests(server, workload, 200 if quick else 4000))
    outcomes: list[heavy.Outcome] = []

    def ask() -> None:
        outcomes.append(heavy.ask(server, heavy.QUERIES[name], patience))

    threads = [threading.Thread(target=ask) for _ in range(at_once)]
    with watch.peak(server.pid, at_most=MOST_MEGABYTES << 20) as memory:
        with light.asking(server.port, requests) as asked:
            time.sleep(calm + 0.5)
            begin = time.monotonic()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            time.sleep(max(0.0, begin + least - time.monotonic()))
            end = time.monotonic()
        time.sleep(max(0.0, end + 1 - time.monotonic()))
        computing = watch.computing(server.pid)
    before = [each for each in asked if begin - calm < each.start < begin]
    during = [each for each in asked if begin <= each.start < end]
    return {
        "outcomes": dict(Counter(outcome.said for outcome in outcomes)),
        "slowest_s": max(outcome.seconds for outcome in outcomes),
        "limit_s": limit,
        "light": len(during),
        "light_failed": sum(each.status != 200 for each in during),
        "p99_before_ms": light.p99(before),
        "p99_during_ms": light.p99(during),
        "peak": memory["peak"],
        "computing_after": computing,
        "died": bool(memory["killed"]) or not watch.alive(server.pid),
    }


def _line(row: dict[str, Any]) -> str:
    text = (
        "{server:18} {quads:7} {query:26} x{at_once} {outcomes} slowest {slowest_s:.1f} s, light p99 "
        "{p99_before_ms:.1f} → {p99_during_ms:.1f} ms, failed {light_failed}, +{growth_mib} MiB, "
        "computing after: {computing_after:.2f}"
    )
    return text.format(**row)


def light_requests(server: Server, workload: Workload, count: int) -> list[tuple[str, str]]:
    """Look-ups, no two the same."""
    shapes = [shape for shape in SHAPES if shape.group == "look-up"]
    queries = [workload.of(shapes[number % len(shapes)]) for number in range(count)]
    return [(query.shape.accept, query.path(server.endpoint)) for query in queries]


if __name__ == "__main__":
    results.main("adversary", __doc__ or "", measure, limit=10, only="")
