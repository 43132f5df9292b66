"""The catalogue is what portals take at the first harvest: both profiles, both languages, true files."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph
import pyshacl
import pytest
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, PROV, RDF, SH, SKOS, VOID, XSD
from rdflib.term import Node

from vilnius_lod.catalogue import dsa, dumps
from vilnius_lod.catalogue.dcat import FileFacts, catalogue_graph, void_graph
from vilnius_lod.catalogue.void import statistics
from vilnius_lod.edtf import Edtf
from vilnius_lod.graphs import minting
from vilnius_lod.inputs.issues import InputError
from vilnius_lod.rdf.terms import Graphs, Triple
from vilnius_lod.rdf.writers import ntriples
from vilnius_lod.records import loader as tables
from vilnius_lod.records.model import Origin, Records, Release
from vilnius_lod.tools.catalogue_audit import mqa
from vilnius_lod.validation.rdflib_terms import plain, to_rdflib

from ..conftest import NOT_OURS, ROOT
from ..tables import csv_tables, table_files

SITE = "https://data.example.net/"
PROFILES = ROOT.parent / "shared" / "profiles"
OUR_SHAPES = Graph().parse(ROOT / "shapes" / "catalogue.ttl")
ADMS = Namespace("http://www.w3.org/ns/adms#")
CNT = Namespace("http://www.w3.org/2011/content#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
DQV = Namespace("http://www.w3.org/ns/dqv#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
VLO = Namespace("https://w3id.org/vilnius-lod/ontology#")
VLS = Namespace("https://w3id.org/vilnius-lod/shapes#")
EU = "http://publications.europa.eu/resource/authority/"


def contents(records: Records, graphs: Graphs) -> dict[str, bytes]:
    """The files that people download, by path."""
    data = records.dataset
    triples = {minting.graph_name(data, name).value: graph for name, graph in graphs.items()}
    found = {f"data/{data.name}.{end}": text for end, text in dumps.dumps(triples).items()}
    return found | {f"data/{name}": text for name, text in table_files(records).items()}


def facts(files: Mapping[str, bytes]) -> list[FileFacts]:
    return [FileFacts(path, len(text), hashlib.sha256(text).hexdigest()) for path, text in files.items()]


@pytest.fixture(scope="module")
def files(tiny: Records, tiny_statements: Graphs) -> dict[str, bytes]:
    return contents(tiny, tiny_statements)


@pytest.fixture(scope="module")
def catalogue(tiny: Records, tiny_statements: Graphs, files: dict[str, bytes]) -> Graph:
    return to_rdflib(catalogue_graph(tiny, facts(files), statistics(tiny_statements, tiny), SITE))


@pytest.fixture(scope="module")
def dataset_iri(tiny: Records) -> URIRef:
    return URIRef(f"{tiny.dataset.base}dataset")


@pytest.fixture
def of_bare(bare: Records, bare_statements: Graphs) -> Callable[..., Graph]:
    """The catalogue of the invented city, its records and files changed."""

    def make(records: Records = bare, files: list[FileFacts] | None = None, site: str = SITE) -> Graph:
        given = [FileFacts("data/lindenau-lod.ttl", 7, "a" * 64)] if files is None else files
        return to_rdflib(catalogue_graph(records, given, statistics(bare_statements, records), site))

    return make


def of_class(graph: Graph, *names: str) -> set[Node]:
    return {it for name in names for it in graph.subjects(RDF.type, DCAT[name])}


def by_file(graph: Graph) -> set[Node]:
    """The distributions that are files."""
    return set(graph.subjects(DCAT.downloadURL))


# What it is made of


def test_no_blank_nodes_and_every_node_of_ours_under_the_base(catalogue: Graph, tiny: Records) -> None:
    assert not [node for triple in catalogue for node in triple if isinstance(node, BNode)]
    ours = {it for it in catalogue.subjects() if str(it).startswith(tiny.dataset.base)}
    assert of_class(catalogue, "Catalog", "Dataset", "Distribution", "DataService", "CatalogRecord") <= ours


def test_each_has_one_identifier_and_no_other_has_the_same(catalogue: Graph) -> None:
    for it in of_class(catalogue, "Catalog", "Dataset", "Distribution", "DataService", "CatalogRecord"):
        assert list(catalogue.objects(it, DCTERMS.identifier)) == [Literal(str(it))]
    assert set(Counter(catalogue.objects(None, DCTERMS.identifier)).values()) == {1}


@pytest.mark.parametrize("predicate", [DCTERMS.title, DCTERMS.description])
def test_titles_and_descriptions_are_in_each_language(catalogue: Graph, predicate: URIRef) -> None:
    for it in of_class(catalogue, "Catalog", "Dataset", "Distribution", "DataService", "CatalogRecord"):
        texts = [text for text in catalogue.objects(it, predicate) if isinstance(text, Literal)]
        assert sorted(str(text.language) for text in texts) == ["de", "en"], it
        assert len(set(map(str, texts))) == 2, f"{it} says the same in two languages"


def test_every_file_is_a_distribution_with_its_true_size_and_checksum(
    catalogue: Graph, files: dict[str, bytes], dataset_iri: URIRef
) -> None:
    wanted = {path for path in files if not path.endswith(".json")}
    assert len(wanted) == 8
    found = {str(catalogue.value(it, DCAT.downloadURL)).removeprefix(SITE): it for it in by_file(catalogue)}
    assert set(found) == wanted
    for path, it in found.items():
        assert (dataset_iri, DCAT.distribution, it) in catalogue
        assert catalogue.value(it, DCAT.accessURL) == URIRef(SITE + path)
        size = Literal(str(len(files[path])), datatype=XSD.nonNegativeInteger)
        assert catalogue.value(it, DCAT.byteSize) == size
        checksum = catalogue.value(it, SPDX.checksum)
        assert isinstance(checksum, URIRef)
        assert str(catalogue.value(checksum, SPDX.checksumValue)) == hashlib.sha256(files[path]).hexdigest()
        assert catalogue.value(checksum, SPDX.algorithm) == SPDX.checksumAlgorithm_sha256


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("partners.geojson", "partners-geojson"),
        ("data/lindenau-lod.jsonld", "jsonld"),
        ("data/agreements.csv", "agreements"),
        ("data/dsa.csv", None),
        ("vocabulary/ontology.ttl", None),
        ("report.ttl", None),
        ("data/agreements.csv-metadata.json", None),
    ],
)
def test_what_is_a_distribution(
    of_bare: Callable[..., Graph], bare: Records, path: str, slug: str | None
) -> None:
    graph = of_bare(files=[FileFacts(path, 7, "a" * 64)])
    found = {str(it).removeprefix(f"{bare.dataset.base}distribution/") for it in by_file(graph)}
    assert found == ({slug} if slug else set())


def test_the_data_structure_description_is_documentation_of_the_tables(
    catalogue: Graph, dataset_iri: URIRef, of_bare: Callable[..., Graph], bare: Records
) -> None:
    manifest = URIRef(f"{SITE}data/dsa.csv")
    tables = {URIRef(f"{SITE}data/{name}.csv") for name in ("agreements", "memberships", "partners")}
    pointing = set(catalogue.subjects(FOAF.page, manifest))
    assert dataset_iri in pointing
    assert {catalogue.value(it, DCAT.downloadURL) for it in pointing - {dataset_iri}} == tables
    for predicate in (DCTERMS.title, DCTERMS.description):
        texts = [text for text in catalogue.objects(manifest, predicate) if isinstance(text, Literal)]
        assert sorted(str(text.language) for text in texts) == ["de", "en"]
    # Where the settings name no such description, there is none.
    assert (None, None, manifest) not in of_bare()


def test_services_are_distributions_too(catalogue: Graph, dataset_iri: URIRef) -> None:
    services = of_class(catalogue, "DataService")
    assert {str(catalogue.value(it, DCAT.endpointURL)) for it in services} == {SITE, f"{SITE}sparql"}
    leading = {
        catalogue.value(it, DCAT.accessService) for it in catalogue.objects(dataset_iri, DCAT.distribution)
    }
    assert services == leading - {None}


def test_only_addresses_depend_on_the_site(of_bare: Callable[..., Graph]) -> None:
    here, there = (ntriples(plain(of_bare(site=site))) for site in (SITE, "http://[::1]:8/x"))
    assert here != there
    assert sorted(here.decode().replace(SITE, "http://[::1]:8/x/").split("\n")) == sorted(
        there.decode().split("\n")
    )


def test_the_same_bytes_whatever_the_hash_seed(tiny_dataset: Path) -> None:
    program = f"""
