"""Real harvesters meet the running service: CKAN, udata, and a client that knows only the host.

Needs ``make .venv/.ckan .venv/.udata`` and Debian's raptor2-utils."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, VOID

from vilnius_lod.snapshot import Snapshot

from ..conftest import ROOT

pytestmark = pytest.mark.contract
Get = Callable[[str], bytes]
EU = "http://publications.europa.eu/resource/authority/"
SERVICES = {"sparql", "api"}


def harvested(portal: str, *arguments: str) -> Any:
    """What a portal's own parser makes of an address."""
    python = ROOT / ".venv" / portal / "bin" / "python"
    if not python.exists():
        pytest.skip(f"{portal} is not installed: make .venv/.{portal}")
    program = Path(__file__).with_name(f"{portal}_program.py")
    found = subprocess.run(
        [python, program, *arguments],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout.splitlines()[-1])


@pytest.fixture(scope="module", params=["de", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """The language that the portal is configured for."""
    found: str = request.param
    return found


def expected_files(snapshot: Snapshot, site: str) -> dict[str, tuple[int, str]]:
    """Size and checksum of each file that is a distribution."""
    listed = {
        site + name: (file.bytes, file.sha256)
        for name, file in snapshot.files.items()
        if f"{name}-metadata.json" in snapshot.files
        or name.startswith(f"data/{snapshot.facts.name}.")
        or name.endswith(".geojson")
    }
    assert len(listed) == 9
    return listed


@pytest.fixture(scope="module")
def in_ckan(get: Get, site: str, language: str) -> dict[str, Any]:
    """The one dataset that CKAN gets."""
    [dataset] = harvested("ckan", f"{site}catalog", language, "euro_dcat_ap_3")
    found: dict[str, Any] = dataset
    return found


def test_ckan_has_the_words_in_its_language(
    in_ckan: dict[str, Any], snapshot: Snapshot, language: str
) -> None:
    assert in_ckan["title"] == snapshot.facts.title[language]
    assert in_ckan["notes"] == snapshot.facts.description[language]
    names = {resource["uri"].rsplit("/", 1)[1]: resource["name"] for resource in in_ckan["resources"]}
    wanted = {"de": "Partner (CSV-Tabelle)", "en": "Partners (CSV table)"}
    assert names["partners"] == wanted[language]
    extras = {extra["key"]: extra["value"] for extra in in_ckan["extras"]}
    assert extras["publisher_name"] == snapshot.facts.publisher_name[language]


def test_ckan_has_every_resource_with_size_checksum_licence_and_format(
    in_ckan: dict[str, Any], snapshot: Snapshot, site: str
) -> None:
    resources = {resource["uri"].rsplit("/", 1)[1]: resource for resource in in_ckan["resources"]}
    services = {name: resources.pop(name) for name in SERVICES}
    assert {name: service["url"] for name, service in services.items()} == {
        "sparql": f"{site}sparql",
        "api": site,
    }
    found = {
        resource["download_url"]: (int(resource["size"]), resource["hash"]) for resource in resources.values()
    }
    assert found == expected_files(snapshot, site)
    for resource in resources.values():
        assert resource["license"] == f"{EU}licence/CC_BY_4_0"
        assert resource["format"].startswith(f"{EU}file-type/")
        assert resource["issued"] == snapshot.facts.issued


def test_ckan_knows_the_licence_by_the_name_in_its_own_register(in_ckan: dict[str, Any]) -> None:
    assert in_ckan["license_id"] == "cc-by"


def test_ckan_has_contact_themes_period_and_places(in_ckan: dict[str, Any], snapshot: Snapshot) -> None:
    extras = {extra["key"]: extra["value"] for extra in in_ckan["extras"]}
    assert extras["contact_email"] == "international@lindenau.example"
    themes = {theme.removeprefix(f"{EU}data-theme/") for theme in json.loads(extras["theme"])}
    assert themes == {"INTR", "REGI"}
    assert (extras["issued"], extras["modified"]) == (snapshot.facts.issued, snapshot.facts.modified)
    assert extras["temporal_start"] == "1970-07-21"
    assert extras["access_rights"] == f"{EU}access-right/PUBLIC"
    assert extras["frequency"] == f"{EU}frequency/IRREG"
    assert json.loads(extras["spatial_bbox"])["type"] == "Polygon"
    assert len(json.loads(extras["language"])) == 2


def test_an_older_portal_of_ckan_gets_the_same_files(get: Get, site: str, snapshot: Snapshot) -> None:
    [dataset] = harvested("ckan", f"{site}catalog.rdf", "de", "euro_dcat_ap_2")
    found = {row["download_url"]: int(row["size"]) for row in dataset["resources"] if "download_url" in row}
    assert found == {address: size for address, (size, _) in expected_files(snapshot, site).items()}
    assert dataset["license_id"] == "cc-by"


@pytest.fixture(scope="module")
def in_udata(get: Get, site: str, language: str) -> dict[str, Any]:
    """The dataset that udata gets."""
    found: dict[str, Any] = harvested("udata", f"{site}catalog", language)
    return found


def test_udata_has_the_words_licence_and_period(
    in_udata: dict[str, Any], snapshot: Snapshot, language: str
) -> None:
    assert in_udata["title"] == snapshot.facts.title[language]
    assert in_udata["description"] == snapshot.facts.description[language]
    assert in_udata["licence"] == "cc-by"
    assert in_udata["frequency"] == "irregular"
    # It looks the period up at its own IRI.
    assert in_udata["temporal_coverage"] == {
        "start": "1970-07-21",
        "end": snapshot.facts.source.retrieved,
    }


def test_udata_has_every_file_with_size_and_checksum(
    in_udata: dict[str, Any], snapshot: Snapshot, site: str
) -> None:
    found = {
        row["url"]: (row["filesize"], base64.b64decode(row["checksum"]["value"]["$binary"]).hex())
        for row in in_udata["resources"]
        if "filesize" in row
    }
    assert found == expected_files(snapshot, site)
    kinds = {row["type"] for row in in_udata["resources"] if "filesize" not in row}
    assert kinds == {"api"}


@pytest.mark.parametrize(("extension", "name"), [("ttl", "turtle"), ("rdf", "rdfxml"), ("nt", "ntriples")])
def test_other_parsers_read_the_same_catalogue(
    get: Get, site: str, extension: str, name: str, snapshot: Snapshot
) -> None:
    """Raptor, on which Redland and Virtuoso's loaders are built, and Oxigraph's."""
    if not shutil.which("rapper"):
        pytest.skip("rapper is not installed: sudo apt install raptor2-utils")
    address = f"{site}catalog.{extension}"
    content = get(f"/catalog.{extension}")
    expected = set(Graph().parse(data=snapshot.read("catalogue.nt"), format="nt"))
    command = ["rapper", "-q", "-i", name, "-o", "ntriples", "-", address]
    read = subprocess.run(command, input=content, capture_output=True, timeout=60)
    assert (read.returncode, read.stderr) == (0, b"")
    assert set(Graph().parse(data=read.stdout, format="nt")) == expected
    form = pyoxigraph.RdfFormat.from_extension(extension)
    triples = (quad.triple for quad in pyoxigraph.parse(content, format=form))
    plain = pyoxigraph.serialize(triples, format=pyoxigraph.RdfFormat.N_TRIPLES)
    assert set(Graph().parse(data=plain or b"", format="nt")) == expected


def fetched(address: str, accept: str) -> bytes:
    request = urllib.request.Request(address, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


def test_a_client_that_knows_only_the_host_finds_endpoint_and_dumps_and_the_counts_agree(
    get: Get, site: str
) -> None:
    void = Graph().parse(data=fetched(f"{site}.well-known/void", "text/turtle"), format="turtle")
    document = URIRef(f"{site}.well-known/void")
    assert (document, RDF.type, VOID.DatasetDescription) in void
    [dataset] = void.objects(document, URIRef("http://xmlns.com/foaf/0.1/primaryTopic"))
    counts = {
        name: int(str(void.value(dataset, VOID[name])))
        for name in ("triples", "entities", "distinctSubjects", "classes", "properties")
    }
    [dump] = [str(it) for it in void.objects(dataset, VOID.dataDump) if str(it).endswith(".nt")]
    lines = fetched(dump, "*/*").decode().splitlines()
    assert counts["triples"] == len(lines) == len(set(lines))
    subjects = {line.split(" ", 1)[0] for line in lines}
    assert counts["distinctSubjects"] == len(subjects)
    space = str(void.value(dataset, VOID.uriSpace))
    assert counts["entities"] == sum(subject.startswith(f"<{space}") for subject in subjects)
    endpoint = str(void.value(dataset, VOID.sparqlEndpoint))
    # The endpoint has the catalogue too, which is no part of the dataset.
    query = f"""SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?p) AS ?properties) WHERE {{
        {{ SELECT DISTINCT ?s ?p ?o WHERE {{
            GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{site}graph/catalogue>) }} }} }}"""
    asked = fetched(
        f"{endpoint}?{urllib.parse.urlencode({'query': query})}", "application/sparql-results+json"
    )
    [row] = json.loads(asked)["results"]["bindings"]
    assert int(row["triples"]["value"]) == counts["triples"]
    assert int(row["properties"]["value"]) == counts["properties"]
    example = str(void.value(dataset, VOID.exampleResource))
    assert Graph().parse(data=fetched(example, "text/turtle"), format="turtle")
