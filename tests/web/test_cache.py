from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from werkzeug.test import Client

from vilnius_lod.settings import Settings
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.cache import OUTCOME, Cache
from vilnius_lod.web.http.context import EXTENSION
from vilnius_lod.web.telemetry.metrics import CACHE


class Counted(NamedTuple):
    client: Client
    calls: list[str]
    cache: Cache
    outcomes: list[str]


def counted(application: Flask, answer: Callable[[], Response], limit: int = 1_000_000) -> Counted:
    """A cache of its own before a view that counts how often it is asked."""
    calls: list[str] = []
    outcomes: list[str] = []
    inner = Flask("inner")

    @inner.route("/<path:path>", methods=["GET", "POST"])
    def view(path: str) -> Response:
        calls.append(f"{request.method} {request.full_path}")
        return answer()

    cache = Cache(inner.wsgi_app, lambda: application.extensions[EXTENSION], limit)

    def watched(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = cache(environ, start_response)
        outcomes.append(environ[OUTCOME])
        return body

    return Counted(Client(watched), calls, cache, outcomes)


def public(body: bytes = b"x", **headers: str) -> Response:
    response = Response(body, headers={"Cache-Control": "public, max-age=300", **headers})
    response.set_etag("tag")
    return response


def test_an_answer_is_made_once_for_get_head_and_a_client_that_has_it(application: Flask) -> None:
    client, calls, _, outcomes = counted(application, lambda: public(b"body"))
    first = client.get("/a")
    assert client.get("/a").data == b"body"
    head = client.head("/a")
    assert (head.data, head.headers["Content-Length"]) == (b"", "4")
    known = client.get("/a", headers={"If-None-Match": f'W/"other", {first.headers["ETag"]}'})
    assert (known.status_code, known.data) == (304, b"")
    assert {"Content-Length", "Content-Type"}.isdisjoint(known.headers.keys())
    assert known.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert client.get("/a", headers={"If-None-Match": '"ta"'}).status_code == 200
    assert (len(calls), outcomes) == (1, ["miss", "hit", "hit", "hit", "hit"])


@pytest.mark.parametrize("first", [{"method": "HEAD"}, {"headers": {"If-None-Match": '"tag"'}}])
def test_the_first_request_need_not_want_the_body(application: Flask, first: dict[str, Any]) -> None:
    client, calls, _, _ = counted(application, lambda: public(b"body"))
    opened = client.open("/a", **first)
    assert (opened.data, opened.status_code) == (b"", 304 if "headers" in first else 200)
    assert client.get("/a").data == b"body"
    assert len(calls) == 1


def test_addresses_and_queries_are_told_apart(application: Flask) -> None:
    client, calls, _, _ = counted(application, lambda: public(request.full_path.encode()))
    for path in ("/a", "/a?x=1", "/a?x=2", "/a%2Fb", "/A"):
        assert client.get(path).data == client.get(path).data
    assert len(set(calls)) == len(calls) == 5
    assert client.get("/a", environ_overrides={"SCRIPT_NAME": "/p"}).status_code == 200
    assert len(calls) == 6


def test_an_answer_that_varies_is_kept_for_each_value_and_no_other_header_counts(application: Flask) -> None:
    def answer() -> Response:
        return public(request.headers.get("Accept", "none").encode(), Vary="Accept")

    client, calls, _, _ = counted(application, answer)
    for accept in ("text/turtle", "text/html"):
        for agent in ("a", "b"):
            found = client.get("/a", headers={"Accept": accept, "User-Agent": agent, "Cookie": agent})
            assert found.text == accept
    assert len(calls) == 2


def test_an_answer_may_vary_on_more_than_another_of_the_same_address(application: Flask) -> None:
    def answer() -> Response:
        page = request.headers["Accept"] == "text/html"
        text = f"{request.headers['Accept']} {request.headers['Accept-Language'] if page else ''}"
        return public(text.encode(), Vary="Accept, Accept-Language" if page else "Accept")

    client, calls, _, _ = counted(application, answer)
    for _ in range(3):
        for accept, language, expected in (
            ("text/turtle", "de", "text/turtle "),
            ("text/html", "de", "text/html de"),
            ("text/html", "en", "text/html en"),
        ):
            asked = {"Accept": accept, "Accept-Language": language}
            assert client.get("/a", headers=asked).text == expected
    assert len(calls) == 4, "once for each, and once more when the second header came to matter"


def test_languages_that_lead_to_the_same_page_share_it(application: Flask) -> None:
    client, calls, _, _ = counted(application, lambda: public(Vary="Accept-Language"))
    for language in ("en", "en-GB, en;q=0.8", "en-US;q=0.9, de;q=0.5"):
        client.get("/a", headers={"Accept-Language": language})
    assert len(calls) == 1


@pytest.mark.parametrize(
    "answer",
    [
        lambda: Response(b"x", headers={"Cache-Control": "no-store"}),
        lambda: Response(b"x", headers={"Cache-Control": "public"}),
        lambda: Response(b"x", headers={"Cache-Control": "public", "ETag": 'W/"x"'}),
        lambda: Response(b"x", headers={"Cache-Control": "private", "ETag": '"x"'}),
        lambda: Response(b"x", 404, headers={"Cache-Control": "public", "ETag": '"x"'}),
    ],
)
def test_what_must_not_be_stored_is_made_each_time(
    application: Flask, answer: Callable[[], Response]
) -> None:
    client, calls, cache, outcomes = counted(application, answer)
    for _ in range(2):
        client.get("/a")
    assert (len(calls), len(cache), cache.bytes, set(outcomes)) == (2, 0, 0, {"none"})


def test_other_methods_and_unknown_hosts_pass_by(application: Flask) -> None:
    client, calls, cache, _ = counted(application, public)
    client.post("/a")
    client.get("/a", environ_overrides={"vilnius_lod.known_host": False})
    assert (len(calls), len(cache)) == (2, 0)


def test_a_redirect_is_kept(application: Flask) -> None:
    client, calls, _, _ = counted(
        application, lambda: Response(status=303, headers={"Location": "/b", "Cache-Control": "public"})
    )
    assert client.get("/a").headers["Location"] == client.get("/a").headers["Location"]
    assert len(calls) == 1


def test_bytes_are_bounded_and_what_was_used_least_recently_goes_first(application: Flask) -> None:
    client, calls, cache, _ = counted(application, lambda: public(b"x" * 1000), limit=40_000)
    for number in range(100):
        client.get(f"/{number}")
        client.get("/0")
        assert cache.bytes <= 40_000
    assert sum("/0?" in call for call in calls) == 1
    client.get("/1")
    assert sum("/1?" in call for call in calls) == 2


def test_no_single_answer_takes_it_all(application: Flask) -> None:
    client, calls, cache, _ = counted(application, lambda: public(b"x" * 20_000), limit=40_000)
    client.get("/a")
    client.get("/a")
    assert (len(calls), len(cache)) == (2, 0)


def test_many_ways_to_ask_for_one_address_are_bounded_too(application: Flask) -> None:
    client, _, cache, _ = counted(application, lambda: public(b"x" * 1000, Vary="Accept"), limit=40_000)
    for number in range(200):
        client.get("/a", headers={"Accept": f"text/x{number}"})
        assert cache.bytes <= 40_000
    client.get("/a", headers={"Accept": "x" * 3000})
    assert cache.bytes <= 40_000


def test_many_ways_to_the_same_answer_share_it_and_are_bounded_too(application: Flask) -> None:
    client, calls, cache, _ = counted(
        application, lambda: public(b"x" * 1000, Vary="Accept-Language"), limit=40_000
    )
    for number in range(1, 200):
        for language in ("en", "de"):
            client.get("/a", headers={"Accept-Language": f"{language};q=0.{number:03}"})
        assert cache.bytes <= 40_000
    assert len(calls) == 2


def test_what_was_sent_before_leads_to_the_answer_for_it_alone(application: Flask) -> None:
    client, _, _, outcomes = counted(
        application, lambda: public(request.headers["Accept-Language"][:2].encode(), Vary="Accept-Language")
    )
    for _ in range(3):
        for language in ("en", "de", "de-DE, en;q=0.5"):
            assert client.get("/a", headers={"Accept-Language": language}).text == language[:2]
    assert outcomes == ["miss", "miss", *["hit"] * 7]


def test_many_threads_get_the_right_answers(application: Flask) -> None:
    client, _, cache, _ = counted(
        application, lambda: public(request.full_path.encode() * 50, Vary="Accept"), limit=60_000
    )
    wrong: list[str] = []

    def ask(seed: int) -> None:
        for number in range(300):
            path = f"/{(seed * 7 + number) % 40}"
            if client.get(path).data != f"{path}?".encode() * 50:
                wrong.append(path)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert 0 < cache.bytes <= 60_000
    assert cache.bytes == sum(kept.size for kept in cache._entries.values())


def test_the_service_keeps_things_redirects_and_queries_but_nothing_volatile(store: Path) -> None:
    app = create_app(store, Settings())
    try:
        client: FlaskClient = app.test_client()
        cache: Cache = app.extensions[CACHE]

        def keeps(path: str) -> bool:
            before = len(cache)
            client.get(path)
            return len(cache) > before

        assert keeps("/doc/place/verbohrad")
        assert keeps("/id/place/verbohrad")
        assert keeps("/sparql?query=ASK{?s ?p ?o}")
        for call in ("NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"):
            assert not keeps(f"/sparql?query=SELECT({call} AS ?x){{}}")
        for path in ("/health", "/ready", "/doc/place/nowhere", "/sparql?query=SELECT"):
            assert not keeps(path)
        app.extensions[EXTENSION].engine.close()
        assert client.get("/sparql?query=ASK{?s ?p ?o}").status_code == 200
        assert client.get("/sparql?query=ASK{?s ?p 1}").status_code == 503
    finally:
        app.extensions[EXTENSION].engine.close()


def test_a_kept_answer_does_not_open_the_door_to_unknown_hosts(store: Path) -> None:
    app = create_app(store, Settings(allowed_hosts=("a.example",)))
    try:
        client = app.test_client()
        assert client.get("/robots.txt", headers={"Host": "a.example"}).status_code == 200
        assert client.get("/robots.txt", headers={"Host": "b.example"}).status_code == 400
    finally:
        app.extensions[EXTENSION].engine.close()
