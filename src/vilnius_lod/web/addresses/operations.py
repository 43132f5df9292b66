"""For those who run the service: is it alive, is it ready?"""

from __future__ import annotations

import json

from flask import Blueprint, Response

from ...query.errors import QueryError
from ..http.answers import NO_STORE, answer
from ..http.site import site

blueprint = Blueprint("operations", __name__)


@blueprint.get("/health")
def health() -> Response:
    """The process answers."""
    return _json({"status": "ok"})


@blueprint.get("/ready")
def ready() -> Response:
    """The snapshot is open and the engine answers a query; else 503."""
    snapshot = site().snapshot
    state = {"snapshot": snapshot.name, "dataset": snapshot.dataset, "version": site().facts["version"]}
    try:
        site().engine.run("ASK { ?s ?p ?o }", solutions="json", graph=None, client="ready")
    except QueryError as error:
        response = _json({"status": "not ready", "reason": type(error).__name__, **state})
        response.status_code = 503
        response.headers["Retry-After"] = "2"
        return response
    return _json({"status": "ready", **state})


def _json(document: dict[str, str]) -> Response:
    return answer((json.dumps(document) + "\n").encode(), "application/json", cache=NO_STORE)
