"""A cache in front of Flask: complete responses by request, in each content coding, with 304 and HEAD.

A response depends only on its snapshot and its request, so a storable one is cached as it was sent.
"""

from __future__ import annotations

import contextlib
import re
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from . import compression, negotiate
from .context import SITE, Site

RULE = "vilnius_lod.rule"
"""Key of the environ: the rule of the URL map that answered the request (``/doc/<path:name_>``)."""
OUTCOME = "vilnius_lod.cache"
"""Key of the environ: what the cache did, ``hit``, ``miss`` (cached now) or ``none``."""
KNOWN_HOST = "vilnius_lod.known_host"
"""Key of the environ: whether the site answers under the request's Host."""

_SAFE = frozenset({"GET", "HEAD"})
_BODY_HEADERS = frozenset({"content-type", "content-length", "content-encoding", "content-language"})
_TAG = re.compile(r'"[^"]*"')
_NEGOTIATING_HEADERS = frozenset({"Accept", "Accept-Language", "Accept-Encoding"})
_NEGOTIATING_KEYS = tuple("HTTP_" + name.upper().replace("-", "_") for name in sorted(_NEGOTIATING_HEADERS))
_MAX_HEADER_LENGTH = 2048
"""The response to a request with a longer negotiating header is not cached."""
_OVERHEAD = 512
"""Approximate bytes of an entry apart from its contents."""
CacheKey = tuple[object, ...]
Headers = list[tuple[str, str]]
Write = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A complete response, with the rule that made it."""

    status: str
    headers: Headers
    body: bytes
    rule: str = ""

    def header(self, name: str) -> str:
        """A header's value, empty if it is absent; ``name`` in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def changed(self, headers: Mapping[str, str], body: bytes | None = None) -> CachedResponse:
        """A copy in which these headers replace those of the same name, with another body if one is given."""
        dropped = {name.lower() for name in headers}
        kept = [(name, value) for name, value in self.headers if name.lower() not in dropped]
        return replace(self, body=self.body if body is None else body, headers=[*kept, *headers.items()])

    @property
    def storable(self) -> bool:
        """Whether it is public, and has a strong ETag or is a 303 redirect."""
        strong = self.header("etag").startswith('"') and self.status.startswith("200")
        return (strong or self.status.startswith("303")) and "public" in self.header("cache-control")


@dataclass(slots=True)
class _CachedAddress:
    """The responses of one address, by their variant (:func:`_variant`) and, so that one look-up finds them,
    also by the negotiating headers exactly as they were sent.
    """

    vary: tuple[str, ...]
    size: int
    replies: dict[CacheKey, CachedResponse] = field(default_factory=dict)


class Cache:
    """WSGI middleware. ``current`` returns the site to answer from, ``limit`` is in bytes.

    The least recently used address is dropped first. Safe to use from several threads.
    """

    def __init__(self, application: WSGIApplication, current: Callable[[], Site], limit: int) -> None:
        self._application = application
        self._current = current
        self._limit = limit
        self._lock = threading.Lock()
        self._entries: OrderedDict[CacheKey, _CachedAddress] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        reply = as_asked(self.find(environ) or self.make(environ), environ)
        start_response(reply.status, reply.headers)
        return [reply.body] if reply.body else []

    def find(self, environ: WSGIEnvironment) -> CachedResponse | None:
        """The complete response to a request, if it is cached. Never waits."""
        site = environ[SITE] = self._current()
        environ[OUTCOME] = "none"
        if not self.serves(environ):
            return None
        reply = self._find(_address(environ, site), environ, site)
        if reply is not None:
            environ[OUTCOME] = "hit"
            environ[RULE] = reply.rule
        return reply

    def make(self, environ: WSGIEnvironment) -> CachedResponse:
        """The complete response to a request that :meth:`find` did not find; cached if it is storable."""
        if not self.serves(environ):
            return _encoded(_run(self._application, environ), environ)
        # A complete response can be cached; which part of it to send is decided afterwards.
        whole = {**environ, "REQUEST_METHOD": "GET"}
        whole.pop("HTTP_IF_NONE_MATCH", None)
        reply = _encoded(_run(self._application, whole), environ)
        environ[RULE] = reply.rule
        if reply.storable and _is_short(environ) and self._keep(reply, environ, environ[SITE]):
            environ[OUTCOME] = "miss"
        return reply

    def key(self, environ: WSGIEnvironment) -> CacheKey | None:
        """Equal for requests that get the same response; None if each gets its own."""
        if not self.serves(environ) or not _is_short(environ):
            return None
        vary = tuple(sorted(_NEGOTIATING_HEADERS))
        return *_address(environ, environ[SITE]), *_variant(vary, environ, environ[SITE])

    @staticmethod
    def serves(environ: WSGIEnvironment) -> bool:
        """Whether a response to such a request may be cached at all."""
        return environ["REQUEST_METHOD"] in _SAFE and environ.get(KNOWN_HOST, True)

    def _find(self, address: CacheKey, environ: WSGIEnvironment, site: Site) -> CachedResponse | None:
        entry = self._entries.get(address)
        if entry is None:
            return None
        sent = tuple(map(environ.get, _NEGOTIATING_KEYS))
        if (reply := entry.replies.get(sent)) is None:
            if (reply := entry.replies.get(_variant(entry.vary, environ, site))) is None:
                return None
            has_room = entry.size < self._limit // 8 and _is_short(environ)
            if has_room and _NEGOTIATING_HEADERS.issuperset(entry.vary):
                self._put(address, entry.vary, sent, reply, 0)
        # Each dictionary call is atomic; a response that another thread drops meanwhile is still valid.
        with contextlib.suppress(KeyError):
            self._entries.move_to_end(address)
        return reply

    def _keep(self, reply: CachedResponse, environ: WSGIEnvironment, site: Site) -> bool:
        address = _address(environ, site)
        names = {name.strip() for name in reply.header("vary").split(",")} - {""}
        if entry := self._entries.get(address):
            names.update(entry.vary)
        vary = tuple(sorted(names))
        size = sum(sys.getsizeof(name) + sys.getsizeof(value) + 72 for name, value in reply.headers)
        size += sys.getsizeof(reply.body)
        return self._put(address, vary, _variant(vary, environ, site), reply, size)

    def _put(
        self, address: CacheKey, vary: tuple[str, ...], key: CacheKey, reply: CachedResponse, size: int
    ) -> bool:
        """Store a response of this size (without its key), or another key for one; False if the address
        would take more than a quarter of the cache.
        """
        size += _OVERHEAD + sum(map(sys.getsizeof, key))
        with self._lock:
            entry = self._entries.pop(address, None)
            self.bytes -= entry.size if entry else 0
            # Responses stored by fewer headers are ambiguous, and one address must not fill the cache.
            if entry is None or entry.vary != vary or entry.size + size > self._limit // 4:
                entry = _CachedAddress(vary, 2 * sum(map(sys.getsizeof, address)) + _OVERHEAD)
            if fits := entry.size + size <= self._limit // 4:
                entry.size += size if key not in entry.replies else 0
                entry.replies[key] = reply
                self._entries[address] = entry
                self.bytes += entry.size
            while self.bytes > self._limit:
                self.bytes -= self._entries.popitem(last=False)[1].size
        return fits


