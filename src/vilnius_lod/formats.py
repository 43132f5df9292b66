"""The formats that a resource is served in: name, media type, file extension and what people call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Representation(NamedTuple):
    """``name`` is what the engine and the command line call the format; ``extension`` has no dot.

    ``file_type`` is its name in the EU authority table of file types, ``standard`` the address of what it
    follows, ``w3c`` its name among the W3C's unique IRIs of file formats; each is empty where there is none.
    """

    name: str
    media_type: str
    extension: str
    label: str
    file_type: str = ""
    standard: str = ""
    w3c: str = ""


_TR = "https://www.w3.org/TR/"
W3C_FORMATS = "http://www.w3.org/ns/formats/"
"""What the IRIs of formats that ``sd:resultFormat`` and ``void:feature`` point to begin with."""

HTML = Representation("html", "text/html", "html", "HTML")
TEXT = Representation("text", "text/plain", "txt", "Text")
TURTLE = Representation("turtle", "text/turtle", "ttl", "Turtle", "RDF_TURTLE", _TR + "turtle/", "Turtle")
JSON_LD = Representation(
    "jsonld", "application/ld+json", "jsonld", "JSON-LD", "JSON_LD", _TR + "json-ld11/", "JSON-LD"
)
N_TRIPLES = Representation(
    "ntriples", "application/n-triples", "nt", "N-Triples", "RDF_N_TRIPLES", _TR + "n-triples/", "N-Triples"
)
RDF_XML = Representation(
    "rdfxml", "application/rdf+xml", "rdf", "RDF/XML", "RDF_XML", _TR + "rdf-syntax-grammar/", "RDF_XML"
)
N_QUADS = Representation(
    "nquads", "application/n-quads", "nq", "N-Quads", "RDF_N_QUADS", _TR + "n-quads/", "N-Quads"
)
TRIG = Representation("trig", "application/trig", "trig", "TriG", w3c="TriG")
SPARQL_JSON = Representation(
    "json", "application/sparql-results+json", "srj", "JSON", w3c="SPARQL_Results_JSON"
)
SPARQL_XML = Representation(
    "xml", "application/sparql-results+xml", "srx", "XML", "XML", w3c="SPARQL_Results_XML"
)
SPARQL_QUERY = Representation("sparql", "application/sparql-query", "rq", "SPARQL")
JSON = Representation("json", "application/json", "json", "JSON")
XML = Representation("xml", "application/xml", "xml", "XML")
CSV = Representation(
    "csv", "text/csv", "csv", "CSV", "CSV", _TR + "tabular-data-model/", "SPARQL_Results_CSV"
)
CSV_METADATA = Representation("csvm", "application/csvm+json", "csv-metadata.json", "CSV on the Web")
TSV = Representation("tsv", "text/tab-separated-values", "tsv", "TSV", w3c="SPARQL_Results_TSV")
_RFC_7946 = "https://www.rfc-editor.org/rfc/rfc7946"
GEOJSON = Representation("geojson", "application/geo+json", "geojson", "GeoJSON", "GEOJSON", _RFC_7946)
STYLE = Representation("css", "text/css", "css", "CSS")
SCRIPT = Representation("javascript", "text/javascript", "js", "JavaScript")
SVG = Representation("svg", "image/svg+xml", "svg", "SVG")
FONT = Representation("woff2", "font/woff2", "woff2", "WOFF2")

RDF = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
DOCUMENT = (HTML, *RDF)
VOCABULARY = (*RDF, HTML)
AS_WRITTEN = (TURTLE, HTML)
"""For files with blank nodes or IRIs that are in no graph, served as they are in the snapshot."""
GRAPHS = (*RDF, N_QUADS, TRIG)
SOLUTIONS = (SPARQL_JSON, JSON, SPARQL_XML, XML, CSV, TSV)
ASSETS = (STYLE, SCRIPT, SVG, FONT)
DISTRIBUTED = (*RDF, N_QUADS, CSV, GEOJSON)
"""What the catalogue offers as distributions."""
FILES = (*GRAPHS, GEOJSON, JSON, CSV, TSV, SPARQL_QUERY, TEXT)
"""What the files of a snapshot are, by their extensions, apart from metadata of tables."""

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
"""Other media types that a format's bytes conform to, by media type: Turtle is TriG and N3, N-Triples are
N-Quads, JSON-LD is JSON. Older names are among them.
"""
NAMED_BY_CLIENTS: Mapping[Representation, Sequence[str]] = {
    TURTLE: ("text/n3", "text/rdf+n3", "application/n3", "application/turtle", "application/x-turtle"),
    N_TRIPLES: ("text/plain",),
    JSON_LD: ("application/json", "application/x-json+ld"),
    RDF_XML: ("application/xml", "text/xml"),
    XML: ("text/xml",),
}
"""Media types under which the bytes of a format are sent to a client that asks for them by this name."""
ALIASES: Mapping[str, Sequence[str]] = {
    "json": ("sparql-json", "sparql-results+json", "results+json", "sparqljson"),
    "xml": ("sparql-xml", "sparql-results+xml", "results+xml", "sparqlxml", "sparql"),
    "tsv": ("tab", "text/tsv"),
    "html": ("htm", "page", "xhtml", "application/xhtml+xml"),
    "turtle": ("text/ttl",),
    "n3": ("notation3",),
    "jsonld": ("json", "ld+json"),
    "ntriples": ("ntriple", "n-triple", "text", "plain"),
    "rdfxml": ("xml", "rdf+xml", "rdf-xml", "owl", "owl+xml"),
    "trig": ("application/x-trig",),
}
"""What else clients call a format in an address, by its name. As its name count also its extension and its
label; ``xml`` and ``json`` are names of whatever the answer is.
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
"""The media types by which clients ask for RDF and for nothing else; not all of them are served here."""


def by_extension(name: str, offers: Sequence[Representation]) -> tuple[str, Representation | None]:
    """The name without its extension and the offer with that extension: ``kyiv.ttl`` is ``kyiv`` in Turtle.
    A name without an offered extension is returned as it is, with None.
    """
    stem, dot, extension = name.rpartition(".")
    for offer in offers:
        if dot and offer.extension == extension:
            return stem, offer
    return name, None


def by_media_type(media_type: str, offers: Sequence[Representation]) -> Representation:
    """The offer with this media type. Raises StopIteration if there is none."""
    return next(offer for offer in offers if offer.media_type == media_type)
