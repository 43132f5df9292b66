"""Replies of a remote engine, rewritten in the requested format or turned into an error.

The engine is asked for JSON results and N-Triples only. They are parsed whole and written again: so every
engine gives every format, rows are counted, and a truncated or broken reply is never passed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse,
    parse_query_results,
)

from ...formats import JSON, N_TRIPLES, SPARQL_JSON, SPARQL_XML, TURTLE
from ...settings import Settings
from .. import results
from ..errors import Busy, EngineFailed, EngineSlow, MalformedQuery, QueryError
from ..formats import GRAPHS, SOLUTIONS
from .http_client import HttpReply

ACCEPT_SOLUTIONS = f"{SPARQL_JSON.media_type}, {SPARQL_XML.media_type};q=0.5"
ACCEPT_GRAPH = f"{N_TRIPLES.media_type}, {TURTLE.media_type};q=0.5"
_READ_SOLUTIONS = {form.media_type: SOLUTIONS[form.name] for form in (SPARQL_JSON, JSON, SPARQL_XML)}
_READ_GRAPH = {form.media_type: GRAPHS[form.name] for form in (N_TRIPLES, TURTLE)}
_TRUE, _FALSE = b'{"head":{},"boolean":true}', b'{"head":{},"boolean":false}'
_PLACE = re.compile(
    r"\b(?:at )?line:? (?P<line>\d+),? (?:at )?col(?:umn)?:? (?P<column>\d+)|\bat (?P<l>\d+):(?P<c>\d+)\b",
    re.I,
)


def accept(form: str) -> str:
    """The Accept header for a query of that form."""
    return ACCEPT_SOLUTIONS if form in ("select", "ask") else ACCEPT_GRAPH


def rewrite(
    reply: HttpReply, form: str, wanted: str, settings: Settings, prefixes: Mapping[str, str]
) -> tuple[bytes, bool]:
    """The answer in a reply with status 200 to a query of that form, in the format ``wanted``, and whether it
    is a graph with blank nodes. Raises ResultTooLarge, EngineSlow; EngineFailed if it is no such answer.
    """
    # When its time is up, Virtuoso sends what it has, and says so in this header alone.
    if reply.headers.get("x-sql-state", "").startswith("S1TAT"):
        raise EngineSlow(settings.query_seconds)
    if form in ("construct", "describe"):
        limits = {"rows": settings.result_rows, "size": settings.result_bytes}
        return results.write_graph(triples(reply), wanted, prefixes, **limits)
    try:
        return _solutions(reply, form, wanted, settings), False
    except (SyntaxError, ValueError) as error:
        raise _broken(error) from None


def refusal(reply: HttpReply, query: str, settings: Settings) -> QueryError:
    """The error that a reply with another status means."""
    if reply.status == 400:
        return _malformed(reply.text, query)
    if reply.status in (408, 504):
        return EngineSlow(settings.query_seconds)
    wait = reply.headers.get("retry-after", "")
    if reply.status in (429, 503) and wait.isdecimal():
        return Busy(min(int(wait), 3600))
    return EngineFailed(f"it answered {reply.status}" + (f": {reply.text}" if reply.text else ""))


def table(reply: HttpReply) -> list[dict[str, str]]:
    """The rows of a reply with status 200, each term as its plain value. Raises EngineFailed."""
    solutions = None
    try:
        solutions = _parsed(reply)
        if not isinstance(solutions, QuerySolutions):
            raise _broken("no table")
        names = [variable.value for variable in solutions.variables]
        return [
            {name: node.value for name, node in zip(names, row, strict=True) if hasattr(node, "value")}
            for row in solutions
        ]
    except (SyntaxError, ValueError) as error:
        raise _broken(error) from None
    finally:
        del solutions


def triples(reply: HttpReply) -> Iterator[Triple]:
    """The statements of a reply with status 200. Raises EngineFailed."""
    if reply.media_type not in _READ_GRAPH:
        raise _foreign(reply)
    try:
        for quad in parse(reply.body, format=_READ_GRAPH[reply.media_type]):
            yield quad.triple
    except (SyntaxError, ValueError) as error:
        raise _broken(error) from None


def _parsed(reply: HttpReply) -> QuerySolutions | QueryBoolean:
    if reply.media_type not in _READ_SOLUTIONS:
        raise _foreign(reply)
    return parse_query_results(reply.body, format=_READ_SOLUTIONS[reply.media_type])


def _foreign(reply: HttpReply) -> EngineFailed:
    return EngineFailed(f"its answer is of the type {reply.media_type or 'none'}")


def _broken(why: object) -> EngineFailed:
    return EngineFailed(f"its answer is broken: {why}")


def _malformed(message: str, query: str) -> MalformedQuery:
    if place := _PLACE.search(message):
        line, column = int(place["line"] or place["l"]), int(place["column"] or place["c"])
        lines = query.split("\n")
        # Engines that prepend something to the query count their own lines too.
        if 1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1:
            return MalformedQuery(message, line, column)
    return MalformedQuery(message or "the engine does not understand it")


def _solutions(reply: HttpReply, form: str, wanted: str, settings: Settings) -> bytes:
    # Virtuoso names its own limit once an answer has reached it and was truncated.
    limit = reply.headers.get("x-sparql-maxrows", "")
    rows = min(settings.result_rows, int(limit) - 1) if limit.isdecimal() else settings.result_rows
    result = _parsed(reply)
    try:
        if form == "ask" and isinstance(result, QuerySolutions):
            result = _boolean(result)
        if isinstance(result, QueryBoolean) != (form == "ask"):
            raise _broken(f"it does not answer {form.upper()}")
        return results.write_solutions(result, wanted, rows=rows, size=settings.result_bytes)
    finally:
        del result  # it must end in the thread that made it, but an error's traceback would keep it


def _boolean(solutions: QuerySolutions) -> QueryBoolean:
    """Virtuoso answers ASK with a table: no row means false, else its only cell is 1 or 0."""
    cells = [row[0] for row in solutions]
    document = _TRUE if cells and getattr(cells[0], "value", "") not in ("0", "false") else _FALSE
    return cast(QueryBoolean, parse_query_results(document, format=QueryResultsFormat.JSON))
