"""``/openapi.json``: every address, its parameters, media types and problems, in OpenAPI 3.1."""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response

from ....formats import HTML, JSON
from ...http import problems
from ...http.context import site
from ...http.responses import answer

blueprint = Blueprint("openapi", __name__)

FILE = Path(__file__).with_name("openapi.toml")
EVERYWHERE = ("400", "405", "414", "500")
"""The statuses of problems that every address may answer."""
RETRIED = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
"""The statuses that come with Retry-After."""


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of this service."""
    facts = site().facts
    description = document(addresses(), str(facts.version), facts.licence, site().location)
    return answer((json.dumps(description, ensure_ascii=False, indent=1) + "\n").encode(), JSON.media_type)


@functools.cache
def addresses() -> Mapping[str, Any]:
    """The addresses as written down in :data:`FILE`."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def document(written: Mapping[str, Any], version: str, licence: str, location: str) -> dict[str, Any]:
    """The OpenAPI document of the addresses, as served at ``location``."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for operation in written["operation"]:
        entry = {"path": operation["rule"], "method": "get", **operation}
        operations = paths[entry["path"]]
        operations[entry["method"]] = _operation(entry, entry["method"])
        if entry["method"] == "get":
            operations |= {"head": _operation(entry, "head"), "options": _options(entry)}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": written["title"],
            "description": written["description"],
            "version": version,
            "license": {"name": "The licence of the data", "url": licence},
        },
        "servers": [{"url": location}],
        "paths": paths,
        "components": {
            "parameters": {
                name: {"name": name, **parameter, **({"required": True} if parameter["in"] == "path" else {})}
                for name, parameter in written["parameters"].items()
            },
            "responses": _responses(),
            "schemas": written["schemas"],
            "requestBodies": {name: {"required": True, **body} for name, body in written["bodies"].items()},
        },
    }


def _operation(entry: Mapping[str, Any], method: str) -> dict[str, Any]:
    """An operation that answers; HEAD is GET without the body."""
    responses = _references("responses", (*entry.get("others", ()), *EVERYWHERE))
    if answers := entry.get("answers"):
        responses["200"] = {"description": "The complete answer"}
        if method != "head":
            responses["200"]["content"] = {media_type: {} for media_type in answers}
    if answers and method != "post":
        responses["304"] = {"description": "The client has this answer (If-None-Match)"}
    body = {"requestBody": {"$ref": f"#/components/requestBodies/{entry['body']}"}} if "body" in entry else {}
    return _common(entry, method) | {"responses": dict(sorted(responses.items()))} | body


def _options(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The preflight request that a browser sends before a request from another site's script."""
    statuses = (*EVERYWHERE, "404") if "{" in entry["path"] else EVERYWHERE
    responses = _references("responses", statuses)
    responses["200"] = {"description": "The methods, in Allow and Access-Control-Allow-Methods"}
    # The answer does not depend on the values of parameters.
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", entry["path"])
    ]
    return _common(entry, "options") | {"parameters": parameters, "responses": responses}


def _common(entry: Mapping[str, Any], method: str) -> dict[str, Any]:
    words = re.findall(r"[a-z0-9]+", entry["path"]) or ["home"]
    parameters = list(_references("parameters", entry.get("parameters", ())).values())
    return {
        "operationId": "-".join([method, *words]),
        "summary": entry["summary"],
        **({"parameters": parameters} if parameters else {}),
    }


def _references(section: str, names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/{section}/{name}"} for name in names}


def _responses() -> dict[str, Any]:
    """The problems by status, and the redirect."""
    titles: dict[int, list[str]] = defaultdict(list)
    for kind in problems.KINDS.values():
        titles[kind.status].append(kind.title)
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    content = {problems.MEDIA_TYPE: schema, JSON.media_type: schema, HTML.media_type: {}}
    responses: dict[str, Any] = {}
    for status, names in sorted(titles.items()):
        headers = _header("Retry-After", "integer") if status in RETRIED else {}
        responses[str(status)] = {"description": "; ".join(names), "content": content, **headers}
    redirect = {"description": "See the address in Location", "content": {HTML.media_type: {}}}
    responses["303"] = redirect | _header("Location", "string")
    return responses


def _header(name: str, type_: str) -> dict[str, Any]:
    return {"headers": {name: {"schema": {"type": type_}, "required": True}}}
