"""One exchange with an engine over HTTP: kept-alive connections, a deadline for the whole, bounded bytes.

Redirects are answers like others and never followed: a query and a password go to one address alone. A body
whose end is not marked (neither Content-Length nor chunks) is refused, since a cut one would look the same.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import SplitResult, urlencode, urlsplit

from ..errors import EngineAway, ResultTooLarge, TimedOut
from .credentials import Credentials

_FORM = "application/x-www-form-urlencoded"
_CHUNK = 65_536


@dataclass(eq=False)
class EngineFailed(EngineAway):
    """The engine at the other end cannot be reached or answers wrongly: a 502 to the client, worth another
    try after ``retry_after`` seconds.
    """

    retry_after: int = 1
    status: ClassVar[int] = 502


@dataclass(eq=False)
class EngineSlow(TimedOut):
    """The engine at the other end did not answer in time: a 504 to the client."""

    status: ClassVar[int] = 504


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A whole answer, whatever its status. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """What a person can be told of it: the first paragraph on one line, empty for a web page."""
        if "html" in self.media_type:
            return ""
        first = self.body[:4096].decode("utf-8", "replace").strip().partition("\n\n")[0]
        return " ".join(first.split())[:300]


class Client:
    """Talks to one address (http or https; its own query string is kept); safe to use from several threads.

    With a ``user`` it answers a challenge of Digest or Basic authentication. Raises ValueError for an address
    that it cannot talk to.
    """

    def __init__(self, address: str, *, user: str = "", password: str = "", kept: int = 8) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError(f"found {address!r}; allowed: http(s)://host[:port]/path, without a user name")
        self.address = address
        self._parts = parts
        self._port = parts.port  # raises ValueError for one out of range
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._credentials = Credentials(user, password)
        self._kept = kept
        self._lock = threading.Lock()
        self._idle: list[http.client.HTTPConnection] = []

    def post(
        self, fields: Sequence[tuple[str, str]], *, accept: str, seconds: float, limit: int
    ) -> HttpReply:
        """Send a form. Raises EngineFailed, EngineSlow (``seconds``) or ResultTooLarge (``limit`` bytes)."""
        headers = {"Content-Type": _FORM, "Accept": accept}
        return self.send(
            "POST", headers=headers, body=urlencode(fields).encode(), seconds=seconds, limit=limit
        )

    def send(
        self,
        method: str,
        *,
        parameters: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str],
        body: bytes = b"",
        seconds: float,
        limit: int,
    ) -> HttpReply:
        """Send anything; ``parameters`` are added to the address. Raises as :meth:`post` does."""
        target = _target(self._parts, parameters)
        end = time.monotonic() + seconds
        try:
            for _ in range(2):
                own = dict(headers) | self._credentials.header(method, target)
                reply = self._exchange(method, target, own, body, end, limit)
                said = own.get("Authorization", "")
                if reply.status != 401 or not self._credentials.challenged(reply.headers, said):
                    break
        except TimeoutError:
            raise EngineSlow(seconds) from None
        except (OSError, http.client.HTTPException) as error:
            raise EngineFailed(_reason(error)) from None
        return reply

    def close(self) -> None:
        """Hang up; an exchange that still runs ends as it would have."""
        with self._lock:
            idle, self._idle, self._kept = self._idle, [], 0
        for connection in idle:
            connection.close()

    def _exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, end: float, limit: int
    ) -> HttpReply:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is not None:
            try:
                return self._once(connection, method, target, headers, body, end, limit)
            except (ConnectionError, http.client.BadStatusLine):
                pass  # the other side had hung up on a kept connection: what is asked can be asked again
        return self._once(self._connect(end), method, target, headers, body, end, limit)

    def _connect(self, end: float) -> http.client.HTTPConnection:
        host, seconds = str(self._parts.hostname), _left(end)
        if self._tls is not None:
            return http.client.HTTPSConnection(host, self._port, timeout=seconds, context=self._tls)
        return http.client.HTTPConnection(host, self._port, timeout=seconds)

    def _once(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        end: float,
        limit: int,
    ) -> HttpReply:
        whole = False
        try:
            if connection.sock is not None:
                connection.sock.settimeout(_left(end))
            connection.response_class = _answering(end)
            connection.request(method, target, body, dict(headers))
            answer = connection.getresponse()
            reply = HttpReply(
                answer.status,
                {name.lower(): value for name, value in answer.getheaders()},
                _read(answer, limit),
            )
            whole = not answer.will_close
            return reply
        finally:
            with self._lock:
                keep = whole and len(self._idle) < self._kept
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()


class _Timely(io.RawIOBase):
    """Reads from a socket until a moment, however slowly the bytes come."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock, self._end = sock, end
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_left(self._end))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Source:
    """What http.client asks of a socket to read an answer from it."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock, self._end = sock, end

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Timely(self._sock, self._end), _CHUNK)


def _answering(end: float) -> Any:
    def response(sock: socket.socket, *positional: Any, **named: Any) -> http.client.HTTPResponse:
        return http.client.HTTPResponse(_Source(sock, end), *positional, **named)  # type: ignore[arg-type]

    return response


def _read(answer: http.client.HTTPResponse, limit: int) -> bytes:
    with answer:
        if answer.length is None and not answer.chunked:
            raise http.client.HTTPException("the end of its answer is not marked")
        body = bytearray()
        while more := answer.read1(_CHUNK):
            body += more
            if len(body) > limit:
                raise ResultTooLarge(limit, "bytes")
        if answer.length:
            raise http.client.IncompleteRead(b"", answer.length)
        return bytes(body)


def _target(parts: SplitResult, parameters: Sequence[tuple[str, str]]) -> str:
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return (parts.path or "/") + (f"?{query}" if query else "")


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _reason(error: Exception) -> str:
    if isinstance(error, http.client.IncompleteRead):
        return "its answer was cut"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__
