"""The formats of answers by their names, as pyoxigraph has them."""

from __future__ import annotations

from pyoxigraph import QueryResultsFormat, RdfFormat

from .. import formats

SOLUTIONS = {
    form.name: results_format
    for form in formats.SOLUTIONS
    if (results_format := QueryResultsFormat.from_media_type(form.media_type))
}
GRAPHS = {
    form.name: rdf_format
    for form in formats.GRAPHS
    if (rdf_format := RdfFormat.from_media_type(form.media_type))
}
