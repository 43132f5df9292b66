"""The tables as RDF, by the mapping in their own metadata, say nothing that the dataset does not say."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node

from vilnius_lod.publish.snapshot import Snapshot
from vilnius_lod.vocabulary import VLO

TABLES = ("agreements", "memberships", "partners")
EDTF = URIRef(f"{VLO}edtf")
Triple = tuple[Node, Node, Node]


def expanded(template: str, cells: Mapping[str, str]) -> URIRef:
    """A URI template of level 1."""
    return URIRef(re.sub(r"{(\w+)}", lambda name: quote(cells[name[1]], safe=""), template))


def literal(value: str, column: Mapping[str, Any]) -> Literal:
    datatype = column["datatype"]
    base = datatype if isinstance(datatype, str) else datatype.get("@id", datatype["base"])
    if base == "string":
        # rdflib tells a plain literal from one of type xsd:string, which RDF 1.1 does not.
        return Literal(value, lang=column.get("lang"))
    return Literal(value, datatype=URIRef(base) if "://" in base else XSD[base], normalize=False)


def mapped(content: bytes, metadata: Mapping[str, Any]) -> Iterator[Triple]:
    """What "Generating RDF from Tabular Data on the Web" makes of a table in minimal mode."""
    schema = metadata["tableSchema"]
    for cells in csv.DictReader(io.StringIO(content.decode(), newline="")):
        for column in schema["columns"]:
            cell = cells[column["name"]]
            if column.get("suppressOutput") or not cell:
                continue
            subject = expanded(column.get("aboutUrl", schema["aboutUrl"]), cells)
            predicate = expanded(column["propertyUrl"], cells)
            if "valueUrl" in column:
                yield subject, predicate, expanded(column["valueUrl"], cells)
            else:
                for part in cell.split(column["separator"]) if "separator" in column else [cell]:
                    yield subject, predicate, literal(part, column)


@pytest.fixture(scope="module")
def dataset(snapshot: Snapshot) -> set[Triple]:
    graph = Graph().parse(data=snapshot.read("data/vilnius-lod.nt"), format="nt")
    return set(graph)


def triples(snapshot: Snapshot, name: str) -> set[Triple]:
    metadata = json.loads(snapshot.read(f"data/{name}.csv-metadata.json"))
    return set(mapped(snapshot.read(f"data/{name}.csv"), metadata))


@pytest.mark.parametrize("name", TABLES)
def test_what_the_mapping_yields_is_all_in_the_dataset(
    name: str, snapshot: Snapshot, dataset: set[Triple]
) -> None:
    found = triples(snapshot, name)
    assert len(found) > 20
    assert found - dataset == set()


def test_dates_come_out_as_the_strings_that_the_dataset_carries(snapshot: Snapshot) -> None:
    for name, column in (("agreements", "signed"), ("memberships", "since")):
        rows = csv.DictReader(io.StringIO(snapshot.read(f"data/{name}.csv").decode(), newline=""))
        stated = {row[column] for row in rows} - {""}
        assert {value for _, predicate, value in triples(snapshot, name) if predicate == EDTF} == {
            Literal(value) for value in stated
        }


def test_things_are_linked_and_named(snapshot: Snapshot) -> None:
    base = snapshot.facts["base"]
    kyiv = URIRef(f"{base}id/place/kyiv")
    about = {
        (predicate, value) for subject, predicate, value in triples(snapshot, "partners") if subject == kyiv
    }
    assert (URIRef("http://www.w3.org/2004/02/skos/core#prefLabel"), Literal("Kijevas", lang="lt")) in about
    agreement = URIRef(f"{base}id/agreement/kyiv-1")
    assert (agreement, URIRef(f"{VLO}party"), kyiv) in triples(snapshot, "agreements")
