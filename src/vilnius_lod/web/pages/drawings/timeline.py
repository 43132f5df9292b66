"""The documents of each year, as columns for SVG. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

Key = TypeVar("Key", int, str)
WIDTH, HEIGHT = 1000, 200
OTHER = ""
"""The kind of all documents whose kind has no colour of its own."""
COLOURS = 4


class Segment(NamedTuple):
    """A part of a column: ``rank`` is its kind's place in the legend, 0 for the most frequent."""

    rank: int
    y: float
    height: float
    size: int


class TimelineColumn(NamedTuple):
    """A year with documents; ``all`` is how high it would be if none were left out."""

    year: int
    x: float
    y: float
    all: float
    size: int
    segments: Sequence[Segment]


class Tick(NamedTuple):
    """A decade's first year on the axis."""

    year: int
    x: float


class Timeline(NamedTuple):
    """``kinds`` is the legend, most frequent first; ``peak`` the year with the most documents."""

    width: float
    columns: Sequence[TimelineColumn]
    ticks: Sequence[Tick]
    kinds: Sequence[str]
    peak: int


def timeline(
    dated: Iterable[tuple[int, str]], shown: Iterable[tuple[int, str]], until: int
) -> Timeline | None:
    """The years of all documents (year and kind) up to ``until``, of which ``shown`` are in full colour.

    None if no document is dated. The kinds beyond the most frequent are one, OTHER.
    """
    dated = list(dated)
    if not dated:
        return None
    frequent = [kind for kind, _ in _by_size(Counter(kind for _, kind in dated))]
    kinds = frequent if len(frequent) <= COLOURS else [*frequent[: COLOURS - 1], OTHER]
    totals = Counter(year for year, _ in dated)
    parts = Counter((year, kind if kind in kinds else OTHER) for year, kind in shown)
    first, last = min(totals) // 10 * 10, max(*totals, until)
    step, unit = WIDTH / (last - first + 1), HEIGHT / max(totals.values())

    def column(year: int) -> TimelineColumn:
        segments: list[Segment] = []
        top = float(HEIGHT)
        for rank, kind in enumerate(kinds):
            if size := parts[year, kind]:
                top -= size * unit
                segments.append(Segment(rank, round(top, 1), round(size * unit, 1), size))
        tall = totals[year] * unit
        size = sum(segment.size for segment in segments)
        return TimelineColumn(
            year, round((year - first) * step, 1), round(HEIGHT - tall, 1), round(tall, 1), size, segments
        )

    return Timeline(
        round(step * 0.8, 1),
        [column(year) for year in sorted(totals)],
        [Tick(year, round((year - first) * step, 1)) for year in range(first, last + 1, 10)],
        kinds,
        peak=_by_size(totals)[0][0],
    )


def _by_size(counted: Counter[Key]) -> list[tuple[Key, int]]:
    """The most frequent first, the smaller key first among equals."""
    return sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
