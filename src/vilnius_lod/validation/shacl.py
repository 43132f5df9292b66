"""SHACL validation, its results as data for people, and the standard report without blank nodes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Literal as OneOf

import pyshacl
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDF, RDFS, SH
from rdflib.term import Node

from ..inputs.issues import SEVERITIES
from ..rdf import namespaces
from ..rdf.terms import Triple
from ..rdf.writers import turtle
from ..records.model import Origin
from .rdflib_terms import plain, to_rdflib

ShaclEngine = OneOf["pyshacl", "shacl"]
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_VLO = Namespace(namespaces.VLO)
_PATH_SIGNS = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """One validation result. ``path`` is an IRI or a SPARQL property path, ``shape`` the shape's IRI;
    ``messages`` and ``fix`` are by language; ``column`` and ``origin`` point at the cell to mend.
    """

    focus_node: str
    path: str | None
    value: str | None
    severity: str
    shape: str
    component: str
    messages: Mapping[str, str]
    fix: Mapping[str, str]
    column: str | None
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """``conforms`` when no result is a violation. ``statements`` are the standard report, where
    ``sh:conforms`` is true only when there is no result at all, as SHACL has it.
    """

    conforms: bool
    results: tuple[ValidationResult, ...]
    statements: tuple[Triple, ...]

    @property
    def report(self) -> bytes:
        """The standard report as Turtle."""
        return turtle(self.statements, namespaces.prefixes())

    def counts(self) -> dict[str, int]:
        """How many results there are of each severity."""
        return {name: sum(result.severity == name for result in self.results) for name in SEVERITIES}

    def json(self) -> bytes:
        """The results as JSON, for programs that know no RDF."""
        document = {
            "conforms": self.conforms,
            "counts": self.counts(),
            "results": [asdict(result) for result in self.results],
        }
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def shapes_graph() -> Graph:
    """The shapes of the dataset; those of the catalogue are for the catalogue. Raises ValueError for none."""
    graph = Graph()
    for file in sorted(namespaces.SHAPES.glob("*.ttl")):
        if file.stem != "catalogue":
            graph.parse(file, format="turtle")
    if not graph:
        raise ValueError(f"there are no shapes in {namespaces.SHAPES}")
    return graph


def catalogue_shapes() -> Graph:
    """The shapes of the catalogue."""
    return Graph().parse(namespaces.SHAPES / "catalogue.ttl", format="turtle")


def validate_graphs(
    data: Iterable[Iterable[Triple]],
    shapes: Graph,
    base: str,
    origins: Mapping[str, Origin],
    engine: ShaclEngine = "pyshacl",
) -> ValidationReport:
    """Validate the union of the graphs. ``origins``: the rows by IRI; ``base`` begins the report's IRIs."""
    report = validate(to_rdflib(chain.from_iterable(data)), shapes, engine)
    found = [
        (node, _result(report, node, shapes, origins))
        # Not every sh:ValidationResult: those below sh:detail are part of another.
        for node in report.objects(None, SH.result)
    ]
    found.sort(key=lambda pair: _order(pair[1]))
    results = tuple(result for _, result in found)
    conforms = all(result.severity != "Violation" for result in results)
    return ValidationReport(conforms, results, _standard_report(report, [node for node, _ in found], base))


def validate(data: Graph, shapes: Graph, engine: ShaclEngine = "pyshacl") -> Graph:
    """The report of an engine. pySHACL is the reference; ``shacl`` (an optional package) is the fast way to
    the same results.
    """
    return _fast_report(data, shapes) if engine == "shacl" else _reference_report(data, shapes)


def _reference_report(data: Graph, shapes: Graph) -> Graph:
    _, report, _ = pyshacl.validate(
        data, shacl_graph=_targeted(shapes), advanced=True, inplace=True, js=False
    )
    if not isinstance(report, Graph):
        raise RuntimeError(f"the validator gave no report: {report!r}")
    return report


def _targeted(shapes: Graph) -> Graph:
    """The shapes with each target also at the property shapes that a node shape has for it.

    pySHACL sets a property shape up again for every focus node of the node shape that has it, but only once
    for all of its own targets; with many shapes that is half of the time.
    """
    targeted = shapes + Graph()
    for shape in set(shapes.subjects(SH.property)):
        targets = [(kind, it) for kind in _TARGETS for it in shapes.objects(shape, kind)]
        if not targets or _more_than_targets(shapes, shape):
            continue
        for part in shapes.objects(shape, SH.property):
            targeted.remove((shape, SH.property, part))
            for kind, it in targets:
                targeted.add((part, kind, it))
    return targeted


