"""Hands a query to the engine for the client that asks, and counts what became of it."""

from __future__ import annotations

import functools
import ipaddress
import time
from collections.abc import Sequence
from typing import NamedTuple

from flask import request

from ....sparql import errors, guard
from ....sparql.engine import Answer
from ...http.context import Site, site
from ...telemetry.metrics import Meter, meter

FORMS = ("select", "ask", "construct", "describe")
ANSWERED = "answered"
EARLIER = "vilnius_lod.query_error"
"""Where a request's environ holds what became of its query, if that ran before Flask and failed."""


class Question(NamedTuple):
    """What :meth:`~vilnius_lod.sparql.embedded.engine.Engine.run` is asked."""

    query: str
    solutions: str | None
    graph: str | None
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()


def ask(question: Question) -> Answer:
    """What :func:`run` answers to the request, or its error; if it was asked before Flask, then no more."""
    if (error := request.environ.get(EARLIER)) is not None:
        raise error
    return run(site(), meter(), client(), question)


def run(here: Site, counts: Meter, who: str, question: Question) -> Answer:
    """The engine's answer, or its error. ``who`` is whom to count for."""
    began = time.monotonic()
    kind = outcome = "unknown"
    try:
        with counts.running():
            found = here.engine.run(**question._asdict(), client=who)
        kind, outcome = found.kind, ANSWERED
    except errors.QueryError as error:
        kind, outcome = form(question.query), type(error).__name__
        raise
    finally:
        counts.query(kind, outcome, time.monotonic() - began)
    return found


def lasts(found: Answer, here: Site, method: str) -> bool:
    """Whether the same request gets the same answer as long as this snapshot is served.

    A remote engine may hold another one.
    """
    served = {here.snapshot.dataset, here.snapshot.name}
    return not found.volatile and method != "POST" and found.snapshot in served


def client() -> str:
    """Whom to count for: the address that asks."""
    return network(request.remote_addr or "")


@functools.lru_cache(1024)
def network(address: str) -> str:
    """An address as it is counted: of IPv6 the network that a customer has (/64)."""
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
