"""The files that people download: one graph in every format, the tables as promised."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import warnings
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from csvw import CSVW
from pyld import jsonld as pyld
from rdflib import Dataset, Graph
from rdflib.compare import isomorphic

from vilnius_lod.catalogue import dumps as distributions
from vilnius_lod.edtf import Edtf
from vilnius_lod.rdf import namespaces
from vilnius_lod.rdf.terms import IRI, RDF_LANG_STRING, Graphs, Literal, Triple
from vilnius_lod.records.model import Records
from vilnius_lod.validation.rdflib_terms import plain, to_rdflib

from ..tables import table_files

GRAPH = "https://example.org/graph/"
AWKWARD = [
    Triple(IRI("https://example.org/a&b"), IRI("https://example.org/p#x"), Literal(text, *rest))
    for text, rest in [
        ("< & > \" ' \\ \n \r \t ]]> Ž", ()),
        ("trailing space ", (RDF_LANG_STRING, "en-GB")),
        ("007", ("http://www.w3.org/2001/XMLSchema#integer",)),
        ("-5", ("http://www.w3.org/2001/XMLSchema#integer",)),
        ("1.50", ("http://www.w3.org/2001/XMLSchema#decimal",)),
        ("1972", ("http://www.w3.org/2001/XMLSchema#gYear",)),
        ("", ()),
    ]
]


# rdflib 7 warns of its own use of what it deprecates.
of_rdflib = pytest.mark.filterwarnings(
    "ignore:(ConjunctiveGraph|Dataset.default_context) :DeprecationWarning"
)


@pytest.fixture(scope="module")
def dumps(tiny_statements: Graphs) -> dict[str, bytes]:
    return distributions.dumps({GRAPH + name: graph for name, graph in tiny_statements.items()})


@pytest.fixture(scope="module")
def everything(tiny_statements: Graphs) -> Graph:
    return to_rdflib(chain.from_iterable(tiny_statements.values()))


@of_rdflib
@pytest.mark.parametrize(
    ("extension", "format"), [("nt", "nt"), ("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")]
)
def test_every_dump_is_the_same_graph(
    dumps: dict[str, bytes], everything: Graph, extension: str, format: str
) -> None:
    assert isomorphic(Graph().parse(data=dumps[extension], format=format), everything)


def test_pyld_reads_the_same_statements_without_fetching_anything(dumps: dict[str, bytes]) -> None:
    def no_network(url: str, options: object) -> None:
        raise AssertionError(f"fetches {url}")

    nquads = pyld.to_rdf(
        json.loads(dumps["jsonld"]), {"format": "application/n-quads", "documentLoader": no_network}
    )
    # PyLD leaves tabs and other characters as they are, as we do.
    assert sorted(nquads.encode().splitlines()) == dumps["nt"].splitlines()


@pytest.mark.contract
@pytest.mark.parametrize(("extension", "syntax"), [("nt", "ntriples"), ("ttl", "turtle"), ("rdf", "rdfxml")])
def test_rapper_reads_the_same_graph(
    dumps: dict[str, bytes], everything: Graph, extension: str, syntax: str, tmp_path: Path
) -> None:
    if not shutil.which("rapper"):
        pytest.skip("rapper is not installed: sudo apt install raptor2-utils")
    (tmp_path / "dump").write_bytes(dumps[extension])
    command: list[str | Path] = [
        "rapper",
        "-q",
        "-i",
        syntax,
        "-o",
        "ntriples",
        tmp_path / "dump",
        "https://example.org/",
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    assert isomorphic(Graph().parse(data=done.stdout, format="nt"), everything)


@of_rdflib
@pytest.mark.parametrize(
    ("extension", "format"), [("nt", "nt"), ("ttl", "turtle"), ("rdf", "xml"), ("jsonld", "json-ld")]
)
def test_awkward_literals_survive(extension: str, format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rdflib.NORMALIZE_LITERALS", False)
    data = distributions.dumps({GRAPH: AWKWARD})[extension]
    assert plain(Graph().parse(data=data, format=format)) == sorted(AWKWARD)


@of_rdflib
def test_nquads_are_sorted_and_keep_the_graphs_apart(
    dumps: dict[str, bytes], tiny_statements: Graphs
) -> None:
    lines = dumps["nq"].splitlines(keepends=True)
    assert lines == sorted(lines)
    dataset = Dataset()
    dataset.parse(data=dumps["nq"], format="nquads")
    for name, graph in tiny_statements.items():
        assert len(dataset.graph(GRAPH + name)) == len(graph)
    assert len(lines) == sum(len(graph) for graph in tiny_statements.values())


def test_turtle_is_for_reading(dumps: dict[str, bytes]) -> None:
    text = dumps["ttl"].decode()
    assert "@prefix vlo: <https://w3id.org/vilnius-lod/ontology#> .\n" in text
    assert "\n  a vlo:Agreement ;\n  dct:title " in text
    unused = [
        p
        for p in namespaces.prefixes()
        if f"@prefix {p}:" in text and f"{p}:" not in text.split("\n\n", 1)[1]
    ]
    assert unused == []


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


COLUMNS = {
    "agreements": "agreement,partner,partner_name_{0},partner_name_{1},country,type,title_{0},title_{1},"
    "signed,renewed,source_line",
    "memberships": "membership,network,network_name_{0},network_name_{1},acronym,since,source_line",
    "partners": "partner,name_{0},name_{1},country,lat,long,wikidata,geonames",
}


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize(("dataset", "languages"), [("lithuanian", ("lt", "en")), ("tiny", ("de", "en"))])
def test_the_columns_are_those_promised(
    dataset: str, languages: tuple[str, str], name: str, request: pytest.FixtureRequest
) -> None:
    header = COLUMNS[name].format(*languages)
    content = table_files(request.getfixturevalue(dataset))[f"{name}.csv"]
    assert content.startswith(header.encode() + b"\r\n"), "no byte order mark, CRLF"
    assert content.count(b"\n") == content.count(b"\r\n")


def test_a_document_of_two_cities_stands_twice(tiny: Records) -> None:
    found = rows(table_files(tiny)["agreements.csv"])
    assert len(found) == 18
    several = [row for row in found if row["partner"] in {"rasvik", "tunholm"}]
    assert len({row["agreement"] for row in several}) == 1
    assert len(several) == 2


def test_rows_say_what_the_page_says(tiny: Records) -> None:
    files = table_files(tiny)
    found = {row["agreement"]: row for row in rows(files["agreements.csv"])}
    assert found["valbrume-1"] == {
        "agreement": "valbrume-1", "partner": "valbrume", "partner_name_de": "Valbrume",
        "partner_name_en": "Valbrume", "country": "FR", "type": "twinning",
        "title_de": "Partnerschaftsvertrag", "title_en": "Twinning agreement",
        "signed": "1972", "renewed": "2007-05-03", "source_line": "15",
    }  # fmt: skip
    assert found["kirchfels-1"]["signed"] == "1991-02"
    assert (found["brodovec-1"]["signed"], found["brodovec-1"]["renewed"]) == ("", "")
    membership, *_ = rows(files["memberships.csv"])
    assert (membership["since"], membership["acronym"], membership["source_line"]) == ("1998", "LRT", "5")
    partners = {row["partner"]: row for row in rows(files["partners.csv"])}
    assert partners["valbrume"]["wikidata"] == "Q13406268"
    assert (partners["tunholm"]["lat"], partners["tunholm"]["long"], partners["tunholm"]["geonames"]) == (
        "",
        "",
        "",
    )
    assert "lindenau" not in partners


def test_a_partner_has_the_identifiers_that_it_is_linked_to(tiny: Records) -> None:
    found = rows(table_files(tiny)["partners.csv"])
    assert {row["partner"] for row in found} == {party.place for party in tiny.parties}
    assert {row["wikidata"] for row in found if row["partner"] in {"verbohrad", "morske"}} == {
        "Q9000000001",
        "",
    }
    assert {row["geonames"] for row in found if row["partner"] in {"verbohrad", "morske"}} == {"99990010", ""}


@pytest.mark.parametrize(("dataset", "languages"), [("lithuanian", ("lt", "en")), ("tiny", ("de", "en"))])
def test_tables_and_columns_are_explained_in_each_language(
    dataset: str, languages: tuple[str, str], request: pytest.FixtureRequest
) -> None:
    same = {"Name", "Partner"}  # in German too
    group = json.loads(table_files(request.getfixturevalue(dataset))["csv-metadata.json"])["tables"]
    assert len(group) == 3
    for table in group:
        columns = table["tableSchema"]["columns"]
        described = [table["dc:title"], *(column["dc:description"] for column in columns)]
        for column in columns:
            titles = {tag: words[1] for tag, words in column["titles"].items()}
            described.append([{"@language": tag, "@value": title} for tag, title in titles.items()])
        for texts in described:
            found = {text["@language"]: text["@value"].partition(" (")[0] for text in texts}
            assert tuple(found) == languages
            assert all(found.values())
            assert len(set(found.values())) == 2 or set(found.values()) <= same, found


def metadata_problems(path: Path) -> list[str]:
    # csvw collects its own warnings as findings; ours must not turn them into errors first.
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        table = CSVW(str(path), validate=True)
        try:
            return [] if table.is_valid else [str(warning.message) for warning in table.warnings]
        except ValueError as error:
            return [str(error)]


@pytest.fixture
def tables(tiny: Records, tmp_path: Path) -> Path:
    for name, content in table_files(tiny).items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.parametrize("name", ["agreements.csv", "memberships.csv", "partners.csv"])
def test_the_metadata_of_a_table_fits_it(tables: Path, name: str) -> None:
    assert metadata_problems(tables / f"{name}-metadata.json") == []


def test_the_metadata_of_all_tables_keep_them_together(tables: Path) -> None:
    assert metadata_problems(tables / "csv-metadata.json") == []
    partners = (tables / "partners.csv").read_bytes()
    (tables / "partners.csv").write_bytes(partners.replace(b"\r\nverbohrad,", b"\r\nwerbograd,"))
    assert metadata_problems(tables / "csv-metadata.json"), "a document's partner must be among the partners"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("agreements.csv", b",1991-06-20,", b",20.06.1991,"),
        ("agreements.csv", b"\r\nverbohrad-1,", b"\r\n,"),
        ("partners.csv", b",Q9000000001,", b",9000000001,"),
        ("memberships.csv", b"auenstaedte,auenstaedte,", b"brueckenstaedte,auenstaedte,"),
    ],
)
def test_the_metadata_catch_what_is_wrong(tables: Path, name: str, old: bytes, new: bytes) -> None:
    content = (tables / name).read_bytes()
    assert old in content
    (tables / name).write_bytes(content.replace(old, new, 1))
    assert metadata_problems(tables / f"{name}-metadata.json")


def test_the_metadata_lead_to_our_things_and_terms(tiny: Records, terms: Graph) -> None:
    document: dict[str, Any] = json.loads(table_files(tiny)["agreements.csv-metadata.json"])
    schema = document["tableSchema"]
    assert schema["aboutUrl"] == "https://lod.example.org/lindenau/id/agreement/{agreement}"
    columns = {column["name"]: column for column in schema["columns"]}
    assert columns["partner"]["valueUrl"] == "https://lod.example.org/lindenau/id/place/{partner}"
    assert columns["title_de"]["lang"] == "de"
    assert set(columns["signed"]["titles"]) == {"de", "en"}
    assert schema["primaryKey"] == ["agreement", "partner"]
    ours = [c["propertyUrl"] for c in columns.values() if "vilnius-lod/ontology" in c.get("propertyUrl", "")]
    assert ours
    assert all(terms.query(f"ASK {{ <{iri}> ?p ?o }}").askAnswer for iri in ours)


def test_several_dates_and_lines_are_joined_in_order(tiny: Records) -> None:
    first = next(event for event in tiny.events if event.agreement == "valbrume-1")
    further = [
        replace(first, slug=f"valbrume-1-renewal-{number}", kind="renewal", date=Edtf(date))
        for number, date in enumerate(("2001-02", "1999", "2010"), 7)
    ]
    agreements = tuple(
        replace(row, quote=replace(row.quote, lines=(15, 9))) if row.slug == "valbrume-1" else row
        for row in tiny.agreements
    )
    files = table_files(replace(tiny, agreements=agreements, events=(*tiny.events, *further)))
    row = next(row for row in rows(files["agreements.csv"]) if row["agreement"] == "valbrume-1")
    assert row["renewed"] == "1999;2001-02;2007-05-03;2010"
    assert row["source_line"] == "9;15"


def test_a_column_claims_nothing_of_things_whose_slugs_are_not_as_it_expects(tiny: Records) -> None:
    def signed(records: Records) -> dict[str, Any]:
        columns = json.loads(table_files(records)["agreements.csv-metadata.json"])["tableSchema"]["columns"]
        return next(column for column in columns if column["name"] == "signed")

    assert signed(tiny)["propertyUrl"].endswith("#edtf")
    first, *others = tiny.events
    renamed = signed(replace(tiny, events=(replace(first, slug="the-first"), *others)))
    assert renamed["suppressOutput"]
    assert "propertyUrl" not in renamed
