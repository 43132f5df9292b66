"""Other sources' statements stand in a graph of their own; witnesses are counted, not pages.

The numbers are counted by hand from ``data/attestations.csv``, by the rules of ``docs/provenance.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, SKOS

from vilnius_lod import vocabulary
from vilnius_lod.publish.attestations import attestations_graph, corroboration
from vilnius_lod.publish.minting import collect
from vilnius_lod.records.model import Attestation, Records

ID = "https://w3id.org/vilnius-lod/id/"
NOT_LISTED = ("Moscow", "Saint Petersburg", "Kaliningrad", "Irkutsk", "Yaroslavl")
Counts = tuple[int, int, int]


def vlo(name: str) -> URIRef:
    return URIRef(vocabulary.VLO + name)


@pytest.fixture(scope="module")
def graph(real: Records, terms: Graph) -> Graph:
    return attestations_graph(real, terms)


def counts(records: Records, about: str) -> Counts | None:
    """Confirmed, refined, contradicted by how many; None where nothing is counted."""
    graph = collect(corroboration(records))
    found = [
        graph.value(URIRef(ID + about), vlo(name)) for name in ("confirmedBy", "refinedBy", "contradictedBy")
    ]
    assert len({value is None for value in found}) == 1
    return None if found[0] is None else (int(str(found[0])), int(str(found[1])), int(str(found[2])))


def test_an_attestation_says_who_where_when_and_how_it_stands_to_the_city(graph: Graph) -> None:
    it, document = URIRef(ID + "attestation/duisburg-3"), URIRef(ID + "document/rundschau-duisburg")
    concept = URIRef(ID + "attestation-relation/agrees")
    said = {(str(p).rsplit("#")[-1].rsplit("/")[-1], o) for p, o in graph.predicate_objects(it)}
    assert said >= {
        ("about", URIRef(ID + "event/duisburg-1-signature")),
        ("relation", concept),
        ("aspect", URIRef(ID + "attestation-aspect/date")),
        ("statedDate", Literal("1985")),
        ("date", Literal("1985", datatype=XSD.gYear)),
        ("year", Literal(1985)),
        ("dateDerived", Literal(True)),
        ("independent", Literal(True)),
        ("witness", Literal("rundschau-duisburg")),
        ("statedKind", Literal("twinning will be forty years old two years after 2023")),
        ("prefLabel", Literal("Rundschau Duisburg (data, patvirtina)", lang="lt")),
        ("prefLabel", Literal("Rundschau Duisburg (date, agrees)", lang="en")),
        ("source", document),
    }
    assert (document, RDF.type, FOAF.Document) in graph
    assert graph.value(document, DCTERMS.publisher) == Literal("Rundschau Duisburg")
    assert graph.value(document, URIRef("https://schema.org/url")) == URIRef(
        "https://www.rundschau-duisburg.de/tag/staedtepartnerschaft/"
    )
    assert graph.value(document, DCTERMS.title) == Literal(
        "Litauischer Botschafter besucht Vilnius' Partnerstadt Duisburg (tag page)", lang="de"
    )


def test_language_tags_are_in_lower_case_as_rdf_readers_write_them(graph: Graph) -> None:
    document = URIRef(ID + "document/wikipedia-nds-nl-vilnius")
    assert 'Vilnius"@nds-nl' in [title.n3()[1:] for title in graph.objects(document, DCTERMS.title)]
    assert graph.value(document, DCTERMS.language) == Literal("nds-NL")


def test_all_ninety_are_there_each_with_its_document_and_labels(graph: Graph) -> None:
    found = set(graph.subjects(RDF.type, vlo("Attestation")))
    assert len(found) == 90
    for it in found:
        document = graph.value(it, DCTERMS.source)
        assert (document, RDF.type, FOAF.Document) in graph
        assert {o.language for o in graph.objects(it, SKOS.prefLabel) if isinstance(o, Literal)} == {
            "lt",
            "en",
        }
    assert not [node for triple in graph for node in triple if isinstance(node, BNode)]


def test_a_date_becomes_a_date_only_where_it_is_certain(graph: Graph) -> None:
    for slug, stated in {
        "moscow-1": "2022-02-28~",
        "yaroslavl-2": "XXXX-04-16",
        "madison-2": "../1991",
        "tbilisi-6": "2009-06-19/2009-06-21",
    }.items():
        it = URIRef(f"{ID}attestation/{slug}")
        assert graph.value(it, vlo("statedDate")) == Literal(stated)
        assert graph.value(it, DCTERMS.date) is None
    undated = URIRef(ID + "attestation/luci-1")
    assert not set(graph.predicates(undated)) & {vlo("statedDate"), vlo("dateDerived"), DCTERMS.date}


def test_the_citys_statements_are_not_touched(graph: Graph, real_graphs: Mapping[str, Graph]) -> None:
    named = {str(s).removeprefix(ID).split("/")[0] for s in graph.subjects()}
    assert named == {"attestation", "document"}
    assert not set(graph.subjects()) & set(real_graphs["records"].subjects())
    assert set(graph.objects(None, vlo("about"))) <= set(real_graphs["records"].subjects())


@pytest.mark.parametrize("name", NOT_LISTED)
def test_a_partner_of_others_is_a_name_and_nothing_else(
    name: str, graph: Graph, real: Records, real_graphs: Mapping[str, Graph]
) -> None:
    slug = name.lower().replace(" ", "-")
    derived = real_graphs["derived"] + collect(corroboration(real))
    for other in (real_graphs["records"], real_graphs["links"], derived):
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
        # Five pages of the city, a brochure and a release: one witness, which also confirms.
        ("event/erfurt-1-signature", (1, 1, 0)),
        ("event/erfurt-1-extension", (1, 0, 0)),
        ("event/aalborg-1-signature", (1, 1, 0)),
        ("event/duisburg-1-signature", (3, 0, 0)),
        ("event/gdansk-1-signature", (4, 0, 0)),
        # Two agree, one gives the day after.
        ("event/lublin-1-signature", (2, 0, 1)),
        # The consulate gives 1993 in one language and 1983 in another: counted in neither.
        ("event/chicago-1-signature", (2, 0, 0)),
        # 1989 and 1990 are of the partnership; the document of 1991 rests on the city's word.
        ("partnership/salzburg", (0, 0, 2)),
        ("event/salzburg-1-signature", (0, 0, 0)),
        # A declaration of the same day: a conflict of kind, no conflict of date.
        ("event/warsaw-2-signature", (0, 0, 0)),
        # One of two is the city's own page; a forum of those days is context.
        ("event/tbilisi-2-signature", (2, 0, 0)),
        # A year fits both documents of 1991.
        ("event/krakow-1-signature", (1, 0, 0)),
        ("event/krakow-2-signature", (1, 0, 0)),
        ("partnership/madison", (1, 0, 0)),
        # "Agrees in date" without a date.
        ("membership/luci", (0, 0, 0)),
        ("partnership/krakow", None),
        # Another document, of 1993.
        ("event/riga-tallinn-1-signature", (0, 0, 0)),
        ("partnership/riga", None),
        # From an absence nothing follows.
        ("event/dublin-1-signature", (0, 0, 0)),
        ("network/efus", None),
    ],
)
def test_witnesses_are_counted_not_pages(real: Records, about: str, expected: Counts | None) -> None:
    assert counts(real, about) == expected


def test_every_date_of_the_city_is_counted(real: Records) -> None:
    confirmed = collect(corroboration(real))
    zeros = set(confirmed.subjects(vlo("confirmedBy"), Literal(0)))
    events = {s for s in confirmed.subjects() if "/event/" in str(s)}
    assert len(events) == 53
    assert len(events - zeros) == 24
    assert sum("/membership/" in str(s) for s in zeros) == 8


def test_a_second_page_of_a_witness_changes_nothing(real: Records) -> None:
    row = next(row for row in real.attestations if row.slug == "lodz-1")
    assert counts(_with(real, row), "event/lodz-1-signature") == (2, 0, 0)
    other = replace(row, witness="another")
    assert counts(_with(real, other), "event/lodz-1-signature") == (3, 0, 0)
    assert counts(_with(real, replace(other, independent=False)), "event/lodz-1-signature") == (2, 0, 0)
    assert counts(_with(real, replace(other, relation="adds")), "event/lodz-1-signature") == (2, 0, 0)
    assert counts(_with(real, replace(other, aspect="kind")), "event/lodz-1-signature") == (2, 0, 0)
    assert counts(_with(real, replace(row, relation="conflicts")), "event/lodz-1-signature") == (1, 0, 0)


def _with(records: Records, row: Attestation) -> Records:
    return replace(records, attestations=(*records.attestations, row))


@pytest.fixture(scope="module")
def union(graph: Graph, real: Records, real_graphs: Mapping[str, Graph]) -> Graph:
    """What queries see."""
    return (
        graph
        + collect(corroboration(real))
        + real_graphs["records"]
        + real_graphs["derived"]
        + real_graphs["vocabulary"]
    )


def answer(union: Graph, name: str) -> list[list[str]]:
    text = (vocabulary.QUERIES / f"{name}.rq").read_text(encoding="utf-8")
    rows = union.query(text)
    return [["" if cell is None else str(cell).removeprefix(ID) for cell in row] for row in rows]  # type: ignore[union-attr]


def test_the_queries_on_dates(union: Graph) -> None:
    confirmed = {row[0]: row[-1] for row in answer(union, "dates-confirmed")}
    assert len(confirmed) == 24
    assert [event for event, number in confirmed.items() if int(number) > 2] == [
        "event/gdansk-1-signature",
        "event/duisburg-1-signature",
    ]
    assert [row[1:] for row in answer(union, "dates-refined")] == [
        ["1997", "1997-03-06", "venskabsforeningen"],
        ["1972", "1972-04-11", "erfurt"],
    ]
    alone = {row[0] for row in answer(union, "on-the-citys-word-alone")}
    assert len(alone) == 53 - 24 + 8
    assert not alone & confirmed.keys()


def test_the_query_on_contradictions_shows_those_that_do_not_count_too(union: Graph) -> None:
    found = [(row[0], row[1], row[3], row[5]) for row in answer(union, "contradicted")]
    assert found == [
        ("event/chicago-1-signature", "Date", "1983", "0"),
        ("event/lublin-1-signature", "Date", "2019-02-05", "1"),
        ("partnership/salzburg", "Date", "1989", "2"),
        ("partnership/salzburg", "Date", "1990", "2"),
        ("agreement/dnipro-1", "Kind", "", ""),
        ("agreement/krakow-1", "Kind", "", ""),
        ("agreement/warsaw-2", "Kind", "2013-04-11", ""),
        ("agreement/warsaw-2", "Kind", "2013-04-11", ""),
    ]


def test_the_query_that_lists_every_agreement(union: Graph) -> None:
    rows = answer(union, "agreements-and-witnesses")
    assert len({row[0] for row in rows}) == 51
    assert len(rows) == 54
    by_event = {row[2]: row[4:] for row in rows}
    assert by_event["event/lublin-1-signature"] == ["2", "0", "1", "false", "1", "0"]
    assert by_event["event/warsaw-2-signature"] == ["0", "0", "0", "true", "0", "1"]
    assert by_event["event/lviv-1-signature"] == ["1", "0", "0", "false", "2", "0"]
    assert by_event[""] == ["", "", "", "", "0", "0"]


def test_the_query_on_partnerships_that_ended_elsewhere(union: Graph) -> None:
    found = [row[0] for row in answer(union, "ended-elsewhere")]
    assert sorted(found) == sorted([*NOT_LISTED, "cities of Russia and Belarus"])
