"""The verdict: what SHACL found, where it stands in the tables, how to mend it, and the standard report."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pyshacl
import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, SH

from vilnius_lod.graphs.named_graphs import origins
from vilnius_lod.rdf.terms import Graphs
from vilnius_lod.records.model import Records
from vilnius_lod.validation.rdflib_terms import to_rdflib
from vilnius_lod.validation.shacl import ValidationReport, shapes_graph, validate, validate_graphs

BASE = "https://lod.example.org/lindenau/"
UNDATED = """
s:Dated a sh:PropertyShape ; sh:targetClass vlo:Agreement ; sh:path vlo:event ; sh:minCount 1 ;
  sh:severity sh:%s ; sh:message "Kein Datum."@de, "No date."@en ;
  vlo:fix "Datum eintragen."@de, "Write the date."@en ; vlo:column "date" .
"""
ONE_DOCUMENT = """
s:Two a sh:PropertyShape ; sh:targetClass dct:Location ; sh:minCount 3 ;
  sh:path ( [ sh:inversePath vlo:partner ] [ sh:alternativePath ( vlo:basedOn vlo:event ) ] ) ;
  sh:message "Few documents."@en ; sh:severity sh:Info .
"""
Use = Callable[[str], Path]


def verdict(records: Records, graphs: Graphs) -> ValidationReport:
    return validate_graphs(graphs.values(), shapes_graph(), records.dataset.base, origins(records))


def test_a_result_leads_to_the_cell_and_says_how_to_mend_it(
    tiny: Records, tiny_statements: Graphs, one_shape: Use
) -> None:
    one_shape(UNDATED % "Violation")
    found = verdict(tiny, tiny_statements)
    assert not found.conforms
    (result,) = found.results
    assert result.focus_node == BASE + "id/agreement/brodovec-1"
    assert result.path == "https://w3id.org/vilnius-lod/ontology#event"
    assert result.value is None
    assert result.severity == "Violation"
    assert result.shape == "https://example.org/shapes#Dated"
    assert result.component == str(SH.MinCountConstraintComponent)
    assert result.messages == {"de": "Kein Datum.", "en": "No date."}
    assert result.fix == {"de": "Datum eintragen.", "en": "Write the date."}
    assert result.column == "date"
    assert result.origin is not None
    assert (result.origin.file, result.origin.line) == ("tables/agreements.csv", 2)


@pytest.mark.parametrize("severity", ["Warning", "Info"])
def test_only_a_violation_makes_data_that_do_not_conform(
    tiny: Records, tiny_statements: Graphs, one_shape: Use, severity: str
) -> None:
    one_shape(UNDATED % severity)
    found = verdict(tiny, tiny_statements)
    assert found.conforms
    assert found.counts() == {"Violation": 0, "Warning": 0, "Info": 0, severity: 1}


def test_what_the_validator_says_itself_is_english(
    tiny: Records, tiny_statements: Graphs, one_shape: Use
) -> None:
    one_shape("s:S a sh:PropertyShape ; sh:targetClass vlo:Agreement ; sh:path vlo:event ; sh:minCount 1 .")
    (result,) = verdict(tiny, tiny_statements).results
    assert list(result.messages) == ["en"]
    assert (result.fix, result.column) == ({}, None)


def test_results_come_by_severity_and_then_by_thing(
    tiny: Records, tiny_statements: Graphs, one_shape: Use
) -> None:
    one_shape(ONE_DOCUMENT + UNDATED % "Violation")
    results = verdict(tiny, tiny_statements).results
    assert [result.severity for result in results] == ["Violation"] + ["Info"] * 17
    nodes = [result.focus_node for result in results[1:]]
    assert nodes == sorted(nodes)


def test_a_path_is_written_as_in_sparql(tiny: Records, tiny_statements: Graphs, one_shape: Use) -> None:
    one_shape(ONE_DOCUMENT)
    vlo = "https://w3id.org/vilnius-lod/ontology#"
    path = verdict(tiny, tiny_statements).results[0].path
    assert path == f"^<{vlo}partner>/(<{vlo}basedOn>|<{vlo}event>)"
    graph = to_rdflib(tiny_statements["records"])
    assert list(graph.query(f"SELECT * WHERE {{ ?place {path} ?document }}")), "SPARQL takes it"


def test_the_standard_report_has_an_iri_for_each_node(
    tiny: Records, tiny_statements: Graphs, one_shape: Use
) -> None:
    one_shape(ONE_DOCUMENT + UNDATED % "Warning")
    found = verdict(tiny, tiny_statements)
    report = Graph().parse(data=found.report, format="turtle")
    assert not [node for triple in report for node in triple if isinstance(node, BNode)]
    it = URIRef(BASE + "report")
    assert (it, RDF.type, SH.ValidationReport) in report
    assert (it, SH.conforms, Literal(False)) in report, "SHACL counts warnings"
    nodes = {URIRef(f"{BASE}report/result-{number}") for number in range(1, 19)}
    assert set(report.objects(it, SH.result)) == nodes == set(report.subjects(RDF.type, SH.ValidationResult))
    for number, result in enumerate(found.results, start=1):
        node = URIRef(f"{BASE}report/result-{number}")
        assert str(report.value(node, SH.focusNode)) == result.focus_node
        assert str(report.value(node, SH.sourceShape)) == result.shape
        assert report.value(node, SH.resultSeverity) == SH[result.severity]
    steps = list(report.items(report.value(URIRef(f"{BASE}report/result-2"), SH.resultPath)))  # type: ignore[arg-type]
    assert len(steps) == 2, "a path stays whole"


def test_the_report_as_json_says_the_same(tiny: Records, tiny_statements: Graphs, one_shape: Use) -> None:
    one_shape(UNDATED % "Violation")
    document = json.loads(verdict(tiny, tiny_statements).json())
    assert document["conforms"] is False
    assert document["counts"]["Violation"] == 1
    assert document["results"][0]["origin"] == {"file": "tables/agreements.csv", "line": 2}


def test_data_without_any_result_conform(tiny: Records, tiny_statements: Graphs, one_shape: Use) -> None:
    one_shape("s:S a sh:PropertyShape ; sh:targetClass vlo:Agreement ; sh:path dct:type ; sh:minCount 1 .")
    found = verdict(tiny, tiny_statements)
    assert (found.conforms, found.results) == (True, ())
    report = Graph().parse(data=found.report, format="turtle")
    assert set(report.subject_objects(SH.conforms)) == {(URIRef(BASE + "report"), Literal(True))}


PROPERTIES = """
s:N a sh:NodeShape ; sh:targetClass vlo:Agreement ; %s sh:property s:Dated , s:Typed .
s:Dated a sh:PropertyShape ; sh:path vlo:event ; sh:minCount 1 ; sh:message "No date."@en .
s:Typed a sh:PropertyShape ; sh:path dct:type ; sh:maxCount 0 ; sh:message "A type."@en .
"""


@pytest.mark.parametrize(
    "text",
    [
        PROPERTIES % "",
        PROPERTIES % "sh:deactivated true ;",
        PROPERTIES % "" + "s:M a sh:NodeShape ; sh:targetClass vlo:Partnership ; sh:node s:N .",
        PROPERTIES % "" + "s:M a sh:NodeShape ; sh:targetClass dct:Location ; sh:property s:Typed .",
        PROPERTIES % "" + "s:P a sh:PropertyShape ; sh:targetClass vlo:Partnership ; sh:path vlo:partner ;"
        " sh:property s:Typed .",
        PROPERTIES % "" + "vlo:Partnership a sh:NodeShape , <http://www.w3.org/2000/01/rdf-schema#Class> ;"
        " sh:targetClass vlo:Agreement ; sh:property s:Dated .",
        PROPERTIES % "" + "s:M a sh:NodeShape ; sh:targetSubjectsOf vlo:party ; sh:not s:N .",
    ],
)
def test_shapes_made_faster_find_the_same(
    text: str, tiny: Records, tiny_statements: Graphs, one_shape: Use
) -> None:
    one_shape(text)
    shapes, union = shapes_graph(), to_rdflib(chain.from_iterable(tiny_statements.values()))
    _, report, _ = pyshacl.validate(union, shacl_graph=shapes)
    assert isinstance(report, Graph)
    assert results(validate(union, shapes)) == results(report)


def results(report: Graph) -> set[tuple[str, ...]]:
    predicates = (SH.focusNode, SH.sourceShape, SH.value, SH.resultMessage)
    return {
        tuple(str(report.value(it, each)) for each in predicates) for it in report.objects(None, SH.result)
    }


def test_without_shapes_there_is_no_verdict(one_shape: Use) -> None:
    for file in one_shape("").iterdir():
        file.unlink()
    with pytest.raises(ValueError, match="no shapes"):
        shapes_graph()


def test_the_shapes_of_the_catalogue_are_not_for_the_records(one_shape: Use) -> None:
    directory = one_shape("s:Mine a sh:NodeShape .")
    (directory / "catalogue.ttl").write_text(
        "<urn:x> a <http://www.w3.org/ns/shacl#NodeShape> .", encoding="utf-8"
    )
    assert set(shapes_graph().subjects()) == {URIRef("https://example.org/shapes#Mine")}


@pytest.mark.parametrize("name", ["tiny", "bare"])
def test_the_datasets_conform_to_the_projects_shapes(name: str, request: pytest.FixtureRequest) -> None:
    found = verdict(request.getfixturevalue(name), request.getfixturevalue(f"{name}_statements"))
    assert [result for result in found.results if result.severity == "Violation"] == []
