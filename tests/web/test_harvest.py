"""What a harvester and a crawler find: one catalogue, VoID, typed links, a sitemap."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, RDF, VOID

from ..pages import BROWSER
from .conftest import BASE, SITE

FORMATS = {
    "ttl": "text/turtle",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
}
Links = list[tuple[str, str, str]]
parses_json_ld = pytest.mark.filterwarnings(
    # rdflib's own parser.
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"
)


def links(client: FlaskClient, path: str, accept: str = BROWSER) -> Links:
    """Relation, target and media type of each typed link of an address."""
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 200
    found = []
    for target, said in re.findall(r'<([^>]*)>((?:; \w+="[^"]*")+)', answer.headers.get("Link", "")):
        parameters = dict(re.findall(r'; (\w+)="([^"]*)"', said))
        found.append((parameters["rel"], target, parameters.get("type", "")))
    return found


def targets(found: Links, relation: str) -> list[str]:
    return [target for rel, target, _ in found if rel == relation]


@pytest.mark.parametrize("accept", ["*/*", None, "text/turtle", "application/xml;q=0.1, */*"])
def test_who_asks_for_nothing_in_particular_gets_rdf(client: FlaskClient, accept: str | None) -> None:
    answer = client.get("/catalog", headers={"Accept": accept} if accept else {})
    assert answer.content_type == "text/turtle; charset=utf-8"
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers["Content-Location"] == "/catalog.ttl"
    graph = Graph().parse(data=answer.data, format="turtle")
    assert (URIRef(f"{BASE}catalog"), RDF.type, DCAT.Catalog) in graph


@parses_json_ld
def test_the_catalogue_is_the_same_in_every_format(client: FlaskClient) -> None:
    graphs = []
    for extension, media_type in FORMATS.items():
        fixed = client.get(f"/catalog.{extension}", headers={"Accept": "text/html"})
        negotiated = client.get("/catalog", headers={"Accept": media_type})
        assert fixed.mimetype == negotiated.mimetype == media_type
        assert fixed.data == negotiated.data
        graphs.append(Graph().parse(data=fixed.data, format=media_type))
    assert len(graphs[0]) > 500
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])
    assert client.get("/catalog.xlsx").status_code == 404
    assert client.get("/catalog", headers={"Accept": "image/png"}).status_code == 406


def test_a_browser_gets_a_page(client: FlaskClient) -> None:
    answer = client.get("/catalog", headers={"Accept": BROWSER, "Accept-Language": "de"})
    assert answer.mimetype == "text/html"
    assert "Katalog der Daten über die internationalen Beziehungen der Stadt Lindenau" in answer.text


@pytest.mark.parametrize("path", ["/catalog", "/.well-known/void", "/linkset", "/sitemap.xml", "/robots.txt"])
def test_it_can_be_asked_for_again_cheaply(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    head = client.head(path)
    assert head.headers.get("Link") == first.headers.get("Link")


def test_every_node_of_the_catalogue_leads_to_its_document(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/catalog").data, format="turtle")
    found = {str(it).partition("#")[0] for it in graph.subjects()}
    nodes = {iri.removeprefix(BASE) for iri in found if iri.startswith(BASE)}
    others = ("id/", "graph/", "ontology", "shapes", ".well-known")
    paths = {path for path in nodes if not path.startswith(others)}
    assert {"catalog", "dataset", "distribution/ttl", "service/sparql", "record/dataset", "contact"} <= paths
    for path in paths:
        answer = client.get(f"/{path}", headers={"Accept": "text/turtle"}, follow_redirects=True)
        assert answer.status_code == 200, path
        said = Graph().parse(data=answer.data, format="turtle")
        assert (URIRef(BASE + path), None, None) in said, path
    for path in ("distribution/nothing", "service/nothing", "record/nothing"):
        assert client.get(f"/{path}").status_code == 404


@parses_json_ld
def test_void_at_the_well_known_place(client: FlaskClient) -> None:
    for media_type in FORMATS.values():
        answer = client.get("/.well-known/void", headers={"Accept": media_type})
        assert answer.mimetype == media_type
        graph = Graph().parse(data=answer.data, format=media_type)
        dataset = URIRef(f"{BASE}dataset")
        assert graph.value(dataset, VOID.sparqlEndpoint) == URIRef(f"{SITE}sparql")
        assert URIRef(f"{SITE}data/lindenau-lod.nq") in set(graph.objects(dataset, VOID.dataDump))


@pytest.mark.parametrize("path", ["/", "/data", "/doc/dataset"])
def test_from_the_landing_page_a_machine_finds_everything(client: FlaskClient, path: str) -> None:
    found = links(client, path)
    assert targets(found, "cite-as") == [f"{BASE}dataset"]
    assert "https://schema.org/Dataset" in targets(found, "type")
    assert targets(found, "license") == ["https://creativecommons.org/publicdomain/zero/1.0/"]
    assert targets(found, "author") == [f"{BASE}id/organization/stadt-lindenau"]
    assert ("describedby", f"{SITE}catalog.ttl", "text/turtle") in found
    assert targets(found, "linkset") == [f"{SITE}linkset"]
    graph = Graph().parse(data=client.get("/catalog").data, format="turtle")
    files = {str(address) for address in graph.objects(None, DCAT.downloadURL)}
    assert len(files) == 9
    assert set(targets(found, "item")) == files


def test_a_file_leads_back(client: FlaskClient) -> None:
    found = links(client, "/data/partners.csv")
    assert targets(found, "collection") == [SITE]
    assert len(targets(found, "license")) == 1
    assert ("describedby", "/data/partners.csv-metadata.json", "application/csvm+json") in found
    assert targets(links(client, "/partners.geojson"), "collection") == [SITE]
    assert targets(links(client, "/catalog.rdf"), "describes") == [SITE]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("place/verbohrad", "City"),
        ("country/ua", "Country"),
        ("network/auenstaedte", "Organization"),
        ("agreement/verbohrad-1", "CreativeWork"),
        ("event/verbohrad-1-signature", "Event"),
        ("partnership/verbohrad", "Thing"),
    ],
)
def test_a_things_page_says_what_to_cite(client: FlaskClient, path: str, kind: str) -> None:
    found = links(client, f"/doc/{path}")
    assert targets(found, "cite-as") == [f"{BASE}id/{path}"]
    assert targets(found, "type") == [f"https://schema.org/{kind}"]
    assert targets(found, "collection") == [SITE]
    described = targets(found, "describedby")
    assert f"{SITE}doc/{path}.ttl" in described
    for address in described:
        assert client.get("/" + address.removeprefix(SITE)).status_code == 200


def test_the_linkset_says_the_same(client: FlaskClient) -> None:
    answer = client.get("/linkset")
    assert answer.content_type == "application/linkset+json"
    contexts = {entry["anchor"]: entry for entry in json.loads(answer.data)["linkset"]}
    said = {
        (relation, target["href"], target.get("type", ""))
        for relation, targets in contexts[SITE].items()
        if relation != "anchor"
        for target in targets
    }
    assert said == set(links(client, "/"))
    for file in contexts[SITE]["item"]:
        assert contexts[file["href"]]["collection"] == [{"href": SITE, "type": "text/html"}]


def test_no_typed_links_where_nothing_was_found(client: FlaskClient) -> None:
    assert not client.get("/doc/place/nowhere").headers.get("Link")


def test_the_sitemap_leads_to_every_page(client: FlaskClient, application: Flask) -> None:
    answer = client.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    entries = ElementTree.fromstring(answer.data).findall("s:url", space)
    found = [entry.findtext("s:loc", "", space) for entry in entries]
    assert len(found) == len(set(found))
    assert {SITE, f"{SITE}doc/place/verbohrad", f"{SITE}doc/agreement/verbohrad-1", f"{SITE}catalog"} <= set(
        found
    )
    modified = application.extensions["vilnius_lod"].facts.modified
    assert {entry.findtext("s:lastmod", "", space) for entry in entries} == {modified}
    for address in found[::25]:
        assert client.get("/" + address.removeprefix(SITE), headers={"Accept": BROWSER}).status_code == 200


def test_robots_may_read_all_but_queries(client: FlaskClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert [line for line in lines if line.startswith("Disallow")] == ["Disallow: /sparql?"]
    assert f"Sitemap: {SITE}sitemap.xml" in lines


def test_without_settings_for_portals_there_is_a_catalogue_that_claims_less(bare: FlaskClient) -> None:
    graph = Graph().parse(data=bare.get("/catalog").data, format="turtle")
    [dataset] = graph.objects(URIRef(f"{BASE}catalog"), DCAT.dataset)
    assert {getattr(title, "language", "") for title in graph.objects(dataset, DCTERMS.title)} == {"de", "en"}
    assert bare.get("/contact").status_code == 404
    assert targets(links(bare, "/"), "cite-as") == [f"{BASE}dataset"]
