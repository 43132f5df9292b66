"""The vocabulary: every term is documented in both languages, and OWL tools can load it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import owlrl
import pytest
from pyld import jsonld
from rdflib import DC, DCTERMS, OWL, RDF, RDFS, SKOS, VANN, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

ROOT = Path(__file__).parents[1]
ONTOLOGY = URIRef("https://w3id.org/vilnius-lod/ontology")
VLO = Namespace("https://w3id.org/vilnius-lod/ontology#")
VS = Namespace("http://www.w3.org/2003/06/sw-vocab-status/ns#")
SCHEMA = Namespace("https://schema.org/")
ID = Namespace("https://w3id.org/vilnius-lod/id/")
LANGUAGES = {"lt", "en"}
KINDS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}


def load(*names: str) -> Graph:
    graph = Graph()
    for name in names:
        graph.parse(ROOT / "ontology" / f"{name}.ttl")
    return graph


CORE = load("vilnius-lod")
CONCEPTS = load("concepts")
ALL = load("vilnius-lod", "concepts", "alignments")
TERMS = sorted({node for node in CORE.subjects() if isinstance(node, URIRef) and node.startswith(VLO)})
SCHEMES = sorted(URIRef(str(it)) for it in CONCEPTS.subjects(RDF.type, SKOS.ConceptScheme))
MEMBERS = sorted(URIRef(str(it)) for it in CONCEPTS.subjects(RDF.type, SKOS.Concept))
CONTEXT = json.loads((ROOT / "ontology/context.jsonld").read_text(encoding="utf-8"))["@context"]
PREFIXES = {name: iri for name, iri in CONTEXT.items() if isinstance(iri, str) and iri[-1] in "#/_"}


def languages(graph: Graph, node: Node, predicate: URIRef) -> list[str]:
    return sorted(text.language or "" for text in graph.objects(node, predicate) if isinstance(text, Literal))


@pytest.mark.parametrize("term", TERMS)
def test_each_term_is_documented_in_both_languages(term: URIRef) -> None:
    assert languages(CORE, term, RDFS.label) == ["en", "lt"]
    assert languages(CORE, term, RDFS.comment) == ["en", "lt"]
    assert CORE.value(term, RDFS.isDefinedBy) == ONTOLOGY
    assert CORE.value(term, VS.term_status) == Literal("testing")
    assert len(KINDS & set(CORE.objects(term, RDF.type))) == 1


@pytest.mark.parametrize("concept", [*SCHEMES, *MEMBERS])
def test_each_concept_is_documented_in_both_languages(concept: URIRef) -> None:
    assert languages(CONCEPTS, concept, SKOS.prefLabel) == ["en", "lt"]
    assert languages(CONCEPTS, concept, SKOS.definition) == ["en", "lt"]
    assert CONCEPTS.value(concept, RDFS.isDefinedBy) == ONTOLOGY
    assert CONCEPTS.value(concept, VS.term_status) == Literal("testing")


def test_the_header_says_what_vocabulary_registries_ask() -> None:
    for predicate in (DCTERMS.title, DCTERMS.description):
        assert languages(CORE, ONTOLOGY, predicate) == ["en", "lt"]
    version = CORE.value(ONTOLOGY, OWL.versionInfo)
    assert CORE.value(ONTOLOGY, OWL.versionIRI) == URIRef(f"{ONTOLOGY}/{version}")
    assert CORE.value(ONTOLOGY, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert CORE.value(ONTOLOGY, DCTERMS.creator) == ID["organization/vilnius-lod-project"]
    assert CORE.value(ONTOLOGY, VANN.preferredNamespacePrefix) == Literal("vlo")
    assert CORE.value(ONTOLOGY, VANN.preferredNamespaceUri) == Literal(str(VLO))
    for predicate in (DCTERMS.issued, DCTERMS.modified):
        value = CORE.value(ONTOLOGY, predicate)
        assert isinstance(value, Literal)
        assert value.datatype == XSD.date


def test_every_term_used_is_declared_and_there_are_no_blank_nodes() -> None:
    nodes = {node for triple in ALL for node in triple}
    assert not [node for node in nodes if isinstance(node, BNode)]
    assert {node for node in nodes if isinstance(node, URIRef) and node.startswith(str(VLO))} <= {*TERMS}
    assert {node for node in nodes if re.match(rf"{ID}[a-z-]+/", str(node))} <= {
        *SCHEMES,
        *MEMBERS,
        ID["organization/vilnius-lod-project"],
    }
    assert not list(ALL.triples((None, DC.title, None)))


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"vlo:([A-Za-z]+)", (ROOT / "docs/data-model.md").read_text("utf-8"))))
)
def test_each_term_of_the_data_model_is_in_the_ontology(name: str) -> None:
    assert VLO[name] in TERMS


@pytest.mark.parametrize(
    "term", [t for t in TERMS if {OWL.ObjectProperty, OWL.DatatypeProperty} & set(CORE.objects(t, RDF.type))]
)
def test_domains_and_ranges_are_consistent(term: URIRef) -> None:
    for strict, loose in ((RDFS.domain, SCHEMA.domainIncludes), (RDFS.range, SCHEMA.rangeIncludes)):
        assert len(list(CORE.objects(term, strict))) <= 1
        assert not (CORE.value(term, strict) and CORE.value(term, loose, any=True))
    ranges = [*CORE.objects(term, RDFS.range), *CORE.objects(term, SCHEMA.rangeIncludes)]
    assert ranges
    literal = (term, RDF.type, OWL.DatatypeProperty) in CORE
    assert all(str(kind).startswith((str(XSD), str(RDF))) == literal for kind in ranges)


def closure(graph: Graph) -> set[str]:
    """The inconsistencies that OWL 2 RL finds."""
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, rdfs_closure=True).expand(graph)
    errors = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
    return {str(text) for text in graph.objects(None, errors)}


def test_owl_rl_finds_the_vocabulary_consistent_and_draws_its_conclusions() -> None:
    graph = load("vilnius-lod", "concepts", "alignments")
    a, b = URIRef("https://data.example/a"), URIRef("https://data.example/b")
    graph.add((a, VLO.partnerOf, b))
    assert closure(graph) == set()
    assert (b, VLO.partnerOf, a) in graph
    assert (a, RDF.type, DCTERMS.Location) in graph


def test_owl_rl_refuses_a_document_that_is_also_a_signature() -> None:
    graph = load("vilnius-lod")
    thing = URIRef("https://data.example/thing")
    graph.add((thing, RDF.type, VLO.Agreement))
    graph.add((thing, RDF.type, VLO.AgreementEvent))
    assert closure(graph)


def test_concepts_hang_together() -> None:
    for concept in MEMBERS:
        scheme = CONCEPTS.value(concept, SKOS.inScheme)
        slug = str(concept).removeprefix(str(ID)).split("/")[0]
        assert scheme == ID[f"concept-scheme/{slug}"]
        broader = set(CONCEPTS.objects(concept, SKOS.broader))
        assert all((wider, SKOS.narrower, concept) in CONCEPTS for wider in broader)
        assert all(CONCEPTS.value(wider, SKOS.inScheme) == scheme for wider in broader)
        assert ((scheme, SKOS.hasTopConcept, concept) in CONCEPTS) == (not broader)
        assert ((concept, SKOS.topConceptOf, scheme) in CONCEPTS) == (not broader)


def test_agreement_types_form_the_hierarchy_that_people_expect() -> None:
    types = ID["agreement-type/"]
    tops = {
        str(t).removeprefix(types)
        for t in CONCEPTS.objects(ID["concept-scheme/agreement-type"], SKOS.hasTopConcept)
    }
    assert tops == {
        "twinning",
        "friendship",
        "cooperation",
        "memorandum",
        "protocol-of-intent",
        "declaration",
    }
    assert {
        str(t).removeprefix(types) for t in CONCEPTS.subjects(SKOS.broader, URIRef(types + "declaration"))
    } == {
        "twinning-declaration",
        "friendship-declaration",
        "declaration-of-solidarity",
        "mutual-commitments",
        "mayors-declaration",
    }


def test_labels_in_a_scheme_are_unique() -> None:
    for scheme in SCHEMES:
        for language in LANGUAGES:
            labels = [
                str(label)
                for concept in CONCEPTS.subjects(SKOS.inScheme, scheme)
                for label in CONCEPTS.objects(concept, SKOS.prefLabel)
                if isinstance(label, Literal) and label.language == language
            ]
            assert len(labels) == len(set(labels)) > 0


def test_the_context_gives_each_property_of_the_ontology_a_short_name() -> None:
    named = {entry["@id"] for entry in CONTEXT.values() if isinstance(entry, dict)}
    properties = {str(term).replace(str(VLO), "vlo:") for term in TERMS if str(term)[len(VLO)].islower()}
    assert properties - named == {"vlo:fix", "vlo:column"}  # of the shapes, which are no JSON-LD


def test_the_context_coerces_no_date_whose_datatype_varies() -> None:
    for name in ("date", "since", "founded", "signed"):
        assert "@type" not in CONTEXT[name]


def test_prefixes_are_the_same_everywhere() -> None:
    ontology = [ROOT / f"ontology/{name}.ttl" for name in ("vilnius-lod", "concepts", "alignments")]
    for file in [*ontology, ROOT / "shapes/records.ttl", ROOT / "shapes/links.ttl"]:
        for name, iri in re.findall(r"^@prefix (\w+): <(\S+)> \.$", file.read_text("utf-8"), re.MULTILINE):
            assert PREFIXES[name] == iri, (file.name, name)


def test_the_context_is_read_by_a_json_ld_processor() -> None:
    document = {
        "@context": CONTEXT,
        "id": "https://data.example/event",
        "type": "vlo:AgreementEvent",
        "prefLabel": {"lt": "Pasirašymas", "en": "Signature"},
        "date": {"@value": "1991-02", "@type": "xsd:gYearMonth"},
        "year": 1991,
        "wasQuotedFrom": "https://data.example/passage",
    }
    graph = Graph().parse(data=jsonld.to_rdf(document, {"format": "application/n-quads"}), format="nt")
    event = URIRef("https://data.example/event")
    assert set(graph.predicate_objects(event)) == {
        (RDF.type, VLO.AgreementEvent),
        (SKOS.prefLabel, Literal("Pasirašymas", lang="lt")),
        (SKOS.prefLabel, Literal("Signature", lang="en")),
        (DCTERMS.date, Literal("1991-02", datatype=XSD.gYearMonth)),
        (VLO.year, Literal(1991)),
        (URIRef("http://www.w3.org/ns/prov#wasQuotedFrom"), URIRef("https://data.example/passage")),
    }