from pathlib import Path
from vilnius_lod.records import loader
from vilnius_lod.catalogue import dcat, dumps, void
from vilnius_lod.rdf.writers import ntriples
from vilnius_lod.catalogue.dcat import FileFacts
from vilnius_lod.graphs.named_graphs import named_graphs, vocabulary_graph
records = loader.read(Path({str(tiny_dataset)!r}))
facts = void.statistics(named_graphs(records, vocabulary_graph()), records)
files = [FileFacts("data/lindenau-lod.ttl", 7, "a" * 64)]
print(ntriples(dcat.catalogue_graph(records, files, facts, "http://x/")))
"""
    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1
    assert len(made.pop()) > 10_000


# What it says

SAID = {
    "Catalog": (
        DCTERMS.publisher, DCTERMS.creator, DCAT.contactPoint, DCTERMS.license, DCTERMS.rights, FOAF.homepage,
        DCTERMS.language, DCTERMS.spatial, DCTERMS.issued, DCTERMS.modified, DCTERMS.conformsTo,
        DCAT.themeTaxonomy, DCAT.dataset, DCAT.service, DCAT.record,
    ),
    "CatalogRecord": (
        FOAF.primaryTopic, DCTERMS.conformsTo, ADMS.status, DCTERMS.language, DCTERMS.issued,
        DCTERMS.modified,
    ),
    "Dataset": (
        DCTERMS.publisher, DCTERMS.creator, DCAT.contactPoint, DCTERMS.license, DCTERMS.rights, DCAT.keyword,
        DCAT.theme, DCTERMS.subject, DCTERMS.spatial, DCTERMS.temporal, DCTERMS.provenance,
        PROV.wasDerivedFrom, DCTERMS.relation, DCTERMS.accessRights, DCTERMS.accrualPeriodicity,
        DCTERMS.issued, DCTERMS.modified, DCAT.version, ADMS.versionNotes, DCTERMS.conformsTo,
        DQV.hasQualityMeasurement, DCAT.landingPage, FOAF.page, ADMS.sample, VOID.subset, DCAT.distribution,
        DCTERMS.language,
    ),
    "Distribution": (
        DCAT.accessURL, DCAT.mediaType, DCTERMS["format"], DCTERMS.license, DCTERMS.rights, DCTERMS.issued,
        DCTERMS.modified, DCTERMS.conformsTo, DCTERMS.type, DCATAP.availability,
    ),
    "DataService": (
        DCAT.endpointURL, DCAT.endpointDescription, DCAT.servesDataset, DCTERMS.conformsTo, DCTERMS.license,
        DCTERMS.accessRights, DCTERMS.publisher, DCAT.contactPoint, DCAT.theme, DCAT.keyword,
        DCAT.landingPage, DCTERMS.issued, DCTERMS.modified,
    ),
}  # fmt: skip
OF_A_FILE = (DCAT.downloadURL, DCAT.byteSize, SPDX.checksum, CNT.characterEncoding)


@pytest.mark.parametrize("kind", SAID)
def test_each_is_described_in_full(catalogue: Graph, kind: str) -> None:
    for it in of_class(catalogue, kind):
        missing = [predicate for predicate in SAID[kind] if (it, predicate, None) not in catalogue]
        assert missing == [], it


def test_each_file_is_described_in_full(catalogue: Graph) -> None:
    for it in by_file(catalogue):
        assert [predicate for predicate in OF_A_FILE if (it, predicate, None) not in catalogue] == [], it
    # The files are offered as they are: what is not compressed does not say how.
    assert (None, DCAT.compressFormat, None) not in catalogue
    assert (None, DCAT.packageFormat, None) not in catalogue


def test_it_is_one_document_without_pages(catalogue: Graph) -> None:
    assert not [it for it in catalogue.predicates() if "hydra" in str(it)]


def test_the_dataset_follows_ontology_and_shapes_and_leads_to_the_citys_page(
    catalogue: Graph, dataset_iri: URIRef, tiny: Records
) -> None:
    followed = set(catalogue.objects(dataset_iri, DCTERMS.conformsTo))
    assert followed == {URIRef(f"https://w3id.org/vilnius-lod/{name}") for name in ("ontology", "shapes")}
    source = catalogue.value(dataset_iri, DCTERMS.relation)
    assert source == catalogue.value(dataset_iri, PROV.wasDerivedFrom)
    assert str(catalogue.value(source, DCTERMS.title)) == tiny.dataset.source.title


def test_subjects_and_themes_are_called_as_their_publishers_call_them(
    catalogue: Graph, dataset_iri: URIRef
) -> None:
    labels = {
        predicate: {
            str(label)
            for it in catalogue.objects(dataset_iri, predicate)
            for label in catalogue.objects(it, SKOS.prefLabel)
            if isinstance(label, Literal) and label.language == "en"
        }
        for predicate in (DCTERMS.subject, DCAT.theme)
    }
    assert labels == {
        DCTERMS.subject: {"twinning", "international cooperation"},
        DCAT.theme: {"International issues", "Regions and cities"},
    }


def test_quality_is_measured_by_metrics_that_say_what_they_mean(
    catalogue: Graph, dataset_iri: URIRef, tiny: Records, tiny_statements: Graphs
) -> None:
    shares = statistics(tiny_statements, tiny).shares
    found = {}
    for measurement in catalogue.objects(dataset_iri, DQV.hasQualityMeasurement):
        metric = catalogue.value(measurement, DQV.isMeasurementOf)
        for predicate in (SKOS.prefLabel, SKOS.definition):
            assert {text.language for text in catalogue.objects(metric, predicate)} == {"lt", "en"}  # type: ignore[attr-defined]
        found[str(metric).rpartition("/")[2]] = str(catalogue.value(measurement, DQV.value))
    assert found == {slug: str(share) for slug, share in shares.items()}
    assert set(found) == {"dated", "quoted", "linked", "corroborated"}


def test_what_is_set_once_stands_in_every_description(
    of_bare: Callable[..., Graph], bare: Records, bare_statements: Graphs, vocabulary: list[Triple]
) -> None:
    licence, title = "https://example.org/licence", {"de": "Ganz anders", "en": "Something else"}
    data = replace(bare.dataset, licence=licence, title=title)
    data = replace(data, settings={**data.settings, "dsa": {"dataset": "datasets/gov/some_body/towns"}})
    records = replace(bare, dataset=data)
    dataset = URIRef(f"{data.base}dataset")
    void = to_rdflib(void_graph(records, [], statistics(bare_statements, records), SITE))
    for graph in (of_bare(records), void):
        assert graph.value(dataset, DCTERMS.license) == URIRef(licence)
        assert {str(text) for text in graph.objects(dataset, DCTERMS.title)} == set(title.values())
    table = json.loads(table_files(records)["partners.csv-metadata.json"])
    assert table["dc:license"] == {"@id": licence}
    assert table["dc:source"] == {"@id": str(dataset)}
    assert "Ganz anders" in (dsa.description(records, csv_tables(records), vocabulary, SITE) or b"").decode()


def test_everything_bears_the_same_licence_of_the_authority_table(catalogue: Graph) -> None:
    assert set(catalogue.objects(None, DCTERMS.license)) == {URIRef(f"{EU}licence/CC0")}
    for it in of_class(catalogue, "Catalog", "Dataset", "Distribution", "DataService"):
        assert catalogue.value(it, DCTERMS.license)


def test_a_licence_that_the_table_lacks_keeps_its_address(
    of_bare: Callable[..., Graph], bare: Records
) -> None:
    own = "https://example.org/licence"
    graph = of_bare(replace(bare, dataset=replace(bare.dataset, licence=own)))
    assert set(graph.objects(None, DCTERMS.license)) == {URIRef(own)}


def test_dates_come_from_the_releases_and_the_newest_is_described(
    of_bare: Callable[..., Graph], bare: Records
) -> None:
    text = {"de": "Neu.", "en": "New."}
    newest = Release(version="0.3.0", date=Edtf("2026-06-01"), changes=text, origin=Origin("releases.csv", 4))
    graph = of_bare(replace(bare, releases=(*bare.releases, newest)))
    dataset = URIRef(f"{bare.dataset.base}dataset")
    assert graph.value(dataset, DCTERMS.issued) == Literal("2026-05-01", datatype=XSD.date)
    assert graph.value(dataset, DCTERMS.modified) == Literal("2026-06-01", datatype=XSD.date)
    assert graph.value(dataset, DCAT.version) == Literal("0.3.0")
    assert set(graph.objects(dataset, ADMS.versionNotes)) == {
        Literal("Neu.", lang="de"),
        Literal("New.", lang="en"),
    }
    record = URIRef(f"{bare.dataset.base}record/dataset")
    assert graph.value(record, ADMS.status) == URIRef("http://purl.org/adms/changetype/updated")
    first = of_bare(replace(bare, releases=bare.releases[:1]))
    assert first.value(record, ADMS.status) == URIRef("http://purl.org/adms/changetype/created")


def test_period_and_places(catalogue: Graph, tiny: Records, dataset_iri: URIRef) -> None:
    period = catalogue.value(dataset_iri, DCTERMS.temporal)
    earliest = min(event.date for event in tiny.events)
    assert str(catalogue.value(period, DCAT.startDate)) == str(earliest)
    assert catalogue.value(period, DCAT.endDate) == Literal(tiny.dataset.source.retrieved, datatype=XSD.date)
    places = set(catalogue.objects(dataset_iri, DCTERMS.spatial))
    assert {str(it).removeprefix(EU) for it in places} == {"place/DEU_BER", "country/DEU"}
    for it in places:
        south, west, north, east = 47, 5, 56, 16
        corners = str(catalogue.value(it, DCAT.bbox)).removeprefix("POLYGON((").removesuffix("))").split(", ")
        assert len(corners) == 5
        assert corners[0] == corners[4]
        for point in [
            *corners,
            str(catalogue.value(it, DCAT.centroid)).removeprefix("POINT(").removesuffix(")"),
        ]:
            long, lat = map(float, point.split())
            assert south < lat < north
            assert west < long < east


def test_what_is_not_set_is_not_claimed(of_bare: Callable[..., Graph], bare: Records) -> None:
    graph = of_bare()
    for predicate in (
        DCAT.contactPoint, DCAT.keyword, DCAT.theme, DCTERMS.spatial, DCTERMS.accessRights,
        DCTERMS.accrualPeriodicity, DCTERMS.provenance, DCTERMS.subject, DCATAP.availability,
    ):  # fmt: skip
        assert (None, predicate, None) not in graph, predicate
    title = graph.value(URIRef(f"{bare.dataset.base}distribution/ttl"), DCTERMS.title)
    assert str(title).endswith(" (lindenau-lod.ttl)")
    assert {
        str(text) for text in graph.objects(None, URIRef("http://www.w3.org/2000/01/rdf-schema#label"))
    } == {"CC0 1.0"}


def test_the_contact_says_whose_address_it_is(catalogue: Graph, dataset_iri: URIRef) -> None:
    contact = catalogue.value(dataset_iri, DCAT.contactPoint)
    assert str(catalogue.value(contact, VCARD.hasEmail)).startswith("mailto:")
    names = {text.language for text in catalogue.objects(contact, VCARD.fn) if isinstance(text, Literal)}
    assert names == {"de", "en"}


@pytest.mark.parametrize(
    ("toml", "column"),
    [
        ('[contact]\nemail = "nobody"\nname = { de = "A", en = "A" }', "contact.email"),
        ('[contact]\nname = { de = "A", en = "A" }', "contact.email"),
        ('[contact]\nemail = "a@example.org"', "contact.name"),
        ('[contact]\nemail = "a@example.org"\nname = { de = "A" }', "contact.name.en"),
        ('[contact]\nemail = "a@example.org"\nphone = "1"\nname = { de = "A", en = "A" }', "contact.phone"),
        ('[catalogue]\nthemes = "INTR"', "catalogue.themes"),
        ('[catalogue]\nthemes = ["INTR"]', "catalogue.themes"),
        ('[catalogue]\nfrequency = "yearly"', "catalogue.frequency"),
        ('[catalogue]\nfrequenzy = "https://example.org/"', "catalogue.frequenzy"),
        ('[catalogue.keywords]\nfr = ["ville"]', "catalogue.keywords.fr"),
        ('[catalogue.keywords]\nde = "Stadt"', "catalogue.keywords.de"),
        ("[catalogue]\ntitle = 5", "catalogue.title"),
        ('[dsa]\ndataset = "datasets/gov/a/b"\nname = "x"', "dsa.name"),
        ('[distributions.ttl]\nname = "x"', "distributions.ttl.name"),
        ('[services.soap]\ntitle = { de = "A", en = "A" }', "services.soap"),
        ('[[spatial]]\nplace = "lindenau"', "spatial.iri"),
        ('[[spatial]]\niri = "https://example.org/"\nplace = "nowhere"', "spatial.place"),
        ('[[spatial]]\niri = "https://example.org/"\nbounds = [56, 20, 53, 27]', "spatial.bounds"),
        ('[[spatial]]\niri = "https://example.org/"\nbounds = "all"', "spatial.bounds"),
        ('spatial = "here"', "spatial"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told(
    bare_dataset: Path, tmp_path: Path, of_bare: Callable[..., Graph], toml: str, column: str
) -> None:
    dataset = shutil.copytree(bare_dataset, tmp_path / "dataset")
    file = dataset / "dataset.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        f"{toml}\n{text}" if toml.startswith("spatial") else f"{text}\n{toml}\n", encoding="utf-8"
    )
    records = tables.read(dataset)
    with pytest.raises(InputError) as refusal:
        of_bare(records)
    assert [(problem.file, problem.column) for problem in refusal.value.problems] == [
        ("dataset.toml", column)
    ]


# The profiles


def shapes(file: str) -> Graph:
    """A file of official shapes. pyoxigraph reads a blank before a language tag, rdflib does not."""
    path = PROFILES / file
    if not path.exists():
        pytest.skip(f"{NOT_OURS} ../shared/profiles")
    turtle, ntriples = pyoxigraph.RdfFormat.TURTLE, pyoxigraph.RdfFormat.N_TRIPLES
    quads = pyoxigraph.parse(path=str(path), format=turtle)
    graph = Graph().parse(
        data=pyoxigraph.serialize((quad.triple for quad in quads), format=ntriples) or b"", format="nt"
    )
    # The published files name property shapes that are nowhere defined; pySHACL refuses those.
    for shape, part in list(graph.subject_objects(SH.property)):
        if (part, SH.path, None) not in graph:
            graph.remove((shape, SH.property, part))
    assert (None, SH.targetClass, None) in graph
    return graph


def results(data: Graph, shapes: Graph) -> Counter[tuple[str, str]]:
    """How often each severity is reported for each path."""
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=True, inference="none")
    assert isinstance(report, Graph)
    return Counter(
        (str(report.value(it, SH.resultSeverity)).removeprefix(str(SH)), str(report.value(it, SH.resultPath)))
        for it in report.objects(None, SH.result)
    )


@pytest.mark.parametrize(
    "file",
    [
        "dcat-ap-3.0.1/shapes.ttl",
        "dcat-ap-3.0.1/shapes_recommended.ttl",
        "dcat-ap-3.0.1/ranges.ttl",
        "dcat-ap-3.0.1/dcat-ap-SHACL.ttl",
        "dcat-ap-3.0.1/deprecateduris.ttl",
    ],
)
def test_dcat_ap_has_nothing_to_report(catalogue: Graph, file: str) -> None:
    assert results(catalogue, shapes(file)) == Counter()


def test_dcat_ap_vocabularies_report_only_what_cannot_be_helped(catalogue: Graph) -> None:
    """The publisher is no EU body; SPDX's IRIs begin with http:, as DCAT-AP-LT (E013) has it, not https:."""
    found = results(catalogue, shapes("dcat-ap-3.0.1/mdr-vocabularies.shape.ttl"))
    number = len(by_file(catalogue))
    assert found == {("Violation", str(SPDX.algorithm)): number, ("Warning", str(DCTERMS.publisher)): 4}


