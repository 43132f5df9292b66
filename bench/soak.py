"""Mixed load while query workers are killed at random: does a light request fail, does anything grow?"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from argparse import Namespace
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

from . import data, heavy, light, load, peers, results, watch
from .adversary import light_requests
from .dereferencing import things
from .results import say
from .workload import Workload

SAMPLE_SECONDS = 1.0


def measure(options: Namespace, folder: Path) -> dict[str, Any]:
    """``--seconds`` of it. Growth is from the second quarter of the time, when all is warm, to the last."""
    seconds = float(options.seconds)
    snapshot = data.real(folder / "real")
    quads, base = data.served(snapshot), snapshot.facts.base
    workload = Workload(quads, base)
    draw = random.Random(1)
    samples: list[tuple[int, int]] = []
    outcomes: Counter[str] = Counter()
    stop = threading.Event()
    with peers.ours(folder / "real", folder, {"VILNIUS_LOD_QUERY_SECONDS": "2"}) as server:
        pages = [("text/html, text/turtle;q=0.9", f"/doc/{slug}") for slug in things(quads, base)]
        asked = [*light_requests(server, workload, round(seconds * 100) + 100), *pages]
        draw.shuffle(asked)
        requests = load.write(folder / "light.txt", asked)

        def disturb() -> None:
            while not stop.wait(draw.uniform(0, 1)):
                outcomes[heavy.ask(server, draw.choice(list(heavy.QUERIES.values())), 30).said] += 1

        def kill() -> None:
            while not stop.wait(draw.uniform(0, 0.6)):
                if found := watch.workers(server.pid):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(draw.choice(found), signal.SIGKILL)
                        outcomes["killed"] += 1

        threads = [threading.Thread(target=each) for each in (disturb, disturb, kill)]
        with light.asking(server.port, requests) as answered:
            for thread in threads:
                thread.start()
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                samples.append((watch.memory(server.pid), watch.descriptors(server.pid)))
                time.sleep(min(SAMPLE_SECONDS, max(0.0, end - time.monotonic())))
            stop.set()
            for thread in threads:
                thread.join()
        time.sleep(1)
        computing = watch.computing(server.pid)
    quarter = max(1, len(samples) // 4)
    early, late = samples[quarter : 2 * quarter] or samples, samples[-quarter:]
    found = {
        "seconds": seconds,
        "light": len(answered),
        "light_failed": sum(each.status != 200 for each in answered),
        "light_p99_ms": light.p99(answered),
        "killed": outcomes.pop("killed", 0),
        "heavy": dict(outcomes),
        "memory_mib": [round(median(each[0] for each in part) / 2**20) for part in (early, late)],
        "descriptors": [median(each[1] for each in part) for part in (early, late)],
        "computing_after": computing,
    }
    say(str(found))
    return found


if __name__ == "__main__":
    results.main("soak", __doc__ or "", measure, seconds=600)
