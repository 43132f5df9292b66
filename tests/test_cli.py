"""The commands as their user types them: what they print, where, and their exit codes."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vilnius_lod.cli import main

PAGE = Path("source") / "2026-05-01" / "page.txt"


@pytest.fixture
def dataset(tiny_dataset: Path, tmp_path: Path) -> Path:
    """A copy of the invented city's dataset, to be spoilt."""
    return Path(shutil.copytree(tiny_dataset, tmp_path / "data"))


def spoil(dataset: Path, table: str, old: str, new: str) -> None:
    path = dataset / "tables" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_help_of_every_command_says_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ([], ["build"], ["validate"], ["serve"], ["query"], ["extract"], ["links"]):
        with pytest.raises(SystemExit) as stop:
            main([*command, "--help"])
        assert stop.value.code == 0
        assert "usage: vilnius-lod" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["nonsense"], [], ["serve", "--port", "x"], ["query"]])
def test_wrong_use_is_exit_code_2(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vilnius_lod.cli", *arguments], capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"usage" in done.stderr


def test_extract_reads_the_whole_page(
    tiny_dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, dataset = tiny_dataset / PAGE, str(tiny_dataset)
    command = ["extract", str(page), "--dataset", dataset, "--output", str(tmp_path), "--lang", "en"]
    assert main(command) == 0
    counts = {}
    for path in tmp_path.glob("*.csv"):
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        counts[path.stem] = len(rows)
        assert all(row["source_line"] and row["source_text"] for row in rows)
    assert counts == {"networks": 3, "memberships": 3, "agreements": 17, "parties": 18, "events": 19}
    assert "Not read: 0" in capsys.readouterr().err


def test_extract_does_not_overwrite_tables_that_people_edited(tiny_dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "agreements.csv").write_text("mine")
    page, dataset = tiny_dataset / PAGE, str(tiny_dataset)
    assert main(["extract", str(page), "--dataset", dataset, "--output", str(tmp_path)]) == 2
    assert (tmp_path / "agreements.csv").read_text() == "mine"


def test_extract_says_which_line_it_cannot_read(
    tiny_dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.txt"
    text = (tiny_dataset / PAGE).read_text(encoding="utf-8")
    page.write_text(text.replace("Hoshikawa, Japan", "Hoshigawa, Japan"), encoding="utf-8")
    assert main(["extract", str(page), "--dataset", str(tiny_dataset), "--lang", "en"]) == 1
    assert "page.txt:31" in capsys.readouterr().err


def test_validate_tells_how_many_violations_there_are(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "--dataset", str(dataset), "--lang", "en"]) == 0
    assert "Violations: 0." in capsys.readouterr().out


def test_every_problem_is_told_at_once_in_the_users_language_and_nothing_is_written(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(dataset, "events", "1991-02", "3.3.1998")
    spoil(dataset, "parties", "morske-1,morske", "morske-1,morskie")
    store = tmp_path / "store"
    assert main(["build", "--dataset", str(dataset), "--store", str(store), "--lang", "lt"]) == 1
    told = capsys.readouterr().err
    assert "tables/events.csv:2: [date]" in told
    assert "„3.3.1998“" in told or "“3.3.1998”" in told
    assert "tables/parties.csv:" in told
    assert "morskie" in told
    assert "rasta" in told
    assert not store.exists()


def test_a_violation_stops_the_build_and_is_told_with_row_and_fix(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Morske moved to Paris: readable, and wrong."""
    spoil(dataset, "places", "46.71,36.81", "48.85,2.35")
    store = tmp_path / "store"
    assert main(["build", "--dataset", str(dataset), "--store", str(store), "--lang", "en"]) == 1
    told = capsys.readouterr().err
    assert "tables/places.csv" in told
    assert "error, line 14, column lat" in told
    assert "to mend:" in told
    assert (store / "refused" / "report.ttl").is_file()
    assert not (store / "current").exists()


def test_validate_for_programs(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(dataset, "places", "46.71,36.81", "48.85,2.35")
    assert main(["validate", "--dataset", str(dataset), "--format", "sarif"]) == 1
    run = json.loads(capsys.readouterr().out)["runs"][0]
    places = [
        result["locations"][0]["physicalLocation"] for result in run["results"] if result["level"] == "error"
    ]
    assert {"artifactLocation": {"uri": "tables/places.csv"}, "region": {"startLine": 14}} in places
    assert main(["validate", "--dataset", str(dataset), "--format", "json"]) == 1
    assert any(found["line"] == 14 for found in json.loads(capsys.readouterr().out))


def test_the_standard_report_is_turtle(dataset: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["validate", "--dataset", str(dataset), "--format", "turtle"]) == 0
    assert b"sh:ValidationReport" in capfdbinary.readouterr().out


def test_build_again_says_that_nothing_changed(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ["--dataset", str(dataset), "--store", str(tmp_path / "store"), "--lang", "en"]
    assert main(["build", *store]) == 0
    assert "triples" in capsys.readouterr().out
    assert main(["build", *store]) == 0
    assert "up to date" in capsys.readouterr().out
    assert main(["build", *store, "--site", "https://elsewhere.example/"]) == 0
    assert "triples" in capsys.readouterr().out


def test_query_answers_in_the_format_asked_for(
    tiny_snapshot: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    store = ["--store", str(tiny_snapshot.parent)]
    assert main(["query", "undated-documents", *store, "--format", "csv"]) == 0
    assert b"/agreement/brodovec-1,Declaration of intent" in capfdbinary.readouterr().out
    assert main(["query", "ASK { ?s ?p ?o }", *store, "--format", "json"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["boolean"] is True
    assert (
        main(["query", "DESCRIBE <https://lod.example.org/lindenau/id/event/valbrume-1-signature>", *store])
        == 0
    )
    assert b"1972" in capfdbinary.readouterr().out
    assert main(["query", "SELECT * WHERE {", *store]) == 2
    assert main(["query", "no-such-query", *store]) == 2


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("ASK {}", ["json", "srj", "JSON"]),
        ("SELECT * { ?s ?p ?o } LIMIT 3", ["xml", "srx"]),
        ("CONSTRUCT WHERE { ?s a ?type } LIMIT 3", ["turtle", "ttl", "n3"]),
        ("CONSTRUCT WHERE { ?s a ?type } LIMIT 3", ["jsonld", "json-ld", "json"]),
    ],
)
def test_query_knows_the_names_of_formats_that_the_endpoint_knows(
    query: str, names: list[str], tiny_snapshot: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    outputs = set()
    for name in names:
        assert main(["query", query, "--store", str(tiny_snapshot.parent), "--format", name]) == 0
        outputs.add(capfdbinary.readouterr().out)
    assert len(outputs) == 1


def test_query_in_an_unknown_format_names_the_known_ones(
    tiny_snapshot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ["--store", str(tiny_snapshot.parent), "--lang", "en"]
    assert main(["query", "ASK {}", *store, "--format", "html"]) == 2
    assert "allowed: json, xml, csv, tsv, turtle" in capsys.readouterr().err


def test_query_without_a_snapshot_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "ASK {}", "--store", str(tmp_path)]) == 2
    assert "vilnius-lod build" in capsys.readouterr().err


def test_the_fast_engine_gives_the_same_verdict(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(dataset, "places", "46.71,36.81", "48.85,2.35")
    told = []
    for engine in ("pyshacl", "shacl"):
        assert main(["validate", "--dataset", str(dataset), "--format", "json", "--shacl", engine]) == 1
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]
    assert any(found["severity"] == "Violation" for found in told[0])
