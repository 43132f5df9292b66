"""Writes the tables of docs/performance.md from the last results; the words between them are people's.

A table stands between ``<!-- bench: NAME -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from . import harm
from .results import FOLDER

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
OURS = "vilnius-lod"
_TABLE = re.compile(r"(<!-- bench: ([\w-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
Results = dict[str, Any]


def main(folder: Path = FOLDER, page: Path = PAGE) -> None:
    """Fill in the tables of the page; those whose bench has no result stay as they are."""
    found = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    if quick := [name for name, result in found.items() if result["quick"]]:
        sys.exit(f"of a quick run, whose figures mean nothing: {', '.join(quick)}")
    page.write_text(filled(page.read_text(encoding="utf-8"), found), encoding="utf-8")


def filled(text: str, found: Results) -> str:
    """The page with the tables of these results. Raises KeyError for a table that is not known."""

    def table(match: re.Match[str]) -> str:
        bench, make = TABLES[match[2]]
        measured = bench in found and _PARTS.get(match[2], "") in ("", *found[bench]["measured"])
        return match[1] + (make(found[bench]) if measured else match[3]) + match[4]

    return _TABLE.sub(table, text)


def _machine(result: Results) -> str:
    facts = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    return (
        f"{facts['date']}: {facts['cores']} cores ({facts['processor']}), {facts['memory_gib']} GiB, Linux "
        f"{facts['kernel']}; load before the start {facts['load_before']}. {versions}.\n"
    )


def _floors(result: Results) -> str:
    return _rows(
        ("work", "floor", "measured", "verdict"),
        ((what, _floor(floor, unit, most), f"{value:.2f}{unit}", _verdict(value, floor, most))
         for what, floor, value, unit, most in floors(result["measured"])),
    )  # fmt: skip


def floors(found: Results) -> Iterable[tuple[str, float, float, str, bool]]:
    """What was promised, the floor, what was measured, its unit, and whether the floor is a ceiling."""
    real, large = found["real"], found["large"]
    for row in real["dereferencing"] or ():
        yield f"dereferencing, {row['format']}, to nginx", 0.5, row["ratio"], " ×", False
    promised: dict[str, dict[str, float]] = {
        "unique": {
            "Oxigraph on disk": 1.0,
            "Oxigraph in memory": 0.5,
            "Virtuoso 7": 2,
            "rdflib-endpoint": 25,
        },
        "zipf": {"Oxigraph on disk": 4, "Oxigraph in memory": 2},
    }
    words = {"unique": "every query different", "zipf": "queries repeated"}
    for kind, peers in promised.items():
        ratios = {row["server"]: row["ratio"] for row in real[kind]}
        for peer, floor in peers.items():
            if peer in ratios:
                yield f"{words[kind]}, to {peer}", floor, ratios[peer], " ×", False
    yield "first correct answer", 1.0, median(real["first_answer_s"]), " s", True
    means = large["by_shape"]["geometric_mean"]
    for peer, floor in {"Oxigraph on disk": 1.5, "Virtuoso 7": 0.8}.items():
        if peer in means:
            yield (
                f"{large['quads']:,} statements, geometric mean of shapes, to {peer}",
                floor,
                means[peer],
                " ×",
                False,
            )
    worst, times = max(found["growth"].items(), key=lambda pair: pair[1])
    yield f"slowest growth of a look-up or description ({worst})", 2.0, times, " ×", True
    yield "memory of the service after the workload", 300, real["memory_bytes"][OURS] / 2**20, " MiB", True


def _floor(floor: float, unit: str, most: bool) -> str:
    return f"{'at most' if most else 'at least'} {floor:g}{unit}"


def _verdict(value: float, floor: float, most: bool) -> str:
    if value <= floor if most else value >= floor:
        return "met"
    return f"**missed by a factor of {value / floor if most else floor / value:.1f}**"


def _dereferencing(result: Results) -> str:
    rows = result["measured"]["real"]["dereferencing"] or ()
    return _rows(
        ("answer", "things", "ours, /s", "nginx, /s", "ratio"),
        (
            (r["format"], r["things"], f"{r['ours']:,.0f}", f"{r['nginx']:,.0f}", f"{r['ratio']:.2f}")
            for r in rows
        ),
    )


def _throughput(result: Results) -> str:
    real = result["measured"]["real"]
    repeated = {row["server"]: row for row in real["zipf"]}
    return _rows(
        ("server", "different, /s", "p99, ms", "ours to it", "repeated, /s", "p99, ms", "ours to it",
         "memory, MiB"),
        (
            (row["server"], *_rate(row), *_rate(repeated[row["server"]]),
             f"{real['memory_bytes'][row['server']] / 2**20:.0f}")
            for row in real["unique"]
        ),
    )  # fmt: skip


def _rate(row: Results) -> tuple[str, str, str]:
    return f"{row['rate']:,.0f}", f"{row['p99_ms']:.1f}", f"{row['ratio']:.2f}"


def _shapes(size: str) -> Callable[[Results], str]:
    def table(result: Results) -> str:
        found = result["measured"][size]["by_shape"]
        servers = list(found["geometric_mean"])
        lines = [
            (row["shape"], *(f"{row['ms'][name]:.2f}" + _mark(row, name) for name in servers), row["note"])
            for row in found["shapes"]
        ]
        means = (
            "**geometric mean, theirs to ours**",
            *(f"{found['geometric_mean'][name]:.2f}" for name in servers),
            "",
        )
        return _rows(("shape (ms)", *servers, "note"), [*lines, means])

    return table


def _mark(row: Results, name: str) -> str:
    """Says to how many queries a server answered another number of rows."""
    different = row["different"][name]
    return f" ({different} of {row['queries']} differ)" if different else ""


def _growth(result: Results) -> str:
    return _rows(
        ("look-up or description", "times its time on the real dataset"),
        ((name, f"{ratio:.2f}") for name, ratio in result["measured"]["growth"].items()),
    )


def _adversary(result: Results) -> str:
    return _rows(
        ("server", "statements", "query", "at once", "answers", "slowest, s", "light p99 before → during, ms",
         "light failed", "growth, MiB", "cores busy after 1 s", ""),
        (
            (r["server"], f"{r['quads']:,}", r["query"], r["at_once"],
             ", ".join(f"{count} × {said}" for said, count in r["outcomes"].items()), f"{r['slowest_s']:.1f}",
             f"{r['p99_before_ms']:.1f} → {r['p99_during_ms']:.1f}", f"{r['light_failed']} of {r['light']}",
             "died" if r["died"] else r["growth_mib"], f"{r['computing_after']:.1f}",
             ", ".join(faults(r)) or "ok")
            for r in result["measured"]["queries"]
        ),
    )  # fmt: skip


def _attacks(result: Results) -> str:
    return _rows(
        ("attack", "server", "what it met with", "health, ready, ms", "file, look-up, POST, ms",
         "query of 70 ms, ms", "new page, ms", "failed", "growth, MiB", "kept, MiB", "normal after, s", ""),
        (
            (r["attack"], r["server"], ", ".join(f"{n:,} × {what}" for what, n in r["met"].items()),
             _slowest(r, "health", "ready"), _slowest(r, "file", "light", "post"), _slowest(r, "heavy"),
             _slowest(r, "page"), _failed(r), "died" if r["died"] else r["growth_mib"], r["after_mib"],
             f"{r['normal_s']:.1f}", ", ".join(harm.faults(r)) or "ok")
            for r in result["measured"]["attacks"]
        ),
    )  # fmt: skip


def _slowest(row: Results, *kinds: str) -> str:
    found = row["bystander"]
    return ", ".join(f"{harm.slowest(kind, found[kind]):,.0f}" if kind in found else "–" for kind in kinds)


def _failed(row: Results) -> str:
    found = row["bystander"].values()
    return f"{sum(each['failed'] for each in found)} of {sum(each['asked'] for each in found)}"


def faults(row: Results) -> list[str]:
    """What a heavy query may not do, and did."""
    checks = {
        "late": row["slowest_s"] > row["limit_s"] + 0.5,
        "no whole answer": any(said in row["outcomes"] for said in ("no answer", "200 cut")),
        "light failed": row["light_failed"] > 0,
        "light slow": row["p99_during_ms"] > max(3 * row["p99_before_ms"], 50),
        "memory": row["died"] or row["growth_mib"] > 512,
        "still computing": row["computing_after"] > 0.05,
    }
    return [name for name, bad in checks.items() if bad]


def _soak(result: Results) -> str:
    found = result["measured"]
    rows = {
        "minutes": f"{found['seconds'] / 60:g}",
        "light requests, failed": f"{found['light']:,}, {found['light_failed']}",
        "light p99": f"{found['light_p99_ms']:.1f} ms",
        "workers killed": found["killed"],
        "heavy queries, by answer": ", ".join(f"{n} × {said}" for said, n in sorted(found["heavy"].items())),
        "memory, second and last quarter": " → ".join(f"{each} MiB" for each in found["memory_mib"]),
        "descriptors, second and last quarter": " → ".join(f"{each:g}" for each in found["descriptors"]),
        "cores busy 1 s after": f"{found['computing_after']:.1f}",
    }
    return _rows(("soak", ""), rows.items())


def _validation(result: Results) -> str:
    return _rows(
        ("engine", "statements", "things", "seconds", "ms for each thing", "peak memory, MiB", "results"),
        (
            (r["engine"], f"{r['statements']:,}", f"{r['things']:,}", f"{r['seconds']:.2f}",
             f"{r['seconds'] / r['things'] * 1000:.2f}", r["peak_mib"], r["results"])
            if r["seconds"] is not None
            else (r["engine"], f"{r['statements']:,}", f"{r['things']:,}", "not in half an hour", "", "", "")
            for r in result["measured"]
        ),
    )  # fmt: skip


def _rows(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


TABLES: dict[str, tuple[str, Callable[[Results], str]]] = {
    "machine": ("speed", _machine),
    "floors": ("speed", _floors),
    "dereferencing": ("speed", _dereferencing),
    "throughput": ("speed", _throughput),
    "shapes-real": ("speed", _shapes("real")),
    "shapes-large": ("speed", _shapes("large")),
    "growth": ("speed", _growth),
    "adversary-machine": ("adversary", _machine),
    "adversary": ("adversary", _adversary),
    "attacks-machine": ("adversary", _machine),
    "attacks": ("adversary", _attacks),
    "soak": ("soak", _soak),
    "validation": ("validation", _validation),
}
_PARTS = {
    "adversary-machine": "queries",
    "adversary": "queries",
    "attacks-machine": "attacks",
    "attacks": "attacks",
}
"""The part of its bench that a table is made from; it may not have been measured."""

if __name__ == "__main__":
    main()
