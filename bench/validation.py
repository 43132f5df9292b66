"""SHACL validation over growing data: pySHACL, which is the reference, and the package ``shacl``.

What is timed is what the build does, from the data in memory to the report; of three runs, the fastest.

Each run is a process of its own (``python -m bench.validation --engine … --quads FILE``), so that its peak
memory is that of one validation, reading the data included.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rdflib import Graph
from rdflib.namespace import SH

from vilnius_lod.snapshot import CANONICAL
from vilnius_lod.validation.shacl import ShaclEngine, shapes_graph, validate

from . import data, results
from .results import say

SIZES = (30_000, 100_000, 300_000)
ENGINES = ("pyshacl", "shacl")
PATIENCE = 1800
RUNS = 3


def measure(options: Namespace, folder: Path) -> list[dict[str, Any]]:
    """The fastest run of each engine at each size, in seconds, with its peak memory."""
    sample = data.real(folder / "real")
    quads = sample.read(CANONICAL).decode().splitlines()
    cases = []
    for size in (len(quads), *(() if options.quick else SIZES)):
        lines = list(data.multiply(quads, sample.facts.base, size))
        file = folder / f"{size}.nq"
        file.write_text("\n".join(lines) + "\n")
        things = sum("22-rdf-syntax-ns#type>" in line and "graph/vocabulary>" not in line for line in lines)
        cases += [(engine, file, {"statements": len(lines), "things": things}) for engine in ENGINES]
    # Round by round, so that a busy minute of the machine does not meet all runs of one size.
    rounds = [[_run(engine, file) for engine, file, _ in cases] for _ in range(1 if options.quick else RUNS)]
    rows = []
    for (engine, _, facts), runs in zip(cases, zip(*rounds, strict=True), strict=True):
        best = min(runs, key=lambda run: run["seconds"] or PATIENCE)
        rows.append({"engine": engine, **facts, **best})
        say(str(rows[-1]))
    return rows


def _run(engine: str, file: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.validation", "--engine", engine, "--quads", str(file)]
    try:
        printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
    except subprocess.TimeoutExpired:
        return {"seconds": None}
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def _validate(engine: ShaclEngine, file: Path) -> dict[str, Any]:
    """Read and validate; ``seconds`` is the validation alone, ``results`` how many there are."""
    shapes = shapes_graph()
    # A dataset of quads would be in memory beside the graph.
    triples = {line.rpartition(" <")[0] for line in file.read_text().splitlines()}
    union = Graph().parse(data=" .\n".join(triples) + " .\n", format="nt")
    del triples
    start = time.perf_counter()
    report = validate(union, shapes, engine)
    seconds = time.perf_counter() - start
    count = sum(1 for _ in report.objects(None, SH.result))
    # ru_maxrss would begin with the size of the process that started this one.
    peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
    return {"seconds": seconds, "results": count, "peak_mib": round(peak / 1024)}


def _main(arguments: Sequence[str]) -> None:
    if "--engine" not in arguments:
        results.main("validation", __doc__ or "", measure)
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=ENGINES)
    parser.add_argument("--quads", type=Path)
    options = parser.parse_args(arguments)
    print(json.dumps(_validate(options.engine, options.quads)))


if __name__ == "__main__":
    _main(sys.argv[1:])
