"""Half a minute of what ``make bench`` does at length: the service stands, and leaves nothing behind.

How fast it is meanwhile is for the bench; here no light request may fail and nothing may grow.
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from . import adversary, data, heavy, peers, soak
from .workload import Workload

MOST_MIB = 512
ENDINGS = {"400", "413", "422", "429", "503"}
"""The problems of a query that is too deep, too long, too large, one too many of a client, or too slow."""


def test_heavy_queries_eight_at_once_fail_no_light_one(tmp_path: Path) -> None:
    store = tmp_path / "store"
    snapshot = data.real(store)
    quads = data.served(snapshot)
    rows = adversary.against(
        lambda: peers.ours(store, tmp_path, {"VILNIUS_LOD_QUERY_SECONDS": "1"}),
        list(heavy.QUERIES), len(quads), Workload(quads, snapshot.facts.base), tmp_path, 1.0, quick=True,
    )  # fmt: skip
    assert [row["query"] for row in rows] == list(heavy.QUERIES)
    for row in rows:
        assert not row["died"], row
        assert sum(row["outcomes"].values()) == row["at_once"] == 8, row
        assert row["outcomes"].keys() <= ENDINGS, row
        assert (row["light"] > 10, row["light_failed"]) == (True, 0), row
        assert row["growth_mib"] <= MOST_MIB, row
        assert row["computing_after"] < 0.1, row


def test_half_a_minute_of_killed_workers_fails_no_light_request(tmp_path: Path) -> None:
    found = soak.measure(Namespace(seconds=30, quick=True), tmp_path)
    assert found["killed"] > 30
    assert found["light"] > 500
    assert found["light_failed"] == 0
    early, late = found["descriptors"]
    assert late <= early + 10
    early, late = found["memory_mib"]
    assert late <= early + 64
    assert found["computing_after"] < 0.1
