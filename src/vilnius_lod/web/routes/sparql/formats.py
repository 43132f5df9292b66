"""The formats of query answers: by media type, and by the names that clients put into an address. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ....formats import GRAPHS, HTML, SOLUTIONS, TURTLE, Representation, by_media_type
from ...http import negotiate

# What the bytes of a format are as well, and older names of it: the answer has the name that was asked for.
_N3 = tuple(
    TURTLE._replace(media_type=media_type, extension="n3", label="N3")
    for media_type in ("text/n3", "text/rdf+n3", "application/n3")
)
_ALSO = (
    *_N3,
    *(
        TURTLE._replace(media_type=media_type)
        for media_type in ("application/turtle", "application/x-turtle")
    ),
    Representation("ntriples", "text/plain", "nt", "N-Triples"),
    Representation("jsonld", "application/json", "jsonld", "JSON-LD"),
    Representation("jsonld", "application/x-json+ld", "jsonld", "JSON-LD"),
    Representation("rdfxml", "application/xml", "rdf", "RDF/XML"),
    Representation("rdfxml", "text/xml", "rdf", "RDF/XML"),
)
FOR_SOLUTIONS = (*SOLUTIONS, Representation("xml", "text/xml", "xml", "XML"), HTML)
"""What SELECT and ASK are answered in."""
FOR_GRAPHS = (*GRAPHS, *_ALSO, HTML)
"""What CONSTRUCT and DESCRIBE are answered in."""

PLAIN = {"trig": "turtle", "nquads": "ntriples"}
"""What one graph without a name is in formats for several."""
PARAMETERS = frozenset({"format", "output", "results"})
# Every name is also that of an ending; "xml" and "json" are those of whatever the answer is.
_NAMES = {
    "json": {"srj", "sparql-json", "sparql-results+json", "results+json", "sparqljson"},
    "xml": {"srx", "sparql-xml", "sparql-results+xml", "results+xml", "sparqlxml", "sparql"},
    "csv": set(),
    "tsv": {"tab", "text/tsv"},
    "html": {"htm", "page", "xhtml", "application/xhtml+xml"},
    "turtle": {"ttl", "text/ttl"},
    "n3": {"notation3"},
    "jsonld": {"json", "json-ld", "ld+json", "jsonld"},
    "ntriples": {"nt", "n-triples", "ntriple", "n-triple", "text", "plain"},
    "rdfxml": {"rdf", "xml", "rdf+xml", "rdf/xml", "rdf-xml", "owl", "owl+xml"},
    "nquads": {"nq", "n-quads"},
    "trig": {"application/x-trig"},
}


def _by_name(offers: Sequence[Representation]) -> dict[str, Representation]:
    found = {offer.media_type: offer for offer in offers}
    for offer in (*_N3[:1], *offers) if TURTLE in offers else offers:
        kind = "n3" if offer in _N3 else offer.name
        for name in (kind, *_NAMES[kind]):
            found.setdefault(name, offer)
    return found


SOLUTIONS_BY_NAME, GRAPHS_BY_NAME = _by_name(FOR_SOLUTIONS), _by_name(FOR_GRAPHS)


def for_solutions(asked: Sequence[str], accept: str | None) -> Representation | None:
    """What rows are to be written in: by the values of format parameters, else by Accept; None for 406."""
    return _choose(asked, accept, FOR_SOLUTIONS, SOLUTIONS_BY_NAME)


def for_graph(asked: Sequence[str], accept: str | None) -> Representation | None:
    """What a graph is to be written in: by the values of format parameters, else by Accept; None for 406."""
    return _choose(asked, accept, FOR_GRAPHS, GRAPHS_BY_NAME)


def asked(parameters: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The names in the format parameters, in their order."""
    return tuple(name for key, value in parameters if key in PARAMETERS for name in _names(value))


def _names(value: str) -> Iterator[str]:
    """The names in a value, which may be as long as an Accept header: a plus may have become a blank."""
    for part in value.split(","):
        if name := part.partition(";")[0].strip().lower():
            yield name.replace(" ", "+")


def _choose(
    asked: Sequence[str],
    accept: str | None,
    offers: Sequence[Representation],
    by_name: dict[str, Representation],
) -> Representation | None:
    """The first name that fits; what is unknown, or of another form of query, gives way to Accept."""
    for name in asked:
        if name in by_name:
            return by_name[name]
    found = negotiate.media_type(accept, [offer.media_type for offer in offers])
    return None if found is None else by_media_type(found, offers)


def ending(form: Representation) -> str:
    """The ending of a file in the format, as people's programs know it."""
    return form.name if form in FOR_SOLUTIONS else form.extension
