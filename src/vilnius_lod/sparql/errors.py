"""Why a query has no answer: one class for each reason, with what a person needs to correct it."""

# ruff: noqa: N818  (each is named for what happened, as the answer to the client is)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class QueryError(Exception):
    """There is no answer. ``str()`` is for logs; messages to people are made from the fields."""

    def __str__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}: {fields}" if fields else type(self).__name__


@dataclass(eq=False)
class MalformedQuery(QueryError):
    """Not SPARQL 1.1. Line and column are 1-based where the parser tells them."""

    message: str
    line: int | None = None
    column: int | None = None


@dataclass(eq=False)
class Refused(QueryError):
    """Not allowed here: ``reason`` is ``service``, ``update`` or ``ambiguous`` (``<`` needs a space)."""

    reason: str
    line: int
    column: int


@dataclass(eq=False)
class TooLong(QueryError):
    """More than ``limit`` of ``unit`` (``characters`` or ``path operators``) in the query."""

    limit: int
    unit: str
    line: int = 1
    column: int = 1


@dataclass(eq=False)
class TooDeep(QueryError):
    """Nested too deeply; line and column are None where the engine's stack overflowed before the limit."""

    limit: int
    line: int | None = None
    column: int | None = None


@dataclass(eq=False)
class TimedOut(QueryError):
    """Stopped after ``limit`` seconds."""

    limit: float


@dataclass(eq=False)
class ResultTooLarge(QueryError):
    """The answer has more than ``limit`` of ``unit`` (``rows`` or ``bytes``); none of it is sent."""

    limit: int
    unit: str


@dataclass(eq=False)
class OutOfMemory(QueryError):
    """The query needed more than ``limit`` MiB."""

    limit: int


@dataclass(eq=False)
class Busy(QueryError):
    """Too many queries, of this ``client`` or in all; retry after ``retry_after`` seconds."""

    retry_after: int
    client: bool = False


@dataclass(eq=False)
class NotAcceptable(QueryError):
    """The client accepts no format in which an answer of this ``kind`` can be written."""

    kind: str


@dataclass(eq=False)
class NotWritable(QueryError):
    """The ``format`` cannot express this answer, the formats ``others`` can. ``reason`` is ``property``,
    ``character`` or ``term``; ``found`` is the one that it cannot express.
    """

    format: str
    reason: str
    found: str
    others: Sequence[str]


@dataclass(eq=False)
class EvaluationFailed(QueryError):
    """The engine gave up: an unknown function, or a SERVICE that failed."""

    message: str


@dataclass(eq=False)
class EngineAway(QueryError):
    """The engine cannot be started or reached, or lost the query repeatedly: ``message`` says why."""

    message: str = ""


@dataclass(eq=False)
class EngineFailed(EngineAway):
    """A remote engine cannot be reached or answers wrongly: 502; retry after ``retry_after`` seconds."""

    retry_after: int = 1


@dataclass(eq=False)
class EngineSlow(TimedOut):
    """A remote engine did not answer in time: 504."""


BY_NAME: dict[str, type[QueryError]] = {error.__name__: error for error in QueryError.__subclasses__()}
"""Workers report errors by their names."""
