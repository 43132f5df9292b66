"""What an attack does to everybody else: a bystander's answers, memory, and how soon all is well again."""

from __future__ import annotations

import contextlib
import json
import math
import subprocess
import sys
import time
import tomllib
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import bystander, data, peers, watch
from .bystander import Seen
from .peers import Server
from .results import say

_FILE = tomllib.loads(Path(__file__).with_name("attacks.toml").read_text(encoding="utf-8"))
ATTACKS: dict[str, dict[str, Any]] = _FILE["attack"]
FLOORS: dict[str, float] = _FILE["floors"]
_LIMITS = {
    **dict.fromkeys(("health", "ready"), FLOORS["health_ms"]),
    **dict.fromkeys(("file", "light", "post"), FLOORS["light_ms"]),
}
"""Milliseconds by kind of request."""
KEYS = ("client", "seconds", "wants", "peer", "pages", "quick")
"""Keys of an attack that are no arguments of its client."""
CALM = 1.0
MOST_MEGABYTES = 8192
"""What a server may take before it is ended, for the sake of the machine."""
Row = dict[str, Any]


def measure(options: Namespace, folder: Path) -> list[Row]:
    """Every attack on every server, each time freshly started; ``--quick``: three of them, and shortly."""
    snapshot = data.real(folder / "real")
    file = folder / "data.nq"
    file.write_text("\n".join(data.served(snapshot)) + "\n")
    servers: list[Callable[[], AbstractContextManager[Server]]] = [
        lambda: peers.ours(folder / "real", folder),
        lambda: peers.ours_behind_nginx(folder / "real", folder),
        lambda: peers.oxigraph(file, folder, disk=False, options=["--timeout-s", "10"]),
    ]
    rows = []
    for name, attack in ATTACKS.items():
        if options.quick and not attack.get("quick"):
            continue
        # The last one is the peer.
        for start in servers[: -1 if attack.get("pages") else None]:
            with contextlib.suppress(peers.Absent), start() as server:
                row = {"attack": name, "server": server.name, **_against(server, attack, options.quick)}
                rows.append(row)
                say(_line(row))
    return rows


def _against(server: Server, attack: Mapping[str, Any], quick: bool) -> Row:
    times = _FILE["time"]
    usual = times["attack" if attack["client"] == "ask" else "hold"]
    seconds = 1.0 if quick else float(attack.get("seconds", usual))
    after = 0.5 if quick else float(times["after"])
    ours = server.endpoint == "/sparql"
    kinds = {kind: _for(ours, ask) for kind, ask in _FILE["bystander"].items() if ours or "pages" not in ask}
    with bystander.asking(server.target, kinds) as seen:
        time.sleep(CALM)  # What can be kept is kept by now.
        with watch.peak(*server.pids, at_most=MOST_MEGABYTES << 20) as memory:
            begin = time.monotonic()
            found = _run(server, _for(ours, attack), seconds)
            end = time.monotonic()
            time.sleep(after)
            kept = watch.memory(*server.pids) - memory["start"]
    during = [each for each in seen if begin <= each.start < end]
    return {
        "seconds": end - begin,
        **found,
        "bystander": bystander.summary(during, list(kinds)),
        "growth_mib": round(max(memory["peak"] - memory["start"], kept) / 2**20),
        "after_mib": round(kept / 2**20),
        "normal_s": _normal_after(end, seen),
        "wants": attack.get("wants"),
        "died": bool(memory["killed"]) or not all(watch.alive(pid) for pid in server.pids),
    }


def _for(ours: bool, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked of this server, its texts filled in."""
    texts = _FILE["text"]

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(each) for each in value]
        if isinstance(value, str):
            for name, text in texts.items():
                value = value.replace(f"{{{name}}}", text)
        return value

    chosen = asked if ours or "peer" not in asked else {**asked, "path": asked["peer"]}
    return {key: filled(value) for key, value in chosen.items() if key not in ("peer", "pages")}


def _run(server: Server, attack: dict[str, Any], seconds: float) -> Row:
    """Run an attack to its end."""
    argument = {
        "client": attack["client"],
        "target": asdict(server.target),
        "seconds": seconds,
        "arguments": {key: value for key, value in attack.items() if key not in KEYS},
    }
    command = [sys.executable, "-m", "bench.attacks", json.dumps(argument)]
    printed = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=seconds + 60).stdout
    found: Row = json.loads(printed)
    return found


def _normal_after(end: float, seen: Iterable[Seen]) -> float:
    """Seconds after the end until the last quick request that failed or was late."""
    late = (
        each.start + each.seconds - end
        for each in seen
        if each.kind in _LIMITS and (each.status != 200 or each.seconds * 1000 > FLOORS["late_ms"])
    )
    return max([0.0, *late])


def faults(row: Row) -> list[str]:
    """What an attack may not do to others, and did."""
    seen: dict[str, dict[str, float]] = row["bystander"]
    late = {kind for kind, found in seen.items() if slowest(kind, found) > _LIMITS.get(kind, math.inf)}
    checks = {
        "others failed": any(found["failed"] for found in seen.values()),
        "health slow": bool(late & {"health", "ready"}),
        "light slow": bool(late - {"health", "ready"}),
        "memory": row["growth_mib"] > FLOORS["growth_mib"],
        "memory kept": row["after_mib"] > FLOORS["after_mib"],
        "not soon normal": row["normal_s"] > FLOORS["normal_s"],
        "fair request refused": bool(row["wants"]) and set(row["met"]) != {row["wants"]},
        "died": row["died"],
    }
    return [name for name, bad in checks.items() if bad]


def slowest(kind: str, found: Mapping[str, float]) -> float:
    """The milliseconds that have a floor: of a check of health the longest, else the p99."""
    return found["max_ms" if kind in ("health", "ready") else "p99_ms"]


def _line(row: Row) -> str:
    """All that was measured; of each kind of request: failed/asked, median, p99, longest in ms."""
    form = "{failed}/{asked} {median_ms:.0f} {p99_ms:.0f} {max_ms:.0f}"
    seen = ", ".join(f"{kind} {form.format(**found)}" for kind, found in row["bystander"].items())
    met = ", ".join(f"{count} × {what}" for what, count in row["met"].items())
    text = (
        "{attack:45} {server:24} {seconds:.1f} s: {met}; last closed {last_closed_s:.1f} s, slowest "
        "{slowest_s:.1f} s, largest {largest_bytes:,} B; {seen}; +{growth_mib} → +{after_mib} MiB, "
        "normal after {normal_s:.1f} s; {faults}"
    )
    return text.format(**row | {"met": met, "seen": seen, "faults": ", ".join(faults(row)) or "ok"})
