"""An engine at the other end that misbehaves: whatever it does, the error is the right one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import pytest

from tests.serving import free_port
from vilnius_lod.settings import Settings
from vilnius_lod.sparql.engine import Answer
from vilnius_lod.sparql.errors import (
    Busy,
    EngineAway,
    EngineFailed,
    EngineSlow,
    MalformedQuery,
    NotAcceptable,
    QueryError,
    Refused,
    ResultTooLarge,
    TimedOut,
)
from vilnius_lod.sparql.remote.endpoint import EMPTY_GRAPH, RemoteEngine
from vilnius_lod.sparql.remote.http_client import Client

BASE = "https://example.org/"
GRAPHS = [f"{BASE}graph/derived", f"{BASE}graph/records"]
LIMIT = 0.6
QUICK = Settings(query_seconds=LIMIT, result_bytes=4_000, result_rows=20)
JSON = "application/sparql-results+json"
SELECT = "SELECT ?n { ?s ?p ?n }"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"


class Request(NamedTuple):
    query: str
    fields: dict[str, list[str]]
    authorization: str
    client_address: tuple[str, int]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Stub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = parse_qs(body, keep_blank_values=True)
        self.query = fields["query"][0]
        said = self.headers.get("Authorization", "")
        self.server.requests.append(Request(self.query, fields, said, self.client_address))
        if "graph/loaded" in self.query:
            self.server.looked(self)
        else:
            self.server.behave(self)

    def reply(self, body: bytes | str, media_type: str = JSON, status: int = 200, **headers: str) -> None:
        content = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


Behaviour = Callable[[Handler], None]


def table(rows: int, value: str = "x", name: str = "n") -> str:
    bindings = [{name: {"type": "literal", "value": value}} for _ in range(rows)]
    return json.dumps({"head": {"vars": [name]}, "results": {"bindings": bindings}})


def loaded(handler: Handler, snapshot: str = "first") -> None:
    rows = [
        {"graph": {"type": "uri", "value": graph}, "snapshot": {"type": "literal", "value": snapshot}}
        for graph in GRAPHS
    ]
    handler.reply(json.dumps({"head": {"vars": ["graph", "snapshot"]}, "results": {"bindings": rows}}))


class Stub(ThreadingHTTPServer):
    daemon_threads = True
    # Clients hang up on what is too slow or too much.
    handle_error = staticmethod(lambda *_: None)  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[Request] = []
        self.behave: Behaviour = lambda handler: handler.reply(table(1))
        self.looked: Behaviour = loaded
        self.over = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/sparql"

    @property
    def asked(self) -> list[Request]:
        return [request for request in self.requests if "graph/loaded" not in request.query]


@contextmanager
def stub() -> Iterator[Stub]:
    with Stub() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def server() -> Iterator[Stub]:
    with stub() as made:
        yield made


@pytest.fixture
def engine(server: Stub) -> Iterator[RemoteEngine]:
    with RemoteEngine(server.address, QUICK, base=BASE, prefixes={"ex": BASE}) as made:
        yield made


def run(engine: RemoteEngine, query: str = SELECT, **more: Any) -> Answer:
    return engine.run(query, **{"solutions": "json", "graph": "turtle", **more})


def failure(engine: RemoteEngine, query: str = SELECT, **more: Any) -> QueryError:
    """The error that a query gets."""
    with pytest.raises(QueryError) as caught:
        run(engine, query, **more)
    return caught.value


def drip(handler: Handler, start: bytes = b"", piece: bytes = b" ") -> None:
    """One byte now and then, for ever."""
    handler.wfile.write(start)
    while not handler.server.over.wait(0.05):
        handler.wfile.write(piece)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\n"


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(lambda h: h.server.over.wait(), id="silent"),
        pytest.param(lambda h: drip(h, piece=b"x"), id="slow status line"),
        pytest.param(lambda h: drip(h, HEAD + b"X-Slow: ", b"x"), id="slow header"),
        pytest.param(lambda h: drip(h, HEAD + b"Content-Length: 3000\r\n\r\n"), id="slow body"),
        pytest.param(
            lambda h: drip(h, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"), id="slow chunks"
        ),
        pytest.param(lambda h: h.reply("late", "text/plain", 504), id="504"),
        pytest.param(lambda h: h.reply(table(1), X_SQL_State="S1TAT"), id="Virtuoso's anytime answer"),
    ],
)
def test_a_slow_engine_is_a_504_within_the_limit(
    server: Stub, engine: RemoteEngine, behaviour: Behaviour
) -> None:
    server.behave = behaviour
    error = failure(engine)
    assert isinstance(error, EngineSlow)
    assert isinstance(error, TimedOut)
    assert error.limit == LIMIT


def hang_up(handler: Handler) -> None:
    handler.close_connection = True
    handler.connection.close()


def without_end(handler: Handler, media_type: str, body: bytes) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + media_type.encode() + b"\r\n\r\n" + body)
    handler.close_connection = True


TRIPLE = b'<https://example.org/1> <https://example.org/p> "o" .\n'
WRONG: dict[str, tuple[str, Behaviour, str]] = {
    "hangs up": (SELECT, hang_up, ""),
    "no HTTP": (SELECT, lambda h: drip(h, b"220 mail.example.org ESMTP\r\n"), "220 mail"),
    "cut body": (SELECT, lambda h: _cut(h, table(3)), "cut"),
    "cut chunk": (
        SELECT,
        lambda h: without_end(h, JSON + "\r\nTransfer-Encoding: chunked", b"8\r\n{"),
        "cut",
    ),
    "cut JSON": (SELECT, lambda h: h.reply(table(3)[:-20]), "broken"),
    "JSON that is no result": (SELECT, lambda h: h.reply("{}"), "broken"),
    "a table to an ASK": (CONSTRUCT, lambda h: h.reply(table(3)), JSON),
    "a yes to a SELECT": (SELECT, lambda h: h.reply('{"head":{},"boolean":true}'), "SELECT"),
    "triples without an end": (
        CONSTRUCT,
        lambda h: without_end(h, "application/n-triples", TRIPLE),
        "not marked",
    ),
    "broken triples": (CONSTRUCT, lambda h: h.reply(TRIPLE[:-4], "application/n-triples"), "broken"),
    "another type": (SELECT, lambda h: h.reply(table(1), "text/plain"), "text/plain"),
    "a page instead": (SELECT, lambda h: h.reply("<html>Welcome!</html>", "text/html"), "text/html"),
    "an error page": (SELECT, lambda h: h.reply("<html>nginx</html>", "text/html", 502), "502"),
    "its own error": (SELECT, lambda h: h.reply("Error 22012: by 0\n\nSELECT", "text/plain", 500), "22012"),
    "wrong password": (SELECT, lambda h: h.reply("", status=401), "401"),
    "not there": (SELECT, lambda h: h.reply("", status=404), "404"),
    "away for now": (SELECT, lambda h: h.reply("", status=503), "503"),
}


def _cut(handler: Handler, body: str) -> None:
    handler.wfile.write(HEAD + f"Content-Length: {len(body)}\r\n\r\n{body[:-20]}".encode())
    hang_up(handler)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_engine_is_a_502_that_says_why(server: Stub, engine: RemoteEngine, name: str) -> None:
    query, server.behave, said = WRONG[name]
    error = failure(engine, query)
    assert isinstance(error, EngineFailed)
    assert isinstance(error, EngineAway)
    assert said in error.message
    assert "<" not in error.message


def test_an_engine_that_is_not_there_is_a_502(server: Stub) -> None:
    with RemoteEngine(f"http://127.0.0.1:{free_port()}/sparql", QUICK, base=BASE) as engine:
        error = failure(engine)
    assert isinstance(error, EngineFailed)
    assert "refused" in error.message


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(server: Stub, engine: RemoteEngine, status: int) -> None:
    with stub() as elsewhere:
        server.behave = lambda h: h.reply("", status=status, Location=elsewhere.address)
        error = failure(engine)
        assert isinstance(error, EngineFailed)
        assert str(status) in error.message
        assert elsewhere.requests == []


def flood(handler: Handler) -> None:
    start = b'{"head":{"vars":["n"]},"results":{"bindings":['
    drip_free = b'{"n":{"type":"literal","value":"' + b"x" * 60_000 + b'"}},'
    handler.wfile.write(HEAD + b"Content-Length: 10000000000\r\n\r\n" + start)
    for _ in range(10_000):
        handler.wfile.write(drip_free)


@pytest.mark.parametrize(
    ("query", "behaviour", "limit", "unit"),
    [
        (SELECT, flood, 4 * 4_000, "bytes"),
        (SELECT, lambda h: h.reply(table(10, "x" * 500)), 4_000, "bytes"),
        (SELECT, lambda h: h.reply(table(21)), 20, "rows"),
        (CONSTRUCT, lambda h: h.reply(_triples(21), "application/n-triples"), 20, "rows"),
        # What Virtuoso says when it has cut an answer at its own limit.
        (SELECT, lambda h: h.reply(table(5), X_SPARQL_MaxRows="5"), 4, "rows"),
    ],
)
def test_what_is_too_large_is_refused_whole(
    server: Stub, engine: RemoteEngine, query: str, behaviour: Behaviour, limit: int, unit: str
) -> None:
    server.behave = behaviour
    error = failure(engine, query, solutions="csv", graph="ntriples")
    assert isinstance(error, ResultTooLarge)
    assert (error.limit, error.unit) == (limit, unit)


def _triples(count: int) -> bytes:
    return b"".join(b"<https://e.org/%d> <https://e.org/p> <https://e.org/o> .\n" % n for n in range(count))


def test_an_answer_within_the_limits_is_passed_on(server: Stub, engine: RemoteEngine) -> None:
    server.behave = lambda h: h.reply(table(20), X_SPARQL_MaxRows="21")
    assert len(json.loads(run(engine).body)["results"]["bindings"]) == 20
    server.behave = lambda h: h.reply(_triples(20), "application/n-triples")
    assert run(engine, CONSTRUCT, graph="ntriples").body == b"".join(sorted(_triples(20).splitlines(True)))


@pytest.mark.parametrize(
    ("form", "body"),
    [("csv", b"n\r\nx\r\n"), ("tsv", b'?n\n"x"\n'), ("xml", b"<?xml"), ("json", b'{"head":{"vars":["n"]}')],
)
def test_every_format_comes_from_an_engine_that_only_has_json(
    engine: RemoteEngine, form: str, body: bytes
) -> None:
    answer = run(engine, solutions=form)
    assert answer.body.startswith(body)
    assert (answer.kind, answer.format, answer.volatile) == ("select", form, False)


def test_a_graph_has_our_prefixes_and_order(server: Stub, engine: RemoteEngine) -> None:
    server.behave = lambda h: h.reply(b"_:a <https://example.org/p> _:b .\n" + TRIPLE, "text/turtle")
    answer = run(engine, CONSTRUCT)
    assert b"ex:p" in answer.body
    assert answer.volatile, "blank nodes may be named otherwise the next time"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"head":{},"boolean":true}', True),
        ('{"head":{},"boolean":false}', False),
        (table(1, "1", "__ASK_RETVAL"), True),
        (table(1, "0", "__ASK_RETVAL"), False),
        (table(0, name="__ASK_RETVAL"), False),
    ],
)
def test_a_yes_or_no_in_either_way_of_saying_it(
    server: Stub, engine: RemoteEngine, body: str, expected: bool
) -> None:
    server.behave = lambda h: h.reply(body)
    answer = run(engine, "ASK { ?s ?p ?o }")
    assert (answer.kind, json.loads(answer.body)["boolean"]) == ("ask", expected)


@pytest.mark.parametrize(
    ("message", "line", "column"),
    [
        ("error at 2:3: expected }", 2, 3),
        ('Parse error: Encountered " "}" at line 2, column 3.', 2, 3),
        ("MALFORMED QUERY: Lexical error at line 1, column 8.", 1, 8),
        ("SPARQL compiler, line 2: syntax error", None, None),
        ("error at 99:1: the engine counts lines of its own", None, None),
    ],
)
def test_a_mistake_is_shown_where_the_engine_says(
    server: Stub, engine: RemoteEngine, message: str, line: int | None, column: int | None
) -> None:
    server.behave = lambda h: h.reply(message, "text/plain", 400)
    error = failure(engine, "SELECT ?s {\n  ! }")
    assert isinstance(error, MalformedQuery)
    assert (error.line, error.column) == (line, column)
    assert message in error.message


def test_a_busy_engine_says_when_to_come_again(server: Stub, engine: RemoteEngine) -> None:
    server.behave = lambda h: h.reply("", status=429, Retry_After="7")
    error = failure(engine)
    assert isinstance(error, Busy)
    assert error.retry_after == 7


@pytest.mark.parametrize(
    ("query", "options", "error"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", {}, Refused),
        ("DROP ALL", {}, Refused),
        ('DEFINE get:soft "soft" SELECT * FROM <http://127.0.0.1/> { ?s ?p ?o }', {}, MalformedQuery),
        ("PREFIX a: <b:c>\ndefine input:default-graph-uri <a:b> SELECT * {}", {}, MalformedQuery),
        ("", {}, MalformedQuery),
        (SELECT, {"solutions": None}, NotAcceptable),
        (CONSTRUCT, {"graph": None}, NotAcceptable),
    ],
)
def test_what_is_refused_here_never_reaches_the_engine(
    server: Stub, engine: RemoteEngine, query: str, options: dict[str, None], error: type[QueryError]
) -> None:
    assert isinstance(failure(engine, query, **options), error)
    assert server.requests == []


def test_a_word_that_is_not_sparql_is_shown(engine: RemoteEngine) -> None:
    error = failure(engine, "PREFIX a: <b:c>\n  DEFINE x")
    assert isinstance(error, MalformedQuery)
    assert (error.line, error.column) == (2, 3)


@pytest.mark.parametrize(
    ("query", "options", "default", "named"),
    [
        (SELECT, {}, GRAPHS, GRAPHS),
        (SELECT, {"default_graphs": ["a:b", "a:c"]}, ["a:b", "a:c"], [EMPTY_GRAPH]),
        (SELECT, {"named_graphs": ["a:b"]}, [EMPTY_GRAPH], ["a:b"]),
        (f"SELECT * FROM <{GRAPHS[0]}> {{ ?s ?p ?o }}", {}, [], []),
    ],
)
def test_the_default_graph_is_the_union_of_what_is_loaded(
    server: Stub, engine: RemoteEngine, query: str, options: Any, default: list[str], named: list[str]
) -> None:
    """An engine may hold graphs of its own, and other people's: they are no part of the dataset."""
    run(engine, query, **options)
    fields = server.asked[0].fields
    assert fields["query"] == [query]
    assert fields.get("default-graph-uri", []) == default
    assert fields.get("named-graph-uri", []) == named


