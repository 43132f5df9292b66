"""HTTP/1.1 over sockets from chosen loopback addresses, for many connections in one event loop."""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

HOST = "data.example.org"
_NO_PORT_AT_BIND = 24
"""Linux's IP_BIND_ADDRESS_NO_PORT: the port is chosen when connecting, so that ports do not run out."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Target:
    """The server that is asked; ``endpoint`` is the path of its SPARQL service."""

    port: int
    endpoint: str
    tls: bool

    async def connect(
        self, source: str, *, protocol: str = "http/1.1", tls: bool | None = None, window: int = 0
    ) -> Streams:
        """Connect from the address ``source``. ``window`` bounds the bytes that are received ahead."""
        channel = socket.socket()
        try:
            if window:
                channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
            channel.setsockopt(socket.IPPROTO_IP, _NO_PORT_AT_BIND, 1)
            channel.bind((source, 0))
            channel.setblocking(False)
            await asyncio.get_running_loop().sock_connect(channel, ("127.0.0.1", self.port))
            context = _context(protocol) if (self.tls if tls is None else tls) else None
            return await asyncio.open_connection(
                sock=channel, ssl=context, server_hostname=HOST if context else None, limit=window or 1 << 18
            )
        except BaseException:
            channel.close()
            raise

    def path(self, text: str) -> str:
        """A path as it stands, or the one that asks a query (whatever does not begin with a slash)."""
        return text if text.startswith("/") else f"{self.endpoint}?query={quote(text, safe='')}"


def request(path: str, headers: Mapping[str, str], query: str = "") -> bytes:
    """A GET request, or the POST of a query."""
    named = {"Host": HOST, **headers}
    if query:
        named |= {"Content-Type": "application/sparql-query", "Content-Length": str(len(query.encode()))}
    fields = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"{'POST' if query else 'GET'} {path} HTTP/1.1\r\n{fields}\r\n{query}".encode()


async def exchange(streams: Streams, sent: bytes) -> tuple[int, int]:
    """Send a request and read its answer: the status and the body's length. Raises OSError or EOFError."""
    reader, writer = streams
    writer.write(sent)
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    lines = head.split("\r\n")
    fields = {name: value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    if fields.get("transfer-encoding") == "chunked":
        length = await _chunks(reader)
    elif "content-length" in fields:
        length = int(fields["content-length"])
        await _skip(reader, length)
    else:
        length = len(await reader.read())
    if fields.get("connection") == "close":
        writer.close()
    return int(lines[0].split()[1]), length


async def _chunks(reader: asyncio.StreamReader) -> int:
    total = 0
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        await _skip(reader, size + 2)
        total += size
    await reader.readuntil(b"\r\n")
    return total


async def _skip(reader: asyncio.StreamReader, length: int) -> None:
    while length:
        part = await reader.read(min(length, 1 << 18))
        if not part:
            raise EOFError("the server hung up in the middle of an answer")
        length -= len(part)


@functools.cache
def _context(protocol: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols([protocol])
    return context
