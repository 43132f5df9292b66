"""Frames between the web process and its workers: two lengths, a header (JSON) and a body."""

from __future__ import annotations

import socket
import struct

READY = "ready"
"""The fork server's reply once it has loaded the data."""
_LENGTHS = struct.Struct("!II")
CHUNK_SIZE = 65_536
"""Bytes to read before a frame's size is known."""


def send_frame(channel: socket.socket, header: bytes, body: bytes = b"") -> None:
    """Send one frame whole."""
    start = _LENGTHS.pack(len(header), len(body)) + header
    if len(body) < CHUNK_SIZE:  # a single call wakes the other side only once
        channel.sendall(start + body)
    else:
        channel.sendall(start)
        channel.sendall(body)


def read_frame(channel: socket.socket) -> bytes:
    """The header of the next frame, empty if the other side has hung up."""
    return read_frames(channel)[0]


def read_frames(channel: socket.socket, received: bytes = b"") -> tuple[bytes, bytes]:
    """Header and body of the next frame, of which the bytes ``received`` were read already; both empty if the
    other side has hung up. Obeys the socket's timeout.

    The other side sends no further frame before this one is answered. Raises ConnectionError if it hangs up
    within a frame.
    """
    data = received or channel.recv(CHUNK_SIZE)
    if not data:
        return b"", b""
    while len(data) < _LENGTHS.size:
        more = channel.recv(CHUNK_SIZE)
        if not more:
            raise ConnectionResetError
        data += more
    header_length, body_length = _LENGTHS.unpack_from(data)
    start, end = _LENGTHS.size, _LENGTHS.size + header_length + body_length
    if len(data) < end:
        data = _whole(channel, data, end)
    return data[start : start + header_length], data[start + header_length : end]


def is_whole(data: bytes) -> bool:
    """Whether a frame is complete."""
    return len(data) >= _LENGTHS.size and len(data) >= _LENGTHS.size + sum(_LENGTHS.unpack_from(data))


def _whole(channel: socket.socket, received: bytes, size: int) -> bytes:
    data = bytearray(size)
    filled = len(received)
    data[:filled] = received
    view = memoryview(data)
    while filled < size:
        more = channel.recv_into(view[filled:])
        if not more:
            raise ConnectionResetError
        filled += more
    return bytes(data)
