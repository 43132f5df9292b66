"""Queries that researchers and portals run: the shapes of workload.toml, their parameters always others.

Every query has a number of its own (a bound that nothing reaches), so that no two have the same text.
"""

from __future__ import annotations

import itertools
import random
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

SOLUTIONS = "application/sparql-results+json"
GRAPH = "text/turtle"
FIRST_NUMBER = 10_001
_SUBJECT = re.compile(r"<([^>]*/id/(place|partnership|agreement|event|network|country)/[^>]*)>")
_ITEM = re.compile(r"#sameAs> <(http://www\.wikidata\.org/entity/[^>]*)>")

_FILE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Shape:
    """A question. ``group`` is ``look-up``, ``description`` or ``analysis``; in ``text`` the words in double
    braces are parameters; ``note`` says what the engine makes of it.
    """

    name: str
    group: str
    text: str
    note: str = ""

    @property
    def accept(self) -> str:
        """The format to ask for."""
        return GRAPH if re.search(r"\b(CONSTRUCT|DESCRIBE)\b", self.text) else SOLUTIONS


SHAPES = tuple(
    Shape(name, group, text.strip(), _FILE["notes"].get(name, ""))
    for group in ("look-up", "description", "analysis")
    for name, text in _FILE[group].items()
)


@dataclass(frozen=True, slots=True)
class Query:
    """A query of a shape."""

    shape: Shape
    text: str

    def path(self, endpoint: str) -> str:
        """The path and query of a GET request."""
        return f"{endpoint}?query={quote(self.text, safe='')}"


class Workload:
    """Queries over a dataset; the same ``seed`` gives the same ones."""

    def __init__(self, quads: Sequence[str], base: str, seed: int = 1) -> None:
        self._things = _things(quads)
        self._base = base
        self._random = random.Random(seed)
        self._numbers = itertools.count(FIRST_NUMBER)

    def of(self, shape: Shape) -> Query:
        """One more query of a shape, unlike all before."""
        values = self._parameters()
        body = re.sub(r"\{\{(\w+)\}\}", lambda match: values(match[1]), shape.text)
        used = [f"PREFIX {name}: <{iri}>\n" for name, iri in _FILE["prefixes"].items() if f"{name}:" in body]
        return Query(shape, "".join(used) + body)

    def mixed(self, count: int) -> Iterator[Query]:
        """Queries of all shapes in turn, no two the same."""
        for number in range(count):
            yield self.of(SHAPES[number % len(SHAPES)])

    def _parameters(self) -> Callable[[str], str]:
        """A function from a parameter's name to its value, the same value throughout one query."""
        draw, chosen = self._random, dict[str, str]()

        makers: dict[str, Callable[[], str]] = {
            "n": lambda: str(next(self._numbers)),
            "year": lambda: str(draw.randint(1972, 2025)),
            "line": lambda: str(draw.randint(1, 90)),
            "language": lambda: draw.choice(("lt", "en")),
            "letters": lambda: draw.choice("abdegiklmnoprstuv") + draw.choice("aeiou"),
            "south": lambda: f"{draw.uniform(40, 60):.3f}",
            "west": lambda: f"{draw.uniform(-10, 30):.3f}",
            "type": lambda: draw.choice(("at:twinning", "at:cooperation", "at:protocol-of-intent")),
            "records": lambda: f"<{self._base}graph/records>",
        }

        def value(name: str) -> str:
            if name not in chosen:
                things = self._things.get(name)
                chosen[name] = f"<{draw.choice(things)}>" if things else makers[name]()
            return chosen[name]

        return value


def zipf(population: int, count: int, seed: int = 1, exponent: float = 1.0) -> list[int]:
    """``count`` numbers from 1 to ``population``; the r-th is drawn in proportion to 1/r**exponent."""
    weights = [1 / rank**exponent for rank in range(1, population + 1)]
    ranks = list(range(1, population + 1))
    draw = random.Random(seed)
    draw.shuffle(ranks)
    return draw.choices(ranks, weights, k=count)


def _things(quads: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """IRIs by kind, in the order of the data."""
    found: dict[str, dict[str, None]] = {"thing": {}, "item": {}}
    for quad in quads:
        if match := _SUBJECT.match(quad):
            found.setdefault(match[2], {})[match[1]] = None
            found["thing"][match[1]] = None
        if match := _ITEM.search(quad):
            found["item"][match[1]] = None
    return {kind: list(iris) for kind, iris in found.items()}
