from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vilnius_lod.settings import Settings
from vilnius_lod.sparql.embedded.engine import EmbeddedEngine

GRAPHS = "https://example.org/graph/"
THINGS = 300


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 numbered things in one named graph, each with a label and a link; 10 derived facts in another."""
    lines = []
    for number in range(THINGS):
        thing = f"<https://example.org/id/{number}>"
        following = f"<https://example.org/id/{(number + 1) % THINGS}>"
        lines += [
            f'{thing} <https://example.org/label> "thing {number}"@en <{GRAPHS}records> .',
            f"{thing} <https://example.org/next> {following} <{GRAPHS}records> .",
        ]
    for number in range(10):
        thing = f"<https://example.org/id/{number}>"
        lines.append(f'{thing} <https://example.org/decade> "1990" <{GRAPHS}derived> .')
    path = tmp_path_factory.mktemp("snapshot") / "dataset.nq"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def engine(dataset: Path) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine(
        [dataset], Settings(), prefixes={"ex": "https://example.org/"}, snapshot="first"
    ) as made:
        yield made
