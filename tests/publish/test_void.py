"""The statistics are true: counted a second time, in other ways."""

from __future__ import annotations

import csv
import dataclasses
from decimal import Decimal
from itertools import chain
from pathlib import Path

import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, VOID, XSD

from vilnius_lod.catalogue.dcat import FileFacts, void_graph
from vilnius_lod.catalogue.void import Statistics, statistics
from vilnius_lod.rdf.terms import IRI, Graphs
from vilnius_lod.records.model import Records
from vilnius_lod.validation.rdflib_terms import to_rdflib

SITE = "https://data.example.net/"


@pytest.fixture(scope="module")
def union(tiny_statements: Graphs) -> Graph:
    return to_rdflib(chain.from_iterable(tiny_statements.values()))


@pytest.fixture(scope="module")
def facts(tiny: Records, tiny_statements: Graphs) -> Statistics:
    return statistics(tiny_statements, tiny)


@pytest.fixture(scope="module")
def files(tiny: Records) -> list[FileFacts]:
    whole = [f"data/{tiny.dataset.name}.{extension}" for extension in ("ttl", "nq", "rdf")]
    table = ["data/partners.csv", "data/partners.csv-metadata.json"]
    return [FileFacts(path, 9, "0" * 64) for path in (*whole, *table)]


@pytest.fixture(scope="module")
def void(tiny: Records, files: list[FileFacts], facts: Statistics) -> Graph:
    return to_rdflib(void_graph(tiny, files, facts, SITE))


