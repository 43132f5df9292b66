"""The servers that are measured: each started on loopback with the same data, and stopped in the end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from .client import Client
from .exchange import HOST, Target

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv" / "bench" / "bin"


class Absent(Exception):  # noqa: N818 - no error: the row is left out
    """A peer is not installed; the text is the line that installs it."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers on ``port``; ``endpoint`` is the path of its SPARQL service, ``proxy`` the
    process id of the proxy in front, which speaks TLS.
    """

    name: str
    port: int
    pid: int
    endpoint: str = "/sparql"
    proxy: int = 0

    @property
    def pids(self) -> list[int]:
        """The roots of all its processes."""
        return [self.pid, self.proxy] if self.proxy else [self.pid]

    @property
    def target(self) -> Target:
        """Where clients of :mod:`~bench.exchange` find it."""
        return Target(self.port, self.endpoint, tls=bool(self.proxy))


@contextlib.contextmanager
def ours(
    store: Path, folder: Path, settings: Mapping[str, str] | None = None, options: Sequence[str] = ()
) -> Iterator[Server]:
    """``vilnius-lod serve`` with the current snapshot of a store."""
    port = _free_port()
    command = [sys.executable, "-m", "vilnius_lod.cli", "serve", "--store", str(store), "--port", str(port)]
    log = folder / "ours.log"
    with _running([*command, *options], port, log, path="/ready", environment=settings) as pid:
        yield Server("vilnius-lod", port, pid)


@contextlib.contextmanager
def ours_behind_nginx(store: Path, folder: Path) -> Iterator[Server]:
    """One instance behind nginx with ``deploy/nginx.conf``; ports, certificate and key are others."""
    port, key, certificate = _free_port(), folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-subj", f"/CN={HOST}", "-keyout", key, "-out", certificate], check=True, capture_output=True,
    )  # fmt: skip
    with ours(store, folder, {"VILNIUS_LOD_ALLOWED_HOSTS": HOST}, ["--behind-proxy"]) as server:
        lines = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        for documented, own in {
            "listen 443": f"listen 127.0.0.1:{port}",
            "127.0.0.1:8001": f"127.0.0.1:{server.port}",
            "    server 127.0.0.1:8002 max_fails=0;\n": "",
            f"/etc/ssl/{HOST}.pem": str(certificate),
            f"/etc/ssl/private/{HOST}.key": str(key),
        }.items():
            if documented not in lines:
                raise AssertionError(f"deploy/nginx.conf lacks: {documented}")
            lines = lines.replace(documented, own)
        with _nginx(folder, lines, port) as pid:
            yield Server("vilnius-lod behind nginx", port, server.pid, proxy=pid)


@contextlib.contextmanager
def oxigraph(
    quads: Path, folder: Path, *, disk: bool, options: Sequence[str] = (), megabytes: int | None = None
) -> Iterator[Server]:
    """The Oxigraph server; in memory, or on disk, its usual mode. ``megabytes`` limits its address space."""
    program = _program("oxigraph", "make bench")
    port = _free_port()
    command = [program, "serve", "--bind", f"127.0.0.1:{port}", "--union-default-graph", *options]
    if disk:
        location = folder / "oxigraph"
        shutil.rmtree(location, ignore_errors=True)
        subprocess.run(
            [program, "load", "--location", location, "--file", quads], check=True, capture_output=True
        )
        command += ["--location", str(location)]
    if megabytes:
        command = ["prlimit", f"--as={megabytes << 20}", *command]
    name = "Oxigraph on disk" if disk else "Oxigraph in memory"
    with _running(command, port, folder / f"{name}.log", path="/") as pid:
        if not disk:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/store", quads.read_bytes(), {"Content-Type": "application/n-quads"}
            )
            urllib.request.urlopen(request).close()
        yield Server(name, port, pid, "/query")


@contextlib.contextmanager
def rdflib_endpoint(quads: Path, folder: Path) -> Iterator[Server]:
    """rdflib-endpoint with its default store, which is in memory."""
    program = _program("rdflib-endpoint", "make bench")
    port = _free_port()
    command = [program, "serve", "--host", "127.0.0.1", "--port", str(port), str(quads)]
    with _running(command, port, folder / "rdflib-endpoint.log", path="/") as pid:
        yield Server("rdflib-endpoint", port, pid, "/")


@contextlib.contextmanager
def virtuoso(quads: Path, folder: Path) -> Iterator[Server]:
    """Virtuoso 7 with 1 GB of buffers, more than the data need."""
    install = "sudo apt-get install virtuoso-opensource-7-bin"
    program = _program("virtuoso-t", install)
    isql = _program("isql-vt", install)
    port, sql = _free_port(), _free_port()
    home = folder / "virtuoso"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    ini = home / "virtuoso.ini"
    ini.write_text(_VIRTUOSO.format(home=home, data=quads.parent, port=port, sql=sql))
    command = [program, "+foreground", "+configfile", str(ini)]
    with _running(command, port, folder / "virtuoso.log", path="/sparql", seconds=120) as pid:
        statements = f"ld_dir('{quads.parent}', '{quads.name}', 'urn:none'); rdf_loader_run(); checkpoint;"
        subprocess.run(
            [isql, f"127.0.0.1:{sql}", "dba", "dba", f"exec={statements}"], check=True, capture_output=True
        )
        yield Server("Virtuoso 7", port, pid)


@contextlib.contextmanager
def nginx(folder: Path) -> Iterator[Server]:
    """nginx with the files below ``folder/www``; ``/id/…`` answers 303 to ``/doc/…``."""
    port = _free_port()
    with _nginx(folder, _STATIC.format(folder=folder, port=port), port) as pid:
        yield Server("nginx", port, pid)


def first_answer(store: Path, folder: Path, graph: str, statements: int) -> float:
    """Seconds from ``vilnius-lod serve`` to the first correct count of the statements in a graph."""
    path = "/sparql?query=" + quote(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", safe="")
    port = _free_port()
    command = [sys.executable, "-m", "vilnius_lod.cli", "serve", "--store", str(store), "--port", str(port)]
    start = time.perf_counter()
    with _started(command, folder / "first.log"), Client(port) as client:
        while time.perf_counter() - start < 60:
            with contextlib.suppress(OSError):
                reply = client.get(path, {"Accept": "text/csv"})
                if reply.status == 200 and reply.body.split() == [b"n", b"%d" % statements]:
                    return time.perf_counter() - start
            time.sleep(0.005)
    raise AssertionError(f"no correct answer in a minute: {folder / 'first.log'}")


@contextlib.contextmanager
def _running(
    command: Sequence[str | Path],
    port: int,
    log: Path,
    *,
    path: str,
    environment: Mapping[str, str] | None = None,
    seconds: float = 60,
) -> Iterator[int]:
    """The process id of a server, once it answers."""
    with _started(command, log, environment) as process:
        end = time.monotonic() + seconds
        while not _answers(port, path):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{command[0]} does not answer; it said:\n{log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield process.pid


@contextlib.contextmanager
def _started(
    command: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, which is ended as a whole."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
    try:
        yield process
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
                break


@contextlib.contextmanager
def _nginx(folder: Path, lines: str, port: int) -> Iterator[int]:
    """nginx with these lines for its ``http`` block; its process id."""
    program = _program("nginx", "sudo apt-get install nginx")
    configuration = folder / "nginx.conf"
    # Started by root its workers would change to a user who may not read the folder.
    user = "user root;" if os.getuid() == 0 else ""
    configuration.write_text(_NGINX.format(user=user, folder=folder, lines=lines))
    command = [program, "-c", str(configuration), "-e", str(folder / "nginx-error.log")]
    with _running(command, port, folder / "nginx.log", path="/") as pid:
        yield pid


def _answers(port: int, path: str) -> bool:
    try:
        with Client(port, timeout=5) as client:
            return client.get(path, {"Accept": "*/*"}).status < 500
    except OSError:
        return False


def _program(name: str, install: str) -> str:
    found = shutil.which(
        name, path=os.pathsep.join([str(ENVIRONMENT), os.environ.get("PATH", ""), "/usr/sbin"])
    )
    if not found:
        raise Absent(install)
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_NGINX = """{user}
daemon off;
pid {folder}/nginx.pid;
worker_processes auto;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{lines}
}}
"""
_STATIC = """
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=10000 inactive=600s;
  types {{ text/turtle ttl; application/ld+json jsonld; text/html html; }}
  server {{
    listen 127.0.0.1:{port};
    root {folder}/www;
    location ~ ^/id/(.*)$ {{ return 303 /doc/$1; }}
  }}
"""

# The limits that would change answers are lifted; the rest are Debian's.
_VIRTUOSO = """[Database]
DatabaseFile = {home}/virtuoso.db
ErrorLogFile = {home}/virtuoso.log
LockFile = {home}/virtuoso.lck
TransactionFile = {home}/virtuoso.trx
xa_persistent_file = {home}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {home}/virtuoso-temp.db
TransactionFile = {home}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 40
CheckpointInterval = 0
DirsAllowed = {data}
NumberOfBuffers = 85000
MaxDirtyBuffers = 65000
MaxSortedTopRows = 1000000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 40
MaxClientConnections = 40
KeepAliveTimeout = 60
MaxKeepAlives = 40
[SPARQL]
ResultSetMaxRows = 1000000
"""
