"""HTTP exchanges with an engine: one deadline, bounded bytes, a single address.

Redirects are not followed, and neither the environment's proxies nor its passwords are used: queries and
passwords go to one address alone. A body whose end is not marked (by Content-Length or chunks) is refused,
since a truncated one would look the same.
"""

from __future__ import annotations

import contextlib
import http.cookiejar
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from ..errors import EngineAway, EngineFailed, EngineSlow, ResultTooLarge

try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.auth import HTTPBasicAuth, HTTPDigestAuth
    from urllib3.exceptions import HTTPError, TimeoutError
except ModuleNotFoundError as missing:
    raise EngineAway(
        f"{missing.name} is missing, which other engines need: pip install 'vilnius-lod[remote]'"
    ) from None

_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class HttpReply:
    """A whole answer of any status. Header names are in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The first paragraph as one line, for people; empty for a web page."""
        if "html" in self.media_type:
            return ""
        first = self.body[:4096].decode("utf-8", "replace").strip().partition("\n\n")[0]
        return " ".join(first.split())[:300]


class Client:
    """Talks to one address (http or https; its own query string is kept); safe to use from several threads.

    With a ``user`` it answers a challenge of Digest or Basic authentication. At most ``pool_size``
    connections stay open. Raises ValueError for an address that it cannot talk to.
    """

    def __init__(self, address: str, *, user: str = "", password: str = "", pool_size: int = 8) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError(f"found {address!r}; allowed: http(s)://host[:port]/path, without a user name")
        _ = parts.port  # raises ValueError for one out of range
        self.address = address
        self._auth = _ChallengeAuth(user, password) if user else None
        self._session = _Session()
        self._session.trust_env = False
        self._session.headers["Accept-Encoding"] = "identity"
        self._session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        self._session.mount(f"{parts.scheme}://", _Adapter(pool_maxsize=max(1, pool_size)))

    def post(
        self, fields: Sequence[tuple[str, str]], *, accept: str, seconds: float, limit: int
    ) -> HttpReply:
        """Send a form. Raises EngineFailed, EngineSlow (``seconds``) or ResultTooLarge (``limit`` bytes)."""
        return self.send("POST", headers={"Accept": accept}, body=fields, seconds=seconds, limit=limit)

    def send(
        self,
        method: str,
        *,
        parameters: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str],
        body: bytes | Sequence[tuple[str, str]] = b"",
        seconds: float,
        limit: int,
    ) -> HttpReply:
        """Send bytes or a form; ``parameters`` are added to the address. Raises as :meth:`post` does."""
        with _Deadline(seconds) as deadline:
            try:
                with self._session.request(
                    method,
                    self.address,
                    params=list(parameters),
                    data=body if isinstance(body, bytes) else list(body),
                    headers=dict(headers),
                    auth=self._auth,
                    timeout=seconds,
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    return HttpReply(response.status_code, response.headers, _read(response, limit))
            except (OSError, HTTPError) as error:  # an error of requests is an OSError
                if deadline.passed or isinstance(error, (requests.Timeout, TimeoutError)):
                    raise EngineSlow(seconds) from None
                raise EngineFailed(_reason(error)) from None

    def close(self) -> None:
        """Close the idle connections; a running exchange ends as it would have."""
        self._session.close()


class _Session(requests.Session):
    """Knows no redirects: even without following one, requests would read its body, of any size."""

    def get_redirect_target(self, _response: Any) -> None:
        return None


class _ChallengeAuth(HTTPDigestAuth):
    """Sends a password only when challenged for Digest or Basic authentication."""

    def __init__(self, user: str, password: str) -> None:
        super().__init__(user, password)
        self._basic = HTTPBasicAuth(user, password)
        self._is_basic = False

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return self._basic(request) if self._is_basic else super().__call__(request)

    def handle_401(self, r: requests.Response, **kwargs: Any) -> requests.Response:
        challenge = r.headers.get("WWW-Authenticate", "").lstrip().lower()
        if r.status_code != 401 or not challenge.startswith(("basic", "digest")):
            return r
        r.raw.close()  # without reading its body, of any size
        if challenge.startswith("digest"):
            return super().handle_401(r, **kwargs)
        self._is_basic = True
        return r.connection.send(self._basic(r.request.copy()), **kwargs)


class _Adapter(HTTPAdapter):
    """Trusts the system's certificate authorities, and its connections obey the deadline of their thread."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=ssl.create_default_context(), **kwargs)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if not issubclass(pool.ConnectionCls, _TimedConnection):
            pool.ConnectionCls = type("Connection", (_TimedConnection, pool.ConnectionCls), {})
        return pool


class _TimedConnection:
    """Adds to a connection of urllib3 that the deadline applies while it waits for an answer."""

    def getresponse(self) -> Any:
        _thread.deadline.watch(self.sock)  # type: ignore[attr-defined]
        return super().getresponse()  # type: ignore[misc]


class _Deadline:
    """Shuts down the connection of this thread's exchange when time is up: a socket's timeout starts again
    with each byte received.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        _thread.deadline = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._socket = None

    def watch(self, connection: socket.socket) -> None:
        """Apply the deadline to this connection."""
        with self._lock:
            self._socket = connection
            if self.passed:
                self._shut_down()

    def _end(self) -> None:
        with self._lock:
            self.passed = True
            self._shut_down()

    def _shut_down(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # under TLS too


_thread = threading.local()


def _read(response: requests.Response, limit: int) -> bytes:
    if response.raw.length_remaining is None and not response.raw.chunked:
        raise HTTPError("the end of its answer is not marked")
    body = bytearray()
    try:
        for chunk in response.raw.stream(_CHUNK, decode_content=False):
            body += chunk
            if len(body) > limit:
                raise ResultTooLarge(limit, "bytes")
    except TimeoutError:
        raise
    except HTTPError:
        raise HTTPError("its answer was cut") from None
    return bytes(body)


def _reason(error: BaseException) -> str:
    """The message of the innermost error."""
    while inner := error.__cause__ or (None if error.__suppress_context__ else error.__context__):
        error = inner
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__