def count(graph: Graph, pattern: str) -> int:
    rows = list(graph.query(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}"))
    return int(str(rows[0][0]))  # type: ignore[index]


def test_triples_and_things_are_counted_once_over_all_graphs(
    facts: Statistics, union: Graph, tiny: Records
) -> None:
    things = f'FILTER(STRSTARTS(STR(?s), "{tiny.dataset.base}id/"))'
    assert facts.triples == count(union, "?s ?p ?o")
    assert facts.distinct_subjects == count(union, "SELECT DISTINCT ?s { ?s ?p ?o }")
    assert facts.distinct_objects == count(union, "SELECT DISTINCT ?o { ?s ?p ?o }")
    assert facts.entities == count(union, f"SELECT DISTINCT ?s {{ ?s ?p ?o {things} }}")
    assert 0 < facts.entities < facts.triples


def test_a_statement_of_two_graphs_counts_once(tiny: Records, tiny_statements: Graphs) -> None:
    once = statistics(tiny_statements, tiny)
    twice = statistics(
        {**tiny_statements, "derived": [*tiny_statements["derived"], *tiny_statements["records"]]}, tiny
    )
    assert once.triples == twice.triples
    assert once.properties == twice.properties
    assert once.graphs["derived"] < twice.graphs["derived"]


def test_each_class_and_property_has_its_partition(void: Graph, union: Graph, tiny: Records) -> None:
    dataset = URIRef(f"{tiny.dataset.base}dataset")
    classes = {
        void.value(part, VOID["class"]): void.value(part, VOID.entities)
        for part in void.objects(dataset, VOID.classPartition)
    }
    assert set(classes) == set(union.objects(None, RDF.type))
    for name, number in classes.items():
        assert number == Literal(len(set(union.subjects(RDF.type, name)))), name
    properties = {
        void.value(part, VOID.property): void.value(part, VOID.triples)
        for part in void.objects(dataset, VOID.propertyPartition)
    }
    assert set(properties) == set(union.predicates())
    for name, number in properties.items():
        assert number == Literal(sum(1 for _ in union.triples((None, name, None)))), name
    assert void.value(dataset, VOID.classes) == Literal(len(classes))
    assert void.value(dataset, VOID.properties) == Literal(len(properties))
    assert sum(int(str(number)) for number in properties.values()) == len(union)


def test_links_are_counted_by_the_dataset_they_lead_to(void: Graph, tiny: Records) -> None:
    spaces = {
        "wikidata": "http://www.wikidata.org/entity/",
        "geonames": "https://sws.geonames.org/",
        "eu-authorities": "http://publications.europa.eu/resource/authority/",
    }
    found = dict.fromkeys(spaces, 0)
    for linkset in void.subjects(RDF.type, VOID.Linkset):
        target = void.value(linkset, VOID.objectsTarget)
        slug = str(target).rpartition("#")[2]
        assert void.value(target, VOID.uriSpace) == Literal(spaces[slug])
        found[slug] += int(str(void.value(linkset, VOID.triples)))
    assert found == {
        slug: sum(link.object.startswith(space) for link in tiny.links) for slug, space in spaces.items()
    }
    assert all(found.values())


def test_a_client_that_knows_the_host_finds_endpoint_and_dumps(void: Graph, tiny: Records) -> None:
    base, name = tiny.dataset.base, tiny.dataset.name
    dataset = void.value(URIRef(f"{base}.well-known/void"), URIRef("http://xmlns.com/foaf/0.1/primaryTopic"))
    assert dataset == URIRef(f"{base}dataset")
    assert void.value(dataset, VOID.sparqlEndpoint) == URIRef(f"{SITE}sparql")
    dumps = {URIRef(f"{SITE}data/{name}.{end}") for end in ("ttl", "nq", "rdf")}
    assert set(void.objects(dataset, VOID.dataDump)) == dumps
    assert void.value(dataset, VOID.exampleResource) == URIRef(f"{base}id/place/{tiny.dataset.focus}")


def test_each_named_graph_is_a_subset_with_its_size(
    void: Graph, tiny_statements: Graphs, tiny: Records
) -> None:
    for name, graph in tiny_statements.items():
        part = URIRef(f"{tiny.dataset.base}graph/{name}")
        assert (URIRef(f"{tiny.dataset.base}dataset"), VOID.subset, part) in void
        assert void.value(part, VOID.triples) == Literal(str(len(graph)), datatype=XSD.integer)


def test_vocabularies_are_those_of_the_terms_in_use(facts: Statistics, union: Graph) -> None:
    terms = {str(name) for name in [*union.predicates(), *union.objects(None, RDF.type)]}
    assert all(any(name.startswith(space) for space in facts.vocabularies) for name in terms)
    assert all(any(name.startswith(space) for name in terms) for space in facts.vocabularies)


def test_no_blank_nodes(void: Graph) -> None:
    assert not [node for triple in void for node in triple if isinstance(node, BNode)]


def rows(dataset: Path, table: str) -> list[dict[str, str]]:
    with (dataset / "tables" / f"{table}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_period_begins_with_the_earliest_date_of_the_tables(
    facts: Statistics, tiny_dataset: Path
) -> None:
    dates = [row["date"] for row in rows(tiny_dataset, "events")]
    dates += [row["since"] for row in rows(tiny_dataset, "memberships") if row["since"]]
    assert str(facts.earliest) == min(dates)


def test_quality_is_measured_on_the_tables(
    tiny: Records, tiny_statements: Graphs, tiny_dataset: Path
) -> None:
    shares = statistics(tiny_statements, tiny).shares
    documents = {row["agreement"] for row in rows(tiny_dataset, "agreements")}
    dated = {row["agreement"] for row in rows(tiny_dataset, "events")}
    partners = {row["place"] for row in rows(tiny_dataset, "parties")}
    linked = {link.subject.removeprefix("place/") for link in tiny.links if link.subject.startswith("place/")}
    assert shares["dated"] == round(Decimal(len(dated & documents)) / len(documents), 4) < 1
    assert shares["linked"] == round(Decimal(len(linked & partners)) / len(partners), 4) < 1
    assert shares["quoted"] == 1


def test_a_record_without_a_place_in_the_source_lowers_the_share(
    tiny: Records, tiny_statements: Graphs
) -> None:
    event = IRI(f"{tiny.dataset.base}id/event/{tiny.events[0].slug}")
    quoted = IRI("http://www.w3.org/ns/prov#wasQuotedFrom")
    stated = [triple for triple in tiny_statements["records"] if triple[:2] != (event, quoted)]
    assert statistics({**tiny_statements, "records": stated}, tiny).shares["quoted"] < 1


def test_a_dataset_without_dates_has_no_period(tiny: Records, tiny_statements: Graphs) -> None:
    without = dataclasses.replace(tiny, events=(), memberships=())
    facts = statistics(tiny_statements, without)
    assert facts.earliest is None
