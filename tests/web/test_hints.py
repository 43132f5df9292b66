"""What the engine leaves out silently is told beside the answer, and in docs/engines.md."""

from __future__ import annotations

import re
import tomllib
from html import unescape

import pytest
from flask.testing import FlaskClient

from tests.conftest import ROOT
from vilnius_lod.web.pages.query import hints

HINTS = {hint["name"]: hint for hint in tomllib.loads(hints.FILE.read_text("utf-8"))["hint"]}
XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
OTHERS = {
    "text-functions": ("SELECT (CONTAINS(1990, '9') AS ?x) {}", "SELECT (CONTAINS(STR(1990), '9') AS ?x) {}"),
    "casts": (
        XSD + "SELECT (xsd:integer('1990'^^xsd:gYear) AS ?x) {}",
        XSD + "SELECT (YEAR('1990'^^xsd:gYear) AS ?x) {}",
    ),
    "languages": ("SELECT ('a'@en < 'b' AS ?x) {}", "SELECT (STR('a'@en) < 'b' AS ?x) {}"),
}
PAIRS = OTHERS | {name: (hint["example"], hint["instead"]) for name, hint in HINTS.items()}


@pytest.mark.parametrize("name", PAIRS)
def test_the_engine_leaves_it_out_and_the_advice_helps(client: FlaskClient, name: str) -> None:
    empty, full = (
        client.get("/sparql", query_string={"query": query, "format": "tsv"}).text.split("\n", 1)[1].strip()
        for query in PAIRS[name]
    )
    assert not empty
    assert full


def test_the_documentation_lists_them() -> None:
    section = (ROOT / "docs" / "engines.md").read_text("utf-8").partition("leaves out silently\n")[2]
    assert set(re.findall(r"^\| `([\w-]+)` \|", section.partition("\n## ")[0], re.M)) == set(PAIRS)


@pytest.mark.parametrize("name", HINTS)
def test_the_page_of_an_answer_tells(client: FlaskClient, name: str) -> None:
    def page(query: str) -> str:
        asked = {"query": query, "lang": "en"}
        answer = client.get("/sparql", query_string=asked, headers={"Accept": "text/html"})
        return unescape(answer.text)

    assert HINTS[name]["text"] in page(HINTS[name]["example"])
    assert HINTS[name]["text"] not in page(HINTS[name]["instead"])


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ('GROUP_CONCAT(?x)' AS ?y) {}",
        "SELECT ?x {} # GROUP_CONCAT(?x)",
        "SELECT (GROUP_CONCAT(STR(?x)) AS ?y) { ?s <http://e.org/date> ?x FILTER(?x < 3) }",
        "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> SELECT ?x { VALUES ?x { '1990'^^xsd:gYear } }",
        "PREFIX xsd: <a:> SELECT ?x { ?x <http://e.org/date> '1990'^^xsd:gYear FILTER(?x = 1) }",
        "SELECT (SUM(?x) AS ?y) {}",
    ],
)
def test_what_only_looks_like_it_gets_no_hint(query: str) -> None:
    assert hints.hints(query, gaps=False) == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (group_concat( distinct ?x; separator=',') AS ?y) {}",
        r"SELECT (GROUP_CONC\u0041T($x) AS ?y) {}",
        "SELECT * { ?s ?p ?x FILTER(?x >= '1990'^^<http://www.w3.org/2001/XMLSchema#gYear>) }",
        "SELECT * { ?s ?p ?x FILTER(?x=NOW()) }",
        "SELECT * { ?s ?p ?x FILTER(xsd:date(?x) != ?y) }",
    ],
)
def test_every_way_to_write_it_gets_its_hint(query: str) -> None:
    assert len(hints.hints(query, gaps=False)) == 1
