"""In front of Flask: finished answers by request, in the codings asked for, with 304 and HEAD.

An answer depends on its snapshot and its request alone, so what may be stored is kept as it was sent.
"""

from __future__ import annotations

import re
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from . import encoding, negotiate
from .site import SITE, Site

RULE = "vilnius_lod.rule"
"""Where a request's environ tells the rule of the URL map that answered it (``/doc/<path:name_>``)."""
OUTCOME = "vilnius_lod.cache"
"""Where it tells what the cache did: ``hit``, ``miss`` (now kept) or ``none``."""
KNOWN_HOST = "vilnius_lod.known_host"
"""Where it tells whether the request may be answered under the name that it used."""

_SAFE = frozenset({"GET", "HEAD"})
_OF_THE_BODY = frozenset({"content-type", "content-length", "content-encoding", "content-language"})
_TAG = re.compile(r'"[^"]*"')
_NEGOTIATING = ("HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE")
_LONGEST = 2048
"""A request with a longer header of those that negotiate is answered and not kept."""
_OVERHEAD = 512
Key = tuple[object, ...]
Headers = list[tuple[str, str]]
Write = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer, with the rule that made it."""

    status: str
    headers: Headers
    body: bytes
    rule: str = ""

    def header(self, name: str) -> str:
        """A header's value, empty if it is absent; ``name`` in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def changed(self, headers: Mapping[str, str], body: bytes | None = None) -> Reply:
        """The same with these headers instead of its own, and another body."""
        dropped = {name.lower() for name in headers}
        kept = [(name, value) for name, value in self.headers if name.lower() not in dropped]
        return replace(self, body=self.body if body is None else body, headers=[*kept, *headers.items()])

    @property
    def storable(self) -> bool:
        """Public, and either with a strong ETag or a redirect."""
        strong = self.header("etag").startswith('"') and self.status.startswith("200")
        return (strong or self.status.startswith("303")) and "public" in self.header("cache-control")


@dataclass(frozen=True, slots=True)
class _Kept:
    """What stands under a key: a reply, or under an address the headers that its replies vary on."""

    size: int
    vary: tuple[str, ...] = ()
    reply: Reply | None = None


class Cache:
    """A WSGI application around another. ``current`` gives the site to answer from, ``limit`` is in bytes.

    What was used least recently goes first. Safe to use from several threads.
    """

    def __init__(self, application: WSGIApplication, current: Callable[[], Site], limit: int) -> None:
        self._application = application
        self._current = current
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        site = environ[SITE] = self._current()
        environ[OUTCOME] = "none"
        if environ["REQUEST_METHOD"] not in _SAFE or not environ.get(KNOWN_HOST, True):
            reply = _encoded(_ask(self._application, environ), environ)
            start_response(reply.status, reply.headers)
            return [reply.body]
        address = (
            str(site.snapshot.root),
            environ.get("SCRIPT_NAME"),
            environ["PATH_INFO"],
            environ.get("QUERY_STRING"),
        )
        reply = self._find(address, environ, site) or self._make(address, environ, site)
        environ[RULE] = reply.rule
        return _send(reply, environ, start_response)

    def _find(self, address: Key, environ: WSGIEnvironment, site: Site) -> Reply | None:
        # Each call on the dictionary is atomic; what another thread has dropped meanwhile is a miss.
        kept = self._kept
        known = kept.get(address)
        if known is None:
            return None
        key = _key(address, known.vary, environ, site)
        found = kept.get(key)
        if found is None:
            return None
        try:
            kept.move_to_end(address)
            kept.move_to_end(key)
        except KeyError:
            return None
        environ[OUTCOME] = "hit"
        return found.reply

    def _make(self, address: Key, environ: WSGIEnvironment, site: Site) -> Reply:
        # The whole answer, so that it can be kept; what of it to send is decided afterwards.
        whole = {**environ, "REQUEST_METHOD": "GET"}
        whole.pop("HTTP_IF_NONE_MATCH", None)
        reply = _encoded(_ask(self._application, whole), environ)
        short = all(len(environ.get(name, "")) <= _LONGEST for name in _NEGOTIATING)
        if reply.storable and short and self._keep(address, reply, environ, site):
            environ[OUTCOME] = "miss"
        return reply

    def _keep(self, address: Key, reply: Reply, environ: WSGIEnvironment, site: Site) -> bool:
        naming = 2 * sum(sys.getsizeof(part) for part in address) + _OVERHEAD
        headers = sum(sys.getsizeof(name) + sys.getsizeof(value) + 72 for name, value in reply.headers)
        size = naming + len(reply.body) + headers
        if size > self._limit // 4:
            return False
        with self._lock:
            known = self._kept.get(address)
            vary = {name.strip() for name in reply.header("vary").split(",")} - {""}
            names = tuple(sorted(vary.union(known.vary if known else ())))
            self._put(address, _Kept(naming, vary=names))
            self._put(_key(address, names, environ, site), _Kept(size, reply=reply))
            while self.bytes > self._limit:
                self.bytes -= self._kept.popitem(last=False)[1].size
        return True

    def _put(self, key: Key, kept: _Kept) -> None:
        before = self._kept.pop(key, None)
        self.bytes += kept.size - (before.size if before else 0)
        self._kept[key] = kept


def _key(address: Key, vary: Iterable[str], environ: WSGIEnvironment, site: Site) -> Key:
    """The address with what the request says in each header that matters, as far as it makes a difference."""
    said: list[object] = [address, None]
    for name in vary:
        if name == "Accept-Encoding":
            said.append(encoding.preferred(environ.get("HTTP_ACCEPT_ENCODING")))
        elif name == "Accept-Language":
            said.append(negotiate.language(environ.get("HTTP_ACCEPT_LANGUAGE"), site.languages))
        else:
            said.append(environ.get("HTTP_" + name.upper().replace("-", "_")))
    return tuple(said)


def _ask(application: WSGIApplication, environ: WSGIEnvironment) -> Reply:
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
    return Reply(status, headers, body, environ.get(RULE, ""))


def _refuse_write(_: bytes) -> object:
    raise NotImplementedError("answers are returned, not written")


def _encoded(reply: Reply, environ: WSGIEnvironment) -> Reply:
    """The reply in the coding that the request prefers, with an ETag of its own."""
    found = reply.status.startswith("200")
    if not found or not encoding.worthwhile(reply.header("content-type"), len(reply.body)):
        return reply
    vary = reply.header("vary")
    reply = reply.changed({"Vary": f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"})
    coding = encoding.preferred(environ.get("HTTP_ACCEPT_ENCODING"))
    if coding == encoding.IDENTITY:
        return reply
    body = encoding.encode(reply.body, coding)
    headers = {"Content-Encoding": coding, "Content-Length": str(len(body))}
    if etag := reply.header("etag"):
        headers["ETag"] = encoding.tag(etag, coding)
    return reply.changed(headers, body)


def _send(reply: Reply, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """All of a reply, its headers for HEAD, or 304 for a client that has it."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and (etag := reply.header("etag")) and (known.strip() == "*" or etag in _TAG.findall(known)):
        headers = [(name, value) for name, value in reply.headers if name.lower() not in _OF_THE_BODY]
        start_response("304 Not Modified", headers)
        return []
    start_response(reply.status, reply.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]
