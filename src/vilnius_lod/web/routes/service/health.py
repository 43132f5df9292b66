"""For operators: ``/health``, ``/ready`` and ``/metrics``."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import Blueprint, Response, current_app

from ....formats import JSON
from ....sparql.errors import QueryError
from ...http.context import site
from ...http.problems import Problem
from ...http.responses import NO_STORE, answer
from ...telemetry.metrics import CACHE, gauge, meter

blueprint = Blueprint("operations", __name__)

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/health")
def health() -> Response:
    """The process answers."""
    return _json({"status": "ok"})


@blueprint.get("/ready")
def ready() -> Response:
    """The snapshot is open and the engine answers; else 503, with the cause. Waits for no other query."""
    snapshot = site().snapshot
    version = snapshot.facts.version
    state = {"snapshot": snapshot.name, "dataset": snapshot.dataset, "version": version}
    try:
        site().engine.check()
    except QueryError as error:
        cause = {"reason": type(error).__name__, "detail": getattr(error, "message", "")}
        response = _json({"status": "not ready", **cause, **state})
        response.status_code = 503
        response.headers["Retry-After"] = "2"
        return response
    return _json({"status": "ready", **state})


@blueprint.get("/metrics")
def metrics() -> Response:
    """The metrics of this process, if the operator has enabled them."""
    settings, current = site().settings, site().snapshot
    if not settings.metrics:
        raise Problem("not-found")
    cache = current_app.extensions[CACHE]
    snapshot = (("dataset", current.dataset), ("name", current.name))
    lines = [
        *meter().lines(settings.workers),
        *gauge("cache_bytes", "Bytes of kept answers.", cache.bytes),
        *gauge("cache_bytes_limit", "Bytes that kept answers may take.", settings.cache_bytes),
        *gauge("cache_entries", "Entries of the cache.", len(cache)),
        *gauge("snapshot_info", "The snapshot that is served.", 1, snapshot),
    ]
    return answer(("\n".join(lines) + "\n").encode(), PROMETHEUS, cache=NO_STORE)


def _json(document: Mapping[str, str | None]) -> Response:
    return answer((json.dumps(document) + "\n").encode(), JSON.media_type, cache=NO_STORE)
