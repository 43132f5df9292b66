from __future__ import annotations

import http.client
import json
import logging
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.web.running import Service, running
from vilnius_lod.build import build
from vilnius_lod.settings import Settings
from vilnius_lod.snapshot import open_snapshot
from vilnius_lod.web import reload
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.context import EXTENSION

COUNT = "/sparql?query=SELECT(COUNT(*)AS ?n){?s ?p ?o}"


def edition(source: Path, folder: Path, store: Path, number: int) -> str:
    """Build the dataset with one label changed; the name of the snapshot."""
    if not folder.exists():
        shutil.copytree(source, folder)
    table = next((folder / "tables").glob("places.csv"))
    original = (source / "tables" / "places.csv").read_text(encoding="utf-8")
    head, first, *rest = original.splitlines(keepends=True)
    names = head.rstrip("\n").split(",")
    cells = first.rstrip("\n").split(",")
    column = next(i for i, name in enumerate(names) if name.startswith("name_"))
    cells[column] += f" {number}" if number else ""
    table.write_text("".join([head, ",".join(cells) + "\n", *rest]), encoding="utf-8")
    return build(folder, store).snapshot.name


def point(store: Path, name: str) -> None:
    """Make a snapshot current, as a build does."""
    link = store / ".test"
    link.symlink_to(name, target_is_directory=True)
    link.replace(store / "current")


