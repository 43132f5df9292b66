"""A small HTTP client over one kept-alive socket: it costs less than what it measures."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from types import TracebackType
from typing import NamedTuple, Self


class Reply(NamedTuple):
    """A whole answer and the seconds from sending the request to its last byte."""

    status: int
    body: bytes
    seconds: float


class Client:
    """Requests to one port on loopback, one after another. With ``again`` a request that fails on a
    connection which may have been idle for long is sent once more on a new one.
    """

    def __init__(self, port: int, timeout: float = 60, *, again: bool = True) -> None:
        self._port, self._timeout, self._again = port, timeout, again
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._socket:
            self._socket.close()
            self._socket = None

    def get(self, path: str, headers: Mapping[str, str]) -> Reply:
        """GET a path; raises OSError where no whole answer comes."""
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{fields}\r\n".encode()
        start = time.perf_counter()
        fresh = self._socket is None
        try:
            status, body = self._exchange(request)
        except OSError:
            self.close()
            if fresh or not self._again:
                raise
            try:
                status, body = self._exchange(request)
            except OSError:
                self.close()
                raise
        return Reply(status, body, time.perf_counter() - start)

    def _exchange(self, request: bytes) -> tuple[int, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=self._timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        lines = data[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        rest = data[end + 4 :]
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._chunks(rest)
        elif "content-length" in headers:
            body = self._exactly(rest, int(headers["content-length"]))
        else:
            body = self._until_closed(rest)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return int(lines[0].split()[1]), body

    def _exactly(self, data: bytes, length: int) -> bytes:
        parts, size = [data], len(data)
        while size < length:
            parts.append(self._more())
            size += len(parts[-1])
        return b"".join(parts)

    def _chunks(self, data: bytes) -> bytes:
        parts: list[bytes] = []
        while True:
            while b"\r\n" not in data:
                data += self._more()
            head, _, data = data.partition(b"\r\n")
            size = int(head.partition(b";")[0], 16)
            data = self._exactly(data, size + 2)
            if not size:
                return b"".join(parts)
            parts.append(data[:size])
            data = data[size + 2 :]

    def _until_closed(self, data: bytes) -> bytes:
        parts = [data]
        assert self._socket
        while found := self._socket.recv(1 << 16):
            parts.append(found)
        self.close()
        return b"".join(parts)

    def _more(self) -> bytes:
        assert self._socket
        found = self._socket.recv(1 << 16)
        if not found:
            raise ConnectionError("the server hung up in the middle of an answer")
        return found
