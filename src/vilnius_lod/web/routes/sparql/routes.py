"""``/sparql``: the query side of the SPARQL 1.1 Protocol, a form, and the service description."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request

from ....formats import GRAPHS, HTML, RDF, SOLUTIONS, Representation
from ....sparql import errors
from ...http.context import reader, site
from ...http.problems import N_, Problem
from ...http.responses import NO_STORE, answer, not_acceptable, page
from ...http.serialization import rdf, unwritable
from ...pages.drawings.maps import land
from ...pages.labels import name
from ...pages.query import charts, results
from ...pages.query.examples import examples
from ...pages.query.hints import hints
from ...telemetry.metrics import meter
from . import formats, protocol
from .execute import QueryResult, execute
from .fast_path import OUTCOME
from .protocol import Parameters
from .service_description import description, endpoint

blueprint = Blueprint("sparql", __name__)

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

_TRY_AGAIN = N_("Try again in a moment.")
_PROBLEMS: Mapping[tuple[type[errors.QueryError], object], tuple[str, str]] = {
    (errors.MalformedQuery, None): ("malformed-query", "{message}"),
    (errors.Refused, "update"): ("query-refused", protocol.UPDATE_REFUSED),
    (errors.Refused, "service"): ("query-refused", N_("SERVICE is not allowed to other hosts.")),
    (errors.Refused, "ambiguous"): ("query-refused", N_("Put a space after “<” where it compares.")),
    (errors.TooLong, "characters"): ("query-too-long", N_("Allowed: {limit} characters.")),
    (errors.TooLong, "path operators"): (
        "query-too-deep", N_("Allowed: {limit} operators in property paths."),
    ),
    (errors.TooDeep, None): ("query-too-deep", N_("Allowed: {limit} levels.")),
    (errors.TimedOut, None): ("query-too-slow", N_("Allowed: {limit} seconds.")),
    (errors.EngineSlow, None): ("engine-slow", N_("Allowed: {limit} seconds.")),
    (errors.ResultTooLarge, "rows"): (
        "result-too-large",
        N_("Allowed: {limit} rows. Use LIMIT and OFFSET, or download the whole dataset (/data)."),
    ),
    (errors.ResultTooLarge, "bytes"): (
        "result-too-large",
        N_("Allowed: {limit} bytes. Use LIMIT and OFFSET, or download the whole dataset (/data)."),
    ),
    (errors.OutOfMemory, None): ("query-out-of-memory", N_("Allowed: {limit} MiB.")),
    (errors.Busy, True): ("too-many-queries", _TRY_AGAIN),
    (errors.Busy, False): ("busy", _TRY_AGAIN),
    (errors.EvaluationFailed, None): ("query-failed", "{message}"),
    (errors.EngineFailed, None): ("engine-failed", _TRY_AGAIN),
}  # fmt: skip
"""The type of problem and an English message, by the error's class and its reason, unit or client."""
_RETRY_AFTER = {errors.TimedOut: 10, errors.EngineSlow: 10, errors.OutOfMemory: 10, errors.EngineAway: 2}
"""Seconds after which a query may succeed that failed under load."""


@blueprint.get("/sparql")
def get() -> Response:
    """A query in the address; without one, the form or the service description."""
    parameters = protocol.decode(request.query_string)
    if protocol.has_query(parameters):
        return _answer(parameters)
    form = formats.for_graph(formats.asked(parameters), request.headers.get("Accept"))
    if form is None:
        raise not_acceptable((*RDF, HTML))
    if form is HTML:
        return _form_page()
    written = next(other for other in RDF if other.name == formats.PLAIN.get(form.name, form.name))
    return answer(rdf(description(site()), written), form.media_type, negotiated=True)


@blueprint.post("/sparql")
def post() -> Response:
    """A query as a form's field, or as the body."""
    if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise Problem("unsupported-media-type", N_("Send UTF-8."))
    body = request.get_data(cache=False)
    # Parameters of the address belong to the request as those of a form do (SPARQL 1.1 Protocol, 2.1).
    parameters = protocol.decode(request.query_string)
    if request.mimetype == FORM:
        parameters = [*parameters, *protocol.decode(body)]
        return _answer(parameters)
    if request.mimetype == QUERY:
        try:
            parameters = [*parameters, *([("query", body.decode())] if body else [])]
        except UnicodeDecodeError:
            raise Problem("bad-request", N_("The query is not UTF-8.")) from None
        return _answer(parameters)
    if request.mimetype == UPDATE:
        raise protocol.update_refused()
    raise Problem(
        "unsupported-media-type",
        N_("Send a query as {form} or as {query}."),
        {"form": FORM, "query": QUERY},
        headers={"Accept-Post": f"{FORM}, {QUERY}"},
    )


