"""An engine that does not start, or that loses its processes, says why; one that can go on does."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from vilnius_lod.settings import Settings
from vilnius_lod.sparql.embedded.engine import EmbeddedEngine
from vilnius_lod.sparql.engine import Answer
from vilnius_lod.sparql.errors import EngineAway

LIGHT = "SELECT ?o { <https://example.org/id/3> <https://example.org/label> ?o }"
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"


def ask(engine: EmbeddedEngine, query: str = LIGHT) -> Answer:
    return engine.run(query, solutions="json", graph=None)


def eventually(check: Callable[[], bool]) -> bool:
    for _ in range(1000):
        if check():
            return True
        time.sleep(0.01)
    return False


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def reason(files: list[Path], settings: Settings | None = None) -> str:
    """Why an engine with these files does not start; nothing of it stays."""
    before, processes = open_files(), children(os.getpid())
    with pytest.raises(EngineAway) as caught:
        EmbeddedEngine(files, settings or Settings())
    assert open_files() == before
    assert children(os.getpid()) == processes
    return caught.value.message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert "No such file" in reason([tmp_path / "missing.nq"])
    assert "directory" in reason([tmp_path])


def test_a_module_that_is_missing_is_named(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "pyoxigraph"
    package.mkdir()
    (package / "__init__.py").write_text("import nowhere_to_be_found\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    told = reason([dataset])
    assert "exit code 1: ModuleNotFoundError: No module named 'nowhere_to_be_found'" in told
    assert "Traceback" not in told


def test_an_interpreter_that_is_missing_is_told(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    assert "No such file or directory" in reason([dataset])


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("#!/bin/sh\nkill -KILL $$\n", "signal SIGKILL"),
        (
            "#!/bin/sh\necho 'memory allocation of 64 bytes failed' >&2\nkill -ABRT $$\n",
            "SIGABRT: memory all",
        ),
        ("#!/bin/sh\nexit 7\n", "exit code 7"),
        ("#!/bin/sh\nexec sleep 60\n", "did not load the data in 0.3 seconds"),
    ],
)
def test_a_process_that_ends_or_hangs_before_it_is_ready_is_told_with_its_end(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, told: str
) -> None:
    executable = tmp_path / "python"
    executable.write_text(program)
    executable.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(executable))
    seconds = 0.3 if "sleep" in program else 60
    assert told in reason([dataset], Settings(load_seconds=seconds))


def test_too_little_memory_for_the_data_is_told(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    popen = subprocess.Popen

    def limited(*args: Any, **more: Any) -> subprocess.Popen[bytes]:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        process: subprocess.Popen[bytes] = popen(*args, **more)
        resource.prlimit(process.pid, resource.RLIMIT_AS, (32 * 2**20, hard))
        return process

    monkeypatch.setattr(subprocess, "Popen", limited)
    assert "ended with" in reason([dataset])


def test_too_many_open_files_are_told_and_pass(dataset: Path) -> None:
    with EmbeddedEngine([dataset], Settings()) as engine:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.prlimit(engine.pid, resource.RLIMIT_NOFILE, (3, hard))
        with pytest.raises(EngineAway, match="Too many open files"):
            ask(engine)
        resource.prlimit(engine.pid, resource.RLIMIT_NOFILE, (soft, hard))
        assert ask(engine)


def test_a_worker_that_cannot_be_confined_runs_no_query(dataset: Path) -> None:
    with (
        EmbeddedEngine([dataset], Settings(worker_megabytes=2**60)) as engine,
        pytest.raises(EngineAway, match="no process for the query: OverflowError"),
    ):
        ask(engine)


def test_what_does_not_start_again_is_told_and_not_tried_with_every_query(
    dataset: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copy = tmp_path / "copy.nq"
    copy.write_bytes(dataset.read_bytes())
    with EmbeddedEngine([copy], Settings()) as engine:
        assert ask(engine)
        content = copy.read_bytes()
        copy.unlink()
        worker = Path(f"/proc/{children(engine.pid)[0]}/fd/0")
        os.kill(engine.pid, signal.SIGKILL)
        assert eventually(lambda: not worker.exists())  # until it has ended too, it answers
        for _ in range(20):
            with pytest.raises(EngineAway, match="No such file"):
                ask(engine)
        told = [(record.message, record.fields["reason"]) for record in caplog.records]  # type: ignore[attr-defined]
        assert ("query engine ended", "signal SIGKILL") in told
        assert len([message for message, _ in told if message == "query engine not started"]) < 20

        def away() -> bool:
            try:
                engine.check()
            except EngineAway as error:
                return "No such file" in error.message
            return False

        assert eventually(away)
        copy.write_bytes(content)

        def answers() -> bool:
            try:
                engine.check()
            except EngineAway:
                return False
            return bool(ask(engine))

        assert eventually(answers)


def test_a_stopped_engine_is_not_ready(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vilnius_lod.sparql.readiness.SILENCE_SECONDS", 0.1)
    with EmbeddedEngine([dataset], Settings()) as engine:
        engine.check()
        os.kill(engine.pid, signal.SIGSTOP)

        def silent() -> bool:
            try:
                engine.check()
            except EngineAway as error:
                return "has not answered" in error.message
            return False

        assert eventually(silent)
        os.kill(engine.pid, signal.SIGCONT)
        assert eventually(lambda: not silent())
        engine.check()


def test_a_closed_engine_is_not_ready(dataset: Path) -> None:
    with EmbeddedEngine([dataset], Settings()) as engine:
        engine.check()
    with pytest.raises(EngineAway):
        engine.check()


def test_killed_workers_cost_no_query_and_leave_neither_process_nor_file(dataset: Path) -> None:
    before = open_files()
    with EmbeddedEngine([dataset], Settings(light_seconds=5)) as engine, ThreadPoolExecutor(12) as threads:
        ended = threading.Event()

        def kill() -> None:
            while not ended.wait(0.3):  # seldom enough for a query to be met once or twice
                for pid in children(engine.pid):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            for answer in threads.map(lambda _: ask(engine), range(3000)):
                assert b"thing 3" in answer.body
        finally:
            ended.set()
            killer.join()
        assert b"thing 3" in ask(engine).body
        # No more than can run at once, in spite of all that were put aside and taken up again meanwhile.
        assert eventually(lambda: len(children(engine.pid)) <= Settings().workers)
    assert open_files() == before


def test_closing_while_queries_run_and_workers_die_leaves_neither_process_nor_file(dataset: Path) -> None:
    before, processes = open_files(), children(os.getpid())
    for turn in range(10):
        engine = EmbeddedEngine([dataset], Settings())
        pid = engine.pid

        def run(number: int, engine: EmbeddedEngine = engine) -> None:
            with contextlib.suppress(EngineAway):
                ask(engine, HEAVY if number % 3 == 0 else LIGHT)

        with ThreadPoolExecutor(8) as threads:
            asked = [threads.submit(run, number) for number in range(40)]
            assert eventually(lambda: bool(children(pid)))  # noqa: B023
            for worker in children(pid)[: turn % 3]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
            engine.close()
            for query in asked:
                query.result()
        engine.close()
    assert eventually(lambda: children(os.getpid()) == processes)
    assert open_files() == before
