"""Tells of each request what logs and metrics need, once its answer is whole."""

from __future__ import annotations

import time
from dataclasses import dataclass
from wsgiref.types import WSGIEnvironment

from ..http.cache import OUTCOME, RULE, CachedResponse

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A request: ``rule`` is the path's template, never the path, and empty where there is none; ``bytes``
    are those of the body; ``cache`` is ``hit``, ``miss`` or ``none``.
    """

    method: str
    rule: str
    status: int
    seconds: float
    bytes: int
    cache: str


def seen(environ: WSGIEnvironment, reply: CachedResponse, began: float) -> RequestRecord:
    """What is told of a request that ``began`` then, by :func:`time.perf_counter`."""
    method = environ["REQUEST_METHOD"]
    return RequestRecord(
        method if method in METHODS else "other",
        environ.get(RULE, ""),
        int(reply.status[:3]),
        time.perf_counter() - began,
        len(reply.body),
        environ.get(OUTCOME, "none"),
    )