def test_dcat_ap_lt_reports_only_what_dcat_ap_demands(catalogue: Graph) -> None:
    """DCAT-AP-LT 2.1 wants byteSize as xsd:decimal (E075), DCAT-AP 3 as xsd:nonNegativeInteger."""
    found = results(catalogue, shapes("dcat-ap-lt-2.1/shapes.ttl"))
    assert found == {("Violation", str(DCAT.byteSize)): len(by_file(catalogue))}


# Our own shapes

NAMED = sorted(str(it).removeprefix(str(VLS)) for it in OUR_SHAPES.subjects(RDF.type, SH.PropertyShape))


def reported(data: Graph) -> set[str]:
    _, report, _ = pyshacl.validate(data, shacl_graph=OUR_SHAPES, advanced=True, inference="none")
    assert isinstance(report, Graph)
    return {str(it).removeprefix(str(VLS)) for it in report.objects(None, SH.sourceShape)}


def test_the_catalogue_meets_our_own_shapes(catalogue: Graph) -> None:
    assert reported(catalogue) == set()


def a_focus_node(shape: URIRef, data: Graph) -> Node:
    """The first node, by IRI, that the shape looks at."""
    nodes = {it for kind in OUR_SHAPES.objects(shape, SH.targetClass) for it in data.subjects(RDF.type, kind)}
    nodes |= {it for name in OUR_SHAPES.objects(shape, SH.targetSubjectsOf) for it in data.subjects(name)}
    nodes |= {it for name in OUR_SHAPES.objects(shape, SH.targetObjectsOf) for it in data.objects(None, name)}
    return min(nodes, key=str)