def test_an_answer_names_the_snapshot_that_the_engine_holds(
    server: Stub, engine: RemoteEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vilnius_lod.sparql.remote.endpoint.RECHECK_SECONDS", 0.0)
    assert run(engine).snapshot == "first"
    server.looked = lambda h: loaded(h, "second")
    assert run(engine).snapshot == "second"


@pytest.mark.parametrize(
    "behaviour",
    [
        lambda h: h.reply(table(0, name="graph")),
        lambda h: h.reply("syntax error", "text/plain", 400),
        lambda h: h.reply("", status=429, Retry_After="9"),
    ],
)
def test_an_engine_without_a_snapshot_is_wrong(
    server: Stub, engine: RemoteEngine, behaviour: Behaviour
) -> None:
    server.looked = behaviour
    assert isinstance(failure(engine), EngineFailed)
    assert server.asked == []


def test_while_the_engine_is_away_queries_are_turned_away_at_once(server: Stub, engine: RemoteEngine) -> None:
    server.looked = hang_up
    failure(engine)
    before = len(server.requests)
    for _ in range(5):
        error = failure(engine)
        assert isinstance(error, EngineFailed)
        assert error.retry_after == 1
    assert len(server.requests) == before
    server.looked = loaded
    time.sleep(1.05)
    assert run(engine).kind == "select"


def test_a_query_that_fails_by_itself_turns_no_other_away(server: Stub, engine: RemoteEngine) -> None:
    def behave(handler: Handler) -> None:
        bad = "1/0" in handler.query
        handler.reply("Division by 0", "text/plain", 500) if bad else handler.reply(table(1))

    server.behave = behave
    for _ in range(3):
        assert isinstance(failure(engine, "SELECT (1/0 AS ?n) {}"), EngineFailed)
        assert run(engine).kind == "select"


def test_connections_are_kept_and_a_broken_one_is_replaced(server: Stub, engine: RemoteEngine) -> None:
    run(engine)
    run(engine)
    assert len({request.client_address for request in server.requests}) == 1

    def answer_and_hang_up(handler: Handler) -> None:
        handler.reply(table(1))
        hang_up(handler)

    server.behave = answer_and_hang_up
    for _ in range(3):
        assert run(engine).kind == "select"


def test_queries_at_once_are_bounded_in_all_and_for_a_client(server: Stub) -> None:
    settings = Settings(workers=2, queries_per_client=1, queue_length=0, query_seconds=5.0)
    running = threading.Semaphore(0)
    go = threading.Event()

    def wait(handler: Handler) -> None:
        running.release()
        go.wait(5)
        handler.reply(table(1))

    server.behave = wait
    with RemoteEngine(server.address, settings, base=BASE) as engine:
        threads = [threading.Thread(target=run, args=(engine,), kwargs={"client": str(n)}) for n in range(2)]
        for thread in threads:
            thread.start()
        try:
            assert running.acquire(timeout=5)
            assert running.acquire(timeout=5)
            errors = [failure(engine, client="0"), failure(engine, client="2")]
        finally:
            go.set()
            for thread in threads:
                thread.join()
        assert [(type(error), getattr(error, "client", None)) for error in errors] == [
            (Busy, True),
            (Busy, False),
        ]
        assert run(engine, client="0").kind == "select"


def test_a_password_is_said_only_when_asked_for(server: Stub) -> None:
    def guarded(then: Behaviour) -> Behaviour:
        def behave(handler: Handler) -> None:
            if handler.headers.get("Authorization") == "Basic " + base64.b64encode(b"me:x:y").decode():
                then(handler)
            else:
                handler.reply("", status=401, WWW_Authenticate='Basic realm="here"')

        return behave

    server.looked, server.behave = guarded(loaded), guarded(lambda h: h.reply(table(1)))
    with RemoteEngine(server.address, QUICK, base=BASE, user="me", password="x:y") as engine:
        assert run(engine).kind == "select"
        assert [bool(request.authorization) for request in server.requests] == [
            False,
            True,
            True,
        ]
    with RemoteEngine(server.address, QUICK, base=BASE, user="me", password="wrong") as engine:
        assert "401" in str(failure(engine))


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_digest_is_answered_as_in_the_rfc(server: Stub, algorithm: str) -> None:
    """RFC 7616, 3.4.1."""

    def digest(*parts: str) -> str:
        return hashlib.new(algorithm.replace("-", ""), ":".join(parts).encode()).hexdigest()

    def is_right(said: str) -> bool:
        if not said.startswith("Digest "):
            return False
        field = {
            name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^, ]+))', said)
        }
        secret, request = digest("me", "here", "secret"), digest("POST", "/sparql")
        middle = (field["nonce"], field["nc"], field["cnonce"], "auth")
        return (field["nonce"], field["response"]) == ("7ypf", digest(secret, *middle, request))

    def guarded(then: Behaviour) -> Behaviour:
        challenge = (
            f'Digest realm="here", qop="auth, auth-int", algorithm={algorithm}, nonce="7ypf", opaque="FQ"'
        )

        def behave(handler: Handler) -> None:
            if is_right(handler.headers.get("Authorization", "")):
                then(handler)
            else:
                handler.reply("", status=401, WWW_Authenticate=challenge)

        return behave

    server.looked, server.behave = guarded(loaded), guarded(lambda h: h.reply(table(1)))
    with RemoteEngine(server.address, QUICK, base=BASE, user="me", password="secret") as engine:
        assert run(engine).kind == "select"
        assert [bool(request.authorization) for request in server.requests] == [False, True, True]
    server.requests.clear()
    with RemoteEngine(server.address, QUICK, base=BASE, user="me", password="wrong") as engine:
        assert "401" in str(failure(engine))
    assert len(server.requests) == 2, "a wrong password is not told twice"


