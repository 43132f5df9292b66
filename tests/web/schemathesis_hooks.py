"""What Schemathesis puts where the OpenAPI document names a format that it does not know."""

from __future__ import annotations

import schemathesis
from hypothesis import strategies as st

QUERIES = [
    "ASK {}",
    "SELECT * { ?s ?p ?o } LIMIT 3",
    "SELECT ?ą { BIND('\"<ž>' AS ?ą) }",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3",
    "DESCRIBE <https://lod.example.org/lindenau/id/place/verbohrad>",
    "SELECT (NOW() AS ?now) {}",
]
schemathesis.openapi.format("sparql-query", st.sampled_from(QUERIES))
schemathesis.openapi.format("graph-iri", st.sampled_from(["urn:x", "https://example.org/graph"]))
schemathesis.openapi.format(
    "sparql-result-format", st.sampled_from(["json", "xml", "text/csv", "tsv", "html"])
)
schemathesis.openapi.format("wikidata-item", st.sampled_from(["Q9000000001", "Q1"]))
schemathesis.openapi.format("geonames-number", st.sampled_from(["99990010", "1"]))
