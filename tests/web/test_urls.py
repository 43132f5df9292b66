"""Where links lead."""

from __future__ import annotations

import pytest

from vilnius_lod.web.http.urls import Urls, candidates

BASES = ("https://lod.example.org/town/", "https://w3id.org/vocab/")


@pytest.mark.parametrize(
    ("iri", "address"),
    [
        ("https://lod.example.org/town/id/place/a", "/doc/place/a"),
        ("https://w3id.org/vocab/id/agreement-type/twinning", "/doc/agreement-type/twinning"),
        ("https://w3id.org/vocab/ontology#Agreement", "/ontology#Agreement"),
        ("https://lod.example.org/town/dataset", "/doc/dataset"),
        ("https://lod.example.org/town/id/place/a%20b\"<'", "/doc/place/a%20b%22%3C'"),
        ("https://lod.example.org/town/graph/records", None),
        ("https://lod.example.org/elsewhere", "https://lod.example.org/elsewhere"),
        ("http://www.wikidata.org/entity/Q1", "http://www.wikidata.org/entity/Q1"),
        ("javascript:alert(1)", None),
        ("urn:isbn:1", None),
        ("http://[", None),
    ],
)
def test_an_iri_leads_to_our_page_or_to_itself_or_nowhere(iri: str, address: str | None) -> None:
    assert Urls(BASES).iri(iri) == address


def test_links_keep_the_prefix_and_the_chosen_language() -> None:
    urls = Urls(BASES, "/lod", "en")
    assert urls.to("/sparql", ("query", "a b&c")) == "/lod/sparql?lang=en&query=a+b%26c"
    assert urls.iri("https://w3id.org/vocab/ontology#A") == "/lod/ontology?lang=en#A"
    assert urls.plain("/data/x.ttl") == "/lod/data/x.ttl"


def test_the_dataset_s_own_things_come_before_the_vocabulary_s() -> None:
    assert candidates("place/a", BASES) == tuple(f"{base}id/place/a" for base in BASES)
