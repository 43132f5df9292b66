"""The records' graph says what the tables say, in the terms of docs/data-model.md."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, ORG, OWL, PROV, RDF, SDO, SKOS, XSD

from vilnius_lod.graphs.named_graphs import origins
from vilnius_lod.records.model import Records

ID = Namespace("https://lod.example.org/lindenau/id/")
VLO = Namespace("https://w3id.org/vilnius-lod/ontology#")
CONCEPT = "https://w3id.org/vilnius-lod/id/"


def about(graph: Graph, subject: str) -> set[tuple[str, str]]:
    """A thing's statements as predicate and N-Triples object, without the words that people read."""
    left_out = {SKOS.prefLabel, SKOS.editorialNote, VLO.asStated}
    return {(str(p), o.n3()) for p, o in graph[URIRef(ID[subject])] if p not in left_out}


@pytest.fixture
def records(tiny_graphs: Mapping[str, Graph]) -> Graph:
    return tiny_graphs["records"]


def test_an_agreement_has_its_type_titles_parties_and_events(records: Graph) -> None:
    assert about(records, "agreement/rasvik-tunholm-1") == {
        (str(RDF.type), VLO.Agreement.n3()),
        (str(DCTERMS.type), f"<{CONCEPT}agreement-type/cooperation>"),
        (str(DCTERMS.title), '"Gemeinsame Vereinbarung über Zusammenarbeit"@de'),
        (str(DCTERMS.title), '"Joint agreement on cooperation"@en'),
        (str(VLO.party), ID["place/lindenau"].n3()),
        (str(VLO.party), ID["place/rasvik"].n3()),
        (str(VLO.party), ID["place/tunholm"].n3()),
        (str(VLO.event), ID["event/rasvik-tunholm-1-signature"].n3()),
        (str(PROV.wasQuotedFrom), ID["passage/2026-05-01-14"].n3()),
    }


@pytest.mark.parametrize(
    ("event", "date", "year"),
    [
        ("valbrume-1-signature", Literal("1972", datatype=XSD.gYear), 1972),
        ("kirchfels-1-signature", Literal("1991-02", datatype=XSD.gYearMonth), 1991),
        ("valbrume-1-renewal", Literal("2007-05-03", datatype=XSD.date), 2007),
    ],
)
def test_a_date_is_as_precise_as_its_source(records: Graph, event: str, date: Literal, year: int) -> None:
    it = ID[f"event/{event}"]
    assert [o.n3() for o in records.objects(it, DCTERMS.date)] == [date.n3()]
    assert list(records.objects(it, VLO.edtf)) == [Literal(str(date))]
    assert list(records.objects(it, VLO.year)) == [Literal(year)]


def test_a_partnership_rests_on_all_documents_with_the_place(records: Graph) -> None:
    it = ID["partnership/valbrume"]
    assert set(records.objects(it, VLO.basedOn)) == {ID["agreement/valbrume-1"], ID["agreement/valbrume-2"]}
    assert list(records.objects(it, VLO.partner)) == [ID["place/valbrume"]]
    assert set(records.objects(it, VLO.party)) == {ID["place/valbrume"], ID["place/lindenau"]}
    assert list(records.objects(it, VLO.partnerAsStated)) == [Literal("Valbrume", lang="de")]
    assert list(records.objects(it, VLO.countryAsStated)) == [Literal("Frankreich", lang="de")]
    assert list(records.objects(it, VLO.status)) == [URIRef(CONCEPT + "status/listed")]
    assert list(records.objects(it, VLO.statusDate)) == [Literal("2026-05-01", datatype=XSD.date)]


def test_a_document_of_several_places_is_in_the_partnership_of_each(records: Graph) -> None:
    found = set(records.subjects(VLO.basedOn, ID["agreement/rasvik-tunholm-1"]))
    assert found == {ID["partnership/rasvik"], ID["partnership/tunholm"]}


def test_labels_are_made_from_names_and_concepts(records: Graph, terms: Graph) -> None:
    def labels(thing: str) -> set[Literal]:
        return set(records.objects(ID[thing], SKOS.prefLabel))  # type: ignore[arg-type]

    home = "Lindenau an der Wehra"
    assert labels("partnership/brodovec") == {
        Literal(f"{home} – Brodowetz", lang="de"),
        Literal(f"{home} – Brodovec", lang="en"),
    }
    kind = {o.language: o for o in terms.objects(URIRef(CONCEPT + "event-type/renewal"), SKOS.prefLabel)}  # type: ignore[attr-defined]
    assert Literal(f"{kind['en']}, 2007-05-03", lang="en") in labels("event/valbrume-1-renewal")


