"""The workload against peers: throughput of the mix, and the time of each shape."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any

from . import load
from .client import Client, Reply
from .peers import Server
from .results import say
from .workload import SHAPES, SOLUTIONS, Query, Shape, Workload, zipf

POPULATION = 2000
BEFORE = 3
FASTEST = 20_000
"""More answers a second than any server here gives to queries that are new to it."""


def throughput(
    servers: Sequence[Server],
    workload: Workload,
    folder: Path,
    rounds: int,
    seconds: float,
    *,
    repeated: bool,
) -> list[dict[str, Any]]:
    """Answers a second of each server and the first one's ratio to it; the rounds are interleaved.

    Every query is another one, or, if ``repeated``, drawn from a population with Zipf frequencies.
    """
    rates: dict[str, list[float]] = {server.name: [] for server in servers}
    p99: dict[str, list[float]] = {server.name: [] for server in servers}
    count = POPULATION if repeated else FASTEST * round(seconds)
    order = folder / "order.txt" if repeated else None
    queries = list(workload.mixed(count))
    for number in range(rounds):
        if order:
            order.write_text("\n".join(map(str, zipf(POPULATION, FASTEST * round(seconds), seed=number))))
        elif number:
            queries = list(workload.mixed(count))
        for server in servers:
            pairs = [(query.shape.accept, query.path(server.endpoint)) for query in queries]
            file = load.write(folder / "queries.txt", pairs)
            found = load.run(server.port, file, seconds, order=order, connections=8)
            if found["refused"] or found["broken"] or found["timeouts"]:
                raise AssertionError(f"{server.name}: failed queries: {found}")
            # Threads do not advance evenly: one may have come round before all were sent.
            if not repeated and found["requests"] * 1.2 > count:
                raise AssertionError(f"{server.name} is faster than was thought possible: {found}")
            rates[server.name].append(found["rate"])
            p99[server.name].append(found["p99"])
    first = rates[servers[0].name]
    rows: list[dict[str, Any]] = [
        {
            "server": name,
            "rate": median(rates[name]),
            "p99_ms": median(p99[name]),
            "ratio": median(ours / theirs for ours, theirs in zip(first, rates[name], strict=True)),
        }
        for name in rates
    ]
    for row in rows:
        say("{server:20} {rate:9.0f}/s  p99 {p99_ms:8.1f} ms  ours/theirs {ratio:.2f}".format(**row))
    return rows


def shapes(servers: Sequence[Server], workload: Workload, repetitions: int) -> dict[str, Any]:
    """Milliseconds of each shape on each server, one client, every query another one: medians, to how many
    queries a server answered another number of rows than ours, and the geometric mean of theirs/ours. Each
    server is asked some of each shape before, so that none meets its data for the first time.
    """
    clients = {server.name: Client(server.port) for server in servers}
    rows: list[dict[str, Any]] = []
    try:
        for shape, server in itertools.product(SHAPES, servers):
            for _ in range(BEFORE):
                _ask(clients[server.name], server, workload.of(shape))
        for shape in SHAPES:
            times: dict[str, list[float]] = {name: [] for name in clients}
            different = dict.fromkeys(clients, 0)
            for _ in range(repetitions):
                query = workload.of(shape)
                expected = None
                for server in servers:
                    reply = _ask(clients[server.name], server, query)
                    rows_found = size(shape, reply)
                    expected = rows_found if expected is None else expected
                    different[server.name] += rows_found != expected
                    times[server.name].append(reply.seconds * 1000)
            medians = {name: median(found) for name, found in times.items()}
            row = {"shape": shape.name, "group": shape.group, "note": shape.note, "ms": medians}
            rows.append({**row, "queries": repetitions, "different": different})
            say(f"{shape.name:30} " + "  ".join(f"{name} {ms:.2f}" for name, ms in medians.items()))
    finally:
        for client in clients.values():
            client.close()
    ours = servers[0].name
    means = {
        server.name: geometric_mean(row["ms"][server.name] / row["ms"][ours] for row in rows)
        for server in servers
    }
    return {"shapes": rows, "geometric_mean": means}


def size(shape: Shape, reply: Reply) -> int:
    """Rows of solutions, 0 or 1 for a boolean; of a graph, 1 if there is anything in it (descriptions may
    differ between servers, and Virtuoso answers booleans as rows).
    """
    if shape.accept != SOLUTIONS:
        return int(b" ." in reply.body or b";" in reply.body)
    document = json.loads(reply.body)
    return int(document["boolean"]) if "boolean" in document else len(document["results"]["bindings"])


def _ask(client: Client, server: Server, query: Query) -> Reply:
    reply = client.get(query.path(server.endpoint), {"Accept": query.shape.accept})
    if reply.status != 200:
        raise AssertionError(f"{server.name}: {reply.status}: {query.text}\n{reply.body[:500]!r}")
    return reply
