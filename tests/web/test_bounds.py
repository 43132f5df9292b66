"""What a client can vary is bounded in bytes, wherever it is remembered."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from flask import Response
from werkzeug.test import Client

from vilnius_lod.build import build
from vilnius_lod.settings import Settings
from vilnius_lod.sparql.descriptions import Descriptions
from vilnius_lod.web import reload
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http import compression
from vilnius_lod.web.http.cache import Cache
from vilnius_lod.web.http.context import EXTENSION

ASTRAL = "\U0001f600"
MIB = 2**20


@pytest.fixture(scope="module")
def snapshot(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tiny_dataset, tmp_path_factory.mktemp("bounds")).snapshot


def test_long_codings_are_not_remembered_whole() -> None:
    tracemalloc.start()
    for number in range(1000):
        assert compression.preferred(f"gzip, x{number};q=0.1" + ", y" * 20_000) == "gzip"
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < MIB


def test_names_that_only_a_query_knows_are_not_remembered(snapshot: Path) -> None:
    descriptions = Descriptions([snapshot / "dataset.nq"])
    tracemalloc.start()
    for number in range(500):
        assert descriptions.labels(f"https://example.org/{number}/" + ASTRAL * 10_000) == {}
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < MIB


def test_names_of_things_are_remembered(snapshot: Path) -> None:
    descriptions = Descriptions([snapshot / "dataset.nq"])
    things = [
        line.split()[0][1:-1]
        for line in (snapshot / "dataset.nq").read_text(encoding="utf-8").splitlines()
        if "prefLabel" in line
    ]
    assert descriptions.labels(things[0]) == descriptions.labels(things[0])
    assert things[0] in descriptions._cached_names
    assert descriptions._cached_bytes > 0


def test_the_cache_counts_what_its_keys_take(snapshot: Path) -> None:
    app = create_app(snapshot.parent)

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        response = Response(b"x", headers={"Cache-Control": "public", "Vary": "Accept"})
        response.set_etag("tag")
        return response(environ, start)

    try:
        cache = Cache(answer, lambda: app.extensions[EXTENSION], 100 * MIB)
        client = Client(cache)
        tracemalloc.start()
        for number in range(300):
            client.get(f"/{number}?" + "q" * 5000, headers={"Accept": f"text/{number}" + "a" * 2000})
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(cache) == 300
        assert kept < cache.bytes
        assert cache.bytes > 300 * (5000 + 2000)
    finally:
        app.extensions[EXTENSION].engine.close()


def with_manifest(snapshot: Path, manifest: bytes) -> str:
    """A copy beside a snapshot, with another manifest that is named rightly; its name."""
    dataset = snapshot.name.partition("-")[0]
    copy = snapshot.parent / f"{dataset}-{hashlib.sha256(manifest).hexdigest()[:8]}"
    shutil.copytree(snapshot, copy, dirs_exist_ok=True)
    (copy / "manifest.json").chmod(0o644)
    (copy / "manifest.json").write_bytes(manifest)
    return copy.name


def newer(manifest: bytes) -> bytes:
    """As a later version may write it: its files tell more."""
    document = json.loads(manifest)
    for listed in document["files"].values():
        listed["blake3"] = "0"
    return json.dumps(document).encode()


@pytest.mark.parametrize("changed", [newer, lambda _: b"[[]]", lambda _: b"{", lambda _: b"\xff"])
def test_no_manifest_ends_the_watch_for_the_next(
    snapshot: Path, changed: Callable[[bytes], bytes], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = tmp_path / "store"
    shutil.copytree(snapshot, store / snapshot.name)
    current = store / "current"
    current.symlink_to(snapshot.name)
    app = create_app(store, Settings(metrics=True))
    try:
        name = with_manifest(store / snapshot.name, changed((snapshot / "manifest.json").read_bytes()))
        current.unlink()
        current.symlink_to(name)
        with caplog.at_level(logging.ERROR):
            assert not reload.switch(app, store, Settings())
        assert "snapshot refused" in caplog.text
        client = app.test_client()
        assert client.get("/ready").get_json()["snapshot"] == snapshot.name
        assert 'switches_total{outcome="refused"} 1' in client.get("/metrics").text
    finally:
        app.extensions[EXTENSION].engine.close()


def test_an_error_while_looking_does_not_end_the_watch(
    snapshot: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []

    def look(_: Path) -> tuple[object, ...]:
        looks.append(1)
        raise RuntimeError("the disk is away")

    monkeypatch.setattr(reload, "_version", look)
    app = create_app(snapshot.parent)
    try:
        ended = reload.watch(app, snapshot.parent, Settings(switch_seconds=0.01))
        while len(looks) < 3:
            ended.wait(0.01)
        ended.set()
        assert "looking for a snapshot failed" in caplog.text
    finally:
        app.extensions[EXTENSION].engine.close()
