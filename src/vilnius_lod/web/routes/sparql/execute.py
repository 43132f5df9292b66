"""Runs the query of a SPARQL request of any method."""

from __future__ import annotations

import functools
import ipaddress
import time
from collections.abc import Callable
from typing import NamedTuple

from ....formats import HTML, Representation
from ....sparql import errors, guard
from ....sparql.engine import Answer
from ...http.context import Site
from ...http.responses import NO_STORE, PUBLIC, fields
from ...telemetry.metrics import Meter
from . import formats, protocol
from .protocol import Parameters


class QueryResult(NamedTuple):
    """The answer to a query, and the format to send it in: HTML for a page. ``lasts``: the same request gets
    the same answer as long as this snapshot is served.
    """

    query: str
    answer: Answer
    format: Representation
    lasts: bool

    def headers(self, site: Site) -> list[tuple[str, str]]:
        """The header fields of an answer that is no page."""
        cache = PUBLIC if self.lasts else NO_STORE
        sent = fields(self.answer.body, self.format.media_type, site, negotiated=True, cache=cache)
        return [*sent, ("Content-Disposition", protocol.disposition(self.answer.kind, self.format))]


def execute(
    parameters: Parameters, accept: str | None, client: str, site: Site, method: str, meter: Meter
) -> QueryResult:
    """Run the query among the parameters for a client at this address. Raises Problem or QueryError."""
    query = protocol.one_query(parameters)
    wanted = protocol.wanted(formats.asked(parameters), accept)
    run = functools.partial(
        site.engine.run,
        query,
        solutions=_name(wanted.solutions, "json"),
        graph=_name(wanted.graph, "turtle"),
        default_graphs=protocol.values(parameters, "default-graph-uri"),
        named_graphs=protocol.values(parameters, "named-graph-uri"),
        client=network(client),
    )
    answer = _counted(run, query, meter) if site.settings.metrics else run()
    format_ = wanted.of(answer.kind)
    assert format_ is not None  # noqa: S101 - the engine raises NotAcceptable before
    # A remote engine may hold another snapshot than the one that is served.
    current = answer.snapshot in (site.snapshot.dataset, site.snapshot.name)
    return QueryResult(query, answer, format_, current and not answer.volatile and method != "POST")


def _name(form: Representation | None, of_a_page: str) -> str | None:
    """The engine's name of a format; a page is made from another one."""
    return of_a_page if form is HTML else form and form.name


def _counted(run: Callable[[], Answer], query: str, meter: Meter) -> Answer:
    began = time.monotonic()
    kind = outcome = "unknown"
    try:
        with meter.running():
            answer = run()
        kind, outcome = answer.kind, "answered"
    except errors.QueryError as error:
        kind, outcome = _form(query), type(error).__name__
        raise
    finally:
        meter.query(kind, outcome, time.monotonic() - began)
    return answer


def _form(query: str) -> str:
    """The form of a query that was not answered, judged by its first words."""
    try:
        return guard.form(query[:2000], guard.tokenise(query[:2000])) or "unknown"
    except errors.QueryError:
        return "unknown"


@functools.lru_cache(1024)
def network(address: str) -> str:
    """The address by which a client is counted: for IPv6 the network of a customer (/64)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or parsed.exploded[:19])
