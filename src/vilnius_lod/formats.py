"""The formats that a resource is served in: name, media type, file extension and what people call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Representation(NamedTuple):
    """``name`` is what the query room calls the format; ``extension`` has no dot."""

    name: str
    media_type: str
    extension: str
    label: str


HTML = Representation("html", "text/html", "html", "HTML")
TEXT = Representation("text", "text/plain", "txt", "Text")
TURTLE = Representation("turtle", "text/turtle", "ttl", "Turtle")
JSON_LD = Representation("jsonld", "application/ld+json", "jsonld", "JSON-LD")
N_TRIPLES = Representation("ntriples", "application/n-triples", "nt", "N-Triples")
RDF_XML = Representation("rdfxml", "application/rdf+xml", "rdf", "RDF/XML")
N_QUADS = Representation("nquads", "application/n-quads", "nq", "N-Quads")
TRIG = Representation("trig", "application/trig", "trig", "TriG")

RDF = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
DOCUMENT = (HTML, *RDF)
VOCABULARY = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML, HTML)
AS_WRITTEN = (TURTLE, HTML)
"""Of files with blank nodes or IRIs that are in no graph, as they stand in the snapshot."""
GRAPHS = (*RDF, N_QUADS, TRIG)

ALSO: Mapping[str, frozenset[str]] = {
    TURTLE.media_type: frozenset({
        "text/n3", "application/n3", "text/rdf+n3", "application/trig", "application/x-trig",
        "application/x-turtle", "application/turtle",
    }),
    N_TRIPLES.media_type: frozenset({
        "text/plain", "text/ntriples", "text/n3", "application/n3", "application/trig",
        "application/n-quads", "text/x-nquads", "text/nquads",
    }),
    JSON_LD.media_type: frozenset({"application/json", "application/x-json+ld"}),
}  # fmt: skip
"""What the bytes of a format are as well, by media type: Turtle is TriG and N3, N-Triples are N-Quads,
JSON-LD is JSON. Older names are among them.
"""
PAGES = frozenset({HTML.media_type, "application/xhtml+xml"})
RDF_TYPES = frozenset({
    *(form.media_type for form in GRAPHS), *ALSO[TURTLE.media_type], *ALSO[N_TRIPLES.media_type],
    "application/trix", "application/rdf+json", "application/owl+xml", "text/rdf", "application/rdf+thrift",
    "application/rdf+protobuf", "application/x-thrift", "application/x-binary-rdf",
    "application/x-ld+ndjson", "application/vnd.hdt", "application/x-jelly-rdf",
    "application/x-turtlestar", "application/x-trigstar", "application/n-triples-star",
    "text/owl-functional", "text/owl-manchester",
}) - {"text/plain"}  # fmt: skip
"""The media types by which clients ask for RDF and for nothing else, those that are not served here too."""

SOLUTIONS = (
    Representation("json", "application/sparql-results+json", "srj", "JSON"),
    Representation("json", "application/json", "json", "JSON"),
    Representation("xml", "application/sparql-results+xml", "srx", "XML"),
    Representation("xml", "application/xml", "xml", "XML"),
    Representation("csv", "text/csv", "csv", "CSV"),
    Representation("tsv", "text/tab-separated-values", "tsv", "TSV"),
)


def by_extension(name: str, offers: Sequence[Representation]) -> tuple[str, Representation | None]:
    """``kyiv.ttl`` is ``kyiv`` in Turtle; a name without an offered extension has no fixed representation."""
    stem, dot, extension = name.rpartition(".")
    for offer in offers:
        if dot and offer.extension == extension:
            return stem, offer
    return name, None


def by_media_type(media_type: str, offers: Sequence[Representation]) -> Representation:
    """The offer with this media type."""
    return next(offer for offer in offers if offer.media_type == media_type)