def test_the_membership_of_the_focus_place_is_the_municipalitys(records: Graph) -> None:
    it = ID["membership/auenstaedte"]
    assert list(records.objects(it, ORG.member)) == [ID["organization/stadt-lindenau"]]
    assert list(records.objects(it, VLO.memberPlace)) == [ID["place/lindenau"]]
    assert list(records.objects(it, ORG.organization)) == [ID["network/auenstaedte"]]
    assert [o.n3() for o in records.objects(it, VLO.since)] == [Literal("1998", datatype=XSD.gYear).n3()]


def test_a_membership_of_another_place_is_not_the_municipalitys(tiny_graphs: Mapping[str, Graph]) -> None:
    graph = tiny_graphs["records"]
    focus = ID["place/lindenau"]
    others = [it for it, place in graph.subject_objects(VLO.memberPlace) if place != focus]
    assert len(others) == 1
    assert (others[0], ORG.member, None) not in graph
    assert (others[0], VLO.coordinatedBy, None) in graph


def test_the_size_of_a_network_is_a_bound(records: Graph) -> None:
    (size,) = records.objects(ID["network/auenstaedte"], VLO.size)
    assert list(records.objects(size, VLO.moreThan)) == [Literal(40)]
    assert (size, VLO.exactly, None) not in records


def test_a_place_lies_in_its_country_and_its_region(records: Graph) -> None:
    found = set(records.objects(ID["place/valbrume"], SDO.containedInPlace))
    assert found == {ID["country/fr"], ID["place/oberbrume"]}


def test_passages_hold_their_line_of_the_page_unchanged(records: Graph, tiny: Records) -> None:
    passages = set(records.subjects(RDF.type, VLO.Passage))
    assert passages
    for passage in passages:
        (line,) = records.objects(passage, VLO.line)
        assert list(records.objects(passage, RDF.value)) == [Literal(tiny.page[int(line) - 1], lang="de")]  # type: ignore[call-overload]
    quoted = set(records.objects(None, PROV.wasQuotedFrom))
    assert quoted == passages


def test_every_quoted_word_stands_in_a_passage_of_the_thing(tiny_graphs: Mapping[str, Graph]) -> None:
    graph = tiny_graphs["records"]
    checked = 0
    for it, words in graph.subject_objects(VLO.asStated):
        lines = [graph.value(passage, RDF.value) for passage in graph.objects(it, PROV.wasQuotedFrom)]
        assert any(str(words) in str(line) for line in lines), it
        checked += 1
    assert checked > 50


@pytest.mark.parametrize("name", ["tiny", "bare"])
def test_everything_has_one_label_in_each_language(name: str, request: pytest.FixtureRequest) -> None:
    data: Records = request.getfixturevalue(name)
    graphs: Mapping[str, Graph] = request.getfixturevalue(f"{name}_graphs")
    merged = graphs["records"] + graphs["links"]
    for it in set(merged.subjects(RDF.type, None)):
        languages = sorted(str(label.language) for label in merged.objects(it, SKOS.prefLabel))  # type: ignore[attr-defined]
        assert languages == sorted(data.dataset.languages), it


def test_there_is_no_blank_node(tiny_graphs: Mapping[str, Graph]) -> None:
    assert not [
        node
        for graph in tiny_graphs.values()
        for triple in graph
        for node in triple
        if isinstance(node, BNode)
    ]


def test_every_term_of_our_own_is_in_the_ontology(tiny_graphs: Mapping[str, Graph], terms: Graph) -> None:
    defined = set(terms.subjects(RDF.type, None))
    used = {
        node
        for name in ("records", "links", "derived")
        for _, predicate, value in tiny_graphs[name]
        for node in (predicate, value)
        if str(node).startswith((str(VLO), CONCEPT)) and "/id/" not in str(node)
    }
    assert used
    assert used <= defined
    concepts = {
        o
        for p in (DCTERMS.type, VLO.status, VLO.counted, ORG.classification)
        for o in tiny_graphs["records"].objects(None, p)
    }
    assert concepts <= defined


