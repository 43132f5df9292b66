"""``/report``: the results of validation, for those who correct the tables and as a SHACL report."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from ....formats import DOCUMENT, HTML
from ...http.context import reader, site
from ...http.problems import N_
from ...http.responses import requested, see_other
from ...pages.labels import localized
from ...pages.provenance import passages, row

blueprint = Blueprint("report", __name__)

SEVERITIES = {
    "Violation": N_("Error: must be corrected before publishing"),
    "Warning": N_("Could be better"),
    "Info": N_("To note"),
}


@blueprint.get("/report")
@blueprint.get("/report.<extension>")
def report(extension: str = "") -> Response:
    """The report, negotiated or in the format that the address names."""
    wanted = requested("/report", DOCUMENT, extension)
    if wanted.form is not HTML:
        return wanted.stored(f"report.{wanted.form.extension}")
    document = json.loads(site().snapshot.read("report.json"))
    groups = ((heading, _groups(document["results"], name)) for name, heading in SEVERITIES.items())
    return wanted.page(
        "report.html",
        conforms=document["conforms"],
        groups=[(heading, results) for heading, results in groups if results],
    )


@blueprint.get("/report/<path:_result>")
def result(_result: str) -> Response:
    """A result is described in the report."""
    return see_other(reader().urls.plain("/report"))


def _groups(results: list[dict[str, Any]], severity: str) -> list[dict[str, Any]]:
    """The results of one severity, grouped by shape, the largest group first."""
    by_shape: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for result in results:
        if result["severity"] == severity:
            by_shape[result["shape"]].append({**result, **_places(result)})
    groups = [
        {
            "message": localized(entries[0]["messages"]),
            "fix": localized(entries[0]["fix"]),
            "column": entries[0]["column"],
            "shape": shape,
            "entries": entries,
        }
        for shape, entries in sorted(by_shape.items())
    ]
    return sorted(groups, key=lambda group: -len(group["entries"]))


def _places(result: Mapping[str, Any]) -> dict[str, Any]:
    """The row to correct, and the lines of the source that the thing was read from. A shape over the whole
    dataset reports the thing as the value.
    """
    origin = result["origin"]
    things = [iri for iri in (result["focus_node"], result["value"]) if str(iri).startswith(site().base)]
    return {
        "row": row(origin["file"], origin["line"]) if origin else None,
        "passages": next(filter(None, map(passages, things)), []),
    }
