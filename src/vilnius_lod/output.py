"""Standard output and standard error that lose nothing and fail quietly.

A letter that the terminal's encoding lacks is escaped (``\\u0161``). Where the reader of a pipe has gone
(``| head``), what is still written goes nowhere, so that the command ends as it would have, with its code.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TextIO


class _Pipe(io.FileIO):
    """A file whose reader may go away."""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        try:
            return super().write(data)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return len(data)


def prepare() -> None:
    """Make both streams of the process so; what a program put in their place is only reconfigured."""
    sys.stdout, sys.stderr = _prepared(sys.stdout), _prepared(sys.stderr)


def data(content: bytes) -> None:
    """Write data, whose encoding is its own and not the terminal's, to standard output; it ends a line."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content if content.endswith(b"\n") else content + b"\n")
    sys.stdout.buffer.flush()


def _prepared(stream: TextIO | None) -> TextIO:
    if stream is None:  # the process was started with the stream closed
        return Path(os.devnull).open("w", encoding="utf-8")
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    if isinstance(raw, io.FileIO) and not isinstance(raw, _Pipe):
        stream.flush()
        pipe = io.BufferedWriter(_Pipe(raw.fileno(), "wb", closefd=False))  # type: ignore[type-var]
        return io.TextIOWrapper(
            pipe, encoding=stream.encoding, errors="backslashreplace", line_buffering=_by_line(stream)
        )
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream


def _by_line(stream: TextIO) -> bool:
    return bool(getattr(stream, "line_buffering", False))
