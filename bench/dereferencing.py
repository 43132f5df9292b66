"""Things asked for by their addresses, all in turn, against nginx serving the same bytes as files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from . import load, peers
from .client import Client
from .peers import Server
from .results import say

FORMATS = {
    "Turtle": ("text/turtle", "ttl"),
    "JSON-LD": ("application/ld+json", "jsonld"),
    "HTML": ("text/html", "html"),
}


def measure(
    service: Server, quads: Sequence[str], base: str, folder: Path, rounds: int, seconds: float
) -> Any:
    """Rates of ours and of nginx for each format and for the 303; None where there is no nginx."""
    slugs = things(quads, base)
    requests = _prepare(service, slugs, folder)
    try:
        with peers.nginx(folder) as nginx:
            return [
                _row(name, service, nginx, pair, rounds, seconds, len(slugs))
                for name, pair in requests.items()
            ]
    except peers.Absent as absent:
        say(f"nginx is absent, its rows are left out: {absent}")
        return None


def things(quads: Sequence[str], base: str) -> list[str]:
    """``place/x`` for all that has a page, in order."""
    pattern = re.compile(rf"<{re.escape(base)}id/([^>]+)>")
    return sorted({match[1] for quad in quads if (match := pattern.match(quad))})


def _prepare(service: Server, slugs: Sequence[str], folder: Path) -> dict[str, tuple[Path, Path]]:
    """Lists of requests for ours and for nginx, and the files that nginx serves: what we answer."""
    found: dict[str, tuple[Path, Path]] = {}
    with Client(service.port) as client:
        for name, (accept, extension) in FORMATS.items():
            for slug in slugs:
                reply = client.get(f"/doc/{slug}", {"Accept": accept})
                if reply.status != 200:
                    raise AssertionError(f"/doc/{slug} as {accept}: {reply.status}")
                file = folder / "www" / "doc" / f"{slug}.{extension}"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(reply.body)
            found[name] = (
                load.write(folder / f"ours-{extension}.txt", [(accept, f"/doc/{slug}") for slug in slugs]),
                load.write(
                    folder / f"nginx-{extension}.txt", [("*/*", f"/doc/{slug}.{extension}") for slug in slugs]
                ),
            )
        reply = client.get(f"/id/{slugs[0]}", {"Accept": "text/turtle"})
        if reply.status != 303:
            raise AssertionError(f"/id/{slugs[0]}: {reply.status}")
    see = load.write(folder / "see.txt", [("text/turtle", f"/id/{slug}") for slug in slugs])
    return {**found, "303": (see, see)}


def _row(
    name: str,
    service: Server,
    nginx: Server,
    requests: tuple[Path, Path],
    rounds: int,
    seconds: float,
    count: int,
) -> dict[str, Any]:
    rates: list[tuple[float, float]] = []
    for _ in range(rounds):
        found = [
            load.run(server.port, file, seconds, connections=16)
            for server, file in zip((service, nginx), requests, strict=True)
        ]
        if any(each["refused"] or each["broken"] for each in found):
            raise AssertionError(f"{name}: failed requests: {found}")
        rates.append((found[0]["rate"], found[1]["rate"]))
    ours, theirs = (median(side) for side in zip(*rates, strict=True))
    ratio = median(one / other for one, other in rates)
    say(f"{name:8} {ours:9.0f}/s  nginx {theirs:9.0f}/s  ratio {ratio:.2f}")
    return {"format": name, "things": count, "ours": ours, "nginx": theirs, "ratio": ratio}
