"""Other sources' statements stand in a graph of their own; witnesses are counted, not pages.

The numbers are counted by hand from the invented city's ``attestations.csv``, by the rules of
``docs/provenance.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

import pytest
from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, SKOS

from vilnius_lod.graphs.attestations import attestations_graph, corroboration
from vilnius_lod.graphs.minting import collect
from vilnius_lod.rdf import namespaces
from vilnius_lod.rdf.terms import Graphs, Triple
from vilnius_lod.records.model import Attestation, Records
from vilnius_lod.validation.rdflib_terms import to_rdflib

ID = "https://lod.example.org/lindenau/id/"
CONCEPT = "https://w3id.org/vilnius-lod/id/"
Counts = tuple[int, int, int]


def vlo(name: str) -> URIRef:
    return URIRef(namespaces.VLO + name)


@pytest.fixture(scope="module")
def graph(tiny_graphs: Mapping[str, Graph]) -> Graph:
    return tiny_graphs["attestations"]


def counts(records: Records, about: str) -> Counts | None:
    """Confirmed, refined, contradicted by how many; None where nothing is counted."""
    graph = to_rdflib(collect(corroboration(records)))
    found = [
        graph.value(URIRef(ID + about), vlo(name)) for name in ("confirmedBy", "refinedBy", "contradictedBy")
    ]
    assert len({value is None for value in found}) == 1
    return None if found[0] is None else (int(str(found[0])), int(str(found[1])), int(str(found[2])))


def test_an_attestation_says_who_where_when_and_how_it_stands_to_the_city(graph: Graph) -> None:
    it, document = URIRef(ID + "attestation/valbrume-3"), URIRef(ID + "document/valbrume-brochure")
    said = {(str(p).rsplit("#")[-1].rsplit("/")[-1], o) for p, o in graph.predicate_objects(it)}
    assert said >= {
        ("about", URIRef(ID + "event/valbrume-1-signature")),
        ("relation", URIRef(CONCEPT + "attestation-relation/refines")),
        ("aspect", URIRef(CONCEPT + "attestation-aspect/date")),
        ("statedDate", Literal("1972-04-11")),
        ("date", Literal("1972-04-11", datatype=XSD.date)),
        ("year", Literal(1972)),
        ("dateDerived", Literal(True)),
        ("independent", Literal(True)),
        ("witness", Literal("valbrume")),
        ("statedKind", Literal("twinning agreement signed")),
        ("prefLabel", Literal("Ville de Valbrume (2009) (date, refines)", lang="en")),
        ("source", document),
    }
    assert (document, RDF.type, FOAF.Document) in graph
    assert graph.value(document, DCTERMS.publisher) == Literal("Ville de Valbrume (2009)")
    assert graph.value(document, URIRef("https://schema.org/url")) == URIRef(
        "https://valbrume.example/brochure-2009"
    )
    assert graph.value(document, DCTERMS.title) == Literal("Nos villes jumelées", lang="fr")


def test_a_label_is_in_the_language_of_the_reader(lithuanian: Records, vocabulary: list[Triple]) -> None:
    graph = to_rdflib(attestations_graph(lithuanian, vocabulary))
    labels = set(graph.objects(URIRef(ID + "attestation/valbrume-2"), SKOS.prefLabel))
    assert labels == {
        Literal("Ville de Valbrume (data, patvirtina)", lang="lt"),
        Literal("Ville de Valbrume (date, agrees)", lang="en"),
    }


def test_language_tags_are_in_lower_case_as_rdf_readers_write_them(graph: Graph) -> None:
    document = URIRef(ID + "document/partner-portal")
    assert [title.n3() for title in graph.objects(document, DCTERMS.title)] == [
        '"Partner towns of Lindenau"@en-gb'
    ]
    assert graph.value(document, DCTERMS.language) == Literal("en-GB")


def test_all_are_there_each_with_its_document_and_labels(graph: Graph, tiny: Records) -> None:
    found = set(graph.subjects(RDF.type, vlo("Attestation")))
    assert found == {URIRef(f"{ID}attestation/{row.slug}") for row in tiny.attestations}
    for it in found:
        document = graph.value(it, DCTERMS.source)
        assert (document, RDF.type, FOAF.Document) in graph
        assert {o.language for o in graph.objects(it, SKOS.prefLabel) if isinstance(o, Literal)} == {
            "de",
            "en",
        }
    assert not [node for triple in graph for node in triple if isinstance(node, BNode)]


def test_a_date_becomes_a_date_only_where_it_is_certain(graph: Graph) -> None:
    for slug, stated in {
        "nordby-1": "2022-02-28~",
        "kirchfels-2": "1991~",
        "prairie-falls-1": "../1991",
        "verbohrad-1": "1991-06-19/1991-06-21",
    }.items():
        it = URIRef(f"{ID}attestation/{slug}")
        assert graph.value(it, vlo("statedDate")) == Literal(stated)
        assert graph.value(it, DCTERMS.date) is None
    undated = URIRef(ID + "attestation/lernende-staedte-1")
    assert not set(graph.predicates(undated)) & {vlo("statedDate"), vlo("dateDerived"), DCTERMS.date}


def test_the_citys_statements_are_not_touched(graph: Graph, tiny_graphs: Mapping[str, Graph]) -> None:
    named = {str(s).removeprefix(ID).split("/")[0] for s in graph.subjects()}
    assert named == {"attestation", "document"}
    assert not set(graph.subjects()) & set(tiny_graphs["records"].subjects())
    assert set(graph.objects(None, vlo("about"))) <= set(tiny_graphs["records"].subjects())


def test_a_partner_of_others_is_a_name_and_nothing_else(
    graph: Graph, tiny: Records, tiny_graphs: Mapping[str, Graph]
) -> None:
    name, slug = "Nordby", "nordby"
    derived = tiny_graphs["derived"] + to_rdflib(collect(corroboration(tiny)))
    for other in (tiny_graphs["records"], tiny_graphs["links"], derived):
        assert not [t for t in other if any(slug in str(node).lower() or name in str(node) for node in t)]
    carriers = set(graph.subjects(vlo("aboutPlaceName"), Literal(name)))
    assert carriers
    for it in carriers:
        assert set(graph.objects(it, RDF.type)) == {vlo("Attestation")}
        assert graph.value(it, vlo("about")) is None
    assert not [
        s for s in graph.subjects() if slug in str(s) and s not in carriers and "/document/" not in str(s)
    ]


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        # A page and a brochure of the same town: one witness, which also confirms.
        ("event/valbrume-1-signature", (1, 1, 0)),
        ("event/valbrume-1-renewal", (1, 0, 0)),
        # Two agree, one gives the day before; a page whose source is the town itself is no witness.
        ("event/wielkie-brody-1-signature", (2, 0, 1)),
        # One page gives two days: counted in neither.
        ("event/hoshikawa-1-signature", (0, 0, 0)),
        # A year fits both documents of 1991; a conflict of kind is none of date.
        ("event/zabia-laka-1-signature", (1, 0, 0)),
        ("event/zabia-laka-2-signature", (1, 0, 0)),
        # Days around the date, and about the year.
        ("event/verbohrad-1-signature", (1, 0, 0)),
        ("event/kirchfels-1-signature", (1, 0, 0)),
        ("partnership/prairie-falls", (1, 0, 0)),
        ("membership/auenstaedte", (1, 0, 0)),
        # "Agrees in date" without a date.
        ("membership/lernende-staedte", (0, 0, 0)),
        ("partnership/kirchfels", None),
        # Nobody says anything.
        ("event/rasvik-tunholm-1-signature", (0, 0, 0)),
        ("partnership/rasvik", None),
        ("network/brueckenstaedte", None),
    ],
)
def test_witnesses_are_counted_not_pages(tiny: Records, about: str, expected: Counts | None) -> None:
    assert counts(tiny, about) == expected


def test_every_date_of_the_city_is_counted(tiny: Records) -> None:
    confirmed = to_rdflib(collect(corroboration(tiny)))
    zeros = set(confirmed.subjects(vlo("confirmedBy"), Literal(0)))
    events = {s for s in confirmed.subjects() if "/event/" in str(s)}
    assert len(events) == 19
    assert len(events - zeros) == 7
    assert sum("/membership/" in str(s) for s in zeros) == 2


def test_a_second_page_of_a_witness_changes_nothing(tiny: Records) -> None:
    row = next(row for row in tiny.attestations if row.slug == "wielkie-brody-1")
    assert counts(_with(tiny, row), "event/wielkie-brody-1-signature") == (2, 0, 1)
    other = replace(row, witness="another")
    assert counts(_with(tiny, other), "event/wielkie-brody-1-signature") == (3, 0, 1)
    assert counts(_with(tiny, replace(other, independent=False)), "event/wielkie-brody-1-signature") == (
        2,
        0,
        1,
    )
    assert counts(_with(tiny, replace(other, relation="adds")), "event/wielkie-brody-1-signature") == (
        2,
        0,
        1,
    )
    assert counts(_with(tiny, replace(other, aspect="kind")), "event/wielkie-brody-1-signature") == (2, 0, 1)
    assert counts(_with(tiny, replace(row, relation="conflicts")), "event/wielkie-brody-1-signature") == (
        1,
        0,
        1,
    )


def _with(records: Records, row: Attestation) -> Records:
    return replace(records, attestations=(*records.attestations, row))


@pytest.fixture(scope="module")
def union(tiny_statements: Graphs) -> Graph:
    """What queries see."""
    return to_rdflib(chain.from_iterable(tiny_statements.values()))


def answer(union: Graph, name: str) -> list[list[str]]:
    text = (namespaces.QUERIES / f"{name}.rq").read_text(encoding="utf-8")
    rows = union.query(text)
    return [["" if cell is None else str(cell).removeprefix(ID) for cell in row] for row in rows]  # type: ignore[union-attr]


def test_the_queries_on_dates(union: Graph) -> None:
    confirmed = {row[0]: row[-1] for row in answer(union, "dates-confirmed")}
    assert len(confirmed) == 7
    assert [event for event, number in confirmed.items() if int(number) > 1] == [
        "event/wielkie-brody-1-signature"
    ]
    assert [row[1:] for row in answer(union, "dates-refined")] == [["1972", "1972-04-11", "valbrume"]]
    alone = {row[0] for row in answer(union, "on-the-citys-word-alone")}
    assert len(alone) == 19 - 7 + 2
    assert not alone & confirmed.keys()


def test_the_query_on_contradictions_shows_those_that_do_not_count_too(union: Graph) -> None:
    found = [(row[0], row[1], row[3], row[5]) for row in answer(union, "contradicted")]
    assert found == [
        ("event/hoshikawa-1-signature", "Date", "1998-05-30", "0"),
        ("event/wielkie-brody-1-signature", "Date", "1997-05-02", "1"),
        ("agreement/zabia-laka-1", "Kind", "", ""),
    ]


def test_the_query_that_lists_every_agreement(union: Graph) -> None:
    rows = answer(union, "agreements-and-witnesses")
    assert len({row[0] for row in rows}) == 17
    by_event = {row[2]: row[4:] for row in rows}
    assert by_event["event/wielkie-brody-1-signature"] == ["2", "0", "1", "false", "0", "0"]
    assert by_event["event/zabia-laka-1-signature"] == ["1", "0", "0", "false", "0", "1"]
    assert by_event["event/hoshikawa-1-signature"] == ["0", "0", "0", "true", "0", "0"]
    assert by_event[""] == ["", "", "", "", "0", "0"]


def test_the_query_on_partnerships_that_ended_elsewhere(union: Graph) -> None:
    found = [row[0] for row in answer(union, "ended-elsewhere")]
    assert found == ["Nordby"]
