"""The data structure description: what it says of the tables, and what the state's own tool says of it."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SKOS

from vilnius_lod.catalogue import csvw, dsa
from vilnius_lod.catalogue import settings as catalogue_settings
from vilnius_lod.inputs.issues import InputError
from vilnius_lod.rdf import namespaces
from vilnius_lod.rdf.terms import Triple
from vilnius_lod.records.model import Records

from ..conftest import ROOT
from ..tables import csv_tables

SITE = "https://data.example.org/relations/"
SPINTA = ROOT / ".venv" / "spinta" / "bin" / "spinta"
DIMENSIONS = ("dataset", "resource", "base", "model", "property")
Row = dict[str, str]


@pytest.fixture(scope="module")
def content(lithuanian: Records, vocabulary: list[Triple]) -> bytes:
    return dsa.description(lithuanian, csv_tables(lithuanian), vocabulary, SITE) or b""


@pytest.fixture(scope="module")
def rows(content: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def models(rows: list[Row]) -> dict[str, list[Row]]:
    """The properties of each model."""
    found: dict[str, list[Row]] = {}
    name = ""
    for row in rows:
        if row["model"]:
            name = row["model"]
            found[name] = []
        elif row["resource"]:
            name = ""
        elif row["property"] and name:
            found[name].append(row)
    return found


def test_every_column_of_every_table_is_described(rows: list[Row], lithuanian: Records) -> None:
    sources: dict[str, set[str]] = {}
    resource = ""
    for row in rows:
        resource = row["resource"] or resource
        if row["property"] and row["source"]:
            sources.setdefault(resource, set()).add(row["source"])
    for table in csv_tables(lithuanian):
        # What agreements.csv repeats of the partners is described where it belongs.
        repeated = {"partner_name_lt", "partner_name_en", "country"} if table.name == "agreements" else set()
        assert sources[table.name] == {column["name"] for column in table.columns} - repeated
    addresses = {row["resource"]: row["source"] for row in rows if row["resource"]}
    assert addresses == {name: f"{SITE}data/{name}.csv" for name in ("agreements", "memberships", "partners")}


def test_models_are_keyed_and_point_at_one_another(rows: list[Row]) -> None:
    keys = {row["model"]: row["ref"] for row in rows if row["model"]}
    assert keys == {
        "Agreement": "agreement, partner",
        "Network": "network",
        "Membership": "membership",
        "Partner": "partner",
    }
    found = models(rows)
    for name, key in keys.items():
        assert set(key.split(", ")) <= {row["property"] for row in found[name]}
    refs = {(name, row["ref"]) for name in found for row in found[name] if row["type"].startswith("ref")}
    assert refs == {("Agreement", "Partner"), ("Membership", "Network")}


def test_all_of_it_is_open_and_of_level_four_or_above(rows: list[Row]) -> None:
    described = [row for row in rows if row["model"] or row["property"]]
    assert len(described) > 25
    assert {row["level"] for row in described} == {"4", "5"}
    assert {(row["access"], row["visibility"]) for row in described} == {("open", "public")}
    assert all(row["title"] for row in described)


def test_it_speaks_the_first_language_of_the_dataset(rows: list[Row], lithuanian: Records) -> None:
    """The portal is Lithuanian, and so is each title and each explanation."""
    english = {words for table in csv_tables(lithuanian) for words in _words(table)}
    properties = [row for row in rows if row["property"]]
    assert all(row["title"] and row["description"] for row in properties)
    assert not english & {row[name] for row in rows for name in ("title", "description")}
    partner = {row["property"]: row for row in models(rows)["Partner"]}
    assert (partner["lat"]["title"], partner["lat"]["description"]) == (
        "Platuma (WGS84)",
        "Dešimtainiai laipsniai į šiaurę.",
    )


def _words(table: csvw.CsvwTable) -> list[str]:
    texts = [column[key] for column in table.columns for key in ("titles", "dc:description")]
    return [table.metadata["dc:title"], *texts]


def test_one_dimension_in_a_row(rows: list[Row]) -> None:
    for row in rows:
        filled = [name for name in DIMENSIONS if row[name]]
        assert len(filled) == 1 or (not filled and (row["type"] in {"prefix", "enum"} or row["source"]))


def test_texts_carry_their_language_and_codes_their_meaning(rows: list[Row], terms: Graph) -> None:
    partner = {row["property"]: row for row in models(rows)["Partner"]}
    assert (partner["name@lt"]["source"], partner["name@en"]["source"]) == ("name_lt", "name_en")
    start = next(number for number, row in enumerate(rows) if row["type"] == "enum")
    assert rows[start - 1]["property"] == "type"
    codes = {}
    for row in rows[start:]:
        if row["property"]:
            break
        codes[row["source"]] = row
    scheme = URIRef(namespaces.concept("concept-scheme", "agreement-type"))
    assert len(codes) == len(set(terms.subjects(SKOS.inScheme, scheme)))
    assert codes["twinning"]["prepare"] == '"twinning"'
    assert codes["twinning"]["title"] == "Susigiminiavimo sutartis"


def test_what_it_refers_to_is_in_the_vocabularies(rows: list[Row], terms: Graph) -> None:
    prefixes = {row["ref"]: row["uri"] for row in rows if row["type"] == "prefix"}
    used = [row["uri"].split(":") for row in rows if row["uri"] and row["type"] != "prefix"]
    assert {prefix for prefix, _ in used} == set(prefixes)
    for prefix, local in used:
        if prefix == "vlo":
            assert (URIRef(prefixes[prefix] + local), RDF.type, None) in terms


def test_rfc_4180_in_utf_8(content: bytes) -> None:
    assert content.decode().count("\r\n") == content.count(b"\n")
    assert content.startswith(b"id,dataset,resource,base,model,property,type,ref,source,prepare,level,")


def test_without_the_setting_nothing_is_claimed(bare: Records, vocabulary: list[Triple]) -> None:
    assert dsa.description(bare, csv_tables(bare), vocabulary, SITE) is None


@pytest.mark.parametrize("name", ["lindenau", "datasets/gov/Lindenau", "datasets/gov/a-b", "datasets/gov", 7])
def test_a_name_that_the_portal_would_refuse_is_told(tiny: Records, name: object) -> None:
    settings = {**tiny.dataset.settings, "dsa": {"dataset": name}}
    with pytest.raises(InputError) as error:
        catalogue_settings.read(replace(tiny, dataset=replace(tiny.dataset, settings=settings)))
    [problem] = error.value.problems
    assert (problem.file, problem.column, problem.found) == ("dataset.toml", "dsa.dataset", str(name))


def spinta(content: bytes, directory: Path) -> subprocess.CompletedProcess[str]:
    """What ``spinta check`` says of a manifest."""
    if not SPINTA.exists():
        pytest.skip("the state's platform is not installed: make .venv/.spinta")
    (directory / "dsa.csv").write_bytes(content)
    return subprocess.run(
        [SPINTA, "check", "--check-names", "dsa.csv"],
        cwd=directory,
        # It keeps keys in the home directory.
        env={"PATH": os.environ["PATH"], "HOME": str(directory), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def complaints(found: subprocess.CompletedProcess[str]) -> list[str]:
    """What it says beside how it went on: it exits with 0 although it lowered a level."""
    said = (found.stdout + found.stderr).splitlines()
    usual = re.compile(r"OK|Initializing .*|Loading .* manifest default|\s*")
    return [line for line in said if not usual.fullmatch(line)] or [""] * found.returncode


@pytest.mark.contract
def test_the_states_own_platform_accepts_it(content: bytes, tmp_path: Path) -> None:
    found = spinta(content, tmp_path)
    assert found.returncode == 0
    assert "OK" in found.stdout + found.stderr
    assert complaints(found) == []


@pytest.mark.contract
def test_another_citys_too(tiny: Records, vocabulary: list[Triple], tmp_path: Path) -> None:
    settings = {**tiny.dataset.settings, "dsa": {"dataset": "datasets/gov/lindenau/staedte"}}
    records = replace(tiny, dataset=replace(tiny.dataset, settings=settings))
    content = dsa.description(records, csv_tables(records), vocabulary, "http://127.0.0.1:8000/")
    assert complaints(spinta(content or b"", tmp_path)) == []


@pytest.mark.contract
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b",ref required,Partner,", b",ref required,Partners,"),
        (b",,,,Partner,,,partner,", b",,,,partner,,,partner,"),
    ],
)
def test_the_platform_would_tell_what_is_wrong(
    content: bytes, old: bytes, new: bytes, tmp_path: Path
) -> None:
    assert content.count(old) == 1
    assert complaints(spinta(content.replace(old, new), tmp_path))
