"""In front of Flask: finished answers by request, in the codings asked for, with 304 and HEAD.

An answer depends on its snapshot and its request alone, so what may be stored is kept as it was sent.
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
"""Where a request's environ tells the rule of the URL map that answered it (``/doc/<path:name_>``)."""
OUTCOME = "vilnius_lod.cache"
"""Where it tells what the cache did: ``hit``, ``miss`` (now kept) or ``none``."""
KNOWN_HOST = "vilnius_lod.known_host"
"""Where it tells whether the request may be answered under the name that it used."""

_SAFE = frozenset({"GET", "HEAD"})
_OF_THE_BODY = frozenset({"content-type", "content-length", "content-encoding", "content-language"})
_TAG = re.compile(r'"[^"]*"')
_USUAL = frozenset({"Accept", "Accept-Language", "Accept-Encoding"})
_NEGOTIATING = tuple("HTTP_" + name.upper().replace("-", "_") for name in sorted(_USUAL))
_LONGEST = 2048
"""A request with a longer header of those that negotiate is answered and not kept."""
_OVERHEAD = 512
CacheKey = tuple[object, ...]
Headers = list[tuple[str, str]]
Write = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A whole answer, with the rule that made it."""

    status: str
    headers: Headers
    body: bytes
    rule: str = ""

    def header(self, name: str) -> str:
        """A header's value, empty if it is absent; ``name`` in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def changed(self, headers: Mapping[str, str], body: bytes | None = None) -> CachedResponse:
        """The same with these headers instead of its own, and another body."""
        dropped = {name.lower() for name in headers}
        kept = [(name, value) for name, value in self.headers if name.lower() not in dropped]
        return replace(self, body=self.body if body is None else body, headers=[*kept, *headers.items()])

    @property
    def storable(self) -> bool:
        """Public, and either with a strong ETag or a redirect."""
        strong = self.header("etag").startswith('"') and self.status.startswith("200")
        return (strong or self.status.startswith("303")) and "public" in self.header("cache-control")


@dataclass(slots=True)
class _CachedAddress:
    """What is kept of an address: its replies, by what makes a difference between them (:func:`_said`) and,
    so that one look finds them, by the headers that negotiate as they were sent.
    """

    vary: tuple[str, ...]
    size: int
    replies: dict[CacheKey, CachedResponse] = field(default_factory=dict)


class Cache:
    """A WSGI application around another. ``current`` gives the site to answer from, ``limit`` is in bytes.

    The address that was used least recently goes first. Safe to use from several threads.
    """

    def __init__(self, application: WSGIApplication, current: Callable[[], Site], limit: int) -> None:
        self._application = application
        self._current = current
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: OrderedDict[CacheKey, _CachedAddress] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        reply = as_asked(self.find(environ) or self.make(environ), environ)
        start_response(reply.status, reply.headers)
        return [reply.body] if reply.body else []

    def find(self, environ: WSGIEnvironment) -> CachedResponse | None:
        """The whole answer to a request, if it is kept. Never waits."""
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
        """The whole answer to a request that :meth:`find` did not find, kept if it may be."""
        if not self.serves(environ):
            return _encoded(_ask(self._application, environ), environ)
        # The whole answer, so that it can be kept; what of it to send is decided afterwards.
        whole = {**environ, "REQUEST_METHOD": "GET"}
        whole.pop("HTTP_IF_NONE_MATCH", None)
        reply = _encoded(_ask(self._application, whole), environ)
        environ[RULE] = reply.rule
        if reply.storable and _is_short(environ) and self._keep(reply, environ, environ[SITE]):
            environ[OUTCOME] = "miss"
        return reply

    def key(self, environ: WSGIEnvironment) -> CacheKey | None:
        """The same for requests that get the same answer, None where each gets one of its own."""
        if not self.serves(environ) or not _is_short(environ):
            return None
        return *_address(environ, environ[SITE]), *_said(tuple(sorted(_USUAL)), environ, environ[SITE])

    @staticmethod
    def serves(environ: WSGIEnvironment) -> bool:
        """Whether an answer to such a request may be kept at all."""
        return environ["REQUEST_METHOD"] in _SAFE and environ.get(KNOWN_HOST, True)

    def _find(self, address: CacheKey, environ: WSGIEnvironment, site: Site) -> CachedResponse | None:
        known = self._kept.get(address)
        if known is None:
            return None
        sent = tuple(map(environ.get, _NEGOTIATING))
        reply = known.replies.get(sent)
        if reply is None:
            reply = known.replies.get(_said(known.vary, environ, site))
            if reply is None:
                return None
            room = known.size < self._limit // 8 and _is_short(environ)
            if room and _USUAL.issuperset(known.vary):
                self._put(address, known.vary, sent, reply, 0)
        # Each call on a dictionary is atomic; what another thread drops meanwhile is still an answer.
        with contextlib.suppress(KeyError):
            self._kept.move_to_end(address)
        return reply

    def _keep(self, reply: CachedResponse, environ: WSGIEnvironment, site: Site) -> bool:
        address = _address(environ, site)
        names = {name.strip() for name in reply.header("vary").split(",")} - {""}
        if known := self._kept.get(address):
            names.update(known.vary)
        vary = tuple(sorted(names))
        headers = sum(sys.getsizeof(name) + sys.getsizeof(value) + 72 for name, value in reply.headers)
        return self._put(
            address, vary, _said(vary, environ, site), reply, sys.getsizeof(reply.body) + headers
        )

    def _put(
        self, address: CacheKey, vary: tuple[str, ...], key: CacheKey, reply: CachedResponse, size: int
    ) -> bool:
        """Keep a reply, or one more way to it, of this size beside its key; False if it would take more than
        its share.
        """
        size += _OVERHEAD + sum(map(sys.getsizeof, key))
        with self._lock:
            known = self._kept.pop(address, None)
            self.bytes -= known.size if known else 0
            # What stands under fewer headers cannot be told apart, and one address has not all the room.
            if known is None or known.vary != vary or known.size + size > self._limit // 4:
                known = _CachedAddress(vary, 2 * sum(map(sys.getsizeof, address)) + _OVERHEAD)
            if fits := known.size + size <= self._limit // 4:
                known.size += size if key not in known.replies else 0
                known.replies[key] = reply
                self._kept[address] = known
                self.bytes += known.size
            while self.bytes > self._limit:
                self.bytes -= self._kept.popitem(last=False)[1].size
        return fits


