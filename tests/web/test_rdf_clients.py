"""Who names only RDF gets RDF: the headers that RDF libraries send, and the libraries themselves."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Dataset, Graph

from tests.web.running import Service, running
from vilnius_lod.build import build
from vilnius_lod.formats import ALSO, DOCUMENT, GRAPHS, RDF_TYPES, VOCABULARY
from vilnius_lod.web.http import negotiate

HTML, TURTLE, JSON_LD = "text/html", "text/turtle", "application/ld+json"
N_TRIPLES, RDF_XML = "application/n-triples", "application/rdf+xml"
# What rdflib sends for hext, nquads, ntriples and where no format is named: all that it can parse.
RDFLIB_ANY = (
    "application/rdf+xml, text/n3, text/turtle, application/n-triples, application/ld+json, "
    "application/n-quads, application/trix, application/trig"
)
REDLAND = (
    "application/rdf+xml, text/rdf;q=0.6, text/turtle, application/x-turtle, text/n3;q=0.3, "
    "application/trig, text/plain;q=0.1, text/html;q=0.2, application/xhtml+xml;q=0.4, */*;q=0.1"
)
JENA = (
    "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,"
    "application/trig,application/n-quads;q=0.9,*/*;q=0.3"
)
RDF_DEREFERENCE = (
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
    "text/turtle;q=0.6,application/rdf+xml;q=0.5,text/n3;q=0.35,application/xml;q=0.3,image/svg+xml;q=0.3,"
    "text/html;q=0.2,application/xhtml+xml;q=0.18"
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
OLD_BROWSER = "application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,image/png,*/*;q=0.5"

HEADERS = [
    # rdflib 7.6: turtle, n3, nt, trig, trix, json-ld, xml, anything
    ("text/turtle, application/x-turtle, */*;q=0.1", TURTLE),
    ("text/n3, */*;q=0.1", TURTLE),
    ("text/plain, */*;q=0.1", N_TRIPLES),
    ("application/trig, */*;q=0.1", TURTLE),
    ("application/trix, */*;q=0.1", TURTLE),
    ("application/ld+json, application/json;q=0.9, */*;q=0.1", JSON_LD),
    ("application/rdf+xml, */*;q=0.1", RDF_XML),
    (RDFLIB_ANY, N_TRIPLES),
    # others
    (JENA, TURTLE),
    (REDLAND, TURTLE),
    (RDF_DEREFERENCE, JSON_LD),
    ("application/rdf+json, */*", TURTLE),
    ("application/owl+xml;q=0.8, */*;q=0.9", TURTLE),
    ("application/rdf+thrift,*/*;q=0.1", TURTLE),
    ("application/x-binary-rdf, application/n-quads;q=0.5, */*;q=0.1", N_TRIPLES),
    ("text/rdf+n3", TURTLE),
    ("text/n3", TURTLE),
    ("application/n-quads", N_TRIPLES),
    ("application/trix, image/png, */*;q=0.1", TURTLE),
    # programs that read JSON
    ("application/json", JSON_LD),
    ("application/json, text/plain, */*", JSON_LD),
    ("application/json, text/javascript, */*; q=0.01", JSON_LD),
    # a better fit goes before what the bytes are as well
    ("application/trig, application/n-triples", N_TRIPLES),
    ("text/n3;q=0.5, application/rdf+xml;q=0.4", TURTLE),
    ("text/turtle;q=0, text/n3, application/rdf+xml;q=0.1", N_TRIPLES),
    ("text/turtle, application/n-triples, application/ld+json, application/rdf+xml", TURTLE),
    # whoever names a page is asked nothing else, and a refusal asks for nothing
    (BROWSER, HTML),
    (OLD_BROWSER, HTML),
    ("text/html, application/trix", HTML),
    ("application/xhtml+xml, application/trix;q=0.5, */*;q=0.1", HTML),
    ("application/trix;q=0, */*", HTML),
    ("application/json;q=0, */*", HTML),
    ("image/png, */*;q=0.1", HTML),
    # nothing will do
    ("application/trix", None),
    ("application/sparql-results+json", None),
]  # fmt: skip


@pytest.mark.parametrize(("header", "expected"), HEADERS)
def test_who_names_only_rdf_gets_rdf(header: str, expected: str | None) -> None:
    """RFC 9110, section 12.5.1: ``*/*`` covers what is not named; which of it fits best is for us to say."""
    assert negotiate.media_type(header, [form.media_type for form in DOCUMENT]) == expected


@pytest.mark.parametrize("name", sorted(RDF_TYPES))
@pytest.mark.parametrize("offers", [DOCUMENT, VOCABULARY, GRAPHS])
def test_no_format_of_rdf_beside_a_wildcard_leads_to_a_page(name: str, offers: tuple[object, ...]) -> None:
    found = negotiate.media_type(f"{name.upper()}, */*", [form.media_type for form in offers])  # type: ignore[attr-defined]
    assert found in RDF_TYPES