@pytest.mark.parametrize("name", NAMED)
def test_each_shape_alone_reports_what_is_missing(catalogue: Graph, name: str) -> None:
    shape, data = VLS[name], Graph() + catalogue
    path = OUR_SHAPES.value(shape, SH.path, any=False)
    assert path is not None
    first = next(iter(OUR_SHAPES.items(path)), path)
    data.remove((a_focus_node(shape, data), first, None))
    assert reported(data) == {name}


@pytest.mark.parametrize(
    ("name", "predicate", "value"),
    [
        ("CatalogueTitleShape", DCTERMS.title, Literal("no language")),
        ("CatalogueTitleShape", DCTERMS.title, Literal("a second one", lang="en")),
        ("CatalogueDescriptionShape", DCTERMS.description, Literal("no language")),
        ("CatalogueIdentifierShape", DCTERMS.identifier, Literal("a second one")),
        ("CatalogueIssuedShape", DCTERMS.issued, Literal("2026", datatype=XSD.gYear)),
        ("CatalogueModifiedShape", DCTERMS.modified, Literal("2026-01", datatype=XSD.gYearMonth)),
        ("DistributionLicenceShape", DCTERMS.license, Literal("CC BY")),
        ("DistributionRightsShape", DCTERMS.rights, Literal("free")),
        ("DistributionMediaTypeShape", DCAT.mediaType, Literal("text/turtle")),
        ("DistributionSizeShape", DCAT.byteSize, Literal(0)),
    ],
)
def test_each_shape_alone_reports_what_is_wrong(
    catalogue: Graph, name: str, predicate: URIRef, value: Literal
) -> None:
    data = Graph() + catalogue
    data.add((a_focus_node(VLS[name], data), predicate, value))
    assert reported(data) == {name}


