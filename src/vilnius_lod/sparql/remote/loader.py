"""Loads a snapshot into an engine: beside the current one first, and switches over once it is checked.

Each graph goes to ``{graph}?snapshot={name}`` by the Graph Store HTTP Protocol and is read back by CONSTRUCT,
which also shows whether the engine truncates answers. If all that differs is
explained (:mod:`~vilnius_lod.sparql.remote.graph_diff`), one update request moves all graphs to their names.

Both sides are compared in memory, about 1 KiB for each statement.
"""

from __future__ import annotations

import contextlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from ..errors import EngineFailed
from . import graph_diff, responses
from .endpoint import EMPTY_GRAPH, VERSION, loaded_graph
from .graph_diff import GraphDiff
from .http_client import Client, HttpReply

_NO_LIMIT = 2**40
_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An engine's three addresses (query, update, Graph Store Protocol) and who may write there."""

    query: str
    update: str
    store: str
    user: str = ""
    password: str = ""
    seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class CountMismatch:
    """The engine counts more or fewer statements of a class or property (``kind``) than were sent."""

    kind: str
    iri: str
    sent: int
    found: int


@dataclass(frozen=True, slots=True)
class GraphReport:
    """One graph: how many statements were sent, counted by the engine and read back; and what differs."""

    graph: str
    sent: int
    counted: int
    read: int
    count_mismatches: tuple[CountMismatch, ...]
    diff: GraphDiff

    @property
    def agrees(self) -> bool:
        """Whether the counts agree and only documented alterations were made."""
        return not self.count_mismatches and self.diff.explained

    @property
    def cut(self) -> bool:
        """Whether the engine truncates answers: it counts more statements than it returns."""
        return self.read < self.counted


@dataclass(frozen=True, slots=True)
class LoadReport:
    """The result of a load; unless it ``switched``, the earlier snapshot is still current."""

    snapshot: str
    switched: bool
    graphs: tuple[GraphReport, ...]


def load(files: Sequence[Path], target: Target, *, base: str, snapshot: str) -> LoadReport:
    """Load the N-Quads ``files`` of the dataset ``base`` as ``snapshot``, and switch over if all agrees.

    Raises EngineFailed or EngineSlow where the engine does not do what it is asked; OSError, SyntaxError or
    ValueError for files that cannot be read.
    """
    with contextlib.closing(_Loader(target, base, snapshot)) as loader:
        graphs = _read(files)
        staged = {graph: f"{graph}?snapshot={quote(snapshot, safe='')}" for graph in graphs}
        reports = tuple(loader.stage(graph, staged[graph], graphs[graph]) for graph in sorted(graphs))
        agreed = all(report.agrees for report in reports)
        if agreed:
            loader.switch(staged, {report.graph: report.counted for report in reports})
        else:
            loader.update("".join(f"DROP SILENT GRAPH <{name}> ;\n" for name in staged.values()))
        return LoadReport(snapshot, agreed, reports)


