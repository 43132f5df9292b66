"""Frames between the web process and its workers: two lengths, a head (JSON) and a body."""

from __future__ import annotations

import socket
import struct

_LENGTHS = struct.Struct("!II")


def send_frame(channel: socket.socket, head: bytes, body: bytes = b"") -> None:
    """Send one frame whole."""
    channel.sendall(_LENGTHS.pack(len(head), len(body)) + head)
    if body:
        channel.sendall(body)


def read_frame(channel: socket.socket) -> bytes:
    """The head of the next frame, empty if the other side has hung up."""
    return read_frames(channel)[0]


def read_frames(channel: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of the next frame, both empty if the other side has hung up; obeys the socket's timeout.

    Raises ConnectionError if it hangs up within a frame.
    """
    lengths = channel.recv(_LENGTHS.size)
    if not lengths:
        return b"", b""
    head, body = _LENGTHS.unpack(lengths + _read(channel, _LENGTHS.size - len(lengths)))
    return _read(channel, head), _read(channel, body)


def _read(channel: socket.socket, size: int) -> bytes:
    data = bytearray(size)
    view, got = memoryview(data), 0
    while got < size:
        more = channel.recv_into(view[got:])
        if not more:
            raise ConnectionResetError
        got += more
    return bytes(data)
