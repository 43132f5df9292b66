"""The bench runs from end to end; what it writes is what docs/performance.md is made from."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
ROOT = Path(__file__).resolve().parents[1]
BENCHES: dict[str, list[str]] = {
    "speed": [],
    "adversary": [],
    "soak": ["--seconds", "4"],
    "validation": [],
}
Results = dict[str, Any]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The results of all benches in quick mode, run at the same time: here only that they run matters."""
    folder = tmp_path_factory.mktemp("results")
    running = {
        name: subprocess.Popen(
            [sys.executable, "-m", f"bench.{name}", "--quick", "--out", str(folder), *options],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for name, options in BENCHES.items()
        if name != "speed" or shutil.which("wrk")
    }  # fmt: skip
    said = {name: process.communicate(timeout=240)[0] for name, process in running.items()}
    for name, process in running.items():
        assert process.returncode == 0, f"{name}: {said[name]}"
    return {name: json.loads((folder / f"{name}.json").read_text()) for name in running}


def test_every_result_names_the_machine_and_says_that_it_was_quick(found: Results) -> None:
    for result in found.values():
        assert result["quick"]
        assert result["machine"]["cores"] >= 1
        assert {"Python", "pyoxigraph", "granian"} <= result["machine"]["versions"].keys()


def test_heavy_queries_get_a_problem_and_leave_nothing_behind(found: Results) -> None:
    rows = [row for row in found["adversary"]["measured"]["queries"] if row["server"] == "vilnius-lod"]
    assert {row["query"] for row in rows} == {"COUNT over a product", "3,000 nested braces"}
    for row in rows:
        assert sum(row["outcomes"].values()) == row["at_once"] == 8
        assert row["outcomes"].keys() <= {"400", "503"}
        # That none fails is for a quiet machine; here four benches run at once.
        assert row["light_failed"] < row["light"]
        assert row["computing_after"] < 0.1


def test_an_attack_is_made_on_every_server_that_has_what_it_asks_for(found: Results) -> None:
    rows = found["adversary"]["measured"]["attacks"]
    servers: dict[str, list[str]] = {}
    for row in rows:
        servers.setdefault(row["attack"], []).append(row["server"])
    ours = ["vilnius-lod", *(["vilnius-lod behind nginx"] if NGINX else [])]
    assert servers["1 with HTTP/2, 200 streams of new pages"] == ours
    assert servers["1,100 silent connections"][: len(ours)] == ours
    for row in rows:
        assert row["met"], "the client has met with something"
        assert {"health", "light", "post", "heavy"} <= row["bystander"].keys()
        assert not row["died"]


def test_what_an_attack_does_to_others_has_floors() -> None:
    from bench import harm

    kinds = ("health", "ready", "file", "light", "post", "heavy", "page")
    good = {"asked": 9, "failed": 0, "median_ms": 2.0, "p99_ms": 3.0, "max_ms": 9.0}
    row: Results = {
        "bystander": dict.fromkeys(kinds, good), "growth_mib": 9, "after_mib": 9, "normal_s": 0.0,
        "met": {"200": 9}, "wants": "200", "died": False,
    }  # fmt: skip
    assert harm.faults(row) == []
    one_late = {**good, "max_ms": 101.0}
    assert harm.faults(row | {"bystander": row["bystander"] | {"ready": one_late}}) == ["health slow"]
    assert harm.faults(row | {"bystander": row["bystander"] | {"light": one_late}}) == []
    assert harm.faults(row | {"bystander": {"page": {**good, "failed": 1}}}) == ["others failed"]
    assert harm.faults(row | {"growth_mib": 129, "after_mib": 65}) == ["memory", "memory kept"]
    assert harm.faults(row | {"met": {"200": 8, "503": 1}}) == ["fair request refused"]


def test_every_attack_is_one_that_its_client_can_make() -> None:
    import inspect

    from bench import attacks, harm

    for name, attack in harm.ATTACKS.items():
        arguments = {key: value for key, value in attack.items() if key not in harm.KEYS}
        inspect.signature(attacks.CLIENTS[attack["client"]]).bind(None, 1.0, **arguments)
        assert "peer" in attack or "pages" in attack or not attack.get("path", "").startswith("/"), name


def test_killed_workers_fail_no_light_request(found: Results) -> None:
    soak = found["soak"]["measured"]
    assert soak["killed"] > 2
    assert soak["light"] > 100
    assert soak["light_failed"] == 0


def test_both_validators_see_the_same(found: Results) -> None:
    rows = found["validation"]["measured"]
    assert [row["engine"] for row in rows] == ["pyshacl", "shacl"]
    assert rows[0]["results"] == rows[1]["results"]
    assert all(row["seconds"] > 0 and row["peak_mib"] > 20 for row in rows)


@pytest.mark.skipif(not shutil.which("wrk"), reason="not part of the repository: wrk (sudo apt install wrk)")
def test_the_service_is_measured_with_different_and_repeated_queries(found: Results) -> None:
    speed = found["speed"]["measured"]
    for kind in ("unique", "zipf"):
        first, *peers = speed["real"][kind]
        assert first["server"] == "vilnius-lod"
        assert first["ratio"] == 1
        for peer in peers:
            assert peer["ratio"] == pytest.approx(first["rate"] / peer["rate"])
    assert speed["large"]["quads"] > speed["real"]["quads"]
    assert len(speed["real"]["by_shape"]["shapes"]) >= 14
    assert speed["growth"]["geometric mean"] > 0


def test_the_tables_are_made_from_the_results(found: Results) -> None:
    from bench import report

    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    named = {match[2] for match in report._TABLE.finditer(page)}
    assert named == report.TABLES.keys()
    text = report.filled(page, found)
    for name, (bench, _) in report.TABLES.items():
        if bench in found:
            made = text.partition(f"<!-- bench: {name} -->\n")[2].partition("<!-- end -->")[0]
            assert made.startswith(("| ", f"{found[bench]['machine']['date']}:")), name


def test_a_floor_is_missed_or_met() -> None:
    from bench.report import _verdict

    assert _verdict(0.5, 0.5, most=False) == "met"
    assert _verdict(0.25, 0.5, most=False) == "**missed by a factor of 2.0**"
    assert _verdict(1.0, 1.0, most=True) == "met"
    assert _verdict(3.0, 1.0, most=True) == "**missed by a factor of 3.0**"


def test_copies_have_the_shape_of_the_original() -> None:
    from bench import data

    base = "https://example.org/"
    place, country, link = f"{base}id/place/a", f"{base}id/country/xx", "http://www.w3.org/2002/07/owl#sameAs"
    label, lies = "http://www.w3.org/2004/02/skos/core#prefLabel", "https://schema.org/containedInPlace"
    quads = [
        f"<{place}> <{lies}> <{country}> <{base}graph/records> .",
        f'<{place}> <{label}> "A"@en <{base}graph/records> .',
        f"<{place}> <{link}> <http://www.wikidata.org/entity/Q5> <{base}graph/links> .",
        f'<{country}> <{label}> "X"@en <{base}graph/records> .',
        f'<{base}id/kind/a> <{label}> "a"@en <{base}graph/vocabulary> .',
    ]
    copies = list(data.multiply(quads, base, 11))
    assert copies[:5] == quads
    assert copies[5:8] == [
        f"<{place}-x1> <{lies}> <{country}> <{base}graph/records> .",
        f'<{place}-x1> <{label}> "A 1"@en <{base}graph/records> .',
        f"<{place}-x1> <{link}> <http://www.wikidata.org/entity/Q500001> <{base}graph/links> .",
    ]
    assert len(copies) == 11


def test_no_query_of_the_workload_comes_twice() -> None:
    from bench.workload import SHAPES, Workload

    base = "https://w3id.org/vilnius-lod/"
    kinds = ("place", "partnership", "agreement", "event", "network", "country")
    quads = [f"<{base}id/{kind}/a> <http://x/sameAs> <http://x> <{base}graph/records> ." for kind in kinds]
    quads.append(f"<{base}id/place/a> <http://x#sameAs> <http://www.wikidata.org/entity/Q1> <http://g> .")
    queries = list(Workload(quads, base).mixed(20 * len(SHAPES)))
    assert len({query.text for query in queries}) == len(queries)
    assert [query.text for query in Workload(quads, base).mixed(50)] == [query.text for query in queries[:50]]


def test_frequencies_fall_as_ranks_rise() -> None:
    from collections import Counter

    from bench.workload import zipf

    drawn = Counter(zipf(1000, 100_000))
    counts = sorted(drawn.values(), reverse=True)
    assert set(drawn) <= set(range(1, 1001))
    assert counts[0] / counts[9] == pytest.approx(10, rel=0.2)