def test_where_quads_are_offered_they_go_before_what_could_pass_for_them() -> None:
    offers = [form.media_type for form in GRAPHS]
    for name in ("application/n-quads", "application/trig"):
        assert negotiate.media_type(f"{name}, */*;q=0.1", offers) == name


def test_where_there_is_no_rdf_a_page_is_a_page() -> None:
    assert negotiate.media_type("text/n3, */*;q=0.1", ("text/html", "text/csv")) == HTML
    assert negotiate.media_type("text/n3, text/plain, */*;q=0.1", ("text/html", "text/plain")) == "text/plain"


def test_no_name_stands_for_what_is_served_under_it() -> None:
    served = {form.media_type for form in DOCUMENT}
    assert not served & frozenset().union(*ALSO.values())


@pytest.fixture(scope="module")
def service(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("rdf-clients")
    build(tiny_dataset, folder / "store")
    with running(folder / "store", folder / "log") as service:
        yield service


ADDRESSES = ["/id/place/lindenau", "/doc/place/lindenau", "/dataset", "/report", "/catalog", "/ontology"]
# rdflib reads no TriX, HexTuples or patches here: these formats are served nowhere.
PARSERS = [None, "turtle", "ttl", "n3", "nt", "nt11", "ntriples", "trig", "nquads", "json-ld", "xml",
           "text/n3", "application/trig", "application/n-quads", "application/n-triples"]  # fmt: skip


@pytest.mark.filterwarnings("ignore:(Dataset|ConjunctiveGraph):DeprecationWarning")
@pytest.mark.parametrize("name", PARSERS)
def test_rdflib_parses_every_address_in_every_format(service: Service, name: str | None) -> None:
    for path in ADDRESSES:
        dataset = Dataset(default_union=True)
        dataset.parse(service.address + path, format=name)
        assert len(dataset) > 10, path


@pytest.mark.filterwarnings("ignore:(Dataset|ConjunctiveGraph):DeprecationWarning")
@pytest.mark.parametrize("name", ["n3", "turtle", "trig"])
def test_rdflib_parses_the_shapes(service: Service, name: str) -> None:
    dataset = Dataset(default_union=True)
    dataset.parse(service.address + "/shapes", format=name)
    assert len(dataset) > 100


@pytest.mark.parametrize("parser", ["guess", "rdfxml", "turtle", "ntriples", "nquads", "trig"])
def test_redland_parses_a_thing(service: Service, parser: str) -> None:
    rapper = shutil.which("rapper")
    if rapper is None:
        pytest.skip("needs rapper (apt-get install raptor2-utils)")
    for path in ADDRESSES:
        told = subprocess.run(
            [rapper, "-q", "-i", parser, "-o", "ntriples", service.address + path],
            capture_output=True, timeout=60,
        )  # fmt: skip
        assert told.returncode == 0, told.stderr
        assert len(Graph().parse(data=told.stdout, format="nt")) > 10, path


@pytest.mark.parametrize("path", ADDRESSES)
def test_json_of_a_thing_is_json_ld_and_the_answer_says_what_it_depends_on(
    service: Service, path: str
) -> None:
    """JSON-LD 1.1, section 6.1, reads JSON as JSON-LD; its own media type says so without a link."""
    status, headers, _ = service.get(path, {"Accept": "application/json"})
    if status == 303:
        status, headers, _ = service.get(headers["location"], {"Accept": "application/json"})
    assert (status, headers["content-type"]) == (200, "application/ld+json")
    assert "Accept" in headers["vary"].split(", ")
    assert headers["content-location"].endswith(".jsonld")
