"""Frames between the web process and its workers: two lengths, a head (JSON) and a body."""

from __future__ import annotations

import socket
import struct

_LENGTHS = struct.Struct("!II")
_AT_ONCE = 65_536


def send_frame(channel: socket.socket, head: bytes, body: bytes = b"") -> None:
    """Send one frame whole."""
    begin = _LENGTHS.pack(len(head), len(body)) + head
    if len(body) < _AT_ONCE:  # one call wakes the other side once
        channel.sendall(begin + body)
    else:
        channel.sendall(begin)
        channel.sendall(body)


def read_frame(channel: socket.socket) -> bytes:
    """The head of the next frame, empty if the other side has hung up."""
    return read_frames(channel)[0]


def read_frames(channel: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of the next frame, both empty if the other side has hung up; obeys the socket's timeout.

    No frame may follow before this one was read and answered. Raises ConnectionError if the other side hangs
    up within a frame.
    """
    data = channel.recv(_AT_ONCE)
    if not data:
        return b"", b""
    while len(data) < _LENGTHS.size:
        data += _more(channel, _AT_ONCE)
    head, body = _LENGTHS.unpack_from(data)
    start, end = _LENGTHS.size, _LENGTHS.size + head + body
    if len(data) < end:
        data = _whole(channel, data, end)
    return data[start : start + head], data[start + head : end]


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
