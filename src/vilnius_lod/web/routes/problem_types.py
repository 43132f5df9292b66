"""``/problems``: what each type of problem (RFC 9457) means and what to do about it, where its IRI leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask import Blueprint, Response

from ..http.problems import KINDS, MEDIA_TYPE, N_, TYPES
from ..http.responses import page

blueprint = Blueprint("problem_types", __name__)


class Explanation(NamedTuple):
    """What happened, and what who asked can do: English messages."""

    meaning: str
    remedy: str


_PARAMETERS = N_("Mend the request; /openapi.json lists every address with its parameters.")
_WAIT = N_("Wait as many seconds as Retry-After says and ask again.")
_LIGHTER = N_("Ask for less: narrow the patterns, leave out what multiplies rows, or download the dataset.")
_SHORTER = N_("Split the query, or write long lists of values as VALUES in several queries.")

EXPLAINED: Mapping[str, Explanation] = {
    "bad-request": Explanation(
        N_("A parameter is missing, stands twice, or holds what it cannot hold."), _PARAMETERS
    ),
    "unknown-host": Explanation(
        N_("The request names a host that this server does not answer for."),
        N_("Use the address that the operator published."),
    ),
    "not-found": Explanation(
        N_("Nothing has this address, and nothing that was withdrawn had it."),
        N_("Look for the thing by its name in the search."),
    ),
    "method-not-allowed": Explanation(
        N_("The address exists, but answers other methods."), N_("Use one of the methods in Allow.")
    ),
    "not-acceptable": Explanation(
        N_("Accept names only formats that this address does not have."),
        N_("Accept one of the formats that the answer lists, or leave Accept out."),
    ),
    "withdrawn": Explanation(
        N_("This was published once and taken back; the answer says when and why."),
        N_("Use what stands in its place, where the answer names it."),
    ),
    "request-timeout": Explanation(
        N_("The body of the request took longer to arrive than a body may."), N_("Send it in one go.")
    ),
    "too-large": Explanation(
        N_("The body of the request has more bytes than any query needs."), N_("Send a shorter query.")
    ),
    "address-too-long": Explanation(
        N_("The path or the parameters are longer than any address here."),
        N_("Send a long query by POST."),
    ),
    "unsupported-media-type": Explanation(
        N_("The body is neither a form nor a query, or is not UTF-8."),
        N_("Send application/sparql-query, or application/x-www-form-urlencoded with the parameter query."),
    ),
    "internal-error": Explanation(
        N_("A mistake of ours. It stands in the log of the service."),
        N_("Try again; if it stays so, tell us the address."),
    ),
    "malformed-query": Explanation(
        N_("The parser stopped: the members line, column and excerpt say where."),
        N_("Mend the query at that place."),
    ),
    "query-refused": Explanation(
        N_("The query would change the data, would ask another host (SERVICE), or can be read in two ways."),
        N_("Ask without it; to join with other data, ask from an engine of your own."),
    ),
    "query-too-long": Explanation(N_("The query has more characters than are read here."), _SHORTER),
    "query-too-deep": Explanation(
        N_("Brackets are nested more deeply, or property paths have more steps, than are planned here."),
        N_("Write the query flatter, or name a path's steps with variables."),
    ),
    "query-too-slow": Explanation(N_("The query ran as long as a query may, and was stopped."), _LIGHTER),
    "result-too-large": Explanation(
        N_("The answer has more rows or bytes than are sent at once; none of it was sent."),
        N_("Use LIMIT and OFFSET with ORDER BY, or download the dataset."),
    ),
    "query-out-of-memory": Explanation(
        N_("The query needed more memory than a query may have, and was stopped."), _LIGHTER
    ),
    "busy": Explanation(N_("All places are taken, and so are those in the queue."), _WAIT),
    "query-failed": Explanation(
        N_("The query is valid, but cannot be evaluated: an unknown function, for one."),
        N_("Use the functions of SPARQL 1.1."),
    ),
    "too-many-queries": Explanation(
        N_("As many of your requests as one client may have are running or waiting."),
        N_("Ask one after the other, and wait as Retry-After says."),
    ),
    "engine-failed": Explanation(
        N_("The engine behind this service cannot be reached, or its answer cannot be understood."), _WAIT
    ),
    "engine-slow": Explanation(
        N_("The engine behind this service did not answer in the time that a query has."), _LIGHTER
    ),
    "engine-away": Explanation(
        N_("The part of this service that answers queries does not answer; pages and files do."), _WAIT
    ),
}


@blueprint.get("/problems")
def types() -> Response:
    """All of them, by status."""
    kinds = sorted(KINDS.items(), key=lambda entry: (entry[1].status, entry[0]))
    listed = [(name, kind, EXPLAINED[name]) for name, kind in kinds]
    return page("problems.html", kinds=listed, media_type=MEDIA_TYPE, space=TYPES)
