"""Queries of programs by GET, answered before Flask is asked: what the route does, at half the cost.

What is unusual (a page, a problem) goes on to Flask, and an error of the engine with it, so that no query
runs twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from ....formats import HTML
from ...http.cache import KNOWN_HOST, RULE, CachedResponse
from ...http.context import SITE, Site
from ...http.responses import NO_STORE, PUBLIC, fields
from ...telemetry.metrics import Meter
from . import protocol
from .execute import EARLIER, lasts, network, run

ADDRESS = "/sparql"


def answered(application: WSGIApplication, meter: Meter, longest: int) -> WSGIApplication:
    """The application with such queries answered in front of it, up to ``longest`` characters of them."""

    def front(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        usual = environ["PATH_INFO"] == ADDRESS and environ["REQUEST_METHOD"] == "GET"
        if usual and environ.get(KNOWN_HOST) and len(environ.get("QUERY_STRING", "")) <= longest:
            try:
                reply = _answer(environ, environ[SITE], meter)
            except Exception as error:  # it is raised again where it can be told
                environ[EARLIER] = error
            else:
                if reply is not None:
                    environ[RULE] = reply.rule
                    start_response(reply.status, reply.headers)
                    return [reply.body]
        return application(environ, start_response)

    return front


def _answer(environ: WSGIEnvironment, here: Site, meter: Meter) -> CachedResponse | None:
    parameters = protocol.decode(environ.get("QUERY_STRING", "").encode("latin-1"))
    if not protocol.has_query(parameters):
        return None
    query = protocol.one_query(parameters)
    wanted = protocol.wanted(parameters, environ.get("HTTP_ACCEPT"))
    if HTML in wanted:
        return None
    who = network(environ.get("REMOTE_ADDR", ""))
    found = run(here, meter, who, protocol.question(query, parameters, wanted))
    form = wanted.of(found.kind)
    assert form is not None  # noqa: S101 - the engine raises NotAcceptable before
    cache = PUBLIC if lasts(found, here, "GET") else NO_STORE
    headers = fields(found.body, form.media_type, here, negotiated=True, cache=cache)
    headers.append(("Content-Disposition", protocol.disposition(found.kind, form)))
    return CachedResponse("200 OK", headers, found.body, ADDRESS)
