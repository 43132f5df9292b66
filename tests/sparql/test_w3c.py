"""The W3C cases through the real HTTP service: none that the engine passes by itself is lost on the way.

The service answers from all graphs of the suite at once; each request names its own.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
    serialize,
)

from tests.serving import free_port, serving
from vilnius_lod import snapshot
from vilnius_lod.settings import Settings
from vilnius_lod.sparql import guard

from . import w3c

if not (w3c.FOLDER / "sparql").is_dir():
    pytest.skip(
        f"not part of the repository: RDF_TESTS=DIR with a clone of w3c/rdf-tests (none in {w3c.FOLDER})",
        allow_module_level=True,
    )

SOLUTIONS, GRAPH = "application/sparql-results+json", "application/n-triples"
Answer = tuple[str, Any]
ALL = list(w3c.cases())
REQUESTS = list(w3c.requests())


@pytest.fixture(scope="module")
def suite() -> list[Quad]:
    return [quad for name, file in w3c.graphs().items() for quad in w3c.quads(name, file)]


@pytest.fixture(scope="module")
def store(suite: list[Quad]) -> Store:
    store = Store()
    store.bulk_extend(suite)
    return store


@pytest.fixture(scope="module")
def port(suite: list[Quad], tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The service with the suite's data in the place of the dataset's."""
    from vilnius_lod.build import build

    folder = tmp_path_factory.mktemp("w3c")
    build(tiny_dataset, folder)
    sample = snapshot.open_snapshot(folder)
    files = {name: sample.read(name) for name in sample.files}
    files[snapshot.CANONICAL] = serialize(suite, format=RdfFormat.N_QUADS)  # type: ignore[assignment]
    snapshot.write(folder, files, sample.facts)
    port = free_port()
    command = [sys.executable, "-m", "vilnius_lod.cli", "serve", "--store", str(folder)]
    with serving(command, cwd=w3c.ROOT, environment=os.environ, port=port):
        yield port


def ask(
    port: int, method: str, path: str, body: bytes = b"", headers: Sequence[tuple[str, str]] = ()
) -> tuple[int, str, bytes]:
    """Status, media type and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body or None, dict(headers))
        response = connection.getresponse()
        return response.status, (response.getheader("Content-Type") or "").partition(";")[0], response.read()
    finally:
        connection.close()


def through_http(port: int, case: w3c.Case) -> tuple[int, str, bytes]:
    parameters = [("query", case.query)]
    if not case.has_dataset:
        # A case without data has an empty default graph; ours would be the union of all.
        parameters += [("default-graph-uri", graph) for graph in case.default or ("urn:empty",)]
        parameters += [("named-graph-uri", graph) for graph in case.named]
    headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", f"{SOLUTIONS}, {GRAPH}")]
    return ask(port, "POST", "/sparql", urlencode(parameters).encode(), headers)


def by_itself(store: Store, case: w3c.Case) -> Answer | None:
    """The engine's own answer, None where it gives none."""
    try:
        if case.has_dataset:
            found = store.query(case.query)
        else:
            found = store.query(
                case.query,
                default_graph=[NamedNode(graph) for graph in case.default or ("urn:empty",)],
                named_graphs=[NamedNode(graph) for graph in case.named],
            )
        return comparable(found)
    except (SyntaxError, ValueError, RuntimeError, OSError):
        return None


def comparable(found: Any) -> Answer:
    """What can be compared: blank nodes of solutions count as one, graphs are canonicalised."""
    if isinstance(found, QueryBoolean):
        return "boolean", bool(found)
    if isinstance(found, QuerySolutions):
        names = sorted(variable.value for variable in found.variables)
        rows = Counter(tuple(_plain(row[name]) for name in names) for row in found)
        return "solutions", (names, rows)
    if isinstance(found, QueryTriples):
        return _graph(found)
    raise TypeError(found)


def _plain(term: Any) -> str:
    if isinstance(term, Triple):
        return " ".join(_plain(part) for part in term)
    return "_" if isinstance(term, BlankNode) else str(term)


def _graph(triples: Any) -> Answer:
    dataset = Dataset(Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return "graph", sorted(map(str, dataset))


def received(media_type: str, body: bytes) -> Answer:
    if media_type == SOLUTIONS:
        return comparable(parse_query_results(body, QueryResultsFormat.JSON))
    return _graph(parse(body, RdfFormat.N_TRIPLES))


def _of(kind: str) -> pytest.MarkDecorator:
    found = [case for case in ALL if case.kind == kind]
    return pytest.mark.parametrize("case", found, ids=[case.name for case in found])


def test_the_suite_is_there_as_a_whole() -> None:
    kinds = Counter(case.kind for case in ALL)
    assert kinds["evaluation"] > 500
    assert kinds["valid"] > 200
    assert kinds["invalid"] > 80
    assert len(REQUESTS) >= 34


@_of("evaluation")
def test_the_service_answers_as_the_engine_does(case: w3c.Case, port: int, store: Store) -> None:
    expected = by_itself(store, case)
    status, media_type, body = through_http(port, case)
    if expected is None:
        assert 400 <= status < 500
        return
    assert status == 200, body.decode()
    if not guard.inspect(case.query, Settings()).volatile:
        assert received(media_type, body) == expected


@_of("valid")
def test_a_valid_query_is_answered(case: w3c.Case, port: int, store: Store) -> None:
    if by_itself(store, case) is None:
        pytest.xfail("pyoxigraph refuses this query by itself; what it passes is what the service promises")
    status, _, body = through_http(port, case)
    assert status == 200, body.decode()


@_of("invalid")
def test_an_invalid_query_is_told_so(case: w3c.Case, port: int, store: Store) -> None:
    if by_itself(store, case) is not None:
        pytest.xfail("pyoxigraph accepts this query by itself; what it passes is what the service promises")
    status, media_type, body = through_http(port, case)
    assert status == 400
    assert media_type == "application/problem+json"
    assert json.loads(body)["type"].endswith("malformed-query")


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.name)
def test_the_protocol_holds(request_: w3c.Request, port: int) -> None:
    """Updates are refused, well-formed or not: the service is for reading."""
    status, media_type, body = ask(port, request_.method, request_.path, request_.body, request_.headers)
    if request_.updates or not request_.good:
        assert 400 <= status < 500, body
        return
    assert status == 200, body
    if request_.boolean is not None:
        assert received(media_type, body) == ("boolean", request_.boolean)
