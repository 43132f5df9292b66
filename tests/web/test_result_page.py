"""The page of an answer is bounded, whatever the answer holds, and says where it is cut."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

from vilnius_lod.web.pages.query import results

BROWSER = {"Accept": "text/html"}
MEGABYTE = 2**20
DOUBLED = "BIND({} AS ?a0)" + "".join(f" BIND(CONCAT(?a{n}, ?a{n}) AS ?a{n + 1})" for n in range(20))
"""Makes ?a20 a value of a million characters."""


def page(client: FlaskClient, query: str) -> str:
    answer = client.get("/sparql", query_string={"query": query}, headers=BROWSER)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("letter", ["'", "a", "😀", "<", "\\n", "\\\\"])
@pytest.mark.parametrize(
    "query",
    [
        'CONSTRUCT {{ <http://e.org/s> <http://e.org/p> ?a20 }} WHERE {{ {} }}',
        'SELECT ?a20 {{ {} }}',
        'SELECT ?a20 ?x {{ VALUES ?x {{ 1 2 3 }} {} }}',
        'SELECT (IRI(CONCAT("http://e.org/", ?a20)) AS ?iri) (STRDT("1", ?iri) AS ?n) {{ {} }}',
        'SELECT (STRLANG(?a20, "en") AS ?x) (54.1 AS ?lat) (25.2 AS ?long) {{ {} }}',
    ],
)  # fmt: skip
def test_a_long_value_is_no_long_page(client: FlaskClient, query: str, letter: str) -> None:
    text = page(client, query.format(DOUBLED.format(f'"{letter}"')))
    assert len(text.encode()) < 2 * MEGABYTE


def test_what_is_cut_says_so_and_where_the_whole_is(client: FlaskClient) -> None:
    text = page(client, "SELECT ?a14 { " + DOUBLED.format("'x'") + " }")
    assert "x" * results.LONGEST + "…" in text
    assert "x" * (results.LONGEST + 1) not in text
    assert re.search(r"16.?384", text)
    assert 'href="#downloads"' in text
    assert 'id="downloads"' in text
    short = page(client, 'SELECT ("short" AS ?x) {}')
    assert "…" not in short.partition("<table>")[2].partition("</table>")[0]
    assert 'href="#downloads"' not in short


def test_a_graph_is_shown_to_its_last_whole_line(client: FlaskClient) -> None:
    long = "CONCAT(STR(?s), STR(?p), STR(?o), STR(?s))"
    text = page(client, f"CONSTRUCT {{ ?s ?p ?long }} WHERE {{ ?s ?p ?o BIND({long} AS ?long) }} LIMIT 4500")
    shown = text.partition("<pre")[2].partition("</pre>")[0]
    assert shown.endswith("\n…")
    assert 'href="#downloads"' in text


def test_many_columns_and_rows_are_no_long_page(client: FlaskClient) -> None:
    names = " ".join(f"?column{n}" for n in range(1000))
    text = page(client, f"SELECT {names} {{ VALUES ?column0 {{ {' '.join(map(str, range(4000)))} }} }}")
    assert len(text) < 3 * MEGABYTE
    assert text.count("<td>") <= results.CELLS
    assert text.count('<th scope="col">') == results.COLUMNS


def test_a_table_tells_how_many_rows_there_are(client: FlaskClient) -> None:
    def rows(count: int) -> results.Table:
        cells = [{"x": {"type": "literal", "value": f",{{{n}"}} for n in range(count)]
        document = {"head": {"vars": ["x"]}, "results": {"bindings": cells}}
        return results.table(json.dumps(document, separators=(",", ":")).encode())

    assert (rows(3).total, rows(3).whole, len(rows(3).rows)) == (3, True, 3)
    assert (rows(1500).total, rows(1500).whole, len(rows(1500).rows)) == (1500, False, results.ROWS)
    assert rows(0) == results.Table(["x"], [], 0, wide=False, cut=False)


def test_the_page_of_a_mistake_in_many_lines_is_short(client: FlaskClient) -> None:
    answer = client.get("/sparql", query_string={"query": "\n" * 60_000 + "SELECT"}, headers=BROWSER)
    assert answer.status_code == 400
    assert len(answer.data) < MEGABYTE


def test_a_long_query_is_repeated_once_and_posted(client: FlaskClient) -> None:
    """The page of a query of 60 KB is no multiple of it: downloads are the form's own buttons."""
    query = f"SELECT * {{ ?s ?p ?o }} LIMIT 1 #{'<' * 20_000}"
    answer = client.post("/sparql", data={"query": query}, headers=BROWSER)
    assert answer.status_code == 200
    assert len(answer.data) < 150_000
    form = answer.text.partition('id="ask"')[0].rpartition("<form")[2]
    assert 'method="post"' in form
    download = 'form="ask" name="format" value="csv"'
    assert download in answer.text
    # HTML, form submission: a form's entries are in the order of the document, the button before the list.
    assert answer.text.index(download) < answer.text.index('<select id="format"')
    file = client.post("/sparql", data={"query": query, "format": ["csv", "html"]}, headers=BROWSER)
    assert (file.status_code, file.mimetype) == (200, "text/csv")
    short = client.get("/sparql", query_string={"query": "ASK {}"}, headers=BROWSER).text
    assert 'method="get" id="ask"' in short
