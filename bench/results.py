"""What was measured, on what machine, as one JSON file for each bench in ``bench/results``."""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .peers import ENVIRONMENT

FOLDER = Path(__file__).with_name("results")
_PACKAGES = ("pyoxigraph", "rdflib", "pyshacl", "shacl", "flask", "granian")


def main(name: str, about: str, measure: Callable[[argparse.Namespace, Path], Any], **options: Any) -> None:
    """Run a bench from the command line and keep what it measured. ``measure`` gets the options and a
    folder of its own; ``options`` are further ones with their defaults.
    """
    parser = argparse.ArgumentParser(prog=f"python -m bench.{name}", description=about)
    parser.add_argument(
        "--quick", action="store_true", help="a minute's smoke test; its figures mean nothing"
    )
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="DIR", help="where the result is written")
    for option, default in options.items():
        parser.add_argument(f"--{option}", type=type(default), default=default)
    chosen = parser.parse_args()
    machine = facts()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        measured = measure(chosen, Path(folder))
    chosen.out.mkdir(parents=True, exist_ok=True)
    path = chosen.out / f"{name}.json"
    document = {"bench": name, "quick": chosen.quick, "machine": machine, "measured": measured}
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    print(path)


def say(text: str) -> None:
    """Tell the person who waits."""
    print(text, flush=True)


def facts() -> dict[str, Any]:
    """The machine, its load before the bench, and versions of what is measured."""
    cpu = Path("/proc/cpuinfo").read_text().partition("model name")[2].partition("\n")[0].lstrip("\t: ")
    memory = int(Path("/proc/meminfo").read_text().partition("MemTotal:")[2].split()[0]) // 2**20
    return {
        "date": str(datetime.date.today()),
        "cores": len(os.sched_getaffinity(0)),
        "processor": cpu,
        "memory_gib": memory,
        "kernel": platform.release(),
        "load_before": round(os.getloadavg()[0], 2),
        "versions": {"Python": platform.python_version(), **_versions()},
    }


def _versions() -> dict[str, str]:
    found = {name: importlib.metadata.version(name) for name in _PACKAGES}
    peers = ENVIRONMENT / "python"
    if peers.exists():
        ask = "import importlib.metadata as m; print(m.version('oxigraph'), m.version('rdflib-endpoint'))"
        oxigraph, endpoint = subprocess.check_output([peers, "-c", ask], text=True).split()
        found |= {"oxigraph (server)": oxigraph, "rdflib-endpoint": endpoint}
    for name, command in (("nginx", ["nginx", "-v"]), ("virtuoso", ["virtuoso-t", "-?"])):
        if program := shutil.which(command[0], path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
            said = subprocess.run([program, *command[1:]], capture_output=True, text=True)
            lines = [line for line in (said.stdout + said.stderr).splitlines() if "ersion" in line]
            found[name] = next((line for line in lines if any(c.isdigit() for c in line)), "")
    return found