def _answer(parameters: Parameters) -> Response:
    """The answer to the query among the parameters, or a page of it."""
    accept, client = request.headers.get("Accept"), request.remote_addr or ""
    try:
        outcome = request.environ.get(OUTCOME)
        if isinstance(outcome, Exception):
            raise outcome
        result = outcome or execute(parameters, accept, client, site(), request.method, meter())
    except errors.QueryError as error:
        raise problem(error, protocol.one_query(parameters)) from error
    if result.format is HTML:
        return _result_page(result)
    return Response(result.answer.body, headers=result.headers(site()))


def problem(error: errors.QueryError, query: str) -> Problem:
    """The problem to report for a query without an answer."""
    match error:
        case errors.NotAcceptable(kind=kind):
            return not_acceptable(_offers(kind))
        case errors.NotWritable(reason=reason, found=found, others=others):
            offers = [form for form in _named(SOLUTIONS, GRAPHS) if form.name in others]
            return unwritable(reason, found, offers)
    values: dict[str, Any] = {
        name: f"{value:g}" if isinstance(value, float) else value for name, value in vars(error).items()
    }
    variant = next((values[name] for name in ("reason", "unit", "client") if name in values), None)
    kind, detail = _PROBLEMS.get((type(error), variant), ("engine-away", _TRY_AGAIN))
    members = {name: values[name] for name in ("line", "column") if values.get(name) is not None}
    if 0 < members.get("line", 0) <= len(lines := query.splitlines()):
        members["excerpt"] = lines[members["line"] - 1][:200]
    if variant == "ambiguous":
        members["reason"] = variant
    seconds = values.get("retry_after", _RETRY_AFTER.get(type(error)))
    headers = {"Retry-After": f"{seconds}"} if seconds is not None else {}
    return Problem(kind, detail, values, members=members, headers=headers)


def _form_page() -> Response:
    """The form, with the example named in the address or the first one."""
    offered = examples(site().snapshot, reader().language)
    wanted = request.args.get("example")
    example = next((example for example in offered if example.name == wanted), None)
    shown = example or next(iter(offered), None)
    return page(
        "sparql.html",
        negotiated=True,
        query=shown.query if shown else "",
        example=example,
        examples=offered,
        formats=_named(SOLUTIONS, GRAPHS),
        endpoint=endpoint(site()),
    )


def _offers(kind: str) -> list[Representation]:
    """The formats for an answer of that kind."""
    return _named(SOLUTIONS if kind in {"select", "ask"} else GRAPHS)


def _named(*groups: Sequence[Representation]) -> list[Representation]:
    """Each format once."""
    return list({offer.name: offer for group in groups for offer in reversed(group)}.values())


def _result_page(result: QueryResult) -> Response:
    """The rows as a table, a graph as its Turtle, a yes or no in words."""
    query, answer = result.query, result.answer
    offers = _offers(answer.kind)
    shown: dict[str, Any] = {}
    if answer.kind == "ask":
        shown["boolean"] = json.loads(answer.body)["boolean"]
    elif answer.kind == "select":
        table = results.table(answer.body)
        spots = charts.places(table.variables, table.rows, name)
        shown["table"] = table
        if not site().settings.engine:
            shown["hints"] = hints(query, table.gaps)
        shown["map"] = charts.map_of(spots[: charts.PLACES], land("far"))
        shown["places"], shown["drawn"] = len(spots), charts.PLACES
        shown["bars"] = charts.bars(table.variables, table.rows, name) if table.whole else None
    else:
        shown["graph"], shown["whole"] = results.text(answer.body)
    response = page(
        "results.html",
        negotiated=True,
        query=query,
        kind=answer.kind,
        formats=offers,
        downloads=[(form, protocol.file_name(answer.kind, form)) for form in offers],
        **shown,
    )
    if not result.lasts:
        response.headers["Cache-Control"] = NO_STORE
        del response.headers["ETag"]
    return response
