"""The web application: its blueprints, hooks for every request and response, and error handlers."""

from __future__ import annotations

import logging
import re
import threading
from collections import defaultdict
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from ..settings import Settings
from .http import problems, responses
from .http.cache import RULE, Cache
from .http.context import EXTENSION
from .http.hosts import Hosts
from .http.problems import N_, Problem
from .middleware import REFUSED, Front, with_headers
from .pages import jinja
from .reload import open_site
from .routes import catalogue, home, ontology, resolve, search, things
from .routes.provenance import evidence, source_page, source_tables, validation_report
from .routes.service import files, health, openapi, problem_types
from .routes.sparql import routes
from .routes.sparql.fast_path import fast_path
from .telemetry import logs, metrics

log = logging.getLogger(__name__)

FRONT = "vilnius_lod.front"
"""Key of the application's extensions: its :class:`~vilnius_lod.web.middleware.Front`."""
REQUEST_HEADERS = "Access-Control-Request-Headers"
PREFLIGHT = {"Access-Control-Max-Age": "86400", "Vary": REQUEST_HEADERS}
MODULES = (
    catalogue, evidence, files, health, home, ontology, openapi, problem_types, resolve, routes,
    search, source_page, source_tables, things, validation_report,
)  # fmt: skip
_PATH = re.compile(
    r"[A-Za-z0-9._~!$&'()*+,;=:@/\-\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF\U00010000-\U0001FFFD]*"
)
"""Every address is the path of an IRI, so it has no other characters."""
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def create_app(store: Path, settings: Settings | None = None) -> Flask:
    """The application that serves the current snapshot of a store. Raises SnapshotError if there is none."""
    settings = settings or Settings()
    app = Flask(__name__, static_folder=None)
    app.extensions[EXTENSION] = open_site(store, settings)
    app.extensions[metrics.EXTENSION] = meter = metrics.Meter()
    app.extensions[responses.RENDERING] = defaultdict(lambda: threading.Semaphore(settings.pages_at_once))
    # A form percent-encodes a query: up to three characters for each byte.
    app.config["MAX_CONTENT_LENGTH"] = 12 * settings.query_length + 65_536
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"]
    # Redirects of the URL map would name the request's host.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    for module in MODULES:
        app.register_blueprint(module.blueprint)
    jinja.prepare(app)
    app.before_request(_refuse)
    app.after_request(_finish)
    app.register_error_handler(Problem, jinja.problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _internal_error)
    app.wsgi_app = app.extensions[FRONT] = _front(app, settings, meter)  # type: ignore[method-assign]
    return app


def _front(app: Flask, settings: Settings, meter: metrics.Meter) -> Front:
    """The middleware around Flask, from the inside out."""
    max_length: int = app.config["MAX_CONTENT_LENGTH"]
    application = with_headers(fast_path(app.wsgi_app, meter, max_length))
    cache = Cache(application, lambda: app.extensions[EXTENSION], settings.cache_bytes)
    app.extensions[metrics.CACHE] = cache
    return Front(
        cache,
        Hosts(settings.allowed_hosts),
        trusted_proxies=settings.trusted_proxies,
        longest=max_length,
        tell=[meter.request] * settings.metrics + [logs.log_request] * settings.log_requests,
    )


def _refuse() -> None:
    if (problem := request.environ.get(REFUSED)) is not None:
        raise problem
    if not _PATH.fullmatch(request.path):
        raise Problem("not-found")


def _finish(response: Response) -> Response:
    request.environ[RULE] = request.url_rule.rule if request.url_rule else ""
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        response.headers["Access-Control-Allow-Headers"] = _allowed(request.headers.get(REQUEST_HEADERS, ""))
        response.headers.update(PREFLIGHT)
    return response


def _allowed(request_headers: str) -> str:
    """The headers that scripts of other sites may send: any, as everything here is public and read-only. The
    asterisk does not cover Authorization, and older browsers do not know it, so the names are repeated.
    """
    names = [name.strip() for name in request_headers.split(",")]
    valid = [name for name in names if _TOKEN.fullmatch(name)]
    return ", ".join(dict.fromkeys(["*", "Authorization", "Content-Type", *valid]))


def _http_problem(error: HTTPException) -> Response:
    """The answer to a request that Flask itself refuses."""
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    kind = problems.BY_STATUS.get(status, "bad-request" if status < 500 else "internal-error")
    methods = getattr(error, "valid_methods", None)
    return jinja.problem(Problem(kind, headers={"Allow": ", ".join(sorted(methods))} if methods else {}))


def _internal_error(error: Exception) -> Response:
    """The answer to an unexpected exception, which is described in the log only."""
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return jinja.problem(Problem("internal-error", N_("The error has been recorded. Trying again may help.")))
