"""Codepoint escapes (SPARQL 1.1, section 19.2) and letters that look alike are no way past the guard."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vilnius_lod.settings import Settings
from vilnius_lod.sparql import guard
from vilnius_lod.sparql.embedded.engine import EmbeddedEngine
from vilnius_lod.sparql.errors import QueryError, Refused
from vilnius_lod.sparql.remote.endpoint import RemoteEngine

DEFAULT = Settings()
ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")


@pytest.mark.parametrize(
    "query",
    [
        r"ASK { \u0053ERVICE <http://e/> {} }",
        r"ASK { \U00000053ERVICE <http://e/> {} }",
        r"ASK { S\u0045RV\u0049CE <http://e/> {} }",
        r"ASK { \u0073ervice\u0020silent\u003Chttp://e/> {} }",
        r"ASK { ?s ?p ?o \u007D # } \u000A SERVICE <http://e/> {}",
        r"ASK { # \u000A SERVICE <http://e/> {} }",
        r"ASK { # \u000d SERVICE <http://e/> {} }",
        r"ASK { ?s ?p <http://e/\u003E SERVICE <http://e/> {} }",
        r"ASK { ?s ?p \u0022a\u0022 SERVICE <http://e/> {} }",
        "ASK { ſERVICE <http://e/> {} }",
        "ASK { SERVıCE <http://e/> {} }",
        "ASK { SERVİCE <http://e/> {} }",
        "ASK { ＳＥＲＶＩＣＥ <http://e/> {} }",
        r"ASK { \uFF33ERVICE <http://e/> {} }",
        r"\u0049NSERT DATA { <a:b> <a:b> 1 }",
        "ＤＥＬＥＴＥ WHERE { ?s ?p ?o }",
    ],
)
def test_an_escaped_service_or_update_is_refused(query: str) -> None:
    with pytest.raises(Refused):
        guard.inspect(query, DEFAULT)


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        (r"\u0041SK { ?\u0073 ?p <http://e/\u00E9> }", "ASK { ?s ?p <http://e/é> }"),
        (r'ASK { ?s ?p "\u0053ERVICE \u0022\u005C\u000A\U0001F600" }', r'ASK { ?s ?p "SERVICE \"\\\n😀" }'),
        (r"ASK { ?s ?p '''a\u0027\u0027\u0027 SERVICE <http://e/> {}''' }", None),
        (r"ASK { ?s ?p 'C:\\u0053ERVICE' }", r"ASK { ?s ?p 'C:\\u0053ERVICE' }"),
        (r"ASK { ?s ?p '\uD800' }", r"ASK { ?s ?p '\uD800' }"),
        (r"ASK { ?s ?p '\U00110000' }", r"ASK { ?s ?p '\U00110000' }"),
        (r"ASK { ex:a\-b ?p '\t\"' }", r"ASK { ex:a\-b ?p '\t\"' }"),
        (r"PREFIX ｓｅｒｖｉｃｅ: <http://e/> ASK { ｓｅｒｖｉｃｅ:x ?p 'ＳＥＲＶＩＣＥ' }", None),
    ],
)  # fmt: skip
def test_what_is_sent_on_has_no_escapes_left_and_means_the_same(query: str, sent: str | None) -> None:
    found = guard.inspect(query, DEFAULT).query
    assert found == (sent or found)
    assert guard.resolve(found) == found


ESCAPES = [
    r"\u0022",
    r"\u0027",
    r"\u005C",
    r"\u005c",
    r"\u000A",
    r"\u0023",
    r"\u003C",
    r"\u003E",
    "u0022",
    "u0027",
]


@given(st.lists(st.sampled_from([*"\\\\\"'#\n<>{}a ", *ESCAPES]), max_size=12).map("".join))
def test_no_mixture_of_escapes_hides_a_service(text: str) -> None:
    """An engine may also resolve what stands behind a backslash in a string: that ends no string either."""
    query = "ASK { " + text + " SERVICE <http://e/> {} }"
    try:
        sent = guard.inspect(query, DEFAULT).query
        readings = [list(guard.tokenise(sent)), list(guard.tokenise(ESCAPE.sub(character, sent)))]
    except QueryError:
        return
    for tokens in readings:
        assert not any(token.kind == "word" and "SERVICE" in token.text.upper() for token in tokens)


def character(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def test_the_embedded_engine_understands_escaped_keywords(engine: EmbeddedEngine) -> None:
    answer = engine.run(
        r"\u0053ELECT ?x { BIND('\u0022a\u005C' AS ?x) }", solutions="tsv", graph=None, client=""
    )
    assert answer.body == b'?x\n"\\"a\\\\"\n'


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """An endpoint's address and the queries that reach it; it answers nothing of use."""
    queries: list[str] = []

    class Endpoint(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            queries.extend(fields["query"])
            held = '{"head":{"vars":["graph","snapshot"]},"results":{"bindings":[{"graph":{"type":"uri",'
            held += '"value":"http://e/g"},"snapshot":{"type":"literal","value":"one"}}]}}'
            body = (held if "versionInfo" in queries[-1] else '{"head":{},"boolean":true}').encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/sparql", queries
    server.shutdown()
    server.server_close()


def test_a_remote_engine_gets_the_query_that_was_inspected(asked: tuple[str, list[str]]) -> None:
    address, queries = asked
    with RemoteEngine(address, DEFAULT, base="http://e/") as engine:
        engine.run(r"\u0041SK { ?s ?p '\u0053ERVICE \u0027' }", solutions="json", graph=None)
        assert queries[-1] == r"ASK { ?s ?p 'SERVICE \'' }"
        with pytest.raises(Refused):
            engine.run(r"ASK { \u0053ERVICE <http://e/> {} }", solutions="json", graph=None)
        assert len(queries) == 2
