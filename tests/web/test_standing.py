"""What one client does hurts nobody else: the attacks of docs/operations.md in small, on the real server.

Clients on loopback are told apart by the address that they come from: 127.0.0.2 attacks, 127.0.0.1 is
somebody else. Limits are lowered; seconds are only ever waited for, never compared.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

import pytest

from tests.web.running import Service, running
from vilnius_lod.build import build

BROWSER = {"Accept": "text/html"}
ATTACKER = ("127.0.0.2", 0)
LARGE = "/sparql?" + urlencode({"query": "SELECT ?a ?b ?c {?a ?p ?b. ?c a ?d} LIMIT 20000", "format": "json"})
POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
WAIT = 20
"""Seconds after which what should have come has not."""


@pytest.fixture(scope="module")
def store(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("standing")
    build(tiny_dataset, folder)
    return folder


@pytest.fixture(scope="module")
def service(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(
        store, tmp_path_factory.mktemp("service") / "log",
        header_seconds=2, body_seconds=2, sending_seconds=2, sending_bytes=32 * 2**20, queries_per_client=4,
        pages_at_once=1, pages_queued=20, pages_per_client=6, metrics="true",
    ) as found:  # fmt: skip
        yield found


def connect(service: Service, source: tuple[str, int] = ATTACKER, window: int = 0) -> socket.socket:
    """A connection from an address, with a receive buffer of so many bytes."""
    connection = socket.socket()
    try:
        connection.settimeout(WAIT)
        if window:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        connection.bind(source)
        connection.connect(("127.0.0.1", service.port))
    except BaseException:
        connection.close()
        raise
    return connection


def get(
    service: Service,
    path: str,
    source: tuple[str, int] = ATTACKER,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", service.port, WAIT, source)
    try:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def post(service: Service, query: str) -> int:
    with connect(service, ("127.0.0.1", 0)) as connection:
        body = query.encode()
        connection.sendall(POST + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        return int(connection.recv(100).split(b" ")[1])


def rest(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65536):
            found += part
    return found


def memory(service: Service) -> int:
    """MiB that the server's processes take."""
    children = Path(f"/proc/{service.pid}/task/{service.pid}/children").read_text().split()
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in (service.pid, *children)]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") // 2**20


def pipes(service: Service) -> int:
    """Ends of pipes that the server's processes have open: large answers go through pipes."""
    children = Path(f"/proc/{service.pid}/task/{service.pid}/children").read_text().split()
    files = [file for pid in children for file in Path(f"/proc/{pid}/fd").iterdir()]
    found = 0
    for file in files:
        with contextlib.suppress(OSError):
            found += str(file.readlink()).startswith("pipe:")
    return found


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(10 * WAIT):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def counts(service: Service, path: str) -> Counter[str]:
    """Answers to GET at a path by what the cache did."""
    text = service.get("/metrics")[2].decode()
    pattern = rf'requests_total{{cache="(\w+)",method="GET",path="{re.escape(path)}",status="200"}} (\d+)'
    return Counter({cache: int(count) for cache, count in re.findall(pattern, text)})


def test_connections_that_say_nothing_are_closed_and_shut_nobody_out(service: Service) -> None:
    with contextlib.ExitStack() as stack:
        silent = [stack.enter_context(connect(service)) for _ in range(150)]
        for number, connection in enumerate(silent[50:]):
            connection.sendall(b"G" if number < 50 else b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert service.get("/health")[0] == 200
        assert service.get("/doc/dataset")[0] in {200, 404}
        closed = [rest(connection) for connection in silent]
    assert all(answer.startswith(b"HTTP/1.1 200") for answer in closed[100:])
    assert not any(closed[:100])


def test_half_sent_bodies_end_and_leave_others_their_places(service: Service) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(service)) for _ in range(12)]
        for connection in slow:
            connection.sendall(POST + b"Content-Length: 1000\r\n\r\nASK")
        assert post(service, "ASK{}") == 200
        answers = Counter(int(rest(connection).split(b" ")[1]) for connection in slow)
    assert answers == {408: 4, 429: 8}
    assert post(service, "ASK{}") == 200


def test_a_writer_who_leaves_makes_room(service: Service) -> None:
    for _ in range(3):
        with contextlib.ExitStack() as stack:
            for _ in range(4):
                connection = stack.enter_context(connect(service, ("127.0.0.1", 0)))
                connection.sendall(POST + b"Content-Length: 1000\r\n\r\nASK")
        for _ in range(100):
            if post(service, "ASK{}") == 200:
                break
        else:
            raise AssertionError("nobody can write any more")


def test_a_body_longer_than_any_query_is_refused_unread(service: Service) -> None:
    with connect(service) as connection:
        connection.sendall(POST + b"Content-Length: 100000000\r\n\r\n")
        assert rest(connection).startswith(b"HTTP/1.1 413")


