from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vilnius_lod.settings import Settings
from vilnius_lod.sparql import guard
from vilnius_lod.sparql.errors import MalformedQuery, QueryError, Refused, TooDeep, TooLong

DEFAULT = Settings()
QUERIES = Path(__file__).parents[2] / "queries"
PROLOGUE = "PREFIX : <http://e/> PREFIX ex: <http://e/> PREFIX service: <http://e/>\n"

LOOK_ALIKES = [
    "ASK { ?s ?p 'SERVICE <http://e/> {}' }",
    'ASK { ?s ?p "SERVICE <http://e/> {}" }',
    'ASK { ?s ?p "an \\" SERVICE <http://e/> {}" }',
    "ASK { ?s ?p '''two\n' lines '' SERVICE <http://e/> {}''' }",
    'ASK { ?s ?p """two\n" lines "" SERVICE <http://e/> {}""" }',
    "ASK { ?s ?p <http://e/SERVICE> }",
    "ASK { ?s ?p <http://e/#SERVICE> }",
    "ASK { ?s ?p <http://e/(a)'SERVICE> . FILTER(?s != <http://e/(a)#SERVICE>) }",
    "ASK { VALUES (?a ?b) { (<http://e/a#b> <http://e/(SERVICE)#b>) } }",
    "ASK { ?s ?p ?o } # SERVICE <http://e/> {}",
    "ASK { ?SERVICE $service ?o }",
    "ASK { ?s ex:SERVICE ex:a.SERVICE, ex:a\\#SERVICE, service:x, service: . }",
    "ASK { GRAPH service:x { ?s ?p ?o } }",
    "ASK { _:SERVICE ?p 'a'@service }",
    "ASK { ?s ?p ?o FILTER(?o < 3 && STR(?s) = 'SERVICE') }",
]
SERVICES = [
    "ASK { SERVICE <http://e/> {} }",
    "ASK { service silent <http://e/> {} }",
    "ASK { SeRvIcE?x {} }",
    "ASK { ?s ?p ?x SERVICE ?x {} }",
    "ASK { SERVICE# here\n<http://e/> {} }",
    "ASK { SERVICE\t#SILENT\r\n ex:a {} }",
    "ASK { SERVICE<http://e/>{} }",
    "ASK { # a comment ends here\rSERVICE <http://e/> {} }",
    "SELECT * { { SELECT * { OPTIONAL { SERVICE <http://e/> {} } } } }",
    "ASK { FILTER EXISTS { SERVICE <http://e/> {} } }",
    "ASK { ?s ?p 'open # no comment' SERVICE <http://e/> {} }",
    "ASK { ?s ?p <http://e/#> SERVICE <http://e/> {} }",
]
# What the grammar reads otherwise, and the engine all the same as a SERVICE.
HIDDEN_SERVICES = [
    "ASK { SERVICE:x {} }",
    "ASK { SERVICEex:x {} }",
    "ASK { SERVICESILENT<http://e/>{} }",
    "ASK { SERVICESILENT:x {} }",
    "ASK { ?s ?p trueSERVICE:x {} }",
    "ASK { ?s ?p true.SERVICE:x {} }",
    "ASK { ?s ?p 1e5SERVICE<http://e/>{} }",
    "ASK { ?s ?p 1.SERVICE<http://e/>{} }",
    "ASK { FILTER(1<2)SERVICE#>\n:x {} }",
    "ASK { FILTER(?a<?b)SERVICE#>\n:x {} }",
    "ASK { FILTER(?a<'>')SERVICE ex:x{ ?s ?p 'a' } # '\n}",
    "ASK { FILTER(?a<?b#> '''\n)SERVICE ex:x {} # '''\n}",
]


def refusal(query: str, **changed: object) -> Refused:
    with pytest.raises(Refused) as caught:
        guard.inspect(query, Settings(**changed))  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("query", LOOK_ALIKES)
def test_what_only_looks_like_a_service_passes(query: str) -> None:
    guard.inspect(PROLOGUE + query, DEFAULT)
    pyoxigraph.Store().query(PROLOGUE + query)  # it is SPARQL


@pytest.mark.parametrize("query", SERVICES + HIDDEN_SERVICES)
def test_a_service_is_refused(query: str) -> None:
    assert refusal(PROLOGUE + query).reason in ("service", "ambiguous")


