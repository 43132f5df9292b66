"""Why a cell cannot be used."""

from __future__ import annotations


class CellError(ValueError):
    """A cell that cannot be used: the message, a template, and what is allowed instead."""

    def __init__(self, message: str, allowed: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.message, self.allowed, self.values = message, allowed or None, values
