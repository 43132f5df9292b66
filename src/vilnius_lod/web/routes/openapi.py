"""``/openapi.json``: every address, its parameters, media types and problems, in OpenAPI 3.1."""

from __future__ import annotations

import functools
import json
import re
import tomllib
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Blueprint, Response

from ...formats import HTML
from ..http import problems
from ..http.context import site
from ..http.responses import answer

blueprint = Blueprint("openapi", __name__)

FILE = Path(__file__).with_name("openapi.toml")
EVERYWHERE = ("400", "405", "414", "500")
"""The problems that every address may tell."""


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of this service."""
    facts = site().facts
    found = document(addresses(), str(facts.version), facts.licence, site().location)
    return answer((json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode(), "application/json")


@functools.cache
def addresses() -> Mapping[str, Any]:
    """The addresses as written down in :data:`FILE`."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def document(written: Mapping[str, Any], version: str, licence: str, location: str) -> dict[str, Any]:
    """The OpenAPI document of the addresses, as served at ``location``."""
    paths: dict[str, dict[str, Any]] = {}
    for entry in written["operation"]:
        methods = paths.setdefault(entry["path"], {})
        method = entry.get("method", "get")
        methods[method] = _operation(entry, method)
        if method == "get":
            methods["head"] = _operation(entry, "head")
            methods["options"] = _options(entry)
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
            "parameters": {name: _parameter(name, of) for name, of in written["parameters"].items()},
            "responses": _responses(),
            "schemas": {"Problem": _PROBLEM},
        },
    }


def _operation(entry: Mapping[str, Any], method: str) -> dict[str, Any]:
    """An operation that answers; HEAD is GET without the body."""
    found: dict[str, Any] = {}
    if answers := entry.get("answers"):
        content: dict[str, Any] = {media_type: {} for media_type in answers}
        found["200"] = {
            "description": "The answer, whole",
            **({"content": content} if method != "head" else {}),
        }
    if answers and method != "post":
        found["304"] = {"description": "The client has this answer (If-None-Match)"}
    for status in (*entry.get("others", ()), *EVERYWHERE):
        found[status] = {"$ref": f"#/components/responses/{status}"}
    operation = _common(entry, method) | {"responses": dict(sorted(found.items()))}
    if forms := entry.get("body"):
        operation["requestBody"] = {"required": True, "content": {form: _BODIES[form] for form in forms}}
    return operation


def _options(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What a browser asks before a request from another site's script."""
    found: dict[str, Any] = {"200": {"description": "The methods, in Allow and Access-Control-Allow-Methods"}}
    statuses = (*EVERYWHERE, "404") if "{" in entry["path"] else EVERYWHERE
    found |= {status: {"$ref": f"#/components/responses/{status}"} for status in statuses}
    # It answers for an address whatever its parameters.
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", entry["path"])
    ]
    return _common({**entry, "parameters": ()}, "options") | {"parameters": parameters, "responses": found}


def _common(entry: Mapping[str, Any], method: str) -> dict[str, Any]:
    words = re.findall(r"[a-z0-9]+", entry["path"]) or ["home"]
    parameters = [{"$ref": f"#/components/parameters/{name}"} for name in entry.get("parameters", ())]
    return {
        "operationId": "-".join([method, *words]),
        "summary": entry["summary"],
        **({"parameters": parameters} if parameters else {}),
    }


def _parameter(name: str, written: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, **written, **({"required": True} if written["in"] == "path" else {})}


def _responses() -> dict[str, Any]:
    """The problems by status, and the redirect."""
    titles: dict[int, list[str]] = {}
    for kind in problems.KINDS.values():
        titles.setdefault(int(kind.status), []).append(kind.title)
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    content = {problems.MEDIA_TYPE: schema, "application/json": schema, HTML.media_type: {}}
    found: dict[str, Any] = {
        str(status): {
            "description": "; ".join(titles[status]),
            "content": content,
            **({"headers": _RETRY_AFTER} if status in _LATER else {}),
        }
        for status in sorted(titles)
    }
    found["303"] = {
        "description": "See the address in Location",
        "headers": {"Location": {"schema": {"type": "string"}, "required": True}},
        "content": {HTML.media_type: {}},
    }
    return found


_LATER = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_RETRY_AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}, "required": True}}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. Further members depend on the type.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "line": {"type": "integer", "description": "The line of the query's mistake, from 1"},
        "column": {"type": "integer"},
        "excerpt": {"type": "string", "description": "That line"},
    },
}
_QUERY = {"type": "string", "format": "sparql-query"}
_GRAPHS = {"type": "array", "items": {"type": "string", "format": "graph-iri"}}
_BODIES = {
    "application/sparql-query": {"schema": _QUERY},
    "application/x-www-form-urlencoded": {
        "schema": {
            "type": "object",
            "required": ["query"],
            "properties": {"query": _QUERY, "default-graph-uri": _GRAPHS, "named-graph-uri": _GRAPHS},
        }
    },
}
