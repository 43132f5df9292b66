"""The content of a request of the SPARQL 1.1 Protocol: pure functions of its parameters and its Accept."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from ....formats import Representation
from ...http.problems import N_, Problem
from . import formats

MAX_FIELDS = 200
UPDATE_REFUSED = N_("The data can be read here, not changed.")
Parameters = Sequence[tuple[str, str]]


class WantedFormats(NamedTuple):
    """The format for rows and that for a graph, HTML for a page; None: the client accepts none."""

    solutions: Representation | None
    graph: Representation | None

    def of(self, kind: str) -> Representation | None:
        """The format of an answer by its kind (``select``)."""
        return self.solutions if kind in {"select", "ask"} else self.graph


def decode(pairs: bytes) -> Parameters:
    """The fields of an address or a form, decoded once, without the empty ones: these are as if absent.

    Raises a Problem if they are not UTF-8.
    """
    try:
        return parse_qsl(pairs.decode("ascii"), errors="strict", max_num_fields=MAX_FIELDS)
    except (UnicodeError, ValueError):
        raise Problem(
            "bad-request", N_("The parameters are not percent-encoded UTF-8, or too many.")
        ) from None


def has_query(parameters: Parameters) -> bool:
    """Whether there is a query, or an update."""
    return any(name in {"query", "update"} for name, _ in parameters)


def one_query(parameters: Parameters) -> str:
    """The query; raises a Problem if there is not exactly one."""
    if any(name == "update" for name, _ in parameters):
        raise update_refused()
    queries = values(parameters, "query")
    if len(queries) != 1:
        raise Problem(
            "bad-request", N_("Exactly one parameter “query” is needed; found: {n}."), {"n": len(queries)}
        )
    return queries[0]


def update_refused() -> Problem:
    """The problem to report for an update."""
    return Problem("query-refused", UPDATE_REFUSED)


def values(parameters: Parameters, name: str) -> list[str]:
    """The values of a parameter that may be repeated."""
    return [value for key, value in parameters if key == name]


@functools.lru_cache(256)
def wanted(names: tuple[str, ...], accept: str | None) -> WantedFormats:
    """By the values of the format parameters (names or media types), else by Accept."""
    return WantedFormats(formats.for_solutions(names, accept), formats.for_graph(names, accept))


def file_name(kind: str, form: Representation) -> str:
    """The file name of an answer."""
    stem = "graph" if kind in {"construct", "describe"} else "result"
    return f"{stem}.{formats.ending(form)}"


def disposition(kind: str, form: Representation) -> str:
    """The value of Content-Disposition, so that browsers save an answer by its name (RFC 6266)."""
    return f'attachment; filename="{file_name(kind, form)}"'
