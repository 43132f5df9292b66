"""The CSV tables of records, as a build makes them."""

from __future__ import annotations

import functools

from vilnius_lod.catalogue import csvw
from vilnius_lod.catalogue.dumps import dumps
from vilnius_lod.graphs import minting
from vilnius_lod.graphs.named_graphs import named_graphs, vocabulary_graph
from vilnius_lod.rdf.terms import Triple
from vilnius_lod.records.model import Records


def csv_tables(records: Records) -> tuple[csvw.CsvwTable, ...]:
    """The tables with their metadata."""
    graphs = named_graphs(records, _vocabulary())
    triples = {minting.graph_name(records.dataset, name).value: graph for name, graph in graphs.items()}
    return csvw.tables(records, dumps(triples)["nq"])


def table_files(records: Records) -> dict[str, bytes]:
    """The files of the tables by their names."""
    return csvw.files(records.dataset, csv_tables(records))


@functools.cache
def _vocabulary() -> list[Triple]:
    return vocabulary_graph()