@pytest.fixture(scope="module")
def editions(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A store with three snapshots; the first is current."""
    folder = tmp_path_factory.mktemp("editions")
    names = [edition(tiny_dataset, folder / "data", folder / "store", number) for number in range(3)]
    assert len(set(names)) == 3
    point(folder / "store", names[0])
    return folder / "store", names


@pytest.fixture
def store(editions: tuple[Path, list[str]]) -> Iterator[Path]:
    yield editions[0]
    point(editions[0], editions[1][0])


def fork_server(app: Flask) -> int:
    return int(app.extensions[EXTENSION].engine.pid)


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_the_next_snapshot_is_served_and_the_old_engine_ends(
    store: Path, editions: tuple[Path, list[str]]
) -> None:
    app = create_app(store)
    try:
        client, old = app.test_client(), fork_server(app)
        before = client.get("/ready").get_json()
        tag = client.get("/data").headers["ETag"]
        assert client.get(COUNT).status_code == 200
        point(store, editions[1][1])
        assert reload.switch(app, store, Settings())
        after = client.get("/ready").get_json()
        assert (before["snapshot"], after["snapshot"]) == tuple(editions[1][:2])
        assert client.get("/data", headers={"If-None-Match": tag}).status_code == 200
        assert client.get("/data").headers["ETag"].startswith(f'"{after["dataset"]}-')
        assert client.get(COUNT).headers["ETag"].startswith(f'"{after["dataset"]}-')
        assert not alive(old)
        assert alive(fork_server(app))
    finally:
        app.extensions[EXTENSION].engine.close()


def test_a_request_in_flight_ends_on_the_snapshot_that_it_began_with(
    store: Path, editions: tuple[Path, list[str]]
) -> None:
    app = create_app(store)
    began, go_on = threading.Event(), threading.Event()

    @app.before_request
    def hold() -> None:
        from flask import request

        if "hold" in request.args:
            began.set()
            go_on.wait(10)

    try:
        old = fork_server(app)
        found: list[str] = []

        def ask() -> None:
            answer = app.test_client().get(f"{COUNT}&hold=1", headers={"Accept": "text/html"})
            assert answer.status_code == 200
            found.append(answer.headers["ETag"])

        thread = threading.Thread(target=ask)
        thread.start()
        assert began.wait(10)
        point(store, editions[1][1])
        assert reload.switch(app, store, Settings())
        assert alive(old)
        go_on.set()
        thread.join()
        assert found[0].startswith(f'"{editions[1][0].partition("-")[0]}')
        assert not alive(old)
    finally:
        app.extensions[EXTENSION].engine.close()


def broken_copy(store: Path, name: str, damage: str) -> str:
    """A snapshot beside the others that cannot be served."""
    broken = f"{name[:-1]}{'0' if name[-1] != '0' else '1'}"
    shutil.rmtree(store / broken, ignore_errors=True)
    shutil.copytree(store / name, store / broken)
    if damage == "no manifest":
        (store / broken / "manifest.json").unlink()
    else:
        (store / broken / "dataset.nq").write_text("nonsense")
    return broken


@pytest.mark.parametrize("damage", ["no manifest", "wrong bytes", "nowhere"])
def test_a_broken_snapshot_is_refused_and_told_in_the_log(
    store: Path, editions: tuple[Path, list[str]], damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(store)
    try:
        name = "nowhere" if damage == "nowhere" else broken_copy(store, editions[1][1], damage)
        point(store, name)
        with caplog.at_level(logging.ERROR):
            assert not reload.switch(app, store, Settings())
        assert "snapshot refused" in caplog.text
        assert app.test_client().get("/ready").get_json()["snapshot"] == editions[1][0]
        assert app.test_client().get(COUNT).status_code == 200
    finally:
        app.extensions[EXTENSION].engine.close()
        shutil.rmtree(store / name, ignore_errors=True)


def hammer(
    service: Service, path: str, ended: threading.Event, seen: list[tuple[object, ...]], keep: bool
) -> None:
    """Ask again and again, on one connection or each time on a new one."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    while not ended.is_set():
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            seen.append((path, answer.status, answer.getheader("ETag"), answer.read()))
            # http.client connects anew, silently, where the server has cut a kept-alive connection.
            if keep and connection.sock is None:
                seen.append((path, "cut", "", b""))
        except OSError as error:
            seen.append((path, repr(error), "", b""))
            connection.close()
        if not keep:
            connection.close()
    connection.close()


def test_no_request_is_lost_while_snapshots_change(
    store: Path, editions: tuple[Path, list[str]], tmp_path: Path
) -> None:
    names = editions[1]
    with running(store, tmp_path / "log", switch_seconds=0.05) as service:
        ended = threading.Event()
        seen: list[tuple[object, ...]] = []
        threads = [
            threading.Thread(target=hammer, args=(service, path, ended, seen, keep))
            for path in ("/", "/ontology", COUNT.replace(" ", "%20"))
            for keep in (True, False)
        ]
        for thread in threads:
            thread.start()
        try:
            for number in range(1, 6):
                name = names[number % 3]
                point(store, name)
                end = time.monotonic() + 20
                while json.loads(service.get("/ready")[2])["snapshot"] != name:
                    assert time.monotonic() < end, (tmp_path / "log").read_text()
                    time.sleep(0.05)
            broken = broken_copy(store, names[1], "wrong bytes")
            point(store, broken)
            time.sleep(0.5)
            assert json.loads(service.get("/ready")[2])["snapshot"] == names[5 % 3]
        finally:
            ended.set()
            for thread in threads:
                thread.join()
        lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines() if line[0] == "{"]
    assert [line["to"] for line in lines if line["message"] == "snapshot switched"] == [
        names[number % 3] for number in range(1, 6)
    ]
    assert [line["kept"] for line in lines if line["message"] == "snapshot refused"] == [names[2]]
    assert Counter(status for _, status, _, _ in seen) == {200: len(seen)}
    assert len(seen) > 100
    bodies: dict[object, set[object]] = {}
    for path, _, tag, body in seen:
        bodies.setdefault((path, tag), set()).add(body)
    assert all(len(found) == 1 for found in bodies.values()), "an ETag stood for two bodies"
    datasets = {str(tag)[1:17] for _, _, tag, _ in seen}
    assert datasets == {open_snapshot_dataset(store, name) for name in names}
    shutil.rmtree(store / broken)


def open_snapshot_dataset(store: Path, name: str) -> str:
    return str(json.loads((store / name / "manifest.json").read_text())["dataset"])


def test_a_change_before_the_first_look_is_noticed(store: Path, editions: tuple[Path, list[str]]) -> None:
    app = create_app(store)
    point(store, editions[1][1])
    ended = reload.watch(app, store, Settings(switch_seconds=0.02))
    try:
        end = time.monotonic() + 10
        while app.extensions[EXTENSION].snapshot.name != open_snapshot(store).name:
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        ended.set()
        app.extensions[EXTENSION].engine.close()
