"""The real server, spoken to in bytes: what is malformed gets a 4xx or is cut off, and it goes on serving."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import free_port


@pytest.fixture(scope="module")
def port(store: Path) -> Iterator[int]:
    number = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(number),
         "--blocking-threads", "4", "vilnius_lod.web.wsgi:application"],
        env={**os.environ, "VILNIUS_LOD_STORE": str(store)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(200):
            if (
                status(ask(number, b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                == 200
            ):
                break
            time.sleep(0.1)
        else:
            raise AssertionError("the server does not answer")
        yield number
    finally:
        process.terminate()
        process.wait(10)


def ask(port: int, request: bytes) -> bytes:
    """All that comes back until the server closes or is silent."""
    answer = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=3) as connection:
            connection.sendall(request)
            while part := connection.recv(65536):
                answer += part
    except OSError:
        pass
    return answer


def status(answer: bytes) -> int | None:
    """The status of an answer; None if there is none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else None


def get(path: bytes, *headers: bytes, host: bytes = b"localhost") -> bytes:
    return b"\r\n".join(
        [b"GET " + path + b" HTTP/1.1", b"Host: " + host, b"Connection: close", *headers, b"", b""]
    )


MALFORMED = {
    "host with blanks": get(b"/", host=b"a b"),
    "host with brackets": get(b"/", host=b"<script>"),
    "host of bytes": get(b"/", host=b"\xff\xfe"),
    "host without end": get(b"/", host=b"a" * 5000),
    "unfinished IPv6": get(b"/", host=b"[::1"),
    "port that is none": get(b"/", host=b"localhost:99999999"),
    "no method": b" / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "rubbish": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "header without colon": get(b"/", b"nonsense"),
    "NUL in a header": get(b"/", b"Accept: text/\x00html"),
    "NUL in a path": get(b"/doc/\x00"),
    "long path": get(b"/doc/" + b"a" * 60_000),
    "many headers": get(b"/", *[b"X-%d: 1" % n for n in range(2000)]),
    "wrong length": get(b"/sparql", b"Content-Length: ten").replace(b"GET", b"POST", 1),
    "negative length": get(b"/sparql", b"Content-Length: -1").replace(b"GET", b"POST", 1),
    "path of bytes": get(b"/doc/%ff%fe"),
    "broken escape": get(b"/doc/%zz"),
    "query of bytes": get(b"/sparql?query=%ff%fe"),
}


@pytest.mark.parametrize("request_", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_request_is_no_accident(port: int, request_: bytes) -> None:
    answer = ask(port, request_)
    assert status(answer) is None or 400 <= (status(answer) or 0) < 500
    assert b"Traceback" not in answer
    assert status(ask(port, get(b"/health"))) == 200


def test_the_server_answers_as_the_application_does(port: int) -> None:
    answer = ask(port, get(b"/doc/place/verbohrad", b"Accept: text/turtle"))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert status(answer) == 200
    assert b"content-type: text/turtle; charset=utf-8" in head.lower()
    assert b"Werbohrad" in body
    headed = ask(port, get(b"/doc/place/verbohrad", b"Accept: text/turtle").replace(b"GET", b"HEAD", 1))
    assert headed.endswith(b"\r\n\r\n")
    assert b"content-length: %d" % len(body) in headed.lower()
