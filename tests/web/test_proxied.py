"""deploy/: behind nginx as it is configured there, one client's attacks hurt nobody else."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.conftest import ROOT
from tests.web.proxying import HOST, MISSING, NGINX, ask, connect, nginx
from tests.web.running import running
from vilnius_lod.build import build

pytestmark = pytest.mark.contract

ATTACKER = "127.0.0.2"
CADDY = shutil.which("caddy")
LARGE = "/sparql?" + urlencode({"query": "SELECT ?a ?b ?c {?a ?p ?b. ?c a ?d} LIMIT 20000", "format": "json"})
POST = f"POST /sparql HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/sparql-query\r\n".encode()
SOONER = {
    "client_header_timeout 10s": "client_header_timeout 2s",
    "client_body_timeout 10s": "client_body_timeout 2s",
    "send_timeout 15s": "send_timeout 2s",
    "keepalive_timeout 15s": "keepalive_timeout 2s",
    "vilnius_lod_client 40": "vilnius_lod_client 10",
}


@pytest.fixture(scope="module")
def port(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """nginx, its limits lowered, in front of one instance."""
    if NGINX is None:
        pytest.skip(MISSING)
    folder = tmp_path_factory.mktemp("proxied")
    build(tiny_dataset, folder / "store")
    with running(
        folder / "store", folder / "log", trusted_proxies=1, allowed_hosts=HOST, queries_per_client=4
    ) as service, nginx(folder, (service.port, service.port), SOONER) as found:  # fmt: skip
        yield found


def rest(connection: socket.socket) -> bytes:
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            found += part
    return found


def others_are_answered(port: int) -> None:
    assert ask(port, "GET", "/health")[0] == 200
    assert ask(port, "GET", "/robots.txt")[0] == 200
    assert ask(port, "POST", "/sparql", b"ASK{}")[0] == 200


def test_connections_that_say_nothing_are_closed(port: int) -> None:
    with contextlib.ExitStack() as stack:
        silent = []
        for _ in range(100):
            plain = stack.enter_context(socket.socket())
            plain.settimeout(20)
            plain.bind((ATTACKER, 0))
            plain.connect(("127.0.0.1", port))
            silent.append(plain)
        begun = [stack.enter_context(connect(port, ATTACKER)) for _ in range(50)]
        for connection in begun:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ")
        others_are_answered(port)
        for each in (*silent, *begun):
            rest(each)


def test_half_sent_bodies_hold_nobody_else_up(port: int) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(port, ATTACKER)) for _ in range(20)]
        for connection in slow:
            connection.sendall(POST + b"Content-Length: 1000\r\n\r\nASK")
        others_are_answered(port)
        for connection in slow:
            rest(connection)
    assert ask(port, "POST", "/sparql", b"ASK{}", ATTACKER)[0] == 200


def test_slow_readers_hold_nobody_else_up(port: int) -> None:
    size = len(ask(port, "GET", LARGE)[2])
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(connect(port, ATTACKER, 4096)) for _ in range(30)]
        for reader in readers:
            reader.sendall(f"GET {LARGE} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        others_are_answered(port)
        assert len(ask(port, "GET", LARGE)[2]) == size


def test_many_requests_at_once_of_one_client_are_refused(port: int) -> None:
    def slow(number: int) -> int:
        query = f"SELECT (COUNT(*) AS ?n{number}) {{?a ?b ?c. ?d ?e ?f. ?g ?h ?i}}"
        return ask(port, "POST", "/sparql", query.encode(), ATTACKER)[0]

    with ThreadPoolExecutor(30) as pool:
        attack = [pool.submit(slow, number) for number in range(30)]
        others_are_answered(port)
        statuses = Counter(one.result() for one in attack)
    assert statuses[429] >= 20


@pytest.mark.skipif(CADDY is None, reason="type: sudo apt install caddy")
def test_the_caddyfile_is_one() -> None:
    assert CADDY is not None
    path = ROOT / "deploy" / "Caddyfile"
    found = subprocess.run(
        [CADDY, "adapt", "--adapter", "caddyfile", "--config", str(path)], capture_output=True, check=False
    )
    assert found.returncode == 0, found.stderr
