"""The description of the SPARQL endpoint in the SPARQL 1.1 Service Description vocabulary."""

from __future__ import annotations

from ....formats import GRAPHS, SOLUTIONS, W3C_FORMATS
from ....rdf.namespaces import expand
from ....rdf.terms import IRI, RDF_LANG_STRING, Literal, Triple
from ....settings import Settings
from ...http.context import Site

SD = "http://www.w3.org/ns/sparql-service-description#"
_GRAPHS = "SELECT ?graph (COUNT(*) AS ?n) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph ORDER BY ?graph"


def endpoint(site: Site) -> str:
    """The endpoint's address, as configured."""
    return f"{site.location}/sparql"


def description(site: Site) -> list[Triple]:
    """Formats, features, limits and graphs of the endpoint, which are those of its settings and snapshot."""
    base, settings = site.base, site.settings
    service, dataset, default = (IRI(f"{base}sparql{part}") for part in ("", "#dataset", "#default-graph"))

    def iri(subject: IRI, predicate: str, value: str) -> Triple:
        return Triple(subject, IRI(predicate), IRI(value))

    triples = [
        iri(service, expand("rdf:type"), f"{SD}Service"),
        iri(service, f"{SD}endpoint", endpoint(site)),
        iri(service, f"{SD}supportedLanguage", f"{SD}SPARQL11Query"),
        iri(service, f"{SD}feature", f"{SD}UnionDefaultGraph"),
        iri(service, expand("dct:license"), site.facts.licence),
        Triple(service, IRI(expand("rdfs:comment")), Literal(limits(settings), RDF_LANG_STRING, "en")),
        iri(service, f"{SD}defaultDataset", dataset.value),
        iri(dataset, expand("rdf:type"), f"{SD}Dataset"),
        iri(dataset, f"{SD}defaultGraph", default.value),
        iri(default, expand("rdf:type"), f"{SD}Graph"),
    ]
    for tag, title in site.facts.title.items():
        triples.append(
            Triple(service, IRI(expand("dct:title")), Literal(f"SPARQL: {title}", RDF_LANG_STRING, tag))
        )
    if settings.service_allowed:
        triples.append(iri(service, f"{SD}feature", f"{SD}BasicFederatedQuery"))
    offers = (*SOLUTIONS, *GRAPHS)
    triples += [iri(service, f"{SD}resultFormat", W3C_FORMATS + form.w3c) for form in offers if form.w3c]
    for row in site.descriptions.rows(_GRAPHS):
        graph = row["graph"].value
        entry, content = (IRI(f"{base}sparql#{kind}{graph.rsplit('/', 1)[-1]}") for kind in ("", "graph-"))
        triples += [
            iri(dataset, f"{SD}namedGraph", entry.value),
            iri(entry, expand("rdf:type"), f"{SD}NamedGraph"),
            iri(entry, f"{SD}name", graph),
            iri(entry, f"{SD}graph", content.value),
            iri(content, expand("rdf:type"), f"{SD}Graph"),
            Triple(content, IRI(expand("void:triples")), Literal(row["n"].value, expand("xsd:integer"))),
        ]
    return triples


def limits(settings: Settings) -> str:
    """The limits for clients, in words: there is no vocabulary for them."""
    return (
        f"Limits: a query of {settings.query_length} characters, {settings.query_nesting} levels of nesting "
        f"and {settings.query_path_operators} operators in paths, {settings.query_seconds:g} seconds, "
        f"{settings.result_rows} rows or triples and {settings.result_bytes} bytes in an answer, "
        f"{settings.worker_megabytes} MiB of memory, "
        f"{settings.queries_per_client} queries at once from a client. "
        "What goes over a limit gets a problem (RFC 9457); answers are never cut."
    )
