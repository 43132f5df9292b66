"""The build: everything or nothing, the same bytes every time, and the earlier snapshot always whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from rdflib import Graph

from vilnius_lod.build import BuildRefused, build
from vilnius_lod.facts import ContactFacts, WithdrawalFacts
from vilnius_lod.inputs.issues import InputError
from vilnius_lod.rdf import namespaces
from vilnius_lod.snapshot import Snapshot, open_snapshot

Change = Callable[[str, str, str], None]
Use = Callable[[str], Path]
LENIENT = "s:S a sh:PropertyShape ; sh:targetClass vlo:Agreement ; sh:path dct:type ; sh:minCount 1 . "
STRICT = (
    LENIENT
    + """
s:T a sh:PropertyShape ; sh:targetClass vlo:Agreement ; sh:path vlo:event ; sh:minCount 1 ;
  sh:message "No date."@en .
"""
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def bytes_of(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_snapshot_holds_all_that_is_published(dataset: Path, store: Path, one_shape: Use) -> None:
    one_shape(LENIENT)
    made = build(dataset, store, "https://files.example/")
    found = open_snapshot(store)
    assert found.root == made.snapshot.resolve()
    dumps = {f"data/lindenau-lod.{extension}" for extension in ("nt", "nq", "ttl", "jsonld", "rdf")}
    csvs = {
        f"data/{name}.csv{end}"
        for name in ("agreements", "memberships", "partners")
        for end in ("", "-metadata.json")
    }
    others = {
        "dataset.nq", "data/csv-metadata.json", "report.ttl", "report.json", "source/page.txt",
        "vocabulary/ontology.ttl", "vocabulary/shapes.ttl", "vocabulary/context.jsonld",
    }  # fmt: skip
    others |= {"partners.geojson", "catalogue.nq", "search-names.json"}
    others |= {
        f"{name}.{end}" for name in ("catalogue", "void", "report") for end in ("ttl", "nt", "rdf", "jsonld")
    }
    others |= {f"input/{path.relative_to(dataset)}" for path in dataset.rglob("*.[ct]sv")} | {"origins.json"}
    assert {"input/tables/events.csv", "input/links/geonames.sssom.tsv", "input/releases.csv"} <= others
    queries = {f"queries/{path.name}" for path in namespaces.QUERIES.glob("*.rq")}
    assert queries
    assert set(found.files) == dumps | csvs | others | queries
    assert found.read("input/tables/events.csv") == (dataset / "tables/events.csv").read_bytes()
    row = json.loads(found.read("origins.json"))["https://lod.example.org/lindenau/id/place/kirchfels"]
    [line] = (dataset / "tables/places.csv").read_text("utf-8").splitlines()[row["line"] - 1 : row["line"]]
    assert (row["file"], line.partition(",")[0]) == ("tables/places.csv", "kirchfels")
    assert found.read("dataset.nq") == found.read("data/lindenau-lod.nq")
    assert found.read("source/page.txt") == (dataset / "source/2026-05-01/page.txt").read_bytes()
    assert made.triples == len(found.read("data/lindenau-lod.nt").splitlines())
    assert not list(store.glob("refused"))


def test_the_manifest_says_what_the_web_needs(dataset: Path, store: Path, one_shape: Use) -> None:
    one_shape(LENIENT)
    made = build(dataset, store, "https://files.example/")
    facts = open_snapshot(store).facts
    expected = {
        "base": "https://lod.example.org/lindenau/", "site": "https://files.example/", "name": "lindenau-lod",
        "languages": ("de", "en"), "focus": "lindenau", "licence_label": "CC0 1.0", "version": "0.1.1",
        "issued": "2026-05-01", "modified": "2026-05-02", "triples": made.triples,
    }  # fmt: skip
    assert {name: getattr(facts, name) for name in expected} == expected
    assert facts.counts["partnerships"] == 13
    assert facts.source.retrieved == "2026-05-01"
    assert facts.contact == ContactFacts({}, "", "")
    assert facts.withdrawals == {
        "agreement/kirchfels-2": WithdrawalFacts(
            label={
                "de": "Freundschaftsvertrag mit Kirchfels",
                "en": "Treaty of friendship with Kirchfels",
            },
            reason={"de": "Zweimal erfasst.", "en": "Entered twice."},
            date="2026-05-02",
            replaced_by="agreement/kirchfels-1",
        )
    }


@pytest.mark.parametrize("name", ["ontology", "shapes"])
def test_the_vocabulary_files_are_those_that_people_wrote(
    name: str, dataset: Path, store: Path, one_shape: Use
) -> None:
    one_shape(LENIENT)
    build(dataset, store)
    files = {"ontology": namespaces.TERMS, "shapes": namespaces.SHAPES.glob("*.ttl")}[name]
    expected = Graph()
    for file in files:
        expected.parse(file)
    found = Graph().parse(data=open_snapshot(store).read(f"vocabulary/{name}.ttl"), format="turtle")
    assert len(found) == len(expected) > 0


def test_the_site_is_no_part_of_the_data(dataset: Path, store: Path, one_shape: Use) -> None:
    one_shape(LENIENT)

    def built(site: str | None) -> Snapshot:
        build(dataset, store, site)
        return open_snapshot(store)

    here, there = built(None), built("https://files.example/")
    assert here.facts.site == here.facts.base
    assert here.dataset == there.dataset
    assert here.name != there.name
    differing = {name for name, listed in here.files.items() if there.files[name] != listed}
    assert {name.partition(".")[0] for name in differing} == {"catalogue", "void"}
    assert set(here.files) == set(there.files)


def test_a_violation_stops_the_build_and_its_report_is_kept(
    dataset: Path, store: Path, one_shape: Use
) -> None:
    one_shape(LENIENT)
    before = build(dataset, store).snapshot
    one_shape(STRICT)
    with pytest.raises(BuildRefused) as refused:
        build(dataset, store)
    assert refused.value.verdict.counts()["Violation"] == 1
    assert refused.value.report == store / "refused"
    assert json.loads((store / "refused/report.json").read_bytes())["conforms"] is False
    assert (store / "refused/report.ttl").read_bytes() == refused.value.verdict.report
    assert open_snapshot(store).root == before.resolve()
    one_shape(LENIENT)
    build(dataset, store)
    assert not (store / "refused").exists()


def test_a_warning_does_not_stop_the_build(dataset: Path, store: Path, one_shape: Use) -> None:
    one_shape(STRICT.replace('sh:message "No', 'sh:severity sh:Warning ; sh:message "No'))
    made = build(dataset, store)
    assert made.verdict.counts()["Warning"] == 1
    assert b"sh:Warning" in open_snapshot(store).read("report.ttl")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "dataset.toml",
            "agreements = [6, 30]",
            "agreements = [20, 30]",
            ["counts.agreements", "17", "20 … 30"],
        ),
        ("dataset.toml", "events = [6, 30]", "events = [1, 5]", ["counts.events", "19", "1 … 5"]),
        ("dataset.toml", "links = [5, 60]", "lniks = [5, 60]", ["counts.lniks", "partnerships"]),
        ("tables/events.csv", "1997-05-03,19", "1997-05-04,19", ["tables/events.csv", "1997-05-0"]),
        ("tables/places.csv", "city,Rasvik", "ctiy,Rasvik", ["tables/places.csv:5", "kind", "ctiy"]),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(
    dataset: Path, store: Path, change: Change, one_shape: Use, file: str, old: str, new: str, told: list[str]
) -> None:
    one_shape(LENIENT)
    change(file, old, new)
    with pytest.raises(InputError) as error:
        build(dataset, store)
    for words in told:
        assert words in str(error.value)
    assert not store.exists()


# The child of the tests below builds the dataset under a wrong clock with the given shapes. It kills itself
# before the change to the store whose number is given, or says how many changes there were.
CHILD = """
import datetime, os, pathlib, signal, sys, time
shift, moment = float(sys.argv[4]), int(sys.argv[5])
real = time.time
time.time = lambda: real() + shift
time.time_ns = lambda: int(time.time() * 1e9)
class Now(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)
datetime.datetime = Now
from vilnius_lod.rdf import namespaces
namespaces.SHAPES = pathlib.Path(sys.argv[3])
from vilnius_lod.build import build
changes = 0
def count(event, arguments):
    global changes
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if writes or event in {"os.mkdir", "os.rename", "os.remove", "os.symlink"}:
        changes += any(str(argument).startswith(sys.argv[2]) for argument in arguments)
        if changes == moment:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
