"""The operator's settings: named, with defaults that suit one small machine on the open internet.

Each is read from the environment variable ``VILNIUS_LOD_{NAME}``; lists are separated by spaces.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from .i18n.messages import UserError

PREFIX = "VILNIUS_LOD_"
_SWITCH = ("false", "true")
_KINDS = {bool: "true or false", int: "a whole number", float: "a number"}


def _setting(default: Any, description: str, *, least: float = 0) -> Any:
    return dataclasses.field(default=default, metadata={"description": description, "least": least})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may set. :func:`describe` lists them with their defaults and descriptions."""

    store: str = _setting("snapshots", "The folder with the snapshots.")
    query_length: int = _setting(65_536, "Characters in a query.", least=1)
    query_nesting: int = _setting(60, "Brackets open at once, and prefix operators in a row.", least=1)
    query_path_operators: int = _setting(100, "Operators / | ^ in all property paths of a query.")
    query_seconds: float = _setting(10.0, "Seconds until a query is stopped.", least=0.001)
    result_rows: int = _setting(100_000, "Rows, or triples, in an answer.")
    result_bytes: int = _setting(16 * 2**20, "Bytes in an answer.", least=1)
    worker_megabytes: int = _setting(64, "MiB that a query may need beside the data.", least=8)
    load_seconds: float = _setting(
        300.0, "Seconds until the process that answers queries must have loaded the data.", least=0.001
    )
    workers: int = _setting(8, "Queries at once, in all; half of them of a client with heavy ones.", least=1)
    light_seconds: float = _setting(0.04, "Seconds of computing after which a query counts as heavy.")
    heavy_queries: int = _setting(2, "Heavy queries that compute at once; as many again are paused.", least=1)
    queries_per_client: int = _setting(20, "Queries at once from one client, waiting ones included.", least=1)
    queue_length: int = _setting(24, "Queries that may wait for their turn.")
    queue_seconds: float = _setting(5.0, "Seconds that a query waits for its turn.")
    inverse_statements: int = _setting(500, "Statements that point at a thing, in its description.")
    service_allowed: tuple[str, ...] = _setting((), "IRIs that a query may name in SERVICE.")
    allowed_hosts: tuple[str, ...] = _setting((), "Host names that the site answers to; none means any.")
    engine: str = _setting("", "Another SPARQL 1.1 engine to ask (an address); none means the embedded one.")
    engine_user: str = _setting("", "The user at that engine.")
    engine_password: str = _setting("", "The password at that engine; never shown.")
    trusted_proxies: int = _setting(
        0, "Proxies in front, each of which adds its client to X-Forwarded-For; 0 ignores that header."
    )
    connections: int = _setting(4096, "Connections at once, in each process; more wait unanswered.", least=1)
    header_seconds: float = _setting(
        10.0, "Seconds that a request's header may take; so long a connection may also be idle.", least=0.001
    )
    body_seconds: float = _setting(15.0, "Seconds until a request's body has to be whole.", least=0.001)
    bodies_at_once: int = _setting(256, "Request bodies that may be on their way at once.", least=1)
    body_bytes: int = _setting(32 * 2**20, "Bytes that all request bodies on their way may take.")
    pages_at_once: int = _setting(2, "Answers to anything but queries that are made at once.", least=1)
    pages_queued: int = _setting(100, "Requests for such answers that may wait for their turn.")
    pages_per_client: int = _setting(
        24, "Such requests of one client at once, waiting ones included.", least=1
    )
    page_seconds: float = _setting(10.0, "Seconds that such a request waits for its turn.")
    sending_bytes: int = _setting(
        64 * 2**20, "Bytes that large answers on their way may take; of one client a quarter.", least=1
    )
    sending_seconds: float = _setting(
        15.0, "Seconds after which a reader is cut off who takes nothing of a large answer.", least=0.001
    )
    http2: bool = _setting(
        False, "HTTP/2 without TLS too, which has no time limit for silent connections: true or false."
    )
    cache_bytes: int = _setting(64 * 2**20, "Bytes that finished answers may take, in each process.")
    switch_seconds: float = _setting(1.0, "Seconds between two looks for a new snapshot.", least=0.01)
    log_requests: bool = _setting(False, "Log one line for each request: true or false.")
    metrics: bool = _setting(False, "Answer at /metrics: true or false.")

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value, least = getattr(self, field.name), field.metadata["least"]
            # "not >=" rather than "<": it refuses NaN too.
            if isinstance(value, (int, float)) and not least <= value < float("inf"):
                message = "{name}: found {found}; allowed: a number, {least} or more"
                raise UserError(message, name=field.name, found=value, least=least)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """The settings that the environment names, defaults for the rest. Raises UserError, which names
        the variable, for a wrong value or an unknown variable that starts with the prefix.
        """
        fields = {PREFIX + field.name.upper(): field for field in dataclasses.fields(cls)}
        values: dict[str, Any] = {}
        for variable, text in environment.items():
            if not variable.startswith(PREFIX):
                continue
            if variable not in fields:
                nearest = get_close_matches(variable, fields, 1) or sorted(fields)
                message = "{variable}: no such setting; allowed: {names}"
                raise UserError(message, variable=variable, names=", ".join(nearest))
            field = fields[variable]
            if not text and field.name == "store":
                continue
            try:
                values[field.name] = _read(text, type(field.default))
            except ValueError:
                allowed = _KINDS[type(field.default)]
                message = "{variable}: found '{found}'; allowed: {allowed}"
                raise UserError(message, variable=variable, found=text, allowed=allowed) from None
        return cls(**values)


def describe() -> list[tuple[str, str, str]]:
    """The variable, default and description of each setting, for the documentation."""
    return [
        (PREFIX + field.name.upper(), _write(field.default), field.metadata["description"])
        for field in dataclasses.fields(Settings)
    ]


def _read(text: str, kind: type) -> Any:
    if kind is bool:
        return _SWITCH.index(text.lower()) == 1
    return tuple(text.split()) if kind is tuple else kind(text)


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return _SWITCH[value]
    return " ".join(value) if isinstance(value, tuple) else str(value)
