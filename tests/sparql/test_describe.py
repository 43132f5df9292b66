from __future__ import annotations

from pathlib import Path

import pytest

from vilnius_lod.rdf.terms import IRI, RDF_LANG_STRING, Literal, Triple
from vilnius_lod.sparql.descriptions import Descriptions

EX = "https://example.org/"
GRAPH = f"{EX}graph/"
TYPE = IRI("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
LABEL = IRI("http://www.w3.org/2004/02/skos/core#prefLabel")
PREFIXES = {"ex": f"{EX}ns#", "skos": "http://www.w3.org/2004/02/skos/core#"}

NQUADS = f"""\
<{EX}id/a> <{TYPE.value}> <{EX}ns#Place> <{GRAPH}records> .
<{EX}id/a> <{LABEL.value}> "Ąžuolas"@lt <{GRAPH}records> .
<{EX}id/a> <{LABEL.value}> "Oak"@en <{GRAPH}records> .
<{EX}id/a> <{EX}ns#country> <{EX}id/c> <{GRAPH}records> .
<{EX}id/a> <{EX}ns#year> "1998"^^<http://www.w3.org/2001/XMLSchema#gYear> <{GRAPH}derived> .
<{EX}id/a> <{EX}ns#same> <https://elsewhere.example/a> <{GRAPH}links> .
<{EX}id/c> <{TYPE.value}> <{EX}ns#Country> <{GRAPH}records> .
<{EX}id/c> <{LABEL.value}> "Land"@en <{GRAPH}records> .
<{EX}id/c> <{EX}ns#code> "XX" <{GRAPH}records> .
<{EX}id/d> <{TYPE.value}> <{EX}ns#Document> <{GRAPH}records> .
<{EX}id/d> <http://purl.org/dc/terms/title> "Agreement"@en <{GRAPH}records> .
<{EX}id/d> <{EX}ns#party> <{EX}id/a> <{GRAPH}records> .
<{EX}id/e> <{TYPE.value}> <{EX}ns#Document> <{GRAPH}records> .
<{EX}id/e> <{EX}ns#party> <{EX}id/a> <{GRAPH}records> .
<{EX}ns#Place> <{TYPE.value}> <http://www.w3.org/2002/07/owl#Class> <{GRAPH}vocabulary> .
<{EX}ns#Place> <http://www.w3.org/2000/01/rdf-schema#label> "place"@en <{GRAPH}vocabulary> .
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    path = tmp_path_factory.mktemp("describe") / "dataset.nq"
    path.write_text(NQUADS, encoding="utf-8")
    return [path]


@pytest.fixture(scope="module")
def descriptions(files: list[Path]) -> Descriptions:
    return Descriptions(files)


def test_a_description_has_its_own_statements_with_their_graphs(descriptions: Descriptions) -> None:
    found = descriptions.describe(f"{EX}id/a")
    assert found is not None
    assert found.subject == IRI(f"{EX}id/a")
    assert [
        (s.predicate.value.rpartition("#")[2], s.graph.removeprefix(GRAPH)) for s in found.statements
    ] == [
        ("type", "records"),
        ("prefLabel", "records"),
        ("prefLabel", "records"),
        ("country", "records"),
        ("same", "links"),
        ("year", "derived"),
    ]
    year = found.statements[-1].object
    assert year == Literal("1998", "http://www.w3.org/2001/XMLSchema#gYear")


def test_a_description_names_what_it_points_at_and_what_points_at_it(descriptions: Descriptions) -> None:
    found = descriptions.describe(f"{EX}id/a")
    assert found is not None
    assert [statement.subject.value for statement in found.inverse] == [f"{EX}id/d", f"{EX}id/e"]
    assert found.left_out == 0
    assert set(found.names) == {
        Triple(IRI(f"{EX}id/c"), TYPE, IRI(f"{EX}ns#Country")),
        Triple(IRI(f"{EX}id/c"), LABEL, Literal("Land", RDF_LANG_STRING, "en")),
        Triple(IRI(f"{EX}id/d"), TYPE, IRI(f"{EX}ns#Document")),
        Triple(
            IRI(f"{EX}id/d"),
            IRI("http://purl.org/dc/terms/title"),
            Literal("Agreement", RDF_LANG_STRING, "en"),
        ),
        Triple(IRI(f"{EX}id/e"), TYPE, IRI(f"{EX}ns#Document")),
        Triple(IRI(f"{EX}ns#Place"), TYPE, IRI("http://www.w3.org/2002/07/owl#Class")),
        Triple(
            IRI(f"{EX}ns#Place"),
            IRI("http://www.w3.org/2000/01/rdf-schema#label"),
            Literal("place", RDF_LANG_STRING, "en"),
        ),
    }
    assert len(found.triples) == 6 + 2 + 7
    assert found.triples[0].subject == found.subject


def test_what_points_at_a_thing_is_bounded_and_counted(files: list[Path]) -> None:
    found = Descriptions(files, inverse_limit=1).describe(f"{EX}id/a")
    assert found is not None
    assert (len(found.inverse), found.left_out) == (1, 1)


@pytest.mark.parametrize("iri", [f"{EX}id/unknown", "https://elsewhere.example/a", "no IRI", "", "a:<>"])
def test_of_what_is_not_ours_there_is_no_description(descriptions: Descriptions, iri: str) -> None:
    assert descriptions.describe(iri) is None
    assert descriptions.labels(iri) == {}
    assert not descriptions.exists(iri)


def test_a_thing_exists_if_something_is_said_of_it(descriptions: Descriptions) -> None:
    assert descriptions.exists(f"{EX}id/a")


def test_labels_come_by_language(descriptions: Descriptions) -> None:
    assert descriptions.labels(f"{EX}id/a") == {"lt": "Ąžuolas", "en": "Oak"}
    assert descriptions.labels(f"{EX}id/d") == {"en": "Agreement"}
    assert descriptions.labels(f"{EX}ns#Place") == {"en": "place"}


def test_rows_take_values_apart_from_the_query(descriptions: Descriptions) -> None:
    query = f"SELECT ?s ?o ?note {{ ?s <{EX}ns#party> ?o OPTIONAL {{ ?s <{EX}ns#note> ?note }} }} ORDER BY ?s"
    oak = IRI(f"{EX}id/a")
    assert descriptions.rows(query, o=oak) == [
        {"s": IRI(f"{EX}id/d"), "o": oak},
        {"s": IRI(f"{EX}id/e"), "o": oak},
    ]
    assert descriptions.rows(query, o=Literal('"} . ?x ?y ?z')) == []
    with pytest.raises(TypeError):
        descriptions.rows("ASK {}")