def test_a_checksum_has_64_digits(catalogue: Graph) -> None:
    data = Graph() + catalogue
    checksum = next(iter(data.subjects(SPDX.algorithm)))
    data.set((checksum, SPDX.checksumValue, Literal("abc", datatype=XSD.hexBinary, normalize=False)))
    assert reported(data) == {"DistributionChecksumShape"}


@pytest.mark.parametrize("name", NAMED)
def test_each_shape_is_named_and_explained_in_both_languages(name: str) -> None:
    for predicate in (SH.name, SH.message, VLO.fix):
        texts = [text for text in OUR_SHAPES.objects(VLS[name], predicate) if isinstance(text, Literal)]
        assert sorted(str(text.language) for text in texts) == ["en", "lt"]
    assert OUR_SHAPES.value(VLS[name], SH.severity, any=False) in {SH.Violation, SH.Warning}


# No published copy that was seen has a Lithuanian label of these; whoever finds one takes the name away here.
ENGLISH_ONLY = {
    "language/DEU", "language/ENG", "language/LIT",
    "eurovoc/216", "eurovoc/5323", "eurovoc/5657",
    "access-right/PUBLIC", "planned-availability/AVAILABLE", "planned-availability/STABLE",
    "frequency/ANNUAL", "frequency/IRREG",
    "distribution-type/DOWNLOADABLE_FILE", "distribution-type/WEB_SERVICE",
    "file-type/CSV", "file-type/GEOJSON", "file-type/JSON_LD", "file-type/RDF_N_QUADS",
    "file-type/RDF_N_TRIPLES", "file-type/RDF_TURTLE", "file-type/RDF_XML", "file-type/XML",
    "licencetype/Attribution", "licencetype/PublicDomain",
    "publishertype/LocalAuthority", "publishertype/NonProfitOrganisation",
    "changetype/created", "changetype/updated",
}  # fmt: skip


