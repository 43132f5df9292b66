"""What search engines read in the pages: JSON-LD in schema.org's words that needs nothing fetched."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyld import jsonld

from vilnius_lod.rdf.namespaces import expand
from vilnius_lod.rdf.terms import IRI, RDF_LANG_STRING, Literal, Triple
from vilnius_lod.web.pages import schema_org

from .conftest import BASE, SITE

BROWSER = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "en"}
SCHEMA = "https://schema.org/"


def embedded(client: FlaskClient, path: str) -> dict[str, Any]:
    """The one JSON-LD object of a page."""
    page = client.get(path, headers=BROWSER).text
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found: dict[str, Any] = json.loads(script)
    return found


def refuse(url: str, options: object) -> None:
    raise AssertionError(f"{url} would be fetched")


def expanded(document: dict[str, Any]) -> dict[str, Any]:
    [found] = jsonld.expand(document, {"documentLoader": refuse})
    node: dict[str, Any] = found
    return node


@pytest.mark.parametrize("path", ["/", "/data", "/doc/dataset", "/catalog"])
def test_the_dataset_with_its_files(client: FlaskClient, path: str) -> None:
    found = embedded(client, path)
    assert (found["@type"], found["@id"]) == ("Dataset", f"{BASE}dataset")
    assert found["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert found["includedInDataCatalog"]["@type"] == "DataCatalog"
    assert found["url"] == SITE
    assert found["temporalCoverage"] == "1970-07-21/2026-05-01"
    assert {"@value": "International relations of the town of Lindenau", "@language": "en"} in found["name"]
    files = {file["contentUrl"]: file for file in found["distribution"]}
    assert len(files) == 9
    manifest = client.application.extensions["vilnius_lod"].snapshot.files
    for address, file in files.items():
        listed = manifest[address.removeprefix(SITE)]
        assert (file["sha256"], file["contentSize"]) == (listed.sha256, f"{listed.bytes} B")
        assert file["encodingFormat"] == listed.media_type


@pytest.mark.parametrize(
    ("path", "kind", "said"),
    [
        ("place/verbohrad", "City", {"sameAs": ["http://www.wikidata.org/entity/Q9000000001", "https://sws.geonames.org/99990010/"]}),
        ("place/verbohrad", "City", {"containedInPlace": {"@id": f"{BASE}id/country/ua"}}),
        ("network/auenstaedte", "Organization", {"url": "https://river-towns.example/"}),
        ("agreement/verbohrad-1", "CreativeWork", {"dateCreated": "1991-06-20"}),
        ("event/valbrume-1-signature", "Event", {"startDate": "1972"}),
        (
            "organization/stadt-lindenau",
            "Organization",
            {"location": {"@id": f"{BASE}id/place/lindenau"}},
        ),
    ],
)  # fmt: skip
def test_things(client: FlaskClient, path: str, kind: str, said: dict[str, Any]) -> None:
    found = embedded(client, f"/doc/{path}")
    assert (found["@type"], found["@id"]) == (kind, f"{BASE}id/{path}")
    assert found.items() >= said.items()
    assert found["subjectOf"]["@id"] == f"{BASE}dataset"


@pytest.mark.parametrize(
    "path", ["/", "/doc/place/verbohrad", "/doc/agreement/verbohrad-1", "/doc/network/auenstaedte"]
)
def test_it_is_json_ld_that_fetches_nothing_and_speaks_schema_org_alone(
    client: FlaskClient, path: str
) -> None:
    found = expanded(embedded(client, path))
    assert found["@type"][0].startswith(SCHEMA)
    terms = [name for name in found if not name.startswith("@")]
    assert len(terms) > 3
    assert all(name.startswith(SCHEMA) for name in terms)
    assert {name["@language"] for name in found[f"{SCHEMA}name"]} == {"de", "en"}


def test_a_page_is_the_same_every_time(client: FlaskClient) -> None:
    assert client.get("/", headers=BROWSER).data == client.get("/", headers=BROWSER).data


@pytest.mark.parametrize("path", ["/report", "/sparql", "/ontology", "/doc/place/nowhere"])
def test_other_pages_claim_nothing(client: FlaskClient, path: str) -> None:
    assert "application/ld+json" not in re.findall(r"<script[^>]*>", client.get(path, headers=BROWSER).text)


def test_no_text_ends_the_script() -> None:
    it = IRI("https://example.org/id/place/x")
    name = Literal('</script><b>"&', RDF_LANG_STRING, "en")
    graph = schema_org.TripleIndex([Triple(it, IRI(expand("skos:prefLabel")), name)])
    node = schema_org.thing(graph, it.value, "https://example.org/dataset")
    text = schema_org.script(node)
    assert "<" not in text
    assert json.loads(text)["name"]["@value"] == name.value
    assert node["@type"] == "Thing"
