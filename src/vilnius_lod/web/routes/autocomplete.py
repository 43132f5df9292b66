"""``/vocabulary-terms.json``: the prefixes and terms that the data use, for editors with completion."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from ...formats import JSON
from ..http.context import site
from ..http.responses import answer
from ..pages.labels import rows

blueprint = Blueprint("completion", __name__)

_CLASSES = "SELECT DISTINCT ?term WHERE { ?thing a ?term } ORDER BY ?term"
_PROPERTIES = "SELECT DISTINCT ?term WHERE { ?thing ?term ?value } ORDER BY ?term"


@blueprint.get("/vocabulary-terms.json")
def terms() -> Response:
    """The prefixes, and the classes and properties in use, as IRIs."""
    classes, properties = ([row["term"].value for row in rows(query)] for query in (_CLASSES, _PROPERTIES))
    document = {"prefixes": dict(site().prefixes), "classes": classes, "properties": properties}
    return answer(json.dumps(document).encode(), JSON.media_type)
