"""The vocabulary: ontology, shapes and JSON-LD context."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, redirect

from ...formats import AS_WRITTEN, HTML, TURTLE, VOCABULARY, Representation, by_extension
from ...i18n.language import Text
from ...rdf.namespaces import VLO, VOCABULARY_BASE, expand
from ...rdf.terms import IRI, Literal, Term, Triple
from ..http.context import reader, site
from ..http.problems import Problem
from ..http.responses import answer, chosen, page, stored
from ..http.serialization import rdf
from ..pages.labels import item, rows, short

blueprint = Blueprint("vocabularies", __name__)

ONTOLOGY_FILE = "vocabulary/ontology.ttl"
SHAPES_FILE = "vocabulary/shapes.ttl"
CONTEXT_FILE = "vocabulary/context.jsonld"
CLASS = expand("owl:Class")
PROPERTIES = {expand(f"owl:{kind}") for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")}


@blueprint.get("/ontology")
def ontology() -> Response:
    """The ontology, with the concepts and alignments, in the format asked for."""
    return _ontology("ontology")


@blueprint.get("/ontology.<extension>")
def ontology_fixed(extension: str) -> Response:
    """The ontology in one format."""
    return _ontology(f"ontology.{extension}")


@blueprint.get("/ontology/<version>")
def ontology_version(version: str) -> Response:
    """The version that is served leads to the ontology; others are not kept here."""
    query = """PREFIX owl: <http://www.w3.org/2002/07/owl#>
        SELECT ?version WHERE { ?ontology owl:versionIRI ?version }"""
    if f"{VOCABULARY_BASE}ontology/{version}" not in {row["version"].value for row in rows(query)}:
        raise Problem("not-found")
    return redirect(reader().urls.to("/ontology"), 303)  # type: ignore[return-value]


@blueprint.get("/shapes")
def shapes() -> Response:
    """The SHACL shapes in the format asked for."""
    return _shapes("shapes")


@blueprint.get("/shapes.<extension>")
def shapes_fixed(extension: str) -> Response:
    """The SHACL shapes in one format."""
    return _shapes(f"shapes.{extension}")


@blueprint.get("/context.jsonld")
def context() -> Response:
    """The JSON-LD context."""
    return stored(CONTEXT_FILE, "application/ld+json")


def _ontology(file: str) -> Response:
    form, negotiated, location, alternates = _request(file, "ontology", VOCABULARY)
    if form is HTML:
        return page(
            "ontology.html", negotiated=negotiated, location=location, alternates=alternates, **_overview()
        )
    if form is TURTLE:
        return stored(ONTOLOGY_FILE, form.media_type, negotiated=negotiated, location=location)
    body = rdf(_vocabulary_graph(), form)
    return answer(body, form.media_type, negotiated=negotiated, location=location)


def _shapes(file: str) -> Response:
    form, negotiated, location, alternates = _request(file, "shapes", AS_WRITTEN)
    if form is HTML:
        return page(
            "shapes.html",
            negotiated=negotiated,
            location=location,
            alternates=alternates,
            shapes=site().snapshot.read(SHAPES_FILE).decode(),
        )
    return stored(SHAPES_FILE, form.media_type, negotiated=negotiated, location=location)


def _request(
    file: str, stem: str, offers: Sequence[Representation]
) -> tuple[Representation, bool, str | None, list[tuple[Representation, str]]]:
    """What is asked for, whether it was negotiated, its own address, and those of the RDF formats."""
    found, fixed = by_extension(file, offers)
    if found != stem:
        raise Problem("not-found")
    form = chosen(offers, fixed)
    urls = reader().urls
    location = None if fixed else urls.plain(f"/{stem}.{form.extension}")
    others = [(other, urls.plain(f"/{stem}.{other.extension}")) for other in offers if other is not HTML]
    return form, fixed is None, location, others


def _vocabulary_graph() -> list[Triple]:
    graph = IRI(f"{site().base}graph/vocabulary")
    query = "SELECT ?graph ?s ?p ?o WHERE { GRAPH ?graph { ?s ?p ?o } }"
    return [Triple(IRI(row["s"].value), IRI(row["p"].value), row["o"]) for row in rows(query, graph=graph)]


def _overview() -> dict[str, Any]:
    """Classes, properties and concept schemes, each with its texts in every language."""
    subjects: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in _vocabulary_graph():
        subjects[subject.value][predicate.value].append(value)
    terms = [_term(iri, own) for iri, own in subjects.items() if iri.startswith(VLO)]
    terms.sort(key=lambda term: str(term["id"]).lower())
    header = subjects.get(f"{VOCABULARY_BASE}ontology", {})
    schemes = [
        item(iri)
        for iri, own in subjects.items()
        if IRI(expand("skos:ConceptScheme")) in own[expand("rdf:type")]
    ]
    key = reader().language.sort_key
    return {
        "title": reader().language.pick(header.get(expand("dct:title"), [])) or Text("ontology"),
        "abstract": reader().language.pick(header.get(expand("dct:description"), [])),
        "namespace": VLO,
        "classes": [term for term in terms if term["class"]],
        "properties": [term for term in terms if term["property"]],
        "schemes": sorted(schemes, key=lambda scheme: key(scheme.text.value)),
    }


def _term(iri: str, own: dict[str, list[Term]]) -> dict[str, Any]:
    types = {term.value for term in own[expand("rdf:type")]}
    related = {
        label: [
            {"text": short(term.value), "href": reader().urls.iri(term.value)}
            for curie in curies
            for term in own.get(expand(curie), ())
        ]
        for label, curies in {
            "super": ("rdfs:subClassOf", "rdfs:subPropertyOf"),
            "domain": ("rdfs:domain", "schema:domainIncludes"),
            "range": ("rdfs:range", "schema:rangeIncludes"),
        }.items()
    }
    return {
        "id": iri.removeprefix(VLO),
        "iri": iri,
        "class": CLASS in types,
        "property": bool(types & PROPERTIES),
        "labels": _texts(own[expand("rdfs:label")]),
        "definitions": _texts(own[expand("rdfs:comment")]),
        **related,
    }


def _texts(terms: list[Term]) -> list[Text]:
    """Texts in every language, the reader's first."""
    order = reader().language.order
    found = [Text(term.value, term.language) for term in terms if isinstance(term, Literal)]
    return sorted(
        found, key=lambda text: order.index(text.language) if text.language in order else len(order)
    )
