"""Logs as JSON, one object a line, without personal data: no client's address, no query, no user agent."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any

from .request_record import RequestRecord

requests = logging.getLogger("vilnius_lod.requests")


class JsonFormatter(logging.Formatter):
    """A record as a JSON object: time, level, logger, message, its ``fields``, and where an error stood."""

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


def request(seen: RequestRecord) -> None:
    """A line for a request."""
    fields = {
        "method": seen.method,
        "path": seen.rule,
        "status": seen.status,
        "milliseconds": round(seen.seconds * 1000, 3),
        "bytes": seen.bytes,
        "cache": seen.cache,
    }
    requests.info("request", extra={"fields": fields})
