"""The schema.org descriptions in pages, read as RDF by a JSON-LD processor that knows nothing of us."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from pyld import jsonld
from rdflib import Graph, URIRef

SCHEMA = "https://schema.org/"
# schema.org's own context (release 30.0): these have "@type": "@id", those "@type": "Date".
IRIS = {"contentUrl", "isBasedOn", "license", "sameAs", "url"}
DATES = {"dateCreated", "dateModified", "datePublished", "foundingDate", "startDate"}
PAGES = ["/", "/data", "/doc/dataset", "/catalog.html", "/doc/place/brodovec", "/doc/network/auenstaedte",
         "/doc/agreement/valbrume-1", "/doc/event/valbrume-1-signature", "/doc/country/de"]  # fmt: skip


def refuse(url: str, options: object) -> None:
    raise AssertionError(f"{url} would be fetched")


def embedded(application: Flask, path: str) -> Any:
    answer = application.test_client().get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, path
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text, re.DOTALL)
    return json.loads(script)


def quads(document: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = jsonld.to_rdf(document, {"documentLoader": refuse})["@default"]
    return found


@pytest.mark.parametrize("path", PAGES)
def test_iris_are_iris_and_dates_are_dates_as_in_schema_org_s_context(application: Flask, path: str) -> None:
    """JSON-LD 1.1, section 4.2.3 (type coercion)."""
    seen = set()
    for quad in quads(embedded(application, path)):
        name = quad["predicate"]["value"].removeprefix(SCHEMA)
        seen.add(name)
        if name in IRIS:
            assert quad["object"]["type"] == "IRI", quad
            assert re.match("https?://", quad["object"]["value"]), quad
        elif name in DATES:
            assert quad["object"]["datatype"] == f"{SCHEMA}Date", quad
            assert re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", quad["object"]["value"]), quad
        else:
            assert quad["object"].get("datatype") != f"{SCHEMA}Date", quad
    assert len(seen) > 3


def test_between_them_the_pages_say_all_of_these(application: Flask) -> None:
    said = {
        quad["predicate"]["value"].removeprefix(SCHEMA)
        for path in PAGES
        for quad in quads(embedded(application, path))
    }
    assert said >= {*IRIS, "dateCreated", "startDate", "dateModified", "datePublished"}


@pytest.mark.filterwarnings("ignore:(Dataset|ConjunctiveGraph):DeprecationWarning")
@pytest.mark.parametrize("path", PAGES)
def test_another_processor_reads_the_same(application: Flask, path: str) -> None:
    document = embedded(application, path)
    graph = Graph().parse(data=json.dumps(document), format="json-ld")
    assert len(graph) == len(quads(document))
    for name in IRIS:
        assert all(isinstance(it, URIRef) for it in graph.objects(None, URIRef(SCHEMA + name)))


@pytest.mark.parametrize("path", PAGES)
def test_the_context_stands_in_the_page_and_means_schema_org(application: Flask, path: str) -> None:
    """What search engines ask for: one object whose words are schema.org's, without another prefix."""
    document = embedded(application, path)
    assert document["@context"]["@vocab"] == SCHEMA
    assert all(isinstance(value, str | dict) for value in document["@context"].values())
    assert not any(":" in name for name in document if not name.startswith("@"))
    assert isinstance(document["@type"], str)
