"""Standard output and standard error that lose nothing and fail quietly.

Letters that the terminal's encoding lacks are escaped (``\\u0161``). When the reader of a pipe has gone
(``| head``), the rest is discarded, so that the command ends normally, with its exit code.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TextIO


class _TolerantFile(io.FileIO):
    """A file whose reader may disappear."""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        try:
            return super().write(data)
        except BrokenPipeError:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self.fileno())
            os.close(null)
            return len(data)


def prepare() -> None:
    """Replace both streams of the process; those that a program has replaced are only reconfigured."""
    sys.stdout = _prepared(sys.stdout, sys.__stdout__)
    sys.stderr = _prepared(sys.stderr, sys.__stderr__)


def data(content: bytes) -> None:
    """Write data, whose encoding is its own and not the terminal's, to standard output; it ends a line."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content if content.endswith(b"\n") else content + b"\n")
    sys.stdout.buffer.flush()


def _prepared(stream: TextIO | None, own: TextIO | None) -> TextIO:
    """The stream, or in place of the process's ``own`` one another that writes to the same file."""
    if stream is None:  # the process was started with the stream closed
        return Path(os.devnull).open("w", encoding="utf-8")
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    if stream is not own:
        stream.reconfigure(errors="backslashreplace")
        return stream
    stream.flush()
    pipe = io.BufferedWriter(_TolerantFile(stream.fileno(), "wb", closefd=False))  # type: ignore[type-var]
    by_line = stream.line_buffering or stream.write_through
    return io.TextIOWrapper(pipe, encoding=stream.encoding, errors="backslashreplace", line_buffering=by_line)
