"""The real dataset. Adding a row to it breaks no test: see expectations.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from vilnius_lod.build import concepts
from vilnius_lod.graphs.named_graphs import vocabulary_graph
from vilnius_lod.records import loader
from vilnius_lod.records.model import Records
from vilnius_lod.snapshot import Snapshot, open_snapshot

from ..conftest import ROOT, Built


@pytest.fixture(scope="session")
def real_dataset() -> Path:
    """The directory of the real dataset."""
    return ROOT / "data"


@pytest.fixture(scope="session")
def real(real_dataset: Path) -> Records:
    """The records of the real dataset."""
    return loader.read(real_dataset, concepts=concepts(vocabulary_graph()))


@pytest.fixture(scope="session")
def real_snapshot(real_dataset: Path, built: Built) -> Snapshot:
    """A snapshot of the real dataset."""
    return open_snapshot(built(real_dataset, "real"))
