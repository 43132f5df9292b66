"""The invented city, whole and bare, read once, with its graphs; a copy to change; shapes of our own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from rdflib import Graph

from vilnius_lod.build import concepts
from vilnius_lod.graphs.named_graphs import named_graphs, vocabulary_graph
from vilnius_lod.rdf import namespaces
from vilnius_lod.rdf.terms import Graphs, Triple
from vilnius_lod.records import loader
from vilnius_lod.records.model import Records
from vilnius_lod.validation.rdflib_terms import to_rdflib


@pytest.fixture(scope="session")
def vocabulary() -> list[Triple]:
    """The vocabulary's statements."""
    return vocabulary_graph()


@pytest.fixture(scope="session")
def terms(vocabulary: list[Triple]) -> Graph:
    """The vocabulary as a graph to look things up in."""
    return to_rdflib(vocabulary)


@pytest.fixture(scope="session")
def tiny(tiny_dataset: Path, vocabulary: list[Triple]) -> Records:
    """The records of the invented city."""
    return loader.read(tiny_dataset, concepts=concepts(vocabulary))


@pytest.fixture(scope="session")
def bare(bare_dataset: Path, vocabulary: list[Triple]) -> Records:
    """The records of the invented city, without what may be left out."""
    return loader.read(bare_dataset, concepts=concepts(vocabulary))


@pytest.fixture(scope="session")
def lithuanian(lithuanian_dataset: Path, vocabulary: list[Triple]) -> Records:
    """The records of the invented city for readers of Lithuanian."""
    return loader.read(lithuanian_dataset, concepts=concepts(vocabulary))


@pytest.fixture(scope="session")
def tiny_statements(tiny: Records, vocabulary: list[Triple]) -> Graphs:
    """The statements of the invented city, by named graph."""
    return named_graphs(tiny, vocabulary)


@pytest.fixture(scope="session")
def bare_statements(bare: Records, vocabulary: list[Triple]) -> Graphs:
    """The statements of the bare dataset, by named graph."""
    return named_graphs(bare, vocabulary)


@pytest.fixture(scope="session")
def tiny_graphs(tiny_statements: Graphs) -> Mapping[str, Graph]:
    """The named graphs of the invented city, to look things up in."""
    return {name: to_rdflib(graph) for name, graph in tiny_statements.items()}


@pytest.fixture(scope="session")
def bare_graphs(bare_statements: Graphs) -> Mapping[str, Graph]:
    """The named graphs of the bare dataset, to look things up in."""
    return {name: to_rdflib(graph) for name, graph in bare_statements.items()}


@pytest.fixture
def dataset(bare_dataset: Path, tmp_path: Path) -> Path:
    """A copy of the bare dataset, to change."""
    return shutil.copytree(bare_dataset, tmp_path / "dataset")


Change = Callable[[str, str, str], None]


@pytest.fixture
def change(dataset: Path) -> Change:
    """Replace words in a file of the copy; they must be there."""

    def replace(file: str, old: str, new: str) -> None:
        text = (dataset / file).read_text(encoding="utf-8")
        assert old in text
        (dataset / file).write_text(text.replace(old, new), encoding="utf-8")

    return replace


CATALOGUE_SHAPES = namespaces.SHAPES / "catalogue.ttl"


@pytest.fixture
def one_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Build with the given shape instead of the project's."""

    def use(turtle: str) -> Path:
        directory = tmp_path / "shapes"
        directory.mkdir(exist_ok=True)
        (directory / "own.ttl").write_text(PREFIXES + turtle, encoding="utf-8")
        shutil.copy(CATALOGUE_SHAPES, directory)
        monkeypatch.setattr(namespaces, "SHAPES", directory)
        return directory

    return use


PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix vlo: <https://w3id.org/vilnius-lod/ontology#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix s: <https://example.org/shapes#> .
"""