def _variant(vary: tuple[str, ...], environ: WSGIEnvironment, site: Site) -> CacheKey:
    """What distinguishes requests for one address: the relevant part of each header in ``vary``."""
    values: list[object] = [vary]
    for name in vary:
        if name == "Accept-Encoding":
            values.append(compression.preferred(environ.get("HTTP_ACCEPT_ENCODING")))
        elif name == "Accept-Language":
            values.append(negotiate.language(environ.get("HTTP_ACCEPT_LANGUAGE"), site.languages))
        else:
            values.append(environ.get("HTTP_" + name.upper().replace("-", "_")))
    return tuple(values)


def _address(environ: WSGIEnvironment, site: Site) -> CacheKey:
    parts = (environ.get(name) for name in ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING"))
    return str(site.snapshot.root), *parts


def _is_short(environ: WSGIEnvironment) -> bool:
    return all(len(environ.get(name, "")) <= _MAX_HEADER_LENGTH for name in _NEGOTIATING_KEYS)


def _run(application: WSGIApplication, environ: WSGIEnvironment) -> CachedResponse:
    """The application's complete response."""
    started: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, _error: object = None, /) -> Write:
        started.append((status, headers))
        return _refuse_write

    parts = application(environ, start)
    try:
        body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    status, headers = started[-1]
    # The server adds the Date at which a response is sent.
    headers = [(name, value) for name, value in headers if name != "Date"]
    return CachedResponse(status, headers, body, environ.get(RULE, ""))


def _refuse_write(_: bytes) -> object:
    raise NotImplementedError("answers are returned, not written")


def _encoded(reply: CachedResponse, environ: WSGIEnvironment) -> CachedResponse:
    """The response in the content coding that the request prefers, with an ETag of its own."""
    if not reply.status.startswith("200"):
        return reply
    if not compression.worthwhile(reply.header("content-type"), len(reply.body)):
        return reply
    vary = reply.header("vary")
    reply = reply.changed({"Vary": f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"})
    coding = compression.preferred(environ.get("HTTP_ACCEPT_ENCODING"))
    if coding == compression.IDENTITY:
        return reply
    body = compression.encode(reply.body, coding)
    headers = {"Content-Encoding": coding, "Content-Length": str(len(body))}
    if etag := reply.header("etag"):
        headers["ETag"] = compression.tag(etag, coding)
    return reply.changed(headers, body)


def as_asked(reply: CachedResponse, environ: WSGIEnvironment) -> CachedResponse:
    """The complete response, its headers for HEAD, or 304 if the client has it already."""
    condition = environ.get("HTTP_IF_NONE_MATCH")
    etag = reply.header("etag") if condition and Cache.serves(environ) else ""
    if condition and etag and (condition.strip() == "*" or etag in _TAG.findall(condition)):
        headers = [(name, value) for name, value in reply.headers if name.lower() not in _BODY_HEADERS]
        return replace(reply, status="304 Not Modified", headers=headers, body=b"")
    return replace(reply, body=b"") if environ["REQUEST_METHOD"] == "HEAD" else reply
