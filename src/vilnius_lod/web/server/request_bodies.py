"""Request bodies, read in the server's event loop: slow writers hold no thread, and nobody else's place."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterable

from ..http.problems import N_, Problem

BUSY = {"Retry-After": "1"}


class Bodies:
    """Bodies on their way: ``at_once`` of them, ``client_limit`` of one client, each up to ``longest`` bytes
    and whole within ``seconds``; all together may take ``limit`` bytes.
    """

    def __init__(self, at_once: int, client_limit: int, longest: int, limit: int, seconds: float) -> None:
        self._at_once = at_once
        self._client_limit = client_limit
        self._longest = longest
        self._limit = max(limit, longest)
        self._seconds = seconds
        self._clients: Counter[str] = Counter()
        self._bytes = 0

    async def read(self, parts: AsyncIterable[bytes], length: int | None, client: str) -> bytes:
        """A whole body, of ``length`` as far as the request says. Raises a Problem."""
        if length is not None and length > self._longest:
            raise Problem("too-large")
        if self._clients[client] >= self._client_limit:
            raise Problem("too-many-queries", N_("Try again in a moment."), headers=BUSY)
        if self._clients.total() >= self._at_once:
            raise Problem("busy", N_("Try again in a moment."), headers=BUSY)
        body = bytearray()
        self._clients[client] += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._collect(parts, body)
        except TimeoutError:
            raise Problem("request-timeout") from None
        finally:
            self._bytes -= len(body)
            self._clients[client] -= 1
            self._clients += Counter()  # drops clients without any
        return bytes(body)

    async def _collect(self, parts: AsyncIterable[bytes], body: bytearray) -> None:
        async for part in parts:
            if not part:  # Granian ends a body so
                return
            body += part
            self._bytes += len(part)
            if len(body) > self._longest:
                raise Problem("too-large")
            if self._bytes > self._limit:
                raise Problem("busy", N_("Try again in a moment."), headers=BUSY)