@pytest.mark.parametrize("query", HIDDEN_SERVICES)
def test_the_engine_reads_a_hidden_service_as_one(query: str) -> None:
    # Port 9 is one that the engine refuses to connect to.
    prologue = "PREFIX : <http://127.0.0.1:9/> PREFIX ex: <http://127.0.0.1:9/> "
    query = query.replace("http://e/", "http://127.0.0.1:9/").replace("SILENT", "")
    query = prologue + "PREFIX SERVICEex: <http://127.0.0.1:9/> " + query.replace("{} ", "{?s ?p ?o} ")
    store = pyoxigraph.Store()
    store.update("INSERT DATA { <a:b> <a:b> true, 1, 1e5 }")
    with pytest.raises(OSError, match="port 9"):
        store.query(query)


def test_the_refusal_tells_line_and_column() -> None:
    error = refusal("ASK {\n  # ąžuolas\n  SERVICE <http://e/> {}\n}")
    assert (error.reason, error.line, error.column) == ("service", 3, 3)


def test_a_service_on_the_operators_list_passes() -> None:
    allowed = Settings(service_allowed=("http://e/sparql",))
    for query in ("ASK { SERVICE <http://e/sparql> {} }", "ASK { SERVICE SILENT <http://e/sparql> {} }"):
        guard.inspect(query, allowed)
    for query in (
        "ASK { SERVICE <http://e/sparql2> {} }",
        "ASK { SERVICE ?x {} }",
        "ASK { SERVICE <http://e/sparql> { SERVICE <http://e/> {} } }",
        "ASK { SERVICE ex:sparql {} }",
    ):
        assert refusal(query, service_allowed=("http://e/sparql",)).reason == "service"


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


PIECES = st.sampled_from(
    [
        *(
            "SERVICE",
            "service:",
            "SILENT",
            "\u017fervice",
            "FILTER(?a",
            "FILTER(1<2)",
            "EXISTS",
            "OPTIONAL",
            "GRAPH",
        ),
        *("?b", "?a", "?s?p?o", "<", ">", "<a>", "<'>'", "'", "''", "'''", '"', '"""', "#", "\n", "\t", "\\"),
        *(")", "(", "{", "}", ".", ";", ",", "^^", "@en", "-", "!", "[]"),
        *("ex:a", ":", "_:a", "a", "true", "1", "1.0"),
    ]
)


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=12), st.sampled_from(["", " "]))
def test_no_query_that_passes_makes_the_engine_connect(
    listener: socket.socket, pieces: list[str], glue: str
) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    text = "".join(f"PREFIX {name}: <{address}> " for name in ("", "ex", "service", "SERVICEex"))
    text += "ASK { " + glue.join(pieces) + f" SERVICE{glue}:x {{ ?s ?p ?o }} }}"
    try:
        guard.inspect(text, DEFAULT)
    except QueryError:
        return
    try:
        pyoxigraph.Store().query(text)
    except (SyntaxError, RuntimeError):
        return
    except OSError as error:
        pytest.fail(f"{text!r} connected: {error}")
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize(
    "update",
    [
        "INSERT DATA { <a:b> <a:b> <a:b> }",
        "delete where { ?s ?p ?o }",
        "WITH <a:b> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "LOAD <file:///etc/passwd>",
        "CLEAR ALL",
        "DROP SILENT DEFAULT",
        "CREATE GRAPH <a:b>",
        "ADD DEFAULT TO <a:b>",
        "MOVE <a:b> TO <a:c>",
        "COPY <a:b> TO <a:c>",
        "DELETEWHERE{?s ?p ?o}",
        "BASE <http://e/> PREFIX clear: <http://e/> # prologue\nPREFIX : <#> INSERT DATA {}",
    ],
)
def test_an_update_is_refused(update: str) -> None:
    assert refusal(update).reason == "update"


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("select * {}", "select"),
        ("BASE <http://e/>\nPREFIX select: <http://e/> # INSERT\nASKWHERE{}", "ask"),
        ("PREFIX:<http://e/>CONSTRUCT {} WHERE {}", "construct"),
        ("DESCRIBE <http://e/INSERT>", "describe"),
        ("", ""),
        ("PREFIX a.b-c: <http://e/> FETCH", ""),
    ],
)
def test_the_form_of_a_query_is_known(query: str, form: str) -> None:
    assert guard.inspect(query, DEFAULT).form == form


def test_dataset_clauses_are_seen() -> None:
    assert guard.inspect("SELECT*FROM<http://e/>{}", DEFAULT).has_from
    assert guard.inspect("ASK from named <http://e/> {}", DEFAULT).has_from
    assert not guard.inspect("ASK { ?from ?p 'FROM' } # FROM", DEFAULT).has_from


