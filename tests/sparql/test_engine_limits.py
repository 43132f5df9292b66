from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vilnius_lod.settings import Settings
from vilnius_lod.sparql import guard
from vilnius_lod.sparql.embedded.engine import EmbeddedEngine
from vilnius_lod.sparql.engine import Answer
from vilnius_lod.sparql.errors import (
    Busy,
    EngineAway,
    OutOfMemory,
    QueryError,
    ResultTooLarge,
    TimedOut,
    TooDeep,
)

PRODUCT = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ENDLESS = f"SELECT (COUNT(*) AS ?n) {PRODUCT}"
LIGHT = "SELECT ?o { <https://example.org/id/3> <https://example.org/label> ?o }"


def run(engine: EmbeddedEngine, query: str, **more: object) -> Answer:
    options: dict[str, object] = {"solutions": "json", "graph": "turtle", **more}
    return engine.run(query, **options)  # type: ignore[arg-type]


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> Callable[[EmbeddedEngine, str], Answer]:
    """Past the guard, to see what holds behind it."""

    def ask(engine: EmbeddedEngine, query: str) -> Answer:
        with monkeypatch.context() as patch:
            patch.setattr(guard, "inspect", lambda text, _settings: guard.Inspection(text, "", False, False))
            return run(engine, query)

    return ask


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def open_files_of(process: int | str) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def state(pid: int) -> str:
    """R running, S sleeping, T stopped, Z zombie; empty if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def eventually(check: object, seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():  # type: ignore[operator]
            return True
        time.sleep(0.01)
    return False


def quiet(engine: EmbeddedEngine) -> bool:
    return all(state(pid) in ("S", "") for pid in children(engine.pid))


@pytest.fixture(scope="module")
def small(dataset: Path) -> Iterator[EmbeddedEngine]:
    """An engine whose limits are low."""
    settings = Settings(query_seconds=0.6, worker_megabytes=64, light_seconds=0.05)
    with EmbeddedEngine([dataset], settings) as made:
        yield made


def test_an_endless_query_is_stopped_in_time_and_leaves_nothing_computing(small: EmbeddedEngine) -> None:
    start = time.monotonic()
    with pytest.raises(TimedOut) as caught:
        run(small, ENDLESS)
    assert 0.6 <= time.monotonic() - start < 10
    assert caught.value.limit == 0.6
    assert eventually(lambda: quiet(small))


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * {PRODUCT} ORDER BY ?c",
        f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT * {PRODUCT} }}",
        f"SELECT (SUM(STRLEN(?x)) AS ?n) {{ SELECT (GROUP_CONCAT(?c) AS ?x) {PRODUCT} }}",
        "SELECT (COUNT(*) AS ?n) { ?a (<a:b>|!<a:b>)* ?b . ?c (<a:b>|!<a:b>)* ?d . ?e (<a:b>|!<a:b>)* ?f }",
        f"SELECT * {PRODUCT}",
    ],
)
def test_a_bomb_gets_its_error_in_time(small: EmbeddedEngine, query: str) -> None:
    start = time.monotonic()
    with pytest.raises((TimedOut, OutOfMemory, ResultTooLarge)):
        run(small, query)
    assert time.monotonic() - start < 10
    assert eventually(lambda: quiet(small))
    assert run(small, LIGHT)


def test_a_query_is_bounded_in_memory(dataset: Path) -> None:
    with EmbeddedEngine([dataset], Settings(worker_megabytes=32)) as engine:
        with pytest.raises(OutOfMemory) as caught:
            run(engine, f"SELECT * {PRODUCT} ORDER BY ?c")
        assert caught.value.limit == 32
        assert run(engine, LIGHT)


def test_the_bound_is_that_of_memory_in_use(dataset: Path) -> None:
    used = []
    with EmbeddedEngine([dataset], Settings(worker_megabytes=64)) as engine, ThreadPoolExecutor(1) as threads:
        asked = threads.submit(run, engine, f"SELECT * {PRODUCT} ORDER BY ?c")
        while not asked.done():
            for pid in children(engine.pid):
                try:
                    used.append(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20)
                except (OSError, IndexError):
                    continue
            time.sleep(0.002)
        assert isinstance(asked.exception(), OutOfMemory)
    assert max(used) < 64 + 40


def test_nesting_that_passes_the_guard_cannot_crash_anything_but_its_worker(
    small: EmbeddedEngine, unguarded: Callable[[EmbeddedEngine, str], Answer]
) -> None:
    with pytest.raises(TooDeep):
        run(small, "ASK {" * 3000)
    for query in ("ASK " + "{" * 3000 + "}" * 3000, "ASK { FILTER(" + "1+" * 20000 + "1) }"):
        with pytest.raises(TooDeep):
            unguarded(small, query)
    with pytest.raises(TimedOut):
        unguarded(small, "ASK { ?s " + "/".join(["<a:b>"] * 1500) + " ?o }")
    assert run(small, LIGHT)


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_solutions_are_bounded_in_rows_and_never_cut(dataset: Path, form: str) -> None:
    odd = "VALUES (?x ?y) { (UNDEF UNDEF) ('},{\\n\\r\"' UNDEF) (UNDEF '<result>[{') } LIMIT 8"
    query = f"SELECT * {{ {{ <https://example.org/id/3> ?p ?o }} {odd.replace(' LIMIT 8', '')} }} LIMIT "
    with EmbeddedEngine([dataset], Settings(result_rows=5)) as engine:
        assert run(engine, query + "5", solutions=form).body
        with pytest.raises(ResultTooLarge) as caught:
            run(engine, query + "6", solutions=form)
    assert (caught.value.limit, caught.value.unit) == (5, "rows")


def test_graphs_are_bounded_in_triples(dataset: Path) -> None:
    with EmbeddedEngine([dataset], Settings(result_rows=5)) as engine:
        assert run(engine, "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 5").body
        with pytest.raises(ResultTooLarge) as caught:
            run(engine, "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 6")
    assert (caught.value.limit, caught.value.unit) == (5, "rows")


def test_answers_are_bounded_in_bytes(dataset: Path) -> None:
    with EmbeddedEngine([dataset], Settings(result_bytes=1000)) as engine:
        for query in ("SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"):
            with pytest.raises(ResultTooLarge) as caught:
                run(engine, query)
            assert (caught.value.limit, caught.value.unit) == (1000, "bytes")


def test_a_client_is_bounded_and_others_are_not(dataset: Path) -> None:
    settings = Settings(query_seconds=1, queries_per_client=2, heavy_queries=4)
    with EmbeddedEngine([dataset], settings) as engine, ThreadPoolExecutor(2) as threads:
        busy = [threads.submit(run, engine, ENDLESS, client="a") for _ in range(2)]
        assert eventually(lambda: len(children(engine.pid)) == 2)
        with pytest.raises(Busy) as caught:
            run(engine, LIGHT, client="a")
        assert caught.value.client
        assert caught.value.retry_after >= 1
        assert run(engine, LIGHT, client="b")
        assert all(isinstance(query.exception(), TimedOut) for query in busy)
        assert run(engine, LIGHT, client="a")


def test_the_queue_is_bounded_in_length_and_time(dataset: Path) -> None:
    settings = Settings(query_seconds=1.5, workers=1, queue_length=1, queue_seconds=0.3)
    with EmbeddedEngine([dataset], settings) as engine, ThreadPoolExecutor(3) as threads:
        threads.submit(run, engine, ENDLESS)
        assert eventually(lambda: bool(children(engine.pid)))
        waiting = [threads.submit(run, engine, LIGHT) for _ in range(2)]
        for query in waiting:  # one finds the queue full, the other one waits too long
            error = query.exception()
            assert isinstance(error, Busy)
            assert not error.client


def test_a_query_that_waits_gets_its_turn(dataset: Path) -> None:
    with (
        EmbeddedEngine([dataset], Settings(query_seconds=0.5, workers=1)) as engine,
        ThreadPoolExecutor(1) as threads,
    ):
        threads.submit(run, engine, ENDLESS)
        assert eventually(lambda: bool(children(engine.pid)))
        assert run(engine, LIGHT)


def test_heavy_queries_leave_room_for_light_ones(dataset: Path) -> None:
    settings = Settings(query_seconds=4, heavy_queries=1, light_seconds=0.02)
    with EmbeddedEngine([dataset], settings) as engine, ThreadPoolExecutor(8) as threads:
        heavy = [threads.submit(run, engine, ENDLESS) for _ in range(8)]

        def states() -> list[str]:
            return sorted(state(pid) for pid in children(engine.pid) if state(pid) in ("R", "T"))

        assert eventually(lambda: states() == ["R", "T"])
        for _ in range(20):
            assert run(engine, LIGHT)
        outcomes = sorted(type(query.exception()).__name__ for query in heavy)
        assert outcomes.count("TimedOut") >= 1
        assert set(outcomes) <= {"TimedOut", "Busy"}
        assert eventually(lambda: quiet(engine))


def test_a_heavy_query_that_has_to_wait_is_answered_in_the_end(dataset: Path) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
    with (
        EmbeddedEngine([dataset], Settings(heavy_queries=1, light_seconds=0.001)) as engine,
        ThreadPoolExecutor(2) as threads,
    ):
        for query in [threads.submit(run, engine, count) for _ in range(2)]:
            assert str(610 * 610).encode() in query.result().body


def test_workers_killed_between_queries_are_not_missed(dataset: Path) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
    with EmbeddedEngine([dataset], Settings(light_seconds=5)) as engine, ThreadPoolExecutor(4) as threads:
        for query in [threads.submit(run, engine, count) for _ in range(4)]:
            query.result()
        workers = children(engine.pid)
        assert len(workers) == 4
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        for answer in [threads.submit(run, engine, LIGHT) for _ in range(12)]:
            assert b"thing 3" in answer.result().body
        assert set(children(engine.pid)) - set(workers)


def test_a_worker_killed_in_the_middle_of_a_query_is_replaced_once(dataset: Path) -> None:
    settings = Settings(query_seconds=10, light_seconds=0.05)
    count = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . <https://example.org/id/3> ?h ?i }"
    with EmbeddedEngine([dataset], settings) as engine, ThreadPoolExecutor(1) as threads:
        asked = threads.submit(run, engine, count)
        assert eventually(lambda: bool(children(engine.pid)))
        os.kill(children(engine.pid)[0], signal.SIGKILL)
        assert str(610 * 610 * 3).encode() in asked.result().body
        asked = threads.submit(run, engine, ENDLESS)
        killed: set[int] = set()
        while not asked.done():
            for pid in set(children(engine.pid)) - killed:
                time.sleep(0.1)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                killed.add(pid)
        assert isinstance(asked.exception(), EngineAway)
        assert run(engine, LIGHT)


def test_a_killed_fork_server_comes_back(dataset: Path) -> None:
    with EmbeddedEngine([dataset], Settings()) as engine:
        run(engine, LIGHT)
        first, workers = engine.pid, children(engine.pid)
        os.kill(first, signal.SIGKILL)
        assert b"thing 3" in run(engine, LIGHT).body
        assert eventually(lambda: all(state(pid) in ("", "Z") for pid in workers))
        assert b"thing 3" in run(engine, LIGHT).body
        assert engine.pid != first
        assert eventually(lambda: not state(first))


def test_random_kills_fail_no_query(dataset: Path) -> None:
    with EmbeddedEngine([dataset], Settings()) as engine, ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(run, engine, LIGHT) for _ in range(400)]
        while not all(query.done() for query in asked):
            for pid in children(engine.pid)[:1]:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        assert all(b"thing 3" in query.result().body for query in asked)


def test_no_worker_can_open_a_socket(
    dataset: Path, unguarded: Callable[[EmbeddedEngine, str], Answer]
) -> None:
    with EmbeddedEngine([dataset], Settings()) as engine, socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(QueryError):
            unguarded(engine, f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}")
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_worker_has_its_limits(engine: EmbeddedEngine) -> None:
    run(engine, LIGHT)
    pid = children(engine.pid)[0]
    limits = Path(f"/proc/{pid}/limits").read_text()
    rows = {row[:26].strip(): row[26:].split()[:2] for row in limits.splitlines()}
    for limit in ("Max open files", "Max file size", "Max core file size"):
        assert rows[limit] == ["0", "0"]
    assert rows["Max address space"][0] != "unlimited"
    handles = Path(f"/proc/{pid}/fd").iterdir()
    open_files = {str(handle.readlink()).partition(":")[0] for handle in handles}
    assert open_files <= {"/dev/null", "socket"}


def test_with_a_service_on_the_list_a_worker_may_connect(dataset: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        settings = Settings(service_allowed=(address,), query_seconds=2)
        query = f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"
        with EmbeddedEngine([dataset], settings) as engine, ThreadPoolExecutor(1) as threads:
            asked = threads.submit(run, engine, query)
            server.settimeout(5)
            connection, _ = server.accept()
            with connection:
                assert connection.recv(4096).startswith(b"POST / HTTP")
            assert isinstance(asked.exception(), QueryError)


def test_neither_file_descriptors_nor_processes_pile_up(dataset: Path) -> None:
    settings = Settings(query_seconds=0.1, light_seconds=0.02)
    with EmbeddedEngine([dataset], settings) as engine:
        run(engine, LIGHT)
        before = open_files_of("self")
        for turn in range(200):
            with pytest.raises(QueryError):
                run(engine, ENDLESS if turn % 20 == 0 else "SELECT nonsense")
            run(engine, LIGHT)
        assert open_files_of("self") <= before + 1
        assert eventually(lambda: len(children(engine.pid)) == 1)
        assert open_files_of(engine.pid) <= 5


def test_a_closed_engine_leaves_no_process(dataset: Path) -> None:
    with EmbeddedEngine([dataset], Settings()) as engine:
        run(engine, LIGHT)
        pids = [engine.pid, *children(engine.pid)]
    assert eventually(lambda: not any(state(pid) for pid in pids))


def test_no_process_survives_the_web_process(dataset: Path) -> None:
    script = f"""
import sys, threading, time
from pathlib import Path
from vilnius_lod.sparql.embedded.engine import EmbeddedEngine as Engine
from vilnius_lod.settings import Settings
engine = Engine([Path({str(dataset)!r})], Settings())
ask = lambda: engine.run({ENDLESS!r}, solutions="json", graph=None)
threading.Thread(target=ask, daemon=True).start()
time.sleep(0.3)
print(engine.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        parent = int(process.stdout.readline())
        pids = [parent, *children(parent)]
        assert len(pids) == 2
        assert any(state(pid) == "R" for pid in pids)
        process.kill()
    assert eventually(lambda: all(state(pid) in ("", "Z") for pid in pids))
