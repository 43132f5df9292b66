"""Counts of what the service does, in the text format that Prometheus reads."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import current_app

from .logs import RequestRecord

EXTENSION = "vilnius_lod.meter"
CACHE = "vilnius_lod.cache"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the histograms, in seconds."""
Labels = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Histogram:
    """Durations by bucket; the last counts those above every bound."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        """Count a duration."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


class Meter:
    """The counts of this process. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[Labels] = Counter()
        self._queries: Counter[Labels] = Counter()
        self._events: Counter[Labels] = Counter()
        self._request_seconds = Histogram()
        self._query_seconds: dict[Labels, Histogram] = {}
        self._running = 0

    def request(self, record: RequestRecord) -> None:
        """Count a request."""
        values = (record.cache, record.method, record.rule, str(record.status))
        labels = tuple(zip(("cache", "method", "path", "status"), values, strict=True))
        with self._lock:
            self._requests[labels] += 1
            self._request_seconds.add(record.seconds)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count a query as running while it waits or is computed."""
        with self._lock:
            self._running += 1
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def query(self, kind: str, outcome: str, seconds: float) -> None:
        """Count a query: ``kind`` is its form, ``outcome`` is ``answered`` or the kind of problem."""
        with self._lock:
            self._queries[(("kind", kind), ("outcome", outcome))] += 1
            self._query_seconds.setdefault((("kind", kind),), Histogram()).add(seconds)

    def switched(self, outcome: str) -> None:
        """Count a change of snapshot: ``done`` or ``refused``."""
        with self._lock:
            self._events[(("outcome", outcome),)] += 1

    def lines(self, workers: int) -> list[str]:
        """The text, line by line; ``workers`` is how many queries may run at once."""
        with self._lock:
            running = self._running
            return [
                *_counter("requests_total", "Requests answered.", self._requests),
                *_histogram("request_seconds", "Time to make an answer.", {(): self._request_seconds}),
                *_counter("queries_total", "Queries that reached the engine.", self._queries),
                *_histogram("query_seconds", "Time of a query, waiting included.", self._query_seconds),
                *gauge("queries_running", "Queries that run now.", min(running, workers)),
                *gauge("queries_waiting", "Queries that wait for their turn.", max(0, running - workers)),
                *gauge("query_workers", "Queries that may run at once.", workers),
                *_counter("snapshot_switches_total", "Changes of the snapshot.", self._events),
            ]


def meter() -> Meter:
    """The application's meter."""
    current: Meter = current_app.extensions[EXTENSION]
    return current


def gauge(name: str, text: str, value: float, labels: Labels = ()) -> list[str]:
    """A metric that goes up and down."""
    return [*_head(name, text, "gauge"), _sample(name, labels, value)]


def _counter(name: str, text: str, counts: Counter[Labels]) -> list[str]:
    samples = (_sample(name, labels, count) for labels, count in sorted(counts.items()))
    return [*_head(name, text, "counter"), *samples]


def _histogram(name: str, text: str, histograms: dict[Labels, Histogram]) -> list[str]:
    lines = _head(name, text, "histogram")
    for labels, histogram in sorted(histograms.items()):
        below = 0
        for bound, count in zip([*map(str, BUCKETS), "+Inf"], histogram.counts, strict=True):
            below += count
            lines.append(_sample(f"{name}_bucket", (*labels, ("le", bound)), below))
        lines += [_sample(f"{name}_sum", labels, histogram.total), _sample(f"{name}_count", labels, below)]
    return lines


def _head(name: str, text: str, kind: str) -> list[str]:
    return [f"# HELP vilnius_lod_{name} {text}", f"# TYPE vilnius_lod_{name} {kind}"]


def _sample(name: str, labels: Iterable[tuple[str, str]], value: float) -> str:
    inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"vilnius_lod_{name}{f'{{{inside}}}' if inside else ''} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
