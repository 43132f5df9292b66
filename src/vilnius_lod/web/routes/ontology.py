"""The vocabulary: ontology, shapes, JSON-LD context, and the terms in use for editors with completion."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from flask import Blueprint, Response

from ...formats import AS_WRITTEN, HTML, JSON, JSON_LD, TURTLE, VOCABULARY
from ...i18n.language import Text
from ...rdf.namespaces import VLO, VOCABULARY_BASE, expand
from ...rdf.terms import IRI, Literal, Term, Triple
from ..http.context import reader, site
from ..http.problems import Problem
from ..http.responses import answer, requested, see_other, stored
from ..http.serialization import rdf
from ..pages.labels import item, rows, short, sorted_by_name, triples

blueprint = Blueprint("vocabularies", __name__)

ONTOLOGY_FILE = "vocabulary/ontology.ttl"
SHAPES_FILE = "vocabulary/shapes.ttl"
CONTEXT_FILE = "vocabulary/context.jsonld"
_CLASSES = "SELECT DISTINCT ?term WHERE { ?thing a ?term } ORDER BY ?term"
_PROPERTIES = "SELECT DISTINCT ?term WHERE { ?thing ?term ?value } ORDER BY ?term"
CLASS = expand("owl:Class")
PROPERTIES = {expand(f"owl:{kind}") for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")}


@blueprint.get("/ontology")
@blueprint.get("/ontology.<extension>")
def ontology(extension: str = "") -> Response:
    """The ontology, with the concepts and alignments, negotiated or in the format that the address names."""
    wanted = requested("/ontology", VOCABULARY, extension)
    if wanted.form is HTML:
        return wanted.page("ontology.html", **_overview())
    if wanted.form is TURTLE:
        return wanted.stored(ONTOLOGY_FILE)
    return wanted.answer(rdf(_vocabulary_graph(), wanted.form))


@blueprint.get("/ontology/<version>")
def ontology_version(version: str) -> Response:
    """303 from the current version's IRI to the ontology; others are not kept here."""
    query = "SELECT ?version WHERE { ?ontology owl:versionIRI ?version }"
    if f"{VOCABULARY_BASE}ontology/{version}" not in {row["version"].value for row in rows(query)}:
        raise Problem("not-found")
    return see_other(reader().urls.to("/ontology"))


@blueprint.get("/shapes")
@blueprint.get("/shapes.<extension>")
def shapes(extension: str = "") -> Response:
    """The SHACL shapes, negotiated or in the format that the address names."""
    wanted = requested("/shapes", AS_WRITTEN, extension)
    if wanted.form is TURTLE:
        return wanted.stored(SHAPES_FILE)
    return wanted.page("shapes.html", shapes=site().snapshot.read(SHAPES_FILE).decode())


@blueprint.get("/context.jsonld")
def context() -> Response:
    """The JSON-LD context."""
    return stored(CONTEXT_FILE, JSON_LD.media_type)


@blueprint.get("/vocabulary-terms.json")
def terms_in_use() -> Response:
    """The prefixes, and the classes and properties in use, as IRIs."""
    classes, properties = ([row["term"].value for row in rows(query)] for query in (_CLASSES, _PROPERTIES))
    document = {"prefixes": dict(site().prefixes), "classes": classes, "properties": properties}
    return answer(json.dumps(document).encode(), JSON.media_type)


def _vocabulary_graph() -> list[Triple]:
    return triples("SELECT ?graph ?s ?p ?o WHERE { GRAPH ?graph { ?s ?p ?o } }", "vocabulary")


def _overview() -> dict[str, Any]:
    """Classes, properties and concept schemes, each with its texts in every language."""
    subjects: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in _vocabulary_graph():
        subjects[subject.value][predicate.value].append(value)
    terms = [_term(iri, statements) for iri, statements in subjects.items() if iri.startswith(VLO)]
    terms.sort(key=lambda term: str(term["id"]).lower())
    header = subjects.get(f"{VOCABULARY_BASE}ontology", {})
    schemes = [
        item(iri)
        for iri, statements in subjects.items()
        if IRI(expand("skos:ConceptScheme")) in statements[expand("rdf:type")]
    ]
    return {
        "title": reader().language.pick(header.get(expand("dct:title"), [])) or Text("ontology"),
        "abstract": reader().language.pick(header.get(expand("dct:description"), [])),
        "namespace": VLO,
        "classes": [term for term in terms if term["class"]],
        "properties": [term for term in terms if term["property"]],
        "schemes": sorted_by_name(schemes),
    }


def _term(iri: str, statements: dict[str, list[Term]]) -> dict[str, Any]:
    types = {term.value for term in statements[expand("rdf:type")]}
    related = {
        label: [
            {"text": short(term.value), "href": reader().urls.iri(term.value)}
            for curie in curies
            for term in statements.get(expand(curie), ())
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
        "labels": _texts(statements[expand("rdfs:label")]),
        "definitions": _texts(statements[expand("rdfs:comment")]),
        **related,
    }


def _texts(terms: list[Term]) -> list[Text]:
    """Texts in every language, the reader's first."""
    order = {tag: position for position, tag in enumerate(reader().language.order)}
    texts = [Text(term.value, term.language) for term in terms if isinstance(term, Literal)]
    return sorted(texts, key=lambda text: order.get(text.language, len(order)))
