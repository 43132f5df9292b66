"""A request as Granian's RSGI tells it, as a WSGI environ (PEP 3333)."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable
from typing import Protocol
from wsgiref.types import WSGIEnvironment

_PROTOCOLS = {"1": "HTTP/1.0", "1.1": "HTTP/1.1", "2": "HTTP/2"}
_PLAIN = {"CONTENT_TYPE", "CONTENT_LENGTH"}


class Fields(Protocol):
    """Header fields, names in lower case. Values that are not visible ASCII are only in ``in``."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Names and values, a name as often as it was sent."""

    def get(self, key: str) -> str | None:
        """The first value."""

    def __contains__(self, key: str) -> bool: ...


class Scope(Protocol):
    """What RSGI tells of a request; ``path`` is percent-decoded, with U+FFFD for what is not UTF-8."""

    http_version: str
    client: str
    method: str
    path: str
    query_string: str
    authority: str | None
    scheme: str

    @property
    def headers(self) -> Fields:
        """The header fields."""


def environ(scope: Scope) -> WSGIEnvironment:
    """The environ of a request without its body."""
    found: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": _PROTOCOLS.get(scope.http_version, "HTTP/1.1"),
        "REMOTE_ADDR": scope.client.rpartition(":")[0].removeprefix("[").removesuffix("]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    headers = scope.headers
    for name, value in headers.items():
        if "_" in name:  # it would pass for the same name with hyphens
            continue
        key = name.upper().replace("-", "_")
        if key not in _PLAIN:
            key = f"HTTP_{key}"
        found[key] = f"{found[key]},{value}" if key in found else value
    if scope.authority is not None:  # it counts before Host (RFC 9112, section 3.2.2)
        found["HTTP_HOST"] = scope.authority
    elif "host" in headers and headers.get("host") is None:
        found["HTTP_HOST"] = "\ufffd"
    return found


def length(environ: WSGIEnvironment) -> int | None:
    """The length of the body that a request announces, None where it announces none."""
    told = environ.get("CONTENT_LENGTH", "")
    return int(told) if told.isascii() and told.isdigit() else None


def has_body(environ: WSGIEnvironment) -> bool:
    """Whether a body follows."""
    return "HTTP_TRANSFER_ENCODING" in environ or bool(length(environ))


def put_body(environ: WSGIEnvironment, body: bytes) -> None:
    """Make the environ one of a request with this body, whole."""
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.input"] = io.BytesIO(body)