def test_the_concepts_without_a_lithuanian_label_are_known() -> None:
    extract = Graph().parse(ROOT / "ontology" / "authority.ttl")
    lacking = {
        str(it)
        for it in extract.subjects(RDF.type, SKOS.Concept)
        if "lt" not in {label.language for label in extract.objects(it, SKOS.prefLabel)}  # type: ignore[attr-defined]
    }
    spaces = (EU, "http://purl.org/adms/")
    named = {it.replace("http://eurovoc.europa.eu/", "eurovoc/") for it in lacking}
    for space in spaces:
        named = {it.removeprefix(space) for it in named}
    assert named == ENGLISH_ONLY


def test_the_extract_keeps_where_each_label_was_seen() -> None:
    extract = Graph().parse(ROOT / "ontology" / "authority.ttl")
    concepts = set(extract.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) > 20
    for concept in concepts:
        scheme = extract.value(concept, SKOS.inScheme)
        assert (concept, SKOS.prefLabel, None) in extract, concept
        assert (scheme, RDF.type, SKOS.ConceptScheme) in extract, concept
        assert len(str(extract.value(scheme, DCTERMS.source))) > 20, scheme


# Metadata Quality Assessment of data.europa.eu. The points and indicators of the portal, as its methodology
# (https://data.europa.eu/mqa/methodology) has them, are in tools/catalogue_audit/mqa.py.

