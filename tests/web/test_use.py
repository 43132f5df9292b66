"""What people take with them: citations, code, identifiers; and how long ago something was."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import subprocess
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from vilnius_lod.i18n.language import Language, elapsed
from vilnius_lod.web.http.context import EXTENSION
from vilnius_lod.web.pages.citation import Citation
from vilnius_lod.web.pages.query.examples import examples
from vilnius_lod.web.pages.query.snippets import snippets

from ..pages import BROWSER, text_of

QUERY = """SELECT ?a WHERE {\n  ?a ?b "it's \\"quoted\\"" # $HOME\n}"""


def test_a_citation_names_the_thing_its_dataset_version_and_address() -> None:
    cited = Citation(
        "The Project", "2026", "Relations & Cities", "0.1.0", "https://x.example/id/a_b", "k", "Ostrów"
    )
    assert cited.apa == (
        "The Project. (2026). Ostrów. In Relations & Cities (Version 0.1.0) [Data set]. https://x.example/id/a_b"
    )
    assert cited.bibtex.startswith("@misc{k,\n")
    assert "author = {{The Project}}" in cited.bibtex
    assert r"In: Relations \& Cities" in cited.bibtex
    assert cited.bibtex.count("{") - cited.bibtex.count(r"\{") == cited.bibtex.count(
        "}"
    ) - cited.bibtex.count(r"\}")


@pytest.mark.parametrize(
    ("date", "years"),
    [
        ("1991-06-20", (35, True)), ("1991-12-01", (34, True)), ("1991-11-22", (35, True)),
        ("1972", (54, False)), ("1991-02", (35, False)),
    ],
)  # fmt: skip
def test_years_are_counted_until_the_page_was_read(date: str, years: tuple[int, bool]) -> None:
    assert elapsed(date, "2026-11-22") == years


def test_a_partner_s_page_tells_how_long_and_what_others_say(
    client: FlaskClient, lithuanian: FlaskClient
) -> None:
    page = client.get("/doc/place/valbrume?lang=en", headers={"Accept": BROWSER}).text
    text = text_of(page)
    assert "The first dated document: 1972 , about 54 years before the page was read." in text
    assert "the city says: 1972" in text
    assert "11 April 1972" in text
    assert "Confirmed by 1 independent witness, 1 of them more precisely." in text
    assert "In International relations of the town of Lindenau (Version" in text
    verbohrad = text_of(lithuanian.get("/doc/place/verbohrad?lang=lt", headers={"Accept": BROWSER}).text)
    assert "34 metai iki puslapio perskaitymo" in verbohrad


def test_identifiers_are_named_and_have_their_evidence(client: FlaskClient) -> None:
    page = client.get("/doc/place/verbohrad?lang=en", headers={"Accept": BROWSER}).text
    assert 'Wikidata: <a href="http://www.wikidata.org/entity/Q9000000001">Q9000000001</a>' in page
    assert "/doc/mapping/wikidata-place-verbohrad" in page
    country = client.get("/doc/country/ua?lang=en", headers={"Accept": BROWSER}).text
    assert "EU authority table of countries: <a" in country


def test_python_code_asks_the_very_query() -> None:
    for snippet in snippets(QUERY, "http://127.0.0.1:1/sparql"):
        if not snippet.name.startswith("Python"):
            continue
        compile(snippet.code, snippet.name, "exec")
        assert repr(QUERY) in snippet.code


def code_in(name: str, query: str) -> str:
    found = {snippet.name: snippet.code for snippet in snippets(query, "http://127.0.0.1:1/sparql")}
    return found[name]


@pytest.mark.parametrize("query", [QUERY, "SELECT * { ?s ?p 'x' }"])
def test_the_shell_sends_the_very_query(query: str) -> None:
    code = next(
        snippet.code for snippet in snippets(query, "http://127.0.0.1:1/sparql") if snippet.name == "curl"
    )
    words = subprocess.run(
        ["sh", "-c", code.replace("curl ", "printf '%s\\0' ", 1)], capture_output=True, check=True, text=True
    ).stdout.split("\0")
    assert f"query={query}" in words


@pytest.mark.parametrize("query", ['ASK { ?s ?p ")-" }', QUERY])
def test_r_has_a_raw_string_that_ends_where_the_query_ends(query: str) -> None:
    code = next(
        snippet.code for snippet in snippets(query, "http://127.0.0.1:1/sparql") if snippet.name == "R"
    )
    opening = code.index('r"') + 2
    dashes = code[opening:].index("(")
    ending = ")" + "-" * dashes + '"'
    assert code[opening + dashes + 1 :].split(ending)[0] == query


def test_the_query_page_has_code_terms_and_the_wrong_line(client: FlaskClient) -> None:
    page = client.get("/sparql?lang=en", headers={"Accept": BROWSER}).text
    assert "pd.read_csv" in page
    terms = json.loads(client.get("/vocabulary-terms.json").data)
    assert terms["prefixes"]["vlo"].endswith("ontology#")
    assert f"{terms['prefixes']['vlo']}Agreement" in terms["classes"]
    assert f"{terms['prefixes']['vlo']}party" in terms["properties"]
    wrong = client.get("/sparql", query_string={"query": "SELECT * {\n?s ?p\n}}", "lang": "en"},
                       headers={"Accept": BROWSER})  # fmt: skip
    assert wrong.status_code == 400
    [line] = [part for part in wrong.text.split("<li") if part.startswith(' class="wrong"')]
    assert '<span class="number">3</span>' in line
    assert "}}</textarea>" in wrong.text


def test_the_data_page_tells_size_checksum_purpose_and_change(client: FlaskClient) -> None:
    page = client.get("/data?lang=en", headers={"Accept": BROWSER}).text
    text = text_of(page)
    size = len(client.get("/data/partners.csv").data)
    assert f"{size:,}" in text
    assert "One row for each partner: name, country, coordinates" in text
    assert "First release." in text
    assert "@misc{lindenau-lod," in page
    assert 'id="correct"' in page


def test_downloads_of_a_result_are_the_result(client: FlaskClient) -> None:
    query = "SELECT ?s WHERE { ?s a <https://schema.org/Country> } ORDER BY ?s"
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": BROWSER})
    [link] = re.findall(r'href="(/sparql\?[^"]*format=csv)"', page.text)
    address = urlsplit(html.unescape(link))
    assert parse_qs(address.query)["query"] == [query]
    rows = list(csv.reader(io.StringIO(client.get(f"/sparql?{address.query}").text)))
    assert len(rows) == 12


POINTS = """PREFIX geo: <http://www.w3.org/2003/01/geo/wgs84_pos#>
SELECT ?place ?lat ?long WHERE { ?place geo:lat ?lat ; geo:long ?long } ORDER BY ?place LIMIT 7"""
SHAPES = """PREFIX gsp: <http://www.opengis.net/ont/geosparql#>
SELECT ?place ?wkt WHERE { ?place gsp:hasGeometry/gsp:asWKT ?wkt } ORDER BY ?place LIMIT 7"""


def result(client: FlaskClient, query: str, language: str = "en") -> str:
    asked = client.get(
        "/sparql", query_string={"query": query, "lang": language}, headers={"Accept": BROWSER}
    )
    assert asked.status_code == 200
    return asked.text


@pytest.mark.parametrize("query", [POINTS, SHAPES])
def test_a_result_with_points_is_a_map(client: FlaskClient, lithuanian: FlaskClient, query: str) -> None:
    page = result(client, query)
    assert 'role="img" aria-label="Map of 7 places"' in page
    assert '<a href="#map">Map</a>' in page
    assert "<title>Brodovec</title>" in page
    assert 'id="chart"' not in page
    assert page.count("<tr>") == 8
    assert 'aria-label="Žemėlapis: 7 vietos"' in result(lithuanian, query, "lt")


def test_a_result_with_numbers_is_a_chart(client: FlaskClient) -> None:
    query = next(
        example.query
        for example in examples(client.application.extensions[EXTENSION].snapshot, Language("en", ("en",)))
        if example.name == "documents-by-decade"
    )
    page = result(client, query)
    assert 'role="img" aria-label="Bar chart: documents by decade"' in page
    assert re.findall(r'<rect x="0.0%" width="([\d.]+)%"', page) == [
        "25.0", "12.5", "100.0", "25.0", "12.5", "25.0",
    ]  # fmt: skip
    assert 'id="map"' not in page


def test_a_result_with_neither_is_its_table(client: FlaskClient) -> None:
    page = result(client, "SELECT ?s WHERE { ?s a <https://schema.org/Country> }")
    assert "<figure" not in page
    assert 'href="#rows"' not in page


def test_too_many_places_are_said_to_be_more(client: FlaskClient) -> None:
    numbers = " ".join(map(str, range(1, 19)))
    query = f"""SELECT ?lat ?long WHERE {{
        VALUES ?a {{ {numbers} }} VALUES ?b {{ {numbers} }} BIND(?a * 4 AS ?lat) BIND(?b * 9 AS ?long) }}"""
    page = result(client, query)
    assert "324 rows" in page
    assert 'aria-label="Map of 300 places"' in page
    assert 0 < page.count("<circle") <= 300
    assert "The first 300 places are drawn." in page


def test_an_example_is_shown_with_its_title_and_note_in_the_reader_s_language(
    client: FlaskClient, lithuanian: FlaskClient
) -> None:
    for reader, language, title, note in (
        (client, "en", "Twinned cities", "Twinning includes declarations of twinning."),
        (
            lithuanian,
            "lt",
            "Susigiminiavę miestai",
            "Į susigiminiavimą įeina ir susigiminiavimo deklaracijos.",
        ),
    ):
        page = reader.get(f"/sparql?example=twinned-cities&lang={language}", headers={"Accept": BROWSER}).text
        assert f"<h2>{title}</h2>\n<p>{note}</p>" in page
        assert "skos:broader* at:twinning" in page