def test_a_body_in_pieces_is_read_as_one(service: Service) -> None:
    with connect(service) as connection:
        connection.sendall(POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nASK\r\n")
        connection.sendall(b"2\r\n{}\r\n0\r\n\r\n")
        assert b'"boolean":true' in rest(connection)


def test_slow_readers_hold_little_and_are_cut_off(service: Service) -> None:
    size = len(get(service, LARGE)[1])
    assert size > 3_000_000
    before, pipes_before = memory(service), pipes(service)
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(connect(service, window=4096)) for _ in range(30)]
        for reader in readers:
            reader.sendall(f"GET {LARGE} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert len(get(service, LARGE, ("127.0.0.1", 0))[1]) == size
        assert memory(service) - before < 32
        heads = Counter(reader.recv(12) for reader in readers)
        wait_for(lambda: pipes(service) <= pipes_before)
        cut = [len(rest(reader)) for reader in readers]
    assert set(heads) == {b"HTTP/1.1 200", b"HTTP/1.1 429"}
    assert heads[b"HTTP/1.1 200"] > 1
    assert max(cut) < size
    assert len(get(service, LARGE)[1]) == size


def test_a_client_with_less_on_its_way_displaces_one_with_more(store: Path, tmp_path: Path) -> None:
    with running(store, tmp_path / "log", sending_seconds=60, sending_bytes=6 * 2**20) as service:
        size, less = len(get(service, LARGE)[1]), len(get(service, LARGE.replace("20000", "8000"))[1])
        with connect(service, window=4096) as slow:
            slow.sendall(f"GET {LARGE} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert slow.recv(12) == b"HTTP/1.1 200"
            other = get(service, LARGE.replace("20000", "8000"), ("127.0.0.1", 0))
            assert (other[0], len(other[1])) == (200, less)
            assert len(rest(slow)) < size


def test_new_pages_of_one_client_leave_room_for_others(service: Service) -> None:
    def ask(number: int) -> int:
        return get(service, f"/?cb={number}", headers=BROWSER)[0]

    with ThreadPoolExecutor(40) as pool:
        attack = [pool.submit(ask, number) for number in range(200)]
        others = [
            get(service, path, ("127.0.0.1", 0), headers=BROWSER)[0]
            for path in ("/health", "/ready", "/?mine")
        ]
        statuses = Counter(one.result() for one in attack)
    assert others == [200, 200, 200]
    assert set(statuses) == {200, 429}


def test_a_refusal_says_when_to_come_back_and_is_a_problem(service: Service) -> None:
    def ask(number: int) -> tuple[int, dict[str, str], bytes]:
        return service.get(f"/?refused={number}", {"Accept": "application/json", "Accept-Language": "en"})

    with ThreadPoolExecutor(20) as pool:
        refused = [answer for answer in pool.map(ask, range(60)) if answer[0] == 429]
    assert refused
    for _, headers, body in refused:
        assert int(headers["retry-after"]) >= 1
        assert b"Too many requests from you at once" in body
        assert headers["cache-control"] == "no-store"


def test_many_who_ask_for_one_new_page_wait_for_one_computation(service: Service) -> None:
    before = counts(service, "/")
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: get(service, "/?cold", headers=BROWSER), range(40)))
    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1
    after = counts(service, "/")
    assert after["miss"] - before["miss"] == 1
    assert after["hit"] - before["hit"] == 39


def test_many_who_ask_what_is_new_each_time_get_answers_of_their_own(service: Service) -> None:
    path = "/sparql?" + urlencode({"query": "SELECT (UUID() AS ?x) {}", "format": "csv"})
    sources = [(f"127.0.0.{number}", 0) for number in range(2, 12)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda source: get(service, path, source), sources))
    assert len({body for status, body in answers if status == 200}) == len(sources)


def test_a_query_string_of_many_parameters_is_refused_before_it_is_read(service: Service) -> None:
    status, body = get(service, "/?" + "a&" * 30_000, headers={"Accept-Language": "en"})
    assert (status, b"Parameters: more than 200." in body) == (400, True)
    assert get(service, "/?" + "a&" * 150, headers=BROWSER)[0] == 200


def test_headers_that_vary_are_not_remembered_whole(service: Service) -> None:
    get(service, "/?warm", headers=BROWSER)
    before = memory(service)
    connection = http.client.HTTPConnection("127.0.0.1", service.port, WAIT)
    for number in range(400):
        long = f"x{number};q=0.1," * 6000
        connection.request(
            "GET", "/robots.txt", headers={"Accept-Encoding": long[:60_000], "Accept": long[:20_000]}
        )
        connection.getresponse().read()
    connection.close()
    assert memory(service) - before < 16


def test_http_2_without_tls_is_off_unless_asked_for(service: Service, store: Path, tmp_path: Path) -> None:
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
    with connect(service) as connection:
        connection.sendall(preface)
        assert rest(connection)[:5] in {b"", b"HTTP/"}
    with running(store, tmp_path / "log", http2="true") as other, connect(other) as connection:
        connection.sendall(preface)
        assert connection.recv(9)[3] == 4, "a SETTINGS frame (RFC 9113, section 6.5)"


def test_two_processes_of_one_server_share_its_port(store: Path, tmp_path: Path) -> None:
    with running(store, tmp_path / "log", workers=2) as service:
        for _ in range(20):
            assert get(service, "/health")[0] == 200


def test_nothing_of_this_is_an_accident(service: Service) -> None:
    text = service.log.read_text()
    assert "Traceback" not in text
    assert "error" not in text