def _more_than_targets(shapes: Graph, shape: Node) -> bool:
    """Is the shape applied, or its parts, to other nodes than those of its targets, or to none?"""
    triples = (
        (shape, SH.path, None), (None, None, shape), (shape, RDF.type, RDFS.Class), (shape, SH.target, None),
        (shape, SH.deactivated, None),
    )  # fmt: skip
    return any(triple in shapes for triple in triples)


def _fast_report(data: Graph, shapes: Graph) -> Graph:
    import shacl

    compiled = shacl.Shapes.from_turtle(shapes.serialize(format="turtle"))
    found = compiled.validate_text(data.serialize(format="nt"), format="ntriples")
    return Graph().parse(data=found.turtle, format="turtle")


def _result(report: Graph, node: Node, shapes: Graph, origins: Mapping[str, Origin]) -> ValidationResult:
    shape = report.value(node, SH.sourceShape)
    focus, path = str(report.value(node, SH.focusNode)), report.value(node, SH.resultPath)
    value = report.value(node, SH.value)
    column = shapes.value(shape, _VLO.column)
    return ValidationResult(
        focus_node=focus,
        path=None if path is None else _path(report, path),
        value=None if value is None else str(value),
        severity=str(report.value(node, SH.resultSeverity)).removeprefix(str(SH)),
        shape=str(shape),
        component=str(report.value(node, SH.sourceConstraintComponent)),
        messages=_texts(shapes.objects(shape, SH.message)) or _texts(report.objects(node, SH.resultMessage)),
        fix=_texts(shapes.objects(shape, _VLO.fix)),
        column=None if column is None else str(column),
        # A shape over the whole dataset reports the thing as the value.
        origin=origins.get(focus) or origins.get(str(value)),
    )


def _order(result: ValidationResult) -> tuple[int, str, str, str, str, str]:
    rank = SEVERITIES.index(result.severity) if result.severity in SEVERITIES else len(SEVERITIES)
    words = (result.path or "", result.value or "", json.dumps(dict(sorted(result.messages.items()))))
    return rank, result.focus_node, result.shape, *words


def _texts(nodes: Iterable[Node]) -> dict[str, str]:
    """Texts by language; what the validator says itself is English. Of several, the first in order."""
    texts = sorted((node.language or "en", str(node)) for node in nodes if isinstance(node, Literal))
    return dict(reversed(texts))


def _path(graph: Graph, node: Node) -> str:
    """A property path as SPARQL writes it; a plain property as its IRI."""
    if isinstance(node, URIRef):
        return str(node)
    return _nested(graph, node)


def _nested(graph: Graph, node: Node) -> str:
    if isinstance(node, URIRef):
        return f"<{node}>"
    if graph.value(node, RDF.first) is not None:
        return "/".join(_nested(graph, step) for step in graph.items(node))
    if (inverse := graph.value(node, SH.inversePath)) is not None:
        return "^" + _nested(graph, inverse)
    if (choices := graph.value(node, SH.alternativePath)) is not None:
        return "(" + "|".join(_nested(graph, choice) for choice in graph.items(choices)) + ")"
    for predicate, sign in _PATH_SIGNS.items():
        if (path := graph.value(node, predicate)) is not None:
            return f"({_nested(graph, path)}){sign}"
    raise ValueError("a property path that SHACL does not know")


def _standard_report(report: Graph, results: Sequence[Node], base: str) -> tuple[Triple, ...]:
    """The report with an IRI for each blank node: ``report``, ``report/result-1``, and below a result the
    names of the properties that lead there.
    """
    names: dict[Node, URIRef] = {}

    def name(node: Node, iri: str) -> None:
        if not isinstance(node, BNode) or node in names:
            return
        names[node] = URIRef(iri)
        for predicate, value in sorted(report.predicate_objects(node)):
            name(value, f"{iri}/{str(predicate).rsplit('#', 1)[-1].rsplit('/', 1)[-1]}")

    for number, result in enumerate(results, start=1):
        name(result, f"{base}report/result-{number}")
    for node in report.subjects(RDF.type, SH.ValidationReport):
        name(node, f"{base}report")
    return tuple(plain((names[s], p, names.get(o, o)) for s, p, o in report if s in names))
