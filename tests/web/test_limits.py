"""Each limit, lowered, has its own problem and leaves the service answering."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.web.running import running
from vilnius_lod.settings import Settings
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.context import EXTENSION

ENDLESS = "SELECT(COUNT(*)AS ?n){?a ?b ?c. ?d ?e ?f. ?g ?h ?i}"
SORTED = "SELECT*{?a ?b ?c. ?d ?e ?f. ?g ?h ?i}ORDER BY ?c"


@contextlib.contextmanager
def application(store: Path, **settings: Any) -> Iterator[Flask]:
    app = create_app(store, Settings(**settings))
    try:
        yield app
    finally:
        app.extensions[EXTENSION].engine.close()


@pytest.mark.parametrize(
    ("settings", "query", "status", "kind"),
    [
        ({"query_length": 50}, "ASK{}" + " " * 50, 413, "query-too-long"),
        ({"query_nesting": 5}, "ASK" + "{" * 6 + "}" * 6, 400, "query-too-deep"),
        ({"query_path_operators": 3}, "ASK{?s <a:>/<b:>/<c:>/<d:>/<e:> ?o}", 400, "query-too-deep"),
        ({"query_seconds": 0.3}, ENDLESS, 503, "query-too-slow"),
        ({"result_rows": 5}, "SELECT*{?s ?p ?o}LIMIT 6", 422, "result-too-large"),
        ({"result_rows": 5}, "CONSTRUCT{?s ?p ?o}{?s ?p ?o}LIMIT 6", 422, "result-too-large"),
        ({"result_bytes": 500}, "SELECT*{?s ?p ?o}LIMIT 60", 422, "result-too-large"),
        ({"worker_megabytes": 16, "result_rows": 10**9}, SORTED, 503, "query-out-of-memory"),
    ],
)
def test_what_goes_over_a_limit_gets_its_problem(
    store: Path, settings: dict[str, Any], query: str, status: int, kind: str
) -> None:
    with application(store, **settings) as app:
        client = app.test_client()
        answer = client.get("/sparql", query_string={"query": query}, headers={"Accept-Language": "en"})
        problem = json.loads(answer.data)
        assert (answer.status_code, problem["type"].rpartition("#")[2]) == (status, kind)
        assert (answer.status_code == 503) == ("Retry-After" in answer.headers)
        lowest = next(iter(settings.values()))
        assert f"{lowest:g}" in problem["detail"] or kind == "result-too-large"
        assert client.get("/sparql?query=ASK{}").status_code == 200


def at_once(app: Flask, clients: list[str]) -> list[tuple[int, str | None]]:
    """Status and Retry-After of an endless query from each client, all at the same time."""

    def ask(address: str) -> tuple[int, str | None]:
        answer = app.test_client().get(
            "/sparql", query_string={"query": ENDLESS}, environ_overrides={"REMOTE_ADDR": address}
        )
        return answer.status_code, answer.headers.get("Retry-After")

    with ThreadPoolExecutor(len(clients)) as pool:
        return sorted(pool.map(ask, clients), key=str)


def test_one_client_cannot_take_all_the_places(store: Path) -> None:
    with application(store, query_seconds=1, queries_per_client=1, workers=4, heavy_queries=4) as app:
        mine = at_once(app, ["192.0.2.1", "192.0.2.1", "198.51.100.7"])
        assert [status for status, _ in mine] == [429, 503, 503]
        assert int(mine[0][1] or 0) >= 1


def test_an_ipv6_network_is_one_client(store: Path) -> None:
    with application(store, query_seconds=1, queries_per_client=1, workers=4, heavy_queries=4) as app:
        mine = at_once(app, ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"])
        assert [status for status, _ in mine] == [429, 503, 503]


def test_the_queue_is_bounded(store: Path) -> None:
    with application(store, query_seconds=1, workers=1, queue_length=0) as app:
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(at_once, app, ["192.0.2.1"])
            time.sleep(0.3)
            turned_away = app.test_client().get("/sparql?query=ASK{}")
            assert turned_away.status_code == 503
            assert json.loads(turned_away.data)["type"].endswith("#busy")
            assert int(turned_away.headers["Retry-After"]) >= 1
            assert not first.done(), "it is turned away while the first still runs"
            first.result()
        assert app.test_client().get("/sparql?query=ASK{}").status_code == 200


@pytest.mark.parametrize(
    ("trusted", "forwarded", "refused"),
    [
        (0, ("203.0.113.1", "203.0.113.2"), True),
        (1, ("203.0.113.1", "203.0.113.2"), False),
        (1, ("203.0.113.1, 203.0.113.9", "203.0.113.2, 203.0.113.9"), True),
        (2, ("203.0.113.1, 203.0.113.9", "203.0.113.2, 203.0.113.9"), False),
        (2, ("203.0.113.9", "203.0.113.8"), True),
    ],
)
def test_who_asks_is_believed_only_from_trusted_proxies(
    store: Path, trusted: int, forwarded: tuple[str, str], refused: bool
) -> None:
    settings = {"query_seconds": 1, "queries_per_client": 1, "workers": 4, "heavy_queries": 4}
    with application(store, trusted_proxies=trusted, **settings) as app:

        def ask(header: str) -> int:
            return app.test_client().get(
                "/sparql", query_string={"query": ENDLESS}, headers={"X-Forwarded-For": header}
            ).status_code  # fmt: skip

        with ThreadPoolExecutor(2) as pool:
            statuses = sorted(pool.map(ask, forwarded))
        assert statuses == ([429, 503] if refused else [503, 503])


def test_forwarded_hosts_prefixes_and_schemes_change_nothing(store: Path) -> None:
    with application(store, trusted_proxies=1) as app:
        client = app.test_client()
        usual = client.get("/doc/place/verbohrad?lang=en")
        forwarded = {
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Prefix": "/evil",
            "X-Forwarded-Proto": "gopher",
            "X-Forwarded-Port": "1",
            "Forwarded": "host=evil.example",
        }
        for path in ("/doc/place/verbohrad?lang=en", "/doc/place/verbohrad?lang=en&again"):
            answer = client.get(path, headers=forwarded)
            assert b"evil" not in answer.data
            assert "evil" not in str(answer.headers)
        assert client.get("/doc/place/verbohrad?lang=en", headers=forwarded).data == usual.data


def test_slow_writers_hold_neither_the_readers_nor_the_others_who_write(store: Path, tmp_path: Path) -> None:
    with running(store, tmp_path / "log", bodies_at_once=6, queries_per_client=4) as service:
        head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        with contextlib.ExitStack() as stack:
            slow = []
            for _ in range(200):
                connection = stack.enter_context(socket.create_connection(("127.0.0.1", service.port)))
                connection.sendall(head + b"Content-Length: 1000\r\n\r\nASK")
                slow.append(connection)
            time.sleep(0.5)
            assert service.get("/doc/place/verbohrad")[0] == 200
            assert service.get("/sparql?query=ASK{}")[0] == 200
            slow[-1].settimeout(5)
            assert b" 429 " in slow[-1].recv(100)
        ready = head + b"Connection: close\r\nContent-Length: 5\r\n\r\nASK{}"
        for _ in range(50):  # those who left make room
            with socket.create_connection(("127.0.0.1", service.port), timeout=5) as connection:
                connection.sendall(ready)
                if b" 200 " in connection.recv(100):
                    break
            time.sleep(0.1)
        else:
            raise AssertionError("nobody can write any more")
