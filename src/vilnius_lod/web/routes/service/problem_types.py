"""``/problems``: what each type of problem (RFC 9457) means and what to do about it, where its IRI leads."""

from __future__ import annotations

from flask import Blueprint, Response

from ...http.problems import KINDS, MEDIA_TYPE, TYPES
from ...http.responses import page

blueprint = Blueprint("problem_types", __name__)


@blueprint.get("/problems")
def types() -> Response:
    """All of them, by status."""
    kinds = sorted(KINDS.items(), key=lambda entry: (entry[1].status, entry[0]))
    return page("problems.html", kinds=kinds, media_type=MEDIA_TYPE, space=TYPES)
