"""The address of the client, as the trusted proxies report it."""

from __future__ import annotations

import ipaddress
from wsgiref.types import WSGIEnvironment


def address(environ: WSGIEnvironment, trusted_proxies: int) -> str:
    """The client's address: the entry of X-Forwarded-For that the outermost trusted proxy added, or the
    peer's address if there is none. Entries that the client itself may have written are ignored.
    """
    peer: str = environ.get("REMOTE_ADDR", "")
    if not trusted_proxies:
        return peer
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(forwarded) < trusted_proxies:
        return peer
    return _readable(forwarded[-trusted_proxies].strip()) or peer


def _readable(text: str) -> str:
    """The address, without the port that some proxies add; empty if the text is not an address."""
    for candidate in (text, text.rpartition(":")[0]):
        try:
            return str(ipaddress.ip_address(candidate.removeprefix("[").removesuffix("]")))
        except ValueError:
            continue
    return ""
