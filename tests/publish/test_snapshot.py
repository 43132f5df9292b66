"""A snapshot is whole or not there: written beside the old one, switched at once, refused when altered."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vilnius_lod import snapshot
from vilnius_lod.facts import ContactFacts, Facts, ReleaseFacts, SourceFacts, WithdrawalFacts
from vilnius_lod.snapshot import SnapshotError, open_snapshot, write

FACTS = Facts(
    base="https://example.org/", site="https://example.org/", name="x", languages=("en",), focus="x",
    municipality="x", title={"en": "X"}, description={"en": "X"}, licence="https://example.org/licence",
    licence_label="CC0", rights={}, contact=ContactFacts({}, "", ""), publisher="https://example.org/x",
    publisher_name={"en": "X"},
    source=SourceFacts("x", "X", "en", "2026-05-01", "0" * 64, "https://example.org/x"),
    version="0.1.0", issued="2026-05-01", modified="2026-05-01",
    releases=(ReleaseFacts("0.1.0", "2026-05-01", {"en": "The first."}),),
    counts={}, triples=1, results={},
    withdrawals={"place/x": WithdrawalFacts({"en": "X"}, {"en": "Entered twice."}, "2026-05-01", "place/y")},
    inputs="",
)  # fmt: skip
PREAMBLE = f"from vilnius_lod.facts import *\nfacts = {FACTS!r}\n"
FILES = {
    "dataset.nq": b"one\n",
    "data/x.csv": b"a,b\r\n",
    "data/x.csv-metadata.json": b"{}",
    "queries/q.rq": b"",
}


def files(text: str) -> dict[str, bytes]:
    return {**FILES, "dataset.nq": text.encode()}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_what_was_written_is_read(store: Path) -> None:
    root = write(store, FILES, FACTS)
    found = open_snapshot(store)
    assert (found.root, found.name, found.facts) == (root.resolve(), root.name, FACTS)
    assert {name: found.read(name) for name in found.files} == FILES
    assert found.path("data/x.csv").read_bytes() == FILES["data/x.csv"]
    assert found.files["data/x.csv"].bytes == 5
    with pytest.raises(KeyError):
        found.path("../elsewhere")


@pytest.mark.parametrize(
    ("file", "media_type"),
    [
        ("data/x.csv", "text/csv"),
        ("data/x.csv-metadata.json", "application/csvm+json"),
        ("data/csv-metadata.json", "application/csvm+json"),
        ("report.json", "application/json"),
        ("data/x.jsonld", "application/ld+json"),
        ("queries/x.rq", "application/sparql-query"),
        ("data/x", "application/octet-stream"),
    ],
)
def test_files_have_media_types(file: str, media_type: str) -> None:
    assert snapshot.media_type(file) == media_type


def test_the_name_is_that_of_the_content(store: Path, tmp_path: Path) -> None:
    first = write(store, FILES, FACTS).name
    assert write(tmp_path / "other", FILES, FACTS).name == first
    moved = write(store, FILES, replace(FACTS, site="https://else.example/")).name
    assert moved != first
    assert moved[:16] == first[:16], "the data are the same"
    assert write(store, files("two\n"), FACTS).name[:16] != first[:16]
    # By hand: printf 'one\n' | sha256sum
    assert first.startswith("2c8b08da5ce60398-")


def test_where_there_is_none_that_is_said(store: Path) -> None:
    with pytest.raises(SnapshotError, match="no snapshot"):
        open_snapshot(store)


@pytest.mark.parametrize("file", [*FILES, "manifest.json"])
@pytest.mark.parametrize("how", ["altered", "cut", "gone"])
def test_an_altered_snapshot_is_refused(store: Path, file: str, how: str) -> None:
    path = write(store, FILES, FACTS) / file
    content = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "cut" and content:
        path.write_bytes(content[:-1])
    else:
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:] if content else b"x")
    with pytest.raises(SnapshotError, match=file):
        open_snapshot(store)


def test_a_file_altered_after_opening_is_refused(store: Path) -> None:
    write(store, FILES, FACTS)
    found = open_snapshot(store)
    found.path("data/x.csv").write_bytes(b"b,a\r\n")
    with pytest.raises(SnapshotError, match=r"data/x\.csv"):
        found.read("data/x.csv")


def test_a_renamed_snapshot_is_refused(store: Path) -> None:
    root = write(store, FILES, FACTS)
    root.rename(store / "0000000000000000-00000000")
    (store / "current").unlink()
    (store / "current").symlink_to("0000000000000000-00000000")
    with pytest.raises(SnapshotError, match=r"manifest\.json"):
        open_snapshot(store)


def test_an_altered_snapshot_is_mended_by_the_next_build(store: Path) -> None:
    root = write(store, FILES, FACTS)
    (root / "data/x.csv").write_bytes(b"?")
    assert write(store, FILES, FACTS) == root
    assert open_snapshot(store).read("data/x.csv") == FILES["data/x.csv"]


def test_the_same_content_is_not_written_again(store: Path) -> None:
    root = write(store, FILES, FACTS)
    before = (root / "dataset.nq").stat()
    write(store, files("two\n"), FACTS)
    assert write(store, FILES, FACTS) == root
    assert (root / "dataset.nq").stat().st_ino == before.st_ino
    assert open_snapshot(store).root == root.resolve()


def test_the_last_three_are_kept(store: Path) -> None:
    names = [write(store, files(f"{number}\n"), FACTS).name for number in range(5)]
    write(store, files("2\n"), FACTS)
    left = {path.name for path in store.iterdir() if path.is_dir() and not path.is_symlink()}
    assert left == set(names[2:])
    assert open_snapshot(store).name == names[2]


def test_nothing_else_is_left_in_the_store(store: Path) -> None:
    (store / ".building-0123").mkdir(parents=True)
    (store / ".removed-4567").mkdir()
    root = write(store, FILES, FACTS)
    assert sorted(path.name for path in store.iterdir()) == sorted([".lock", "current", root.name])


def test_a_refused_report_is_kept_apart_and_forgotten(store: Path) -> None:
    root = write(store, FILES, FACTS)
    for text in (b"first", b"second"):
        folder = snapshot.keep_refused(store, {"report.ttl": text})
        assert (folder / "report.ttl").read_bytes() == text
        assert open_snapshot(store).root == root.resolve()
    snapshot.forget_refused(store)
    assert not (store / "refused").exists()


# Before the n-th effect on the disk, the process is gone.
KILLED = (
    PREAMBLE
    + """
