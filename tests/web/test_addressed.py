"""Under which names and on which addresses the service answers."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import free_port, stop
from tests.web.running import Service, running
from vilnius_lod.build import build
from vilnius_lod.web.http import clients
from vilnius_lod.web.http.hosts import Hosts

CLI = [sys.executable, "-m", "vilnius_lod.cli"]


@pytest.fixture(scope="module")
def store(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("addressed")
    build(tiny_dataset, folder)
    return folder


@pytest.fixture(scope="module")
def named(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that answers to one name."""
    with running(store, tmp_path_factory.mktemp("named") / "log", allowed_hosts="data.example.org") as found:
        yield found


def ask(service: Service, request: str) -> tuple[int, str]:
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(request.encode("latin-1"))
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.decode().partition("\r\n\r\n")
    return int(head.split(" ")[1]), body


@pytest.mark.parametrize(
    "path", ["/", "/health", "/ready", "/doc/dataset", "/data", "/sparql?query=ASK%7B%7D", "/robots.txt"]
)
def test_http_1_0_needs_no_host(named: Service, path: str) -> None:
    status, _ = ask(named, f"GET {path} HTTP/1.0\r\n\r\n")
    assert status == ask(named, f"GET {path} HTTP/1.0\r\nHost: data.example.org\r\n\r\n")[0] != 400


@pytest.mark.parametrize("path", ["/health", "/ready"])
@pytest.mark.parametrize(
    "host", ["Host: 192.0.2.7:80\r\n", "Host: <x>\r\n", "Host: \xff\r\n", "Host:\r\n", ""]
)
def test_probes_are_answered_whoever_asks(named: Service, path: str, host: str) -> None:
    assert ask(named, f"GET {path} HTTP/1.1\r\n{host}Connection: close\r\n\r\n")[0] == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("Host: data.example.org\r\n", 200),
        ("Host: DATA.example.org.:8443\r\n", 200),
        ("Host: data.example.org.\r\n", 200),
        ("Host:\r\n", 400),  # RFC 9110, section 4.2.1
        ("Host: data.example.org..\r\n", 400),
        ("Host: evil.example\r\n", 400),
        ("Host: data.example.org\r\nHost: evil.example\r\n", 400),
        ("Host: \xff\r\n", 400),
        ("", 400),  # RFC 9112, section 3.2
    ],
)
def test_other_addresses_answer_to_their_names(named: Service, host: str, status: int) -> None:
    assert ask(named, f"GET /robots.txt HTTP/1.1\r\n{host}Connection: close\r\n\r\n")[0] == status


def test_what_stands_in_the_request_line_counts_before_host(named: Service) -> None:
    request = "GET http://{}/robots.txt HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n"
    assert ask(named, request.format("evil.example", "data.example.org"))[0] == 400
    assert ask(named, request.format("data.example.org", "evil.example"))[0] == 200


def test_a_header_with_an_underscore_does_not_pass_for_another(store: Path, tmp_path: Path) -> None:
    query = "/sparql?query=ASK%7B%7D"
    with running(store, tmp_path / "log", trusted_proxies=1) as service:
        for header in (
            "X_Forwarded_For: x",
            "X-Forwarded-For: nonsense",
            "X-Forwarded-For: [2001:db8::1]:80",
        ):
            assert ask(service, f"GET {query} HTTP/1.0\r\n{header}\r\n\r\n")[0] == 200


def test_long_names_are_not_remembered() -> None:
    hosts = Hosts(["data.example.org"])
    for number in range(100):
        assert not hosts.know({"HTTP_HOST": f"{number}" * 10_000})
    assert hosts._is_allowed.cache_info().currsize == 0


@pytest.mark.parametrize(
    ("trusted", "header", "expected"),
    [
        (0, "203.0.113.1", "peer"),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "198.51.100.9, 203.0.113.1", "203.0.113.1"),
        (2, "198.51.100.9, 203.0.113.1", "198.51.100.9"),
        (2, "203.0.113.1", "peer"),
        (1, "203.0.113.1:4711", "203.0.113.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:DB8:0::1", "2001:db8::1"),
        (1, "x" * 10_000, "peer"),
        (1, "", "peer"),
    ],
)
def test_a_client_is_an_address_or_else_the_peer(trusted: int, header: str, expected: str) -> None:
    environ = {"REMOTE_ADDR": "peer", "HTTP_X_FORWARDED_FOR": header}
    assert clients.address(environ, trusted) == expected


