"""Queries by GET, run in front of Flask: the same as the route, at half the cost.

Pages and problems need Flask, which gets the result or the error, so that no query runs twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from ....formats import HTML
from ...http.cache import KNOWN_HOST, RULE
from ...http.context import SITE
from ...telemetry.metrics import Meter
from . import protocol
from .execute import execute

ADDRESS = "/sparql"
OUTCOME = "vilnius_lod.query_outcome"
"""Key of the environ: the QueryResult, or the exception, of a query that ran before Flask."""


def fast_path(application: WSGIApplication, meter: Meter, max_length: int) -> WSGIApplication:
    """The application with such queries answered in front of it, up to ``max_length`` characters of them."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query_string = environ.get("QUERY_STRING", "")
        is_get = environ["PATH_INFO"] == ADDRESS and environ["REQUEST_METHOD"] == "GET"
        if is_get and environ.get(KNOWN_HOST) and len(query_string) <= max_length:
            site = environ[SITE]
            try:
                parameters = protocol.decode(query_string.encode("latin-1"))
                if protocol.has_query(parameters):
                    accept, client = environ.get("HTTP_ACCEPT"), environ.get("REMOTE_ADDR", "")
                    result = environ[OUTCOME] = execute(parameters, accept, client, site, "GET", meter)
                    if result.format is not HTML:
                        environ[RULE] = ADDRESS
                        start_response("200 OK", result.headers(site))
                        return [result.answer.body]
            except Exception as error:  # the route raises it again
                environ[OUTCOME] = error
        return application(environ, start_response)

    return answer
