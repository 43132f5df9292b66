"""Real engines to test against, on loopback, each with data of its own that is gone afterwards."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.serving import free_port, stop
from vilnius_lod.sparql.remote.loader import Target

VIRTUOSO_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CheckpointInterval = 0
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = {rows}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running engine."""

    target: Target
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it now."""
        self.process.kill()
        self.process.wait(10)


@pytest.fixture(scope="session")
def oxigraph() -> Iterator[Target]:
    """The Oxigraph server, empty, in memory."""
    with _oxigraph() as server:
        yield server.target


@pytest.fixture
def oxigraph_alone() -> Iterator[Server]:
    """One for a single test, which may stop it."""
    with _oxigraph() as server:
        yield server


@contextlib.contextmanager
def _oxigraph() -> Iterator[Server]:
    port = free_port()
    at = f"http://127.0.0.1:{port}"
    command = [str(Path(sys.executable).with_name("oxigraph")), "serve", "--bind", f"127.0.0.1:{port}"]
    with _running(command, Path(), port, "/") as process:
        yield Server(Target(query=f"{at}/query", update=f"{at}/update", store=f"{at}/store"), process)


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Virtuoso 7, empty but for its own graphs, with the name and password that it is installed with."""
    with _virtuoso(tmp_path_factory.mktemp("virtuoso"), rows=200_000) as target:
        yield target


@pytest.fixture
def virtuoso_that_cuts(tmp_path: Path) -> Iterator[Target]:
    """Virtuoso with a limit of its own, 10 rows."""
    with _virtuoso(tmp_path, rows=10) as target:
        yield target


@contextlib.contextmanager
def _virtuoso(directory: Path, *, rows: int) -> Iterator[Target]:
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("Virtuoso is not here: sudo apt install virtuoso-opensource-7-bin")
    port = free_port()
    ini = VIRTUOSO_INI.format(sql=free_port(), http=port, rows=rows)
    (directory / "virtuoso.ini").write_text(ini)
    command = [program, "+foreground", "+configfile", "virtuoso.ini"]
    with _running(command, directory, port, "/sparql?query=ASK%7B%7D"):
        at = f"http://127.0.0.1:{port}"
        yield Target(
            query=f"{at}/sparql", update=f"{at}/sparql-auth", store=f"{at}/sparql-graph-crud-auth",
            user="dba", password="dba",
        )  # fmt: skip


@contextlib.contextmanager
def _running(
    command: Sequence[str], directory: Path, port: int, path: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server from when it answers until it is no longer needed."""
    process = subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while not _answers(port, path):
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            assert time.monotonic() < end, f"{command[0]} does not answer"
            time.sleep(0.1)
        yield process
    finally:
        stop(process)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
