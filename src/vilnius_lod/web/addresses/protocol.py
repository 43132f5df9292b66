"""What a request of the SPARQL 1.1 Protocol asks for: pure functions of its parameters and its Accept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from ..http import negotiate
from ..http.answers import not_acceptable
from ..http.problems import N_, Problem
from ..http.representations import GRAPHS, HTML, SOLUTIONS, Representation, by_media_type
from .asking import Question

_FIELDS = 200
_OFFERS = (*SOLUTIONS, *GRAPHS, HTML)
_OFFERED = [offer.media_type for offer in _OFFERS]
Parameters = Sequence[tuple[str, str]]


class Wanted(NamedTuple):
    """The format for rows, that for a graph (None: the client accepts none), and whether as a page."""

    solutions: Representation | None
    graph: Representation | None
    as_page: bool


def decode(pairs: bytes) -> Parameters:
    """The fields of a form, decoded once. Raises a Problem if they are not UTF-8."""
    try:
        return parse_qsl(
            pairs.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS
        )
    except (UnicodeError, ValueError):
        raise Problem(
            "bad-request", N_("The parameters are not percent-encoded UTF-8, or too many.")
        ) from None


def has_query(parameters: Parameters) -> bool:
    """Whether something is asked, or told."""
    return any(name in {"query", "update"} for name, _ in parameters)


def one_query(parameters: Parameters) -> str:
    """The query; raises a Problem if there is not exactly one."""
    if any(name == "update" for name, _ in parameters):
        raise update_refused()
    queries = values(parameters, "query")
    if len(queries) != 1:
        raise Problem(
            "bad-request", N_("Exactly one parameter “query” is needed; found: {n}."), {"n": len(queries)}
        )
    return queries[0]


def update_refused() -> Problem:
    """What to tell of an update."""
    return Problem("query-refused", N_("The data can be read here, not changed."))


def values(parameters: Parameters, name: str) -> list[str]:
    """The values of a parameter that may be repeated."""
    return [value for key, value in parameters if key == name]


def asked_format(parameters: Parameters) -> str | None:
    """The format that a parameter names. Raises a Problem if there is none like it."""
    asked = next((value for value in values(parameters, "format") if value), None)
    if asked is not None and not any(asked in {offer.name, offer.media_type} for offer in _OFFERS):
        raise not_acceptable(_OFFERS)
    return asked


def wanted(parameters: Parameters, accept: str | None) -> Wanted:
    """By the ``format`` parameter (a name or a media type), else by Accept."""
    asked = asked_format(parameters)
    if asked is not None:
        as_page = asked in {HTML.name, HTML.media_type}
    else:
        as_page = negotiate.media_type(accept, _OFFERED) == HTML.media_type
    return Wanted(_choose(asked, accept, SOLUTIONS), _choose(asked, accept, GRAPHS), as_page)


def question(query: str, parameters: Parameters, wanted: Wanted) -> Question:
    """What to ask the engine; a page is made of JSON or Turtle."""
    solutions, graph, as_page = wanted
    return Question(
        query,
        "json" if as_page else solutions and solutions.name,
        "turtle" if as_page else graph and graph.name,
        values(parameters, "default-graph-uri"),
        values(parameters, "named-graph-uri"),
    )


def _choose(asked: str | None, accept: str | None, offers: Sequence[Representation]) -> Representation | None:
    if asked is not None:
        return next((offer for offer in offers if asked in {offer.name, offer.media_type}), None)
    found = negotiate.media_type(accept, [offer.media_type for offer in offers])
    return None if found is None else by_media_type(found, offers)
