"""Tells of each request what logs and metrics need, once its answer is whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from .cache import OUTCOME, RULE, Headers, Write

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A request: ``rule`` is the path's template, never the path, and empty where there is none; ``bytes``
    are those of the body; ``cache`` is ``hit``, ``miss`` or ``none``.
    """

    method: str
    rule: str
    status: int
    seconds: float
    bytes: int
    cache: str


def observed(application: WSGIApplication, tellers: Sequence[Callable[[Seen], None]]) -> WSGIApplication:
    """The application, with each of ``tellers`` told of every request."""

    def observe(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        status = "500"

        def start(told: str, headers: Headers, error: Any = None, /) -> Write:
            nonlocal status
            status = told
            return start_response(told, headers, error)

        parts = list(application(environ, start))
        method = environ["REQUEST_METHOD"]
        seen = Seen(
            method if method in METHODS else "other",
            environ.get(RULE, ""),
            int(status[:3]),
            time.perf_counter() - began,
            sum(map(len, parts)),
            environ.get(OUTCOME, "none"),
        )
        for tell in tellers:
            tell(seen)
        return parts

    return observe
