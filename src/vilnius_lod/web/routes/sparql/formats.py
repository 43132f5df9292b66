"""The formats of query answers: by media type, and by the names that clients put into an address. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ....formats import (
    ALIASES,
    GRAPHS,
    HTML,
    JSON_LD,
    N_TRIPLES,
    NAMED_BY_CLIENTS,
    RDF_XML,
    SOLUTIONS,
    TURTLE,
    XML,
    Representation,
    by_media_type,
)  # fmt: skip
from ...http import negotiate


def _named_by_clients(*forms: Representation) -> list[Representation]:
    """The formats under the other media types that clients ask for; the answer has the one asked for."""
    return [form._replace(media_type=media_type) for form in forms for media_type in NAMED_BY_CLIENTS[form]]


def _with_n3(form: Representation) -> Representation:
    """Turtle under a media type of N3 is called N3."""
    return form._replace(extension="n3", label="N3") if form.media_type.endswith("n3") else form


FOR_SOLUTIONS = (*SOLUTIONS, *_named_by_clients(XML), HTML)
"""The formats for SELECT and ASK."""
FOR_GRAPHS = (*GRAPHS, *map(_with_n3, _named_by_clients(TURTLE, N_TRIPLES, JSON_LD, RDF_XML)), HTML)
"""The formats for CONSTRUCT and DESCRIBE."""

PLAIN = {"trig": "turtle", "nquads": "ntriples"}
"""The format of one graph without a name for each format of several graphs."""
PARAMETERS = frozenset({"format", "output", "results"})


def _by_name(offers: Sequence[Representation]) -> dict[str, Representation]:
    by_name = {offer.media_type: offer for offer in offers}
    for offer in offers:
        name = "n3" if offer.extension == "n3" else offer.name
        for alias in (name, offer.extension, offer.label.lower(), *ALIASES.get(name, ())):
            by_name.setdefault(alias, offer)
    return by_name


SOLUTIONS_BY_NAME, GRAPHS_BY_NAME = _by_name(FOR_SOLUTIONS), _by_name(FOR_GRAPHS)


def for_solutions(asked: Sequence[str], accept: str | None) -> Representation | None:
    """The format for rows: by the values of format parameters, else by Accept; None for 406."""
    return _choose(asked, accept, FOR_SOLUTIONS, SOLUTIONS_BY_NAME)


def for_graph(asked: Sequence[str], accept: str | None) -> Representation | None:
    """The format for a graph: by the values of format parameters, else by Accept; None for 406."""
    return _choose(asked, accept, FOR_GRAPHS, GRAPHS_BY_NAME)


def asked(parameters: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The names in the format parameters, in their order."""
    return tuple(name for key, value in parameters if key in PARAMETERS for name in _names(value))


def _names(value: str) -> Iterator[str]:
    """The names in a value, which may be as long as an Accept header: a plus may have become a blank."""
    for part in value.split(","):
        if name := part.partition(";")[0].strip().lower():
            yield name.replace(" ", "+")


def _choose(
    asked: Sequence[str],
    accept: str | None,
    offers: Sequence[Representation],
    by_name: dict[str, Representation],
) -> Representation | None:
    """The first known name; if there is none for this form of query, Accept decides."""
    for name in asked:
        if name in by_name:
            return by_name[name]
    media_type = negotiate.media_type(accept, [offer.media_type for offer in offers])
    return None if media_type is None else by_media_type(media_type, offers)


def ending(form: Representation) -> str:
    """The ending of a file in the format, as programs know it."""
    return form.name if form in FOR_SOLUTIONS else form.extension