import os, pathlib, shutil, signal, sys
from vilnius_lod import snapshot
left = int(sys.argv[2])
def counted(effect):
    def run(*arguments, **more):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return effect(*arguments, **more)
    return run
os.fsync = counted(os.fsync)
os.utime = counted(os.utime)
shutil.rmtree = counted(shutil.rmtree)
for name in ("rename", "replace", "symlink_to", "unlink", "mkdir", "open"):
    setattr(pathlib.Path, name, counted(getattr(pathlib.Path, name)))
files = {"dataset.nq": sys.argv[3].encode(), "data/a.csv": b"1", "data/b.csv": b"2"}
snapshot.write(pathlib.Path(sys.argv[1]), files, facts)
"""
)


def run(code: str, *arguments: object) -> int:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode


def test_killed_at_any_effect_the_earlier_snapshot_is_whole_and_current(store: Path) -> None:
    for number in range(4):
        write(store, files(f"{number}\n"), FACTS)
    earlier = open_snapshot(store).name
    killed = 0
    for number in range(200):
        code = run(KILLED, store, number, "new\n")
        found = open_snapshot(store)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        killed += 1
        # Once the link is switched, the new one is current, as whole as the earlier.
        assert found.name == earlier or found.read("dataset.nq") == b"new\n"
    assert killed >= 15
    assert open_snapshot(store).read("dataset.nq") == b"new\n"
    assert not list(store.glob(".building-*"))
    assert not list(store.glob(".removed-*"))


def test_two_writers_wait_for_each_other(store: Path) -> None:
    code = (
        PREAMBLE
        + """
import pathlib, sys
from vilnius_lod import snapshot
for number in range(20):
    files = {"dataset.nq": f"{sys.argv[2]} {number}".encode(), "data/a.csv": b"1"}
    snapshot.write(pathlib.Path(sys.argv[1]), files, facts)
    snapshot.open_snapshot(pathlib.Path(sys.argv[1]))
"""
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, store, name]) for name in "ab"]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert open_snapshot(store).read("dataset.nq") in {b"a 19", b"b 19"}


def test_reading_a_snapshot_needs_neither_rdflib_nor_pyshacl() -> None:
    code = "import sys, vilnius_lod.snapshot; sys.exit(bool({'rdflib', 'pyshacl'} & set(sys.modules)))"
    assert run(code) == 0


def test_while_another_writes_each_opening_finds_a_whole_snapshot(store: Path) -> None:
    write(store, files("0\n"), FACTS)
    code = (
        PREAMBLE
        + """
import pathlib, sys
from vilnius_lod import snapshot
for number in range(40):
    snapshot.write(pathlib.Path(sys.argv[1]), {"dataset.nq": str(number % 3).encode(), "a.csv": b"1"}, facts)
"""
    )
    with subprocess.Popen([sys.executable, "-c", code, store]) as writer:
        opened = 0
        while writer.poll() is None:
            open_snapshot(store)
            opened += 1
    assert writer.returncode == 0
    assert opened > 5


def test_a_snapshot_deleted_while_it_is_read_gives_way_to_the_current_one(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, files("0\n"), FACTS)
    checked = snapshot._checked

    def replaced_meanwhile(*arguments: Any) -> bytes:
        monkeypatch.setattr(snapshot, "_checked", checked)
        for number in range(1, 5):
            write(store, files(f"{number}\n"), FACTS)
        return checked(*arguments)

    monkeypatch.setattr(snapshot, "_checked", replaced_meanwhile)
    assert open_snapshot(store).read("dataset.nq") == b"4\n"
