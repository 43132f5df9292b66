"""/health and /ready: true, and not kept waiting by anybody's queries."""

from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from flask import Flask

from vilnius_lod.build import build
from vilnius_lod.settings import Settings
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.context import EXTENSION

ENDLESS = "SELECT(COUNT(*)AS ?n){?a ?b ?c. ?d ?e ?f. ?g ?h ?i}"


def ready(app: Flask, status: int) -> dict[str, str]:
    """What /ready says, once it answers with that status."""
    for _ in range(2000):
        answer = app.test_client().get("/ready")
        if answer.status_code == status:
            assert answer.headers["Cache-Control"] == "no-store"
            assert (status == 503) == ("Retry-After" in answer.headers)
            return dict(answer.get_json())
        time.sleep(0.02)
    raise AssertionError(answer.get_json())


@pytest.fixture(scope="module")
def store(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of an invented city, whose files may be moved away."""
    made = tmp_path_factory.mktemp("ready")
    build(tiny_dataset, made)
    return made


def test_queries_that_take_all_places_do_not_make_it_unready(store: Path) -> None:
    app = create_app(store, Settings(query_seconds=30, workers=1, queue_length=0, heavy_queries=1))
    engine = app.extensions[EXTENSION].engine

    ended = threading.Event()

    def ask() -> None:
        while not ended.wait(0.02):
            app.test_client().get("/sparql", query_string={"query": ENDLESS})

    threads = [threading.Thread(target=ask) for _ in range(3)]
    try:
        for thread in threads:
            thread.start()
        others = (f"/sparql?query=ASK{{}}%23{number}" for number in itertools.count())  # none is in the cache
        while app.test_client().get(next(others)).status_code != 429:  # the same client
            time.sleep(0.02)
        for path in ("/health", "/ready"):
            for _ in range(20):
                assert app.test_client().get(path).status_code == 200
    finally:
        ended.set()
        engine.close()
        for thread in threads:
            thread.join()


def test_an_engine_that_cannot_answer_makes_it_unready_and_the_cause_is_told(
    store: Path,
) -> None:
    app = create_app(store, Settings())
    engine = app.extensions[EXTENSION].engine
    data = app.extensions[EXTENSION].snapshot.path("dataset.nq")
    aside = data.rename(data.with_suffix(".aside"))
    try:
        assert ready(app, 200)["status"] == "ready"  # the process holds the data
        os.kill(engine.pid, signal.SIGKILL)
        told = ready(app, 503)
        assert (told["status"], told["reason"]) == ("not ready", "EngineAway")
        assert "No such file" in told["detail"]
        aside.rename(data)
        assert ready(app, 200)["status"] == "ready"
    finally:
        engine.close()
    assert ready(app, 503)["reason"] == "EngineAway"
