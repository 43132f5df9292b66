"""The queries that bring endpoints down, and what becomes of one."""

from __future__ import annotations

import http.client
import time
from typing import NamedTuple
from urllib.parse import quote

from .peers import Server

_TWO = "?a ?b ?c . ?d ?e ?f"
_THREE = f"{_TWO} . ?g ?h ?i"
_WORDS = "^(([a-z0-9])+.)+[A-Z]([a-z])+$"

QUERIES = {
    "COUNT over a product": f"SELECT (COUNT(*) AS ?n) {{ {_THREE} }}",
    "ORDER BY over a product": f"SELECT * {{ {_THREE} }} ORDER BY ?i ?f ?c LIMIT 10",
    "DISTINCT over a product": f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?a ?d ?g {{ {_THREE} }} }}",
    "GROUP_CONCAT over a product": f'SELECT (STRLEN(GROUP_CONCAT(?i; separator=",")) AS ?n) {{ {_THREE} }}',
    "path over everything": "SELECT (COUNT(*) AS ?n) { ?a (<x:x>|!<x:x>)* ?b . ?b (<x:x>|!<x:x>)* ?c }",
    "3,000 nested braces": "SELECT * " + "{" * 3000 + "}" * 3000,
    "path of 1,500 steps": "SELECT * { ?a " + "/".join(["a"] * 1500) + " ?b }",
    "catastrophic regex": f"SELECT (COUNT(*) AS ?n) {{ {_TWO} "
    f'FILTER(REGEX(CONCAT(STR(?c), STR(?f), STR(?a), STR(?d)), "{_WORDS}")) }}',
    "result of 1 GB": f"SELECT * {{ {_TWO} }} LIMIT 4000000",
}


class Outcome(NamedTuple):
    """What a heavy query got: ``said`` is the status, ``200 cut`` for half an answer, or ``no answer``."""

    said: str
    seconds: float


def ask(server: Server, query: str, timeout: float) -> Outcome:
    """Send a query and throw the answer away."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    start = time.monotonic()
    said, end = "no answer", b""
    try:
        connection.request(
            "GET", f"{server.endpoint}?query={quote(query, safe='')}",
            headers={"Accept": "application/sparql-results+json, application/problem+json;q=0.5"},
        )  # fmt: skip
        response = connection.getresponse()
        said = str(response.status)
        # A server that never stops is left at the time limit even while it sends.
        while (part := response.read(1 << 20)) and time.monotonic() - start < timeout:
            end = part[-3:]
        if response.status == 200 and end != b"]}}" and not end.endswith(b"}"):
            said = "200 cut"
    except (OSError, http.client.HTTPException):
        said = "200 cut" if said == "200" else "no answer"
    finally:
        connection.close()
    return Outcome(said, time.monotonic() - start)
