"""``/report``: what validation found, for the clerk who mends it and as a SHACL report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, redirect

from ...formats import DOCUMENT, HTML, RDF, by_extension
from ...rdf.terms import Term
from ..http.context import reader, site
from ..http.problems import N_, Problem
from ..http.responses import chosen, page, stored
from ..pages.jinja import texts
from ..pages.table_rows import row
from ..pages.thing import passages

blueprint = Blueprint("report", __name__)

OFFERS = DOCUMENT
SEVERITIES = {
    "Violation": N_("Wrong: must be mended before publishing"),
    "Warning": N_("Could be better"),
    "Info": N_("To note"),
}


@blueprint.get("/report")
def negotiated() -> Response:
    """The report in the format asked for."""
    return _report("report")


@blueprint.get("/report.<extension>")
def fixed(extension: str) -> Response:
    """The report in one format."""
    return _report(f"report.{extension}")


@blueprint.get("/report/<path:_result>")
def result(_result: str) -> Response:
    """A result is described in the report."""
    return redirect(reader().urls.plain("/report"), 303)  # type: ignore[return-value]


def _report(name: str) -> Response:
    here, urls = site(), reader().urls
    stem, form = by_extension(name, OFFERS)
    if stem != "report":
        raise Problem("not-found")
    asked = chosen(OFFERS, form)
    location = None if form else urls.plain(f"/report.{asked.extension}")
    if asked is HTML:
        verdict = json.loads(here.snapshot.read("report.json"))
        return page(
            "report.html",
            negotiated=form is None,
            location=location,
            alternates=[(other, urls.plain(f"/report.{other.extension}")) for other in RDF],
            conforms=verdict["conforms"],
            groups=[
                (SEVERITIES[name], found)
                for name in SEVERITIES
                if (found := _groups(verdict["results"], name))
            ],
        )
    return stored(
        f"report.{asked.extension}",
        asked.media_type,
        negotiated=form is None,
        location=location,
    )


def _groups(results: list[dict[str, Any]], severity: str) -> list[dict[str, Any]]:
    """Results of one severity, those of one shape together, the most frequent first."""
    language = reader().language

    def pick(by_language: Mapping[str, str]) -> Any:
        found: list[Term] = texts(by_language)
        return language.pick(found)

    found = sorted((r for r in results if r["severity"] == severity), key=lambda r: str(r["shape"]))
    grouped = []
    for _, items in groupby(found, key=lambda r: str(r["shape"])):
        entries = list(items)
        grouped.append(
            {
                "message": pick(entries[0]["messages"]),
                "fix": pick(entries[0]["fix"]),
                "column": entries[0]["column"],
                "shape": entries[0]["shape"],
                "entries": [{**entry, **_places(entry)} for entry in entries],
            }
        )
    return sorted(grouped, key=lambda group: -len(group["entries"]))


def _places(result: Mapping[str, Any]) -> dict[str, Any]:
    """The row to mend, and the lines of the source that the thing was read from. A shape over the whole
    dataset reports the thing as the value.
    """
    found = result["origin"]
    things = [iri for iri in (result["focus_node"], result["value"]) if str(iri).startswith(site().base)]
    return {
        "row": row(found["file"], found["line"]) if found else None,
        "passages": next(filter(None, map(passages, things)), []),
    }
