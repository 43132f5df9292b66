"""Middleware before Flask: checks a request, asks the cache, and records the response.

All of it is WSGI; :mod:`~vilnius_lod.web.server.rsgi` takes the same steps one by one, without blocking a
thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from .http import clients
from .http.cache import KNOWN_HOST, Cache, CachedResponse, Headers, Write, as_asked
from .http.hosts import Hosts
from .http.problems import N_, Problem
from .telemetry.logs import RequestRecord, request_record

REFUSED = "vilnius_lod.refused"
"""Key of the environ: the Problem of a request that is refused before it is read."""
PROBES = frozenset({"/health", "/ready"})
"""Addresses that answer under every host name."""
PATH_LIMIT = 2048
FIELDS_LIMIT = 200
_ASCII = "".join(map(chr, range(32, 127)))

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Allow, Content-Disposition, Content-Location, ETag, Link, Location, "
    "Retry-After, Vary",
}


class Front:
    """Checks, cache and records around the application. ``longest`` limits the query of an address."""

    def __init__(
        self,
        cache: Cache,
        hosts: Hosts,
        *,
        trusted_proxies: int,
        longest: int,
        tell: Sequence[Callable[[RequestRecord], None]],
    ) -> None:
        self.cache = cache
        self._hosts = hosts
        self._trusted_proxies = trusted_proxies
        self._longest = longest
        self._tell = tell

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        began = time.perf_counter()
        self.prepare(environ)
        reply = self.finish(self.cache.find(environ) or self.cache.make(environ), environ, began)
        start_response(reply.status, reply.headers)
        return [reply.body] if reply.body else []

    def prepare(self, environ: WSGIEnvironment) -> None:
        """Find the client's address, hide the host, and refuse requests that need not be read."""
        environ["REMOTE_ADDR"] = clients.address(environ, self._trusted_proxies)
        problem = self._problem(environ)
        environ[KNOWN_HOST] = problem is None
        environ["HTTP_HOST"] = "localhost"
        if problem is not None:
            environ[REFUSED] = problem
            environ["QUERY_STRING"] = ""

    def finish(self, reply: CachedResponse, environ: WSGIEnvironment, began: float) -> CachedResponse:
        """The part of a complete response to send, which is also recorded."""
        reply = as_asked(reply, environ)
        if self._tell:
            record = request_record(environ, reply, began)
            for tell in self._tell:
                tell(record)
        return reply

    def _problem(self, environ: WSGIEnvironment) -> Problem | None:
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        if path not in PROBES and not self._hosts.know(environ):
            return Problem("unknown-host")
        if len(path) > PATH_LIMIT or len(query) > self._longest:
            return Problem("address-too-long")
        if query.count("&") >= FIELDS_LIMIT:
            return Problem("bad-request", N_("Parameters: more than {n}."), {"n": FIELDS_LIMIT})
        return None


def with_headers(application: WSGIApplication) -> WSGIApplication:
    """The application with the default headers of :data:`HEADERS` in every response."""
    defaults = [(name, value, name.lower()) for name, value in HEADERS.items()]

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: Headers, error: Any = None, /) -> Write:
            present = {name.lower() for name, _ in headers}
            headers += [(name, value) for name, value, key in defaults if key not in present]
            # One field with all links is equivalent to one for each (RFC 9110, section 5.3). Its targets are
            # URIs: the non-ASCII characters of IRIs are percent-encoded (RFC 8288, section 3.1).
            if links := [value for name, value in headers if name == "Link"]:
                headers = [(name, value) for name, value in headers if name != "Link"]
                headers.append(("Link", quote(", ".join(links), safe=_ASCII)))
            return start_response(status, headers, error)

        return application(environ, start)

    return answer
