"""Who asks: the address of the client, as the trusted proxies in front tell it."""

from __future__ import annotations

import ipaddress
from wsgiref.types import WSGIEnvironment


def address(environ: WSGIEnvironment, trusted_proxies: int) -> str:
    """The client's address. Nothing that a client says of itself is believed but what these proxies have
    added at the end of X-Forwarded-For; where that is no address, the peer is who asks.
    """
    peer: str = environ.get("REMOTE_ADDR", "")
    if not trusted_proxies:
        return peer
    told = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return _readable(told[-trusted_proxies].strip()) or peer if len(told) >= trusted_proxies else peer


def _readable(text: str) -> str:
    """An address, without the port that some proxies add; empty if it is none."""
    for candidate in (text, text.rpartition(":")[0]):
        try:
            return str(ipaddress.ip_address(candidate.removeprefix("[").removesuffix("]")))
        except ValueError:
            continue
    return ""
