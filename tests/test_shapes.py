"""The SHACL shapes: good data meet them, each bad-data file trips the one shape whose name it bears.

``shapes/good.ttl`` is a small complete dataset; ``shapes/bad/{shape}.diff`` changes it: lines beginning with
``-`` are statements to take away, with ``+`` to add, in Turtle with the prefixes of the good file.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pyrudof
import pyshacl
import pytest
import shacl
from rdflib import RDF, SH, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from vilnius_lod.validation.shacl import validate

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent / "shapes"
VLS = Namespace("https://w3id.org/vilnius-lod/shapes#")
VLO = Namespace("https://w3id.org/vilnius-lod/ontology#")
GOOD = (HERE / "good.ttl").read_text("utf-8")
HEADER = "".join(line + "\n" for line in GOOD.splitlines() if line.startswith("@"))
BAD = sorted(path.stem for path in (HERE / "bad").glob("*.diff"))

LINKS = Graph().parse(ROOT / "shapes" / "links.ttl")
SHAPES = Graph().parse(ROOT / "shapes" / "records.ttl") + LINKS
CONCEPTS = Graph().parse(ROOT / "ontology" / "concepts.ttl")
NAMED = sorted(str(it) for kind in (SH.NodeShape, SH.PropertyShape) for it in SHAPES.subjects(RDF.type, kind))

Found = set[tuple[str, str, str, str]]
"""Focus node, shape, value and severity of each result."""


def good() -> Graph:
    return Graph().parse(data=GOOD) + CONCEPTS


def bad(*names: str) -> Graph:
    graph = good()
    lines = [
        line for name in names for line in (HERE / "bad" / f"{name}.diff").read_text("utf-8").splitlines()
    ]
    removed, added = (
        Graph().parse(data=HEADER + "\n".join(line[1:] for line in lines if line.startswith(sign)))
        for sign in "-+"
    )
    assert all(triple in graph for triple in removed), "takes away what is not there"
    return graph - removed + added


def reference(graph: Graph) -> Found:
    """The results of pySHACL."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=SHAPES, inference="none", inplace=True)
    assert isinstance(report, Graph)
    return results(report)


def results(report: Graph) -> Found:
    return {
        (
            plain(report.value(result, SH.focusNode)),
            plain(report.value(result, SH.sourceShape)),
            plain(report.value(result, SH.value)),
            plain(report.value(result, SH.resultSeverity)).removeprefix(str(SH)),
        )
        for result in report.objects(None, SH.result)
    }


def plain(node: Node | None) -> str:
    return "" if node is None else str(node)


@functools.cache
def turtle() -> str:
    return SHAPES.serialize(format="turtle")


def in_rust(graph: Graph) -> Found:
    """The results of the engine that ``validate --engine shacl`` uses."""
    shapes = shacl.Shapes.from_turtle(turtle())
    report = shapes.validate_text(graph.serialize(format="nt"), format="ntriples")
    return {
        (str(it.focus_node).strip("<>"), str(it.source_shape).strip("<>"), it.value_plain or "", it.severity)
        for it in report.results
    }


def in_rudof(graph: Graph) -> set[tuple[str, str]]:
    """Focus node and shape of each result of a third engine."""
    rudof = pyrudof.Rudof(pyrudof.RudofConfig())
    rudof.read_data(graph.serialize(format="turtle"))
    rudof.read_shacl(turtle())
    return {
        (str(it.focus_node).strip("<>"), str(it.source_shape).strip("<>")) for it in rudof.validate_shacl()
    }


def test_good_data_meet_every_shape_in_three_engines() -> None:
    assert reference(good()) == in_rust(good()) == set()
    assert in_rudof(good()) == set()


@pytest.mark.parametrize("name", BAD)
def test_bad_data_trip_the_shape_whose_name_they_bear_and_no_other(name: str) -> None:
    severity = plain(SHAPES.value(VLS[name], SH.severity)).removeprefix(str(SH))
    assert {(shape, level) for _, shape, _, level in in_rust(bad(name))} == {(str(VLS[name]), severity)}


@pytest.mark.contract
@pytest.mark.parametrize("name", BAD)
def test_bad_data_have_the_same_results_in_three_engines(name: str) -> None:
    found = reference(bad(name))
    assert found
    assert in_rust(bad(name)) == found
    assert in_rudof(bad(name)) == {(focus, shape) for focus, shape, _, _ in found}


def test_all_bad_data_together_have_the_same_results_in_two_engines() -> None:
    everything = bad(*BAD)
    assert in_rust(everything) == reference(everything)


def test_each_shape_that_reports_has_its_bad_data() -> None:
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
    reporting = {shape for target in targets for shape in SHAPES.subjects(target)}
    while more := {part for shape in reporting for part in SHAPES.objects(shape, SH.property)} - reporting:
        reporting |= more
    assert set(map(str, reporting)) == {str(VLS[name]) for name in BAD}


@pytest.mark.parametrize("name", NAMED)
def test_each_shape_says_what_is_wrong_and_how_to_mend_it(name: str) -> None:
    assert name.startswith(str(VLS))
    shape = URIRef(name)
    for predicate in (SH.name, SH.message, VLO.fix):
        texts = [text for text in SHAPES.objects(shape, predicate) if isinstance(text, Literal)]
        assert sorted(text.language or "" for text in texts) == ["en", "lt"]
        assert all(text.strip() for text in texts)
    assert SHAPES.value(shape, SH.severity, any=False) in {SH.Violation, SH.Warning, SH.Info}
    assert len(list(SHAPES.objects(shape, VLO.column))) <= 1


def test_no_shape_is_anonymous() -> None:
    links = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)
    used = {str(part) for link in links for part in SHAPES.objects(None, link)}
    used |= {str(part) for choice in SHAPES.objects(None, SH["or"]) for part in SHAPES.items(choice)}
    used |= {str(shape) for shape in SHAPES.subjects(SH.path)}
    assert used <= set(NAMED)


def test_each_column_is_in_a_table() -> None:
    tables = (ROOT / "docs/tables.md").read_text("utf-8")
    for shape, text in SHAPES.subject_objects(VLO.column):
        about_others = re.search(
            r"#(Attestation|Cited|Relation|Aspect|Independent|DateDerived|StatedDate)", str(shape)
        )
        for column in [] if about_others or (shape, None, None) in LINKS else str(text).split(", "):
            assert re.search(rf"\b{column}(_lt)?\b", tables), column


def test_the_build_finds_what_the_shapes_find_as_they_are() -> None:
    everything = bad(*BAD)
    found = reference(everything)
    assert len({shape for _, shape, _, _ in found}) > 80, "some take away what others need"
    assert results(validate(everything, SHAPES)) == found
