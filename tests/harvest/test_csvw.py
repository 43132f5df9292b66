"""The tables as RDF, by the mapping in their own metadata, say nothing that the dataset does not say.

Two read the mapping: a small reader here, and the npm package ``rdf-parser-csvw`` (``csvw/``).
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pyld import jsonld
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import XSD
from rdflib.term import Node

from vilnius_lod.rdf.namespaces import VLO
from vilnius_lod.snapshot import Snapshot

TABLES = ("agreements", "memberships", "partners")
EDTF = URIRef(f"{VLO}edtf")
CSVW = "http://www.w3.org/ns/csvw"
PROGRAM = Path(__file__).with_name("csvw") / "program.mjs"
PARSER = PROGRAM.parent / "node_modules" / "rdf-parser-csvw"
NODE = Path(sys.executable).with_name("node")
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
    graph = Graph().parse(data=snapshot.read("data/lindenau-lod.nt"), format="nt")
    return set(graph)


def triples(snapshot: Snapshot, name: str) -> set[Triple]:
    metadata = json.loads(snapshot.read(f"data/{name}.csv-metadata.json"))
    return set(mapped(snapshot.read(f"data/{name}.csv"), metadata))


def context(address: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The CSV on the Web context, in the copy that the package brings; nothing else is fetched."""
    assert address == CSVW
    document = json.loads((PARSER / "test" / "support" / "csvw.json").read_text("utf-8"))
    return {"contextUrl": None, "documentUrl": address, "document": document}


def parsed(content: bytes, metadata: bytes, directory: Path) -> set[Triple]:
    """What ``rdf-parser-csvw`` makes of a table."""
    statements = jsonld.to_rdf(json.loads(metadata), {"documentLoader": context})["@default"]
    (directory / "table.csv").write_bytes(content)
    (directory / "metadata.json").write_text(json.dumps(statements), "utf-8")
    command = [str(NODE), str(PROGRAM), "table.csv", "metadata.json"]
    found = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=60)
    assert found.returncode == 0, found.stderr
    graph = Graph().parse(data=found.stdout, format="nt")
    # rdflib tells a plain literal from one of type xsd:string, which RDF 1.1 does not.
    return {
        (s, p, Literal(str(o)) if isinstance(o, Literal) and o.datatype == XSD.string else o)
        for s, p, o in graph
    }


@pytest.mark.contract
@pytest.mark.skipif(
    not (NODE.exists() and PARSER.exists()),
    reason="type: make .venv/.csvw",
)
@pytest.mark.parametrize("name", TABLES)
def test_a_processor_that_is_not_ours_finds_the_same(
    name: str, snapshot: Snapshot, dataset: set[Triple], tmp_path: Path
) -> None:
    metadata = snapshot.read(f"data/{name}.csv-metadata.json")
    found = parsed(snapshot.read(f"data/{name}.csv"), metadata, tmp_path)
    assert found - dataset == set()
    assert found == triples(snapshot, name)


@pytest.mark.parametrize("name", TABLES)
def test_what_the_mapping_yields_is_all_in_the_dataset(
    name: str, snapshot: Snapshot, dataset: set[Triple]
) -> None:
    found = triples(snapshot, name)
    assert len(found) > 10
    assert found - dataset == set()


def test_dates_come_out_as_the_strings_that_the_dataset_carries(snapshot: Snapshot) -> None:
    for name, column in (("agreements", "signed"), ("memberships", "since")):
        rows = csv.DictReader(io.StringIO(snapshot.read(f"data/{name}.csv").decode(), newline=""))
        stated = {row[column] for row in rows} - {""}
        assert {value for _, predicate, value in triples(snapshot, name) if predicate == EDTF} == {
            Literal(value) for value in stated
        }


def test_things_are_linked_and_named(snapshot: Snapshot) -> None:
    base = snapshot.facts.base
    verbohrad = URIRef(f"{base}id/place/verbohrad")
    about = {
        (predicate, value)
        for subject, predicate, value in triples(snapshot, "partners")
        if subject == verbohrad
    }
    assert (URIRef("http://www.w3.org/2004/02/skos/core#prefLabel"), Literal("Werbohrad", lang="de")) in about
    agreement = URIRef(f"{base}id/agreement/verbohrad-1")
    assert (agreement, URIRef(f"{VLO}party"), verbohrad) in triples(snapshot, "agreements")
