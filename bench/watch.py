"""What a process and its descendants use: memory, processor time, file descriptors (Linux)."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    """The process and all its descendants, parents first."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit() and (stat := _stat(int(path.name))):
            children.setdefault(int(stat[1]), []).append(int(path.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def memory(*roots: int) -> int:
    """Proportional set size of whole trees in bytes: pages that processes share count once."""
    total = 0
    for pid in (pid for root in roots for pid in tree(root)):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


def alive(pid: int) -> bool:
    """Whether a process runs (one that has ended and was not waited for does not)."""
    stat = _stat(pid)
    return bool(stat) and stat[0] != "Z"


def computing(root: int, seconds: float = 0.5) -> float:
    """How many processors the tree keeps busy, over the next moment."""
    before = _spent(root)
    time.sleep(seconds)
    after = _spent(root)
    return sum(ticks - before.get(pid, 0) for pid, ticks in after.items()) / _TICKS / seconds


def descriptors(root: int) -> int:
    """Open file descriptors in the whole tree."""
    count = 0
    for pid in tree(root):
        with contextlib.suppress(OSError):
            count += sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return count


def workers(root: int) -> list[int]:
    """The query workers of our service: children of a process with the same command line."""
    lines = {pid: _command(pid) for pid in tree(root)}
    found = []
    for pid, line in lines.items():
        stat = _stat(pid)
        if "vilnius_lod.sparql.embedded.worker" in line and stat and lines.get(int(stat[1])) == line:
            found.append(pid)
    return found


@contextlib.contextmanager
def peak(*roots: int, at_most: int | None = None) -> Iterator[dict[str, int]]:
    """Watch the memory of trees: yields a dictionary with ``start`` and, in the end, ``peak`` in bytes.

    Over ``at_most`` bytes the roots are killed and ``killed`` is set.
    """
    seen = {"start": memory(*roots), "peak": 0, "killed": 0}
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            seen["peak"] = max(seen["peak"], memory(*roots))
            if at_most and seen["peak"] > at_most:
                seen["killed"] = 1
                for root in roots:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(root, 9)
                return

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


def _spent(root: int) -> dict[int, int]:
    """Processor ticks of each process of the tree."""
    return {pid: int(stat[11]) + int(stat[12]) for pid in tree(root) if (stat := _stat(pid))}


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may itself hold blanks and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