def test_the_dataset_describes_itself(records: Graph) -> None:
    it = URIRef("https://lod.example.org/lindenau/dataset")
    assert (it, DCTERMS.license, URIRef("https://creativecommons.org/publicdomain/zero/1.0/")) in records
    assert (it, DCTERMS.publisher, ID["organization/stadt-lindenau"]) in records
    assert set(records.objects(it, DCTERMS.language)) == {Literal("de"), Literal("en")}
    assert list(records.objects(it, OWL.versionInfo)) == [Literal("0.1.1")]
    assert list(records.objects(it, DCTERMS.issued)) == [Literal("2026-05-01", datatype=XSD.date)]
    assert list(records.objects(it, DCTERMS.modified)) == [Literal("2026-05-02", datatype=XSD.date)]
    assert not list(records.subjects(RDF.type, FOAF.Agent)), "the publisher is an organization of the tables"


def test_links_are_statements_with_their_evidence(tiny_graphs: Mapping[str, Graph]) -> None:
    links = tiny_graphs["links"]
    item = URIRef("http://www.wikidata.org/entity/Q183")
    sssom = Namespace("https://w3id.org/sssom/")
    assert (ID["country/de"], OWL.sameAs, item) in links
    mapping = ID["mapping/wikidata-country-de"]
    assert links.value(mapping, sssom.subject_id) == ID["country/de"]
    assert links.value(mapping, sssom.predicate_id) == OWL.sameAs
    assert links.value(mapping, sssom.object_id) == item
    assert links.value(mapping, sssom.mapping_date) == Literal("2026-05-01", datatype=XSD.date)


def test_coordinates_are_given_twice_and_only_where_known(
    tiny_graphs: Mapping[str, Graph],
) -> None:
    geo, gsp = (
        Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#"),
        Namespace("http://www.opengis.net/ont/geosparql#"),
    )
    links = tiny_graphs["links"]
    assert links.value(ID["place/valbrume"], geo.lat) == Literal("48.07", datatype=XSD.decimal)
    geometry = links.value(ID["place/valbrume"], gsp.hasGeometry)
    assert geometry == ID["geometry/valbrume"]
    assert links.value(geometry, gsp.asWKT) == Literal("POINT(6.88 48.07)", datatype=gsp.wktLiteral)
    assert (ID["place/tunholm"], None, None) not in links
    assert links.value(geometry, DCTERMS.source) == URIRef("https://sws.geonames.org/99990005/")


def test_derived_statements_follow_from_the_records(tiny: Records, tiny_graphs: Mapping[str, Graph]) -> None:
    derived = tiny_graphs["derived"]
    assert [o.n3() for o in derived.objects(ID["agreement/kirchfels-1"], VLO.signed)] == [
        Literal("1991-02", datatype=XSD.gYearMonth).n3()
    ]
    assert list(derived.objects(ID["agreement/valbrume-1"], VLO.signedYear)) == [Literal(1972)]
    assert (ID["agreement/brodovec-1"], None, None) not in derived, "it has no date"
    assert list(derived.objects(ID["event/valbrume-1-signature"], VLO.decade)) == [Literal(1970)]
    assert list(derived.objects(ID["partnership/valbrume"], VLO.firstYear)) == [Literal(1972)]
    assert (ID["partnership/brodovec"], VLO.firstYear, None) not in derived
    home = ID["place/lindenau"]
    partners = {ID[f"place/{party.place}"] for party in tiny.parties}
    assert len(partners) == 13
    assert set(derived.objects(home, VLO.partnerOf)) == partners == set(derived.subjects(VLO.partnerOf, home))
    networks = {ID[f"network/{name}"] for name in ("auenstaedte", "lernende-staedte")}
    town = ID["organization/stadt-lindenau"]
    assert set(derived.subject_objects(ORG.memberOf)) == {(town, network) for network in networks}


def test_origins_lead_to_the_row(tiny: Records) -> None:
    found = origins(tiny)
    rows = {
        "agreement/valbrume-2": ("tables/agreements.csv", 6),
        "event/valbrume-1-renewal": ("tables/events.csv", 5),
        "partnership/tunholm": ("tables/parties.csv", 5),
        "country/de": ("tables/countries.csv", 4),
        "geometry/valbrume": ("tables/places.csv", 8),
        "mapping/wikidata-country-de": ("links/wikidata.sssom.tsv", 11),
    }
    assert {thing: (found[str(ID[thing])].file, found[str(ID[thing])].line) for thing in rows} == rows
