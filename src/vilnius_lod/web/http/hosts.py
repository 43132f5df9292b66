"""The host names of the site. No response depends on Host: it is checked once and then hidden."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from wsgiref.types import WSGIEnvironment

_HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
_MAX_LENGTH = 260


class Hosts:
    """The allowed names, with or without a port; without any, every name is allowed."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._names = {_plain(name, "") for name in allowed}
        self._is_allowed = functools.lru_cache(64)(self._look_up)

    def know(self, environ: WSGIEnvironment) -> bool:
        """Whether the request's Host is allowed.

        HTTP/1.0 need not name one; HTTP/1.1 must (RFC 9112, section 3.2), and not an empty one (RFC 9110,
        section 4.2.1).
        """
        host = environ.get("HTTP_HOST", "")
        if not host:
            return environ.get("SERVER_PROTOCOL") != "HTTP/1.1"
        return len(host) <= _MAX_LENGTH and self._is_allowed(host)

    def _look_up(self, host: str) -> bool:
        match = _HOST.fullmatch(host)
        if not match:
            return False
        port = match[2] or ""
        return not self._names or not self._names.isdisjoint({_plain(match[1], port), _plain(match[1], "")})


def _plain(name: str, port: str) -> str:
    """In lower case and without the dot that may end a complete name (RFC 3986, section 3.2.2)."""
    return name.lower().removesuffix(".") + port
