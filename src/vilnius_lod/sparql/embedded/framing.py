"""Frames between the web process and its workers: two lengths, a head (JSON) and a body."""

from __future__ import annotations

import socket
import struct

READY = "ready"
"""The fork server's reply once it has loaded the data."""
_LENGTHS = struct.Struct("!II")
AT_ONCE = 65_536
"""Bytes to ask for before a frame's size is known."""


def send_frame(channel: socket.socket, head: bytes, body: bytes = b"") -> None:
    """Send one frame whole."""
    begin = _LENGTHS.pack(len(head), len(body)) + head
    if len(body) < AT_ONCE:  # one call wakes the other side once
        channel.sendall(begin + body)
    else:
        channel.sendall(begin)
        channel.sendall(body)


def read_frame(channel: socket.socket) -> bytes:
    """The head of the next frame, empty if the other side has hung up."""
    return read_frames(channel)[0]


def read_frames(channel: socket.socket, begun: bytes = b"") -> tuple[bytes, bytes]:
    """Head and body of the next frame, of which the bytes ``begun`` were read already; both empty if the
    other side has hung up. Obeys the socket's timeout.

    No frame may follow before this one was read and answered. Raises ConnectionError if the other side hangs
    up within a frame.
    """
    data = begun or channel.recv(AT_ONCE)
    if not data:
        return b"", b""
    while len(data) < _LENGTHS.size:
        data += _more(channel, AT_ONCE)
    head, body = _LENGTHS.unpack_from(data)
    start, end = _LENGTHS.size, _LENGTHS.size + head + body
    if len(data) < end:
        data = _whole(channel, data, end)
    return data[start : start + head], data[start + head : end]


def is_whole(data: bytes) -> bool:
    """Whether nothing of a frame is missing."""
    return len(data) >= _LENGTHS.size and len(data) >= _LENGTHS.size + sum(_LENGTHS.unpack_from(data))


def _whole(channel: socket.socket, begun: bytes, size: int) -> bytes:
    data = bytearray(size)
    got = len(begun)
    data[:got] = begun
    view = memoryview(data)
    while got < size:
        more = channel.recv_into(view[got:])
        if not more:
            raise ConnectionResetError
        got += more
    return bytes(data)


def _more(channel: socket.socket, size: int) -> bytes:
    if not (data := channel.recv(size)):
        raise ConnectionResetError
    return data
