"""The record of a request, and logs as JSON: one object a line, without personal data (no address of the
client, no query, no user agent).
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from wsgiref.types import WSGIEnvironment

from ..http.cache import OUTCOME, RULE, CachedResponse

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})
requests = logging.getLogger("vilnius_lod.requests")


class JsonFormatter(logging.Formatter):
    """A record as a JSON object: time, level, logger, message, ``fields``, and an error's traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": f"{__name__}.JsonFormatter"}},
    "handlers": {
        "lines": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
    },
    "loggers": {
        "vilnius_lod": {"handlers": ["lines"], "level": "INFO", "propagate": False},
        "_granian": {"handlers": ["lines"], "level": "ERROR", "propagate": False},
    },
}
"""For :func:`logging.config.dictConfig`: all to standard error."""


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


def request_record(environ: WSGIEnvironment, reply: CachedResponse, began: float) -> RequestRecord:
    """The record of a request that ``began`` then, by :func:`time.perf_counter`."""
    method = environ["REQUEST_METHOD"]
    return RequestRecord(
        method if method in METHODS else "other",
        environ.get(RULE, ""),
        int(reply.status[:3]),
        time.perf_counter() - began,
        len(reply.body),
        environ.get(OUTCOME, "none"),
    )


def log_request(record: RequestRecord) -> None:
    """A line for a request."""
    fields = {
        "method": record.method,
        "path": record.rule,
        "status": record.status,
        "milliseconds": round(record.seconds * 1000, 3),
        "bytes": record.bytes,
        "cache": record.cache,
    }
    requests.info("request", extra={"fields": fields})
