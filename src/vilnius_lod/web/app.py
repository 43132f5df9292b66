"""The web application: blueprints, what holds for every request and answer, and how problems are told."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from .. import vocabulary
from ..publish.snapshot import open_snapshot
from ..query.describe import Descriptions
from ..query.engine import Engine
from ..settings import Settings
from . import files, operations, pages, problems, rendering, report, source, sparql, things, vocabularies
from .problems import N_, Problem
from .site import EXTENSION, Site

log = logging.getLogger(__name__)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Allow, Content-Location, ETag, Link, Location, Retry-After, Vary",
}
PREFLIGHT = {
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
PATH_LIMIT = 2048
_HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
_KNOWN_HOST = "vilnius_lod.known_host"


def create_app(store: Path, settings: Settings | None = None) -> Flask:
    """The application that serves the current snapshot of a store. Raises SnapshotError if there is none."""
    settings = settings or Settings()
    snapshot = open_snapshot(store)
    dataset = [snapshot.path("dataset.nq"), snapshot.path("catalogue.nq")]
    app = Flask(__name__, static_folder=None)
    app.extensions[EXTENSION] = Site(
        snapshot=snapshot,
        descriptions=Descriptions(dataset, inverse_limit=settings.inverse_statements),
        engine=Engine(dataset, settings, prefixes=vocabulary.prefixes(), snapshot=snapshot.dataset),
        settings=settings,
        context=json.loads(snapshot.read("vocabulary/context.jsonld"))["@context"],
        prefixes=vocabulary.prefixes(),
    )
    # A form percent-encodes a query: up to three characters for each byte.
    app.config["MAX_CONTENT_LENGTH"] = 12 * settings.query_length + 65_536
    app.config["MAX_FORM_MEMORY_SIZE"] = app.config["MAX_CONTENT_LENGTH"]
    # Redirects of the URL map would name the request's host.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    for module in (pages, things, vocabularies, files, source, sparql, report, operations):
        app.register_blueprint(module.blueprint)
    rendering.prepare(app)
    app.before_request(_refuse_oversize)
    app.before_request(_refuse_unknown_host)
    app.after_request(_finish)
    app.register_error_handler(Problem, rendering.problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _accident)
    app.wsgi_app = _without_host(app.wsgi_app, settings.allowed_hosts)  # type: ignore[method-assign]
    return app


def _without_host(
    application: Callable[..., Iterable[bytes]], allowed: Iterable[str]
) -> Callable[..., Iterable[bytes]]:
    """No answer depends on Host: it is checked here and then hidden."""
    names = {name.lower() for name in allowed}

    def gate(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST")
        found = _HOST.fullmatch(host) if host is not None else None
        named = {found[0].lower(), found[1].lower()} if found else set()
        environ[_KNOWN_HOST] = (host is None or bool(found)) and (not names or bool(named & names))
        environ["HTTP_HOST"] = "localhost"
        return application(environ, start_response)

    return gate


def _refuse_unknown_host() -> None:
    if not request.environ.get(_KNOWN_HOST):
        raise Problem("unknown-host")


def _refuse_oversize() -> None:
    limit = request.max_content_length or 0
    if len(request.environ.get("PATH_INFO", "")) > PATH_LIMIT or len(request.query_string) > limit:
        raise Problem("address-too-long")


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        for name, value in PREFLIGHT.items():
            response.headers[name] = value
    return response


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
