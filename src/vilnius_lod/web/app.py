"""The web application: blueprints, what holds for every request and answer, and how problems are told."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from ..settings import Settings
from .addresses import (
    completion,
    evidence,
    files,
    finding,
    harvest,
    openapi,
    operations,
    pages,
    problem_types,
    programs,
    report,
    resolve,
    source,
    sparql,
    tables,
    things,
    vocabularies,
)
from .http import bodies, logs, metrics, problems
from .http.cache import KNOWN_HOST, RULE, Cache, Headers, Write
from .http.observe import observed
from .http.problems import N_, Problem
from .http.site import EXTENSION
from .switching import open_site
from .views import rendering

log = logging.getLogger(__name__)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Allow, Content-Disposition, Content-Location, ETag, Link, Location, "
    "Retry-After, Vary",
}
ASKED = "Access-Control-Request-Headers"
PREFLIGHT = {"Access-Control-Max-Age": "86400", "Vary": ASKED}
MODULES = (
    completion, evidence, files, finding, harvest, openapi, operations, pages, problem_types, report, resolve,
    source, sparql, tables, things, vocabularies,
)  # fmt: skip
PATH_LIMIT = 2048
_PATH = re.compile(
    r"[A-Za-z0-9._~!$&'()*+,;=:@/\-\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF\U00010000-\U0001FFFD]*"
)
"""Every address is the path of an IRI: what cannot stand in one names nothing here."""
_ASCII = "".join(map(chr, range(32, 127)))
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


def create_app(store: Path, settings: Settings | None = None) -> Flask:
    """The application that serves the current snapshot of a store. Raises SnapshotError if there is none."""
    settings = settings or Settings()
    app = Flask(__name__, static_folder=None)
    app.extensions[EXTENSION] = open_site(store, settings)
    app.extensions[metrics.EXTENSION] = meter = metrics.Meter()
    app.extensions[bodies.EXTENSION] = bodies.Bodies(settings.bodies_at_once, settings.queries_per_client)
    # A form percent-encodes a query: up to three characters for each byte.
    app.config["MAX_CONTENT_LENGTH"] = 12 * settings.query_length + 65_536
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"]
    # Redirects of the URL map would name the request's host.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    for module in MODULES:
        app.register_blueprint(module.blueprint)
    rendering.prepare(app)
    app.before_request(_refuse_oversize)
    app.before_request(_refuse_unknown_host)
    app.after_request(_finish)
    app.register_error_handler(Problem, rendering.problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _accident)
    app.wsgi_app = _front(app, settings, meter)  # type: ignore[method-assign,assignment]
    return app


def _front(app: Flask, settings: Settings, meter: metrics.Meter) -> WSGIApplication:
    """What stands before Flask, from the inside out."""
    front = _with_headers(programs.answered(app.wsgi_app, meter, app.config["MAX_CONTENT_LENGTH"]))
    if settings.trusted_proxies:
        # Nothing that a client says of itself is believed but what these proxies have added at the end.
        front = ProxyFix(front, x_for=settings.trusted_proxies, x_proto=0)
    cache = Cache(front, lambda: app.extensions[EXTENSION], settings.cache_bytes)
    app.extensions[metrics.CACHE] = cache
    front = _without_host(cache, settings.allowed_hosts)
    tellers = [meter.request] * settings.metrics + [logs.request] * settings.log_requests
    return observed(front, tellers) if tellers else front


def _with_headers(application: WSGIApplication) -> WSGIApplication:
    """Every answer has the headers of :data:`HEADERS`, unless it has its own."""
    standing = [(name, value, name.lower()) for name, value in HEADERS.items()]

    def dress(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: Headers, error: Any = None, /) -> Write:
            own = {name.lower() for name, _ in headers}
            headers += [(name, value) for name, value, key in standing if key not in own]
            # One field with all links says the same as one for each (RFC 9110, section 5.3). A link's target
            # is a URI: what is not ASCII in an IRI is percent-encoded (RFC 8288, section 3.1).
            if links := [value for name, value in headers if name == "Link"]:
                headers = [(name, value) for name, value in headers if name != "Link"]
                headers.append(("Link", quote(", ".join(links), safe=_ASCII)))
            return start_response(status, headers, error)

        return application(environ, start)

    return dress


def _without_host(application: WSGIApplication, allowed: Iterable[str]) -> WSGIApplication:
    """No answer depends on Host: it is checked here and then hidden."""
    names = {name.lower() for name in allowed}

    @functools.lru_cache(64)
    def is_known(host: str | None) -> bool:
        found = _HOST.fullmatch(host) if host is not None else None
        named = {found[0].lower(), found[1].lower()} if found else set()
        return (host is None or bool(found)) and (not names or bool(named & names))

    def gate(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[KNOWN_HOST] = is_known(environ.get("HTTP_HOST"))
        environ["HTTP_HOST"] = "localhost"
        return application(environ, start_response)

    return gate


def _refuse_unknown_host() -> None:
    if not request.environ.get(KNOWN_HOST):
        raise Problem("unknown-host")


def _refuse_oversize() -> None:
    limit = request.max_content_length or 0
    if len(request.environ.get("PATH_INFO", "")) > PATH_LIMIT or len(request.query_string) > limit:
        raise Problem("address-too-long")
    if not _PATH.fullmatch(request.path):
        raise Problem("not-found")


def _finish(response: Response) -> Response:
    request.environ[RULE] = request.url_rule.rule if request.url_rule else ""
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        response.headers["Access-Control-Allow-Headers"] = _allowed(request.headers.get(ASKED, ""))
        for name, value in PREFLIGHT.items():
            response.headers[name] = value
    return response


def _allowed(asked: str) -> str:
    """The headers that scripts of other sites may send: any, as everything here is public and read-only. The
    asterisk does not cover Authorization, and older browsers do not know it: they are told what they ask for.
    """
    names = [name.strip() for name in asked.split(",")]
    known = [name for name in names if _TOKEN.fullmatch(name)]
    return ", ".join(dict.fromkeys(["*", "Authorization", "Content-Type", *known]))


def _http_problem(error: HTTPException) -> Response:
    """What Flask itself refuses."""
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    kind = problems.BY_STATUS.get(status, "bad-request" if status < 500 else "internal-error")
    methods = getattr(error, "valid_methods", None)
    return rendering.problem(Problem(kind, headers={"Allow": ", ".join(sorted(methods))} if methods else {}))


def _accident(error: Exception) -> Response:
    """A mistake of ours: told in the log, not to the world."""
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return rendering.problem(Problem("internal-error", N_("It has been noted. Trying again may help.")))