build(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
print(changes, flush=True)
"""


def start(
    dataset: Path,
    store: Path,
    shapes: Path,
    environment: Mapping[str, str],
    shift: float = 0,
    moment: int = 0,
) -> subprocess.Popen[bytes]:
    command: list[str | Path] = [sys.executable, "-c", CHILD, dataset, store, shapes, str(shift), str(moment)]
    return subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE)


def test_two_builds_give_the_same_bytes(dataset: Path, tmp_path: Path, one_shape: Use) -> None:
    """Whatever the hash seed, time zone, locale and clock."""
    shapes = one_shape(STRICT.replace('sh:message "No', 'sh:severity sh:Warning ; sh:message "No'))
    worlds = [
        ({"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C", "PYTHONUTF8": "0"}, 0.0),
        ({"PYTHONHASHSEED": "4711", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8"}, 4e8),
    ]
    found = []
    for number, (environment, shift) in enumerate(worlds):
        store = tmp_path / str(number)
        with start(dataset, store, shapes, environment, shift) as child:
            child.communicate(timeout=60)
        assert child.returncode == 0
        found.append((open_snapshot(store).name, bytes_of(open_snapshot(store).root)))
    assert found[0] == found[1]
    assert len(found[0][1]) > 20


def test_killed_at_any_moment_the_earlier_snapshot_is_whole_and_current(
    dataset: Path, store: Path, change: Change, one_shape: Use
) -> None:
    """Killed before the first and each of the last changes to the store, and before some in between."""
    shapes = one_shape(LENIENT)
    build(dataset, store)
    earlier = open_snapshot(store).name
    change("dataset.toml", "CC0 1.0", "CC0")

    def another(name: str) -> Path:
        return shutil.copytree(store, store.with_name(name), symlinks=True)

    with start(dataset, another("whole"), shapes, {}) as child:
        changes = int(child.communicate(timeout=60)[0])
    assert changes > 30
    names = []
    for moment in (1, 2, changes // 3, 2 * changes // 3, *range(changes - 5, changes + 1)):
        copy = another(str(moment))
        with start(dataset, copy, shapes, {}, moment=moment) as child:
            assert child.wait(60) == -signal.SIGKILL, moment
        names.append(open_snapshot(copy).name)
        build(dataset, copy)
        assert open_snapshot(copy).facts.licence_label == "CC0"
        assert not [path for path in copy.iterdir() if path.name.startswith((".building", ".removed"))]
    switched = names.index(names[-1])
    assert set(names[:switched]) == {earlier}
    assert set(names[switched:]) == {names[-1]} != {earlier}


def test_no_statement_is_in_two_graphs(tiny_snapshot: Path) -> None:
    """In the union of the graphs each statement counts once, whatever the engine makes of a union."""
    lines = [
        line
        for file in ("dataset.nq", "catalogue.nq")
        for line in (tiny_snapshot / file).read_text(encoding="utf-8").splitlines()
    ]
    statements = [line.rpartition(" <")[0] for line in lines]
    assert len(statements) == len(set(statements))
    title = "<http://purl.org/dc/terms/title>"
    assert title in (tiny_snapshot / "catalogue.nt").read_text(encoding="utf-8")