POINTS = {
    "findability": 100, "accessibility": 100, "interoperability": 110, "reusability": 75, "contextuality": 20,
}  # fmt: skip
Points = Callable[..., tuple[dict[str, int], set[str]]]


@pytest.fixture(scope="module")
def points(catalogue: Graph, files: dict[str, bytes], dataset_iri: URIRef) -> Points:
    """What a distribution gets, and the indicators by which it loses, where each address of ours answers
    and the profile is met; ``graph`` is another catalogue.
    """
    answering = {SITE, f"{SITE}sparql", *(SITE + path for path in files)}
    complies = not [
        key for key in results(catalogue, shapes("dcat-ap-3.0.1/shapes.ttl")) if "Violation" in key
    ]

    def ask(it: Node, graph: Graph = catalogue) -> tuple[dict[str, int], set[str]]:
        found, lost = mqa.points(mqa.Case(graph, dataset_iri, it, answering, complies))
        return found, set(lost)

    return ask


def test_the_points_are_405() -> None:
    assert sum(POINTS.values()) == mqa.MAX_POINTS == 405


def test_every_file_gets_all_points(catalogue: Graph, points: Points) -> None:
    assert len(by_file(catalogue)) == 8
    for it in by_file(catalogue):
        assert points(it) == (POINTS, set()), it