@pytest.mark.parametrize("call", ["NOW()", "rand ()", "UUID()", "StrUUID()", "BNODE('a')", "NOW# \n()"])
def test_a_function_that_differs_from_call_to_call_makes_a_query_volatile(call: str) -> None:
    assert guard.inspect(f"SELECT ?x {{ BIND({call} AS ?x) }}", DEFAULT).volatile


@pytest.mark.parametrize("text", ["'NOW()'", "?NOW", "ex:NOW", "<http://e/NOW()>", "YEAR(?x) # NOW()\n"])
def test_other_queries_are_not_volatile(text: str) -> None:
    assert not guard.inspect(f"SELECT ?x {{ BIND({text} AS ?x) }}", DEFAULT).volatile


def test_a_query_is_bounded_in_length() -> None:
    guard.inspect("ASK {}" + " " * 94, Settings(query_length=100))
    with pytest.raises(TooLong) as caught:
        guard.inspect("ASK {}\n" + " " * 94, Settings(query_length=100))
    assert (caught.value.limit, caught.value.unit, caught.value.line) == (100, "characters", 2)


@pytest.mark.parametrize("bracket", ["{", "(", "[", "!", "- ", "+", "^", "!-"])
def test_a_query_is_bounded_in_depth(bracket: str) -> None:
    with pytest.raises(TooDeep) as caught:
        guard.inspect("ASK\n" + bracket * 3000, DEFAULT)
    assert (caught.value.limit, caught.value.line) == (60, 2)


def test_what_is_closed_does_not_count_as_nested() -> None:
    guard.inspect("ASK {" + "{ ?s ?p (1 2) FILTER(!?a) } UNION " * 500 + "{} }", DEFAULT)


@pytest.mark.parametrize("operator", ["/", "|", "|^"])
def test_a_path_is_bounded_in_steps(operator: str) -> None:
    with pytest.raises(TooLong) as caught:
        guard.inspect("ASK { ?s " + operator.join(["<http://e/p>"] * 600) + " ?o }", DEFAULT)
    assert (caught.value.limit, caught.value.unit) == (100, "path operators")
    guard.inspect("ASK { ?s ?p ?o FILTER(" + "||".join(["?o"] * 600) + ") }", DEFAULT)


@pytest.mark.parametrize("text", ["ASK {\n ?s ?p 'open }", "ASK {\n ?s ?p 'o\n' }"])
def test_a_string_left_open_is_told_with_its_place(text: str) -> None:
    with pytest.raises(MalformedQuery) as caught:
        list(guard.tokenise(text))
    assert caught.value.line == 2


def test_a_plain_query_is_seen_as_its_tokens_say() -> None:
    plain = [text for file in QUERIES.rglob("*.rq") if "SERVICE" not in (text := file.read_text())]
    assert len(plain) > 30
    for query in plain:
        whole = guard.inspect(query + "\n# FROM NOW ON: to be read to the end", DEFAULT)
        assert guard.inspect(query, DEFAULT)[1:] == whole[1:], query


@pytest.mark.parametrize(
    "piece",
    [
        '\\"',
        "<",
        ":",
        "a.",
        "a..",
        "a-",
        "_:a.",
        "%",
        "\\",
        "?",
        "'",
        "''",
        '"""',
        "1.1e",
        "@a-",
        "a:%41",
        "<a",
        "#",
    ],
)
def test_no_text_of_the_greatest_length_takes_long(piece: str) -> None:
    text = (piece * DEFAULT.query_length)[: DEFAULT.query_length]
    start = time.process_time()
    with contextlib.suppress(QueryError):
        guard.inspect(text, DEFAULT)
    assert time.process_time() - start < 2


@settings(max_examples=300)
@given(st.text() | st.lists(PIECES).map("".join))
def test_any_text_passes_or_gets_one_of_its_errors(text: str) -> None:
    try:
        guard.inspect(text, DEFAULT)
    except QueryError as error:
        line = getattr(error, "line", 1)
        assert 1 <= line <= text.count("\n") + 1


@given(
    st.lists(
        st.sampled_from(
            [
                ("string", "'it\\'s {'"),
                ("string", '"""a"b\n"""'),
                ("iri", "<http://e/#'(>"),
                ("variable", "?x"),
                ("name", "ex:a.b"),
                ("name", ":"),
                ("label", "_:b1"),
                ("tag", "@en-GB"),
                ("word", "FILTER"),
                ("sign", "{"),
                ("", "# 'comment\n"),
            ]
        )
    )
)
def test_the_tokens_are_those_that_were_written(written: list[tuple[str, str]]) -> None:
    text = " ".join(piece for _, piece in written)
    assert [(token.kind, token.text) for token in guard.tokenise(text)] == [p for p in written if p[0]]
