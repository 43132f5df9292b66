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


class _TolerantFile(io.FileIO):
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