def test_a_challenge_is_not_read_beyond_its_head(server: Stub) -> None:
    def challenge(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n")
        handler.wfile.write(b"Content-Length: 10000000000\r\n\r\n")
        if handler.headers.get("Authorization"):
            handler.wfile.write(b"x" * 100_000)

    server.looked = challenge
    with RemoteEngine(server.address, QUICK, base=BASE, user="me", password="wrong") as engine:
        failure(engine)
    assert len(server.requests) == 2


def test_what_is_missing_for_other_engines_is_named() -> None:
    script = "import sys; sys.modules['requests'] = None; import vilnius_lod.sparql.remote.endpoint"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    last = ended.stderr.splitlines()[-1]
    assert "EngineAway: " in last
    assert "requests is missing, which other engines need: pip install 'vilnius-lod[remote]'" in last


def test_neither_proxies_nor_passwords_of_the_environment_are_used(
    server: Stub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    with RemoteEngine(server.address, QUICK, base=BASE) as engine:
        assert run(engine).kind == "select"
    assert not any(request.authorization for request in server.requests)


@pytest.mark.parametrize(
    "address", ["ftp://e.org/", "e.org/sparql", "http:///sparql", "http://me:x@e.org/", "file:///etc/passwd"]
)
def test_only_web_addresses_without_a_name_are_engines(address: str) -> None:
    with pytest.raises(ValueError, match="allowed: http"):
        Client(address)


def test_a_closed_engine_is_away(engine: RemoteEngine) -> None:
    run(engine)
    engine.close()
    assert isinstance(failure(engine), EngineAway)
