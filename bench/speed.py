"""Speed against peers: dereferencing, the workload at two sizes, first answer, memory. ``make bench``."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any

from vilnius_lod.snapshot import Snapshot

from . import data, dereferencing, peers, querying, results, watch
from .client import Client
from .peers import Server
from .results import say
from .workload import Workload

LARGE = 300_000
Peer = Callable[[], AbstractContextManager[Server]]


def measure(options: Namespace, folder: Path) -> dict[str, Any]:
    """All of it; ``--quick``: one short round, less data, one peer."""
    quick: bool = options.quick
    small = data.real(folder / "real")
    large = data.enlarged(small, folder / "large", 12_000 if quick else LARGE)
    found: dict[str, Any] = {"real": _real(small, folder / "real", folder, quick)}
    found["large"] = _large(large, folder / "large", folder, quick)
    found["growth"] = _growth(found)
    return found


def _real(snapshot: Snapshot, store: Path, folder: Path, quick: bool) -> dict[str, Any]:
    rounds, seconds = (1, 1) if quick else (5, 3)
    quads, file = _file(snapshot, folder)
    base = snapshot.facts.base
    found: dict[str, Any] = {
        "quads": len(quads),
        "first_answer_s": _first_answer(store, folder, quads, base, quick),
    }
    others = [*_peers(file, folder), lambda: peers.rdflib_endpoint(file, folder)]
    with contextlib.ExitStack() as stack:
        servers = _start(stack, store, folder, others[: 1 if quick else None])
        ours = servers[0]
        say("Things by their addresses:")
        found["dereferencing"] = dereferencing.measure(ours, quads, base, folder, rounds, seconds)
        say("Every query different:")
        found["unique"] = querying.throughput(
            servers, Workload(quads, base, 1), folder, rounds, seconds, repeated=False
        )
        say("Queries repeated as in logs:")
        found["zipf"] = querying.throughput(
            servers, Workload(quads, base, 2), folder, rounds, seconds, repeated=True
        )
        found["memory_bytes"] = {server.name: watch.memory(server.pid) for server in servers}
        say("Each shape:")
        found["by_shape"] = querying.shapes(servers, Workload(quads, base, 3), 1 if quick else 41)
        found["descriptions_ms"] = _descriptions(ours, quads, base, quick)
    return found


def _large(snapshot: Snapshot, store: Path, folder: Path, quick: bool) -> dict[str, Any]:
    """rdflib-endpoint is left out: single queries take it more than a minute."""
    quads, file = _file(snapshot, folder)
    base = snapshot.facts.base
    found: dict[str, Any] = {
        "quads": len(quads),
        "first_answer_s": _first_answer(store, folder, quads, base, quick),
    }
    others = _peers(file, folder)
    with contextlib.ExitStack() as stack:
        servers = _start(stack, store, folder, others[: 1 if quick else None])
        say(f"Each shape at {len(quads)} statements:")
        found["by_shape"] = querying.shapes(servers, Workload(quads, base, 4), 1 if quick else 15)
        found["descriptions_ms"] = _descriptions(servers[0], quads, base, quick)
        found["memory_bytes"] = {server.name: watch.memory(server.pid) for server in servers}
    return found


def _peers(file: Path, folder: Path) -> list[Peer]:
    return [
        lambda: peers.oxigraph(file, folder, disk=True),
        lambda: peers.oxigraph(file, folder, disk=False),
        lambda: peers.virtuoso(file, folder),
    ]


def _growth(found: dict[str, Any]) -> dict[str, float]:
    """How many times longer look-ups and descriptions of ours take on the large data."""
    small, large = (
        {
            row["shape"]: row["ms"]["vilnius-lod"]
            for row in found[size]["by_shape"]["shapes"]
            if row["group"] != "analysis"
        }
        for size in ("real", "large")
    )
    ratios = {name: large[name] / small[name] for name in small}
    ratios["GET /doc/…"] = found["large"]["descriptions_ms"] / found["real"]["descriptions_ms"]
    return {**ratios, "geometric mean": geometric_mean(ratios.values())}


def _descriptions(server: Server, quads: Sequence[str], base: str, quick: bool) -> float:
    """Median milliseconds of the description of a thing that was not asked for before."""
    slugs = dereferencing.things(quads, base)
    step = max(1, len(slugs) // (20 if quick else 300))
    with Client(server.port) as client:
        # N-Triples: the other formats were all asked for, and are kept.
        replies = [client.get(f"/doc/{slug}", {"Accept": "application/n-triples"}) for slug in slugs[::step]]
    if any(reply.status != 200 for reply in replies):
        raise AssertionError("a description failed")
    return median(reply.seconds for reply in replies) * 1000


def _first_answer(store: Path, folder: Path, quads: Sequence[str], base: str, quick: bool) -> list[float]:
    graph = f"{base}graph/records"
    count = sum(quad.endswith(f" <{graph}> .") for quad in quads)
    times = sorted(peers.first_answer(store, folder, graph, count) for _ in range(1 if quick else 5))
    say(f"First correct answer: {median(times):.2f} s")
    return times


def _start(stack: contextlib.ExitStack, store: Path, folder: Path, others: Sequence[Peer]) -> list[Server]:
    servers = [stack.enter_context(peers.ours(store, folder))]
    for peer in others:
        try:
            servers.append(stack.enter_context(peer()))
        except peers.Absent as absent:
            say(f"A peer is absent, its rows are left out: {absent}")
    return servers


def _file(snapshot: Snapshot, folder: Path) -> tuple[list[str], Path]:
    """The quads that we serve, and a file of them for the peers."""
    quads = data.served(snapshot)
    file = folder / "quads" / "data.nq"
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(quads) + "\n")
    return quads, file


if __name__ == "__main__":
    results.main("speed", __doc__ or "", measure)
