"""Hands a query to the engine for the client that asks, and counts what became of it."""

from __future__ import annotations

import functools
import ipaddress
import time
from collections.abc import Sequence

from flask import request

from ...query import errors, guard
from ...query.engine import Answer
from ..http.metrics import meter
from ..http.site import site

FORMS = ("select", "ask", "construct", "describe")
ANSWERED = "answered"


def ask(
    query: str,
    *,
    solutions: str | None,
    graph: str | None,
    default_graphs: Sequence[str],
    named_graphs: Sequence[str],
) -> Answer:
    """What :meth:`~vilnius_lod.query.engine.Engine.run` answers, or its error."""
    began = time.monotonic()
    kind = outcome = "unknown"
    try:
        with meter().running():
            found = site().engine.run(
                query,
                solutions=solutions,
                graph=graph,
                default_graphs=default_graphs,
                named_graphs=named_graphs,
                client=client(),
            )
        kind, outcome = found.kind, ANSWERED
    except errors.QueryError as error:
        kind, outcome = form(query), type(error).__name__
        raise
    finally:
        meter().query(kind, outcome, time.monotonic() - began)
    return found


def client() -> str:
    """Whom to count for: the address that asks, of IPv6 the network that a customer has (/64)."""
    return _network(request.remote_addr or "")


@functools.lru_cache(1024)
def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or parsed.exploded[:19])


def form(query: str) -> str:
    """A query's form, as far as its first words tell."""
    try:
        for token in guard.tokenise(query[:2000]):
            if token.kind == "word" and token.text.lower().startswith(FORMS):
                return next(form for form in FORMS if token.text.lower().startswith(form))
    except errors.MalformedQuery:
        pass
    return "unknown"