class _Loader:
    def __init__(self, target: Target, base: str, snapshot: str) -> None:
        self._query, self._store, self._update = (
            Client(address, user=target.user, password=target.password, pool_size=1)
            for address in (target.query, target.store, target.update)
        )
        self._seconds, self._base, self._snapshot = target.seconds, base, snapshot

    def close(self) -> None:
        for client in (self._query, self._store, self._update):
            client.close()

    def stage(self, graph: str, name: str, statements: set[Triple]) -> GraphReport:
        """Store a graph under the name ``name`` and compare what the engine then holds."""
        self._ready_to_write(name)
        body = serialize(sorted(statements, key=str), format=RdfFormat.N_TRIPLES) or b""
        reply = self._store.send(
            "PUT",
            parameters=[("graph", name)],
            headers={"Content-Type": "text/turtle; charset=utf-8"},  # as which N-Triples passes everywhere
            body=body,
            seconds=self._seconds,
            limit=_NO_LIMIT,
        )
        _expect(reply, (200, 201, 204), "PUT")
        properties = self._counts(name, "?s ?key ?o")
        classes = self._counts(name, f"?s <{_RDF_TYPE}> ?key")
        found = self._statements(name)
        return GraphReport(
            graph,
            len(statements),
            self._total(name),
            len(found),
            (
                *_count_mismatches("property", graph_diff.properties(statements), properties),
                *_count_mismatches("class", graph_diff.classes(statements), classes),
            ),
            graph_diff.compare(statements, found),
        )

    def switch(self, staged: Mapping[str, str], counts: Mapping[str, int]) -> None:
        """Make the staged graphs current, and check that they are."""
        marker = loaded_graph(self._base)
        before = self._select(
            f"SELECT ?graph WHERE {{ GRAPH <{marker}> {{ ?graph <{VERSION}> ?any }} }}", marker
        )
        obsolete = sorted({row["graph"] for row in before} - set(staged))
        statements = " ".join(
            f"<{graph}> <{VERSION}> {json.dumps(self._snapshot)} ." for graph in sorted(staged)
        )
        self.update(
            f"DROP SILENT GRAPH <{marker}> ;\n"
            + "".join(f"MOVE GRAPH <{name}> TO GRAPH <{graph}> ;\n" for graph, name in staged.items())
            + "".join(f"DROP SILENT GRAPH <{graph}> ;\n" for graph in obsolete)
            + f"INSERT DATA {{ GRAPH <{marker}> {{ {statements} }} }}"
        )
        for graph, count in counts.items():
            if (found := self._total(graph)) != count:
                raise EngineFailed(f"after switching over {graph} has {found} statements, not {count}")

    def update(self, text: str) -> None:
        """Run a SPARQL update."""
        reply = self._update.post([("update", text)], accept="*/*", seconds=self._seconds, limit=_NO_LIMIT)
        _expect(reply, (200, 201, 204), "update")

    def _ready_to_write(self, name: str) -> None:
        """Meet the engine's authentication challenge on a small request, not after a whole graph."""
        self._store.send(
            "HEAD", parameters=[("graph", name)], headers={}, seconds=self._seconds, limit=_NO_LIMIT
        )

    def _total(self, graph: str) -> int:
        query = f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        return sum(int(row["n"]) for row in self._select(query, graph))

    def _counts(self, graph: str, pattern: str) -> dict[str, int]:
        rows = self._select(
            f"SELECT ?key (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ {pattern} }} }} GROUP BY ?key", graph
        )
        return {row["key"]: int(row["n"]) for row in rows if "key" in row}

    def _select(self, query: str, graph: str) -> list[dict[str, str]]:
        return responses.table(self._post(query, graph, responses.ACCEPT_SOLUTIONS))

    def _statements(self, graph: str) -> set[Triple]:
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        return set(responses.triples(self._post(query, graph, responses.ACCEPT_GRAPH)))

    def _post(self, query: str, graph: str, accept: str) -> HttpReply:
        fields = [("query", query), ("default-graph-uri", EMPTY_GRAPH), ("named-graph-uri", graph)]
        reply = self._query.post(fields, accept=accept, seconds=self._seconds, limit=_NO_LIMIT)
        _expect(reply, (200,), "query")
        return reply


def _read(files: Sequence[Path]) -> dict[str, set[Triple]]:
    graphs: dict[str, set[Triple]] = defaultdict(set)
    for path in files:
        for quad in parse(path=path, format=RdfFormat.N_QUADS):
            if not isinstance(quad.graph_name, NamedNode):
                raise ValueError(f"{path.name}: a statement is in no named graph: {quad}")
            graphs[quad.graph_name.value].add(quad.triple)
    return graphs


def _count_mismatches(kind: str, sent: Mapping[str, int], found: Mapping[str, int]) -> list[CountMismatch]:
    return [
        CountMismatch(kind, iri, sent.get(iri, 0), found.get(iri, 0))
        for iri in sorted(sent.keys() | found.keys())
        if sent.get(iri, 0) != found.get(iri, 0)
    ]


def _expect(reply: HttpReply, statuses: tuple[int, ...], what: str) -> None:
    if reply.status not in statuses:
        raise EngineFailed(f"{what}: it answered {reply.status}" + (f": {reply.text}" if reply.text else ""))