def _said(vary: tuple[str, ...], environ: WSGIEnvironment, site: Site) -> CacheKey:
    """What the request says in each header that matters, as far as it makes a difference."""
    said: list[object] = [vary]
    for name in vary:
        if name == "Accept-Encoding":
            said.append(compression.preferred(environ.get("HTTP_ACCEPT_ENCODING")))
        elif name == "Accept-Language":
            said.append(negotiate.language(environ.get("HTTP_ACCEPT_LANGUAGE"), site.languages))
        else:
            said.append(environ.get("HTTP_" + name.upper().replace("-", "_")))
    return tuple(said)


def _address(environ: WSGIEnvironment, site: Site) -> CacheKey:
    return (
        str(site.snapshot.root),
        environ.get("SCRIPT_NAME"),
        environ["PATH_INFO"],
        environ.get("QUERY_STRING"),
    )


def _is_short(environ: WSGIEnvironment) -> bool:
    return all(len(environ.get(name, "")) <= _LONGEST for name in _NEGOTIATING)


def _ask(application: WSGIApplication, environ: WSGIEnvironment) -> CachedResponse:
    """What the application answers, whole."""
    told: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, _error: object = None, /) -> Write:
        told.append((status, headers))
        return _refuse_write

    parts = application(environ, start)
    try:
        body = b"".join(parts)
    finally:
        if close := getattr(parts, "close", None):
            close()
    status, headers = told[-1]
    # A kept answer has no Date of its own: the server adds the time at which it is sent.
    headers = [(name, value) for name, value in headers if name != "Date"]
    return CachedResponse(status, headers, body, environ.get(RULE, ""))


def _refuse_write(_: bytes) -> object:
    raise NotImplementedError("answers are returned, not written")


def _encoded(reply: CachedResponse, environ: WSGIEnvironment) -> CachedResponse:
    """The reply in the coding that the request prefers, with an ETag of its own."""
    found = reply.status.startswith("200")
    if not found or not compression.worthwhile(reply.header("content-type"), len(reply.body)):
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
    """All of a whole reply, its headers for HEAD, or 304 for a client that has it."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    etag = reply.header("etag") if known and Cache.serves(environ) else ""
    if known and etag and (known.strip() == "*" or etag in _TAG.findall(known)):
        headers = [(name, value) for name, value in reply.headers if name.lower() not in _OF_THE_BODY]
        return replace(reply, status="304 Not Modified", headers=headers, body=b"")
    return replace(reply, body=b"") if environ["REQUEST_METHOD"] == "HEAD" else reply