def test_services_lose_only_what_presupposes_a_file(catalogue: Graph, points: Points) -> None:
    services = set(catalogue.subjects(DCAT.accessService))
    assert len(services) == 2
    less = {**POINTS, "accessibility": 50, "contextuality": 15}
    for it in services:
        assert points(it) == (less, {"downloadURL", "downloadURL answers", "size"})


@pytest.mark.parametrize(
    ("predicate", "value", "cost", "lost"),
    [
        (DCAT.keyword, None, 30, {"keywords"}),
        (DCAT.theme, None, 30, {"themes"}),
        (DCTERMS.spatial, None, 20, {"places"}),
        (DCTERMS.temporal, None, 20, {"period"}),
        (DCAT.accessURL, "https://elsewhere.example/", 50, {"accessURL answers"}),
        (DCAT.downloadURL, None, 50, {"downloadURL", "downloadURL answers"}),
        (DCAT.downloadURL, "https://elsewhere.example/", 30, {"downloadURL answers"}),
        (
            DCTERMS["format"], f"{EU}file-type/DOCX", 50,
            {"format and media type are known", "non-proprietary", "machine-readable"},
        ),
        (
            DCTERMS["format"], None, 70,
            {"format", "format and media type are known", "non-proprietary", "machine-readable"},
        ),
        (DCAT.mediaType, None, 20, {"media type", "format and media type are known"}),
        (DCTERMS.license, None, 30, {"licence", "licence is known"}),
        (DCTERMS.license, "https://creativecommons.org/licenses/by/4.0/", 10, {"licence is known"}),
        (DCTERMS.accessRights, None, 15, {"access rights", "access rights are known"}),
        (DCTERMS.accessRights, "https://example.org/free", 5, {"access rights are known"}),
        (DCAT.contactPoint, None, 20, {"contact point"}),
        (DCTERMS.publisher, None, 10, {"publisher"}),
        (DCTERMS.rights, None, 5, {"rights"}),
        (DCAT.byteSize, None, 5, {"size"}),
        (DCTERMS.issued, None, 5, {"issued"}),
        (DCTERMS.modified, None, 5, {"modified"}),
    ],
)  # fmt: skip
def test_what_is_left_out_or_unknown_costs_points(
    catalogue: Graph, dataset_iri: URIRef, points: Points,
    predicate: URIRef, value: str | None, cost: int, lost: set[str],
) -> None:  # fmt: skip
    graph, it = Graph() + catalogue, next(catalogue.subjects(DCAT.downloadURL))
    for subject in (dataset_iri, it):
        if (subject, predicate, None) in graph:
            graph.remove((subject, predicate, None))
            if value:
                graph.add((subject, predicate, URIRef(value)))
    found, missing = points(it, graph)
    assert (mqa.MAX_POINTS - sum(found.values()), missing) == (cost, lost)