def serve(store: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*CLI, "serve", "--store", str(store), "--lang", "en", *options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def lines(process: subprocess.Popen[str], last: str) -> list[str]:
    """What a server says until a line begins so."""
    assert process.stdout is not None
    found = []
    for line in process.stdout:
        found.append(line.rstrip())
        if line.startswith(last):
            return found
    raise AssertionError(found)


def ended(process: subprocess.Popen[str]) -> None:
    stop(process)  # type: ignore[arg-type]
    assert process.stdout is not None
    process.stdout.close()


def refused(store: Path, *options: str) -> str:
    """The sentence with which a server does not start."""
    process = serve(store, *options)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 2
    assert said.count("\n") == 1
    return said


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_second_server_on_a_port_says_so_and_ends(store: Path, name: str) -> None:
    process = serve(store, "--port", "0", "--workers", "2")
    try:
        port = lines(process, "Serving at")[-1].rstrip("/").rpartition(":")[2]
        said = refused(store, "--host", name, "--port", port)
        assert said.startswith(f"vilnius-lod: cannot listen on {name}, port {port}: ")
    finally:
        ended(process)


@pytest.mark.parametrize(
    ("host", "address"), [("localhost", "localhost"), ("::1", "[::1]"), ("0.0.0.0", "localhost")]
)
def test_a_server_says_where_it_answers(store: Path, host: str, address: str) -> None:
    process = serve(store, "--host", host, "--port", "0")
    try:
        said = lines(process, "Serving at")[-1]
        assert said.startswith(f"Serving at http://{address}:")
        assert not said.endswith(":0/")
    finally:
        ended(process)


def test_with_allowed_hosts_the_server_still_says_where_it_answers(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VILNIUS_LOD_ALLOWED_HOSTS", "data.example.org")
    process = serve(store, "--port", "0")
    try:
        lines(process, "Serving at http://127.0.0.1:")
    finally:
        ended(process)


def test_an_address_of_another_machine_is_told(store: Path) -> None:
    assert "192.0.2.1" in refused(store, "--host", "192.0.2.1", "--port", str(free_port()))
    assert "nowhere.invalid" in refused(store, "--host", "nowhere.invalid", "--port", str(free_port()))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("moment", ["as soon as it listens", "when it answers"])
def test_a_server_that_ends_leaves_no_process_on_its_port(store: Path, end: int, moment: str) -> None:
    port = free_port()
    process = serve(store, "--port", str(port), "--workers", "2")
    assert process.stdout is not None
    try:
        if moment == "when it answers":
            lines(process, "Serving at")
        while is_free(port):
            time.sleep(0.01)
        time.sleep(0.3 if moment != "when it answers" else 0)  # some way into the start of its workers
        process.send_signal(end)
        process.wait(30)
        for _ in range(300):
            if is_free(port):
                break
            time.sleep(0.1)
        else:
            raise AssertionError("a process still listens")
    finally:
        ended(process)


def test_behind_a_proxy_clients_are_those_that_it_names(store: Path) -> None:
    process = serve(store, "--behind-proxy", "--port", "0")
    try:
        said = lines(process, "Serving at")
        assert said[0].startswith("Behind a proxy: ")
    finally:
        ended(process)


def test_what_makes_no_sense_behind_a_proxy_is_refused(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "allowed: 127.0.0.1" in refused(store, "--behind-proxy", "--host", "0.0.0.0", "--port", "0")
    monkeypatch.setenv("VILNIUS_LOD_TRUSTED_PROXIES", "2")
    assert "TRUSTED_PROXIES=2" in refused(store, "--behind-proxy", "1", "--port", "0")


def test_readiness_is_told_with_the_snapshot(named: Service, store: Path) -> None:
    found = json.loads(ask(named, "GET /ready HTTP/1.0\r\n\r\n")[1])
    assert found["snapshot"] == (store / "current").resolve().name
