"""The tables that people edit, with an address for each row, and who leads there."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from vilnius_lod.build import build
from vilnius_lod.settings import Settings
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.context import EXTENSION

from ..pages import BROWSER, Page

FILES = {"events": "tables/events.csv", "attestations": "attestations.csv", "cited": "cited.csv"}
LINKS = "links/wikidata.sssom"


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept": BROWSER})
    assert answer.status_code == 200
    return str(answer.text)


def row(markup: str, line: int) -> list[str]:
    """The cells of the row with a line's anchor, without markup."""
    [found] = re.findall(rf'<tr id="row-{line}">(.*?)</tr>', markup, re.S)
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", found, re.S)
    return [html.unescape(re.sub("<[^>]+>", "", cell)) for cell in cells]


@pytest.mark.parametrize("name", [*FILES, "agreements", "networks", "places"])
def test_every_row_stands_on_the_line_that_it_has_in_the_file(
    client: FlaskClient, tiny_dataset: Path, name: str
) -> None:
    markup = page(client, f"/tables/{name}?lang=en")
    text = (tiny_dataset / FILES.get(name, f"tables/{name}.csv")).read_text("utf-8")
    lines = text.splitlines()
    assert len(re.findall(r'<tr id="row-', markup)) == len(lines) - 1
    for number, line in enumerate(lines[1:], start=2):
        [cells] = csv.reader([line])
        assert row(markup, number) == [str(number), *cells]
    Page(markup)


def test_links_stand_under_what_their_file_says_of_itself(client: FlaskClient, tiny_dataset: Path) -> None:
    markup = page(client, f"/tables/{LINKS}?lang=en")
    lines = (tiny_dataset / f"{LINKS}.tsv").read_text("utf-8").splitlines()
    before = [line for line in lines if line.startswith("#")]
    assert before[0] in markup
    number = next(n for n, line in enumerate(lines, start=1) if line.startswith("lod:place/verbohrad"))
    assert row(markup, number)[1:] == lines[number - 1].split("\t")
    assert f'id="row-{len(before) + 1}"' not in markup, "the header is no row"
    things = re.findall(r'href="(/doc/mapping/wikidata-place-verbohrad[^"]*)"', markup)
    assert client.get(things[0]).status_code == 200


@pytest.mark.parametrize(
    ("name", "file", "media_type"),
    [
        ("events.csv", "tables/events.csv", "text/csv; charset=utf-8; header=present"),
        ("attestations.csv", "attestations.csv", "text/csv; charset=utf-8; header=present"),
        (f"{LINKS}.tsv", f"{LINKS}.tsv", "text/tab-separated-values; charset=utf-8"),
    ],
)
def test_the_file_itself_is_served_as_it_was_edited(
    client: FlaskClient, tiny_dataset: Path, name: str, file: str, media_type: str
) -> None:
    answer = client.get(f"/tables/{name}")
    assert (answer.status_code, answer.content_type) == (200, media_type)
    assert answer.data == (tiny_dataset / file).read_bytes()
    again = client.get(f"/tables/{name}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    negotiated = client.get(f"/tables/{name.rpartition('.')[0]}", headers={"Accept": media_type})
    assert negotiated.data == answer.data
    assert negotiated.headers["Content-Location"] == f"/tables/{name}"
    assert "Accept" in negotiated.headers["Vary"]


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/tables/nothing", "*/*", 404),
        ("/tables/events.tsv", "*/*", 404),
        (f"/tables/{LINKS}.csv", "*/*", 404),
        ("/tables/dataset.toml", "*/*", 404),
        ("/tables/../dataset", "*/*", 404),
        ("/tables/events", "text/turtle", 406),
        ("/tables/events.html", "text/turtle", 200),
    ],
)
def test_what_there_is_not(client: FlaskClient, path: str, accept: str, status: int) -> None:
    assert client.get(path, headers={"Accept": accept}).status_code == status


def test_all_tables_are_listed(client: FlaskClient, tiny_dataset: Path) -> None:
    listed = re.findall(r'<a href="/tables/([^"?]+)[^"]*"><code>([^<]+)</code>', page(client, "/tables"))
    there = {str(path.relative_to(tiny_dataset)) for path in tiny_dataset.rglob("*.[ct]sv")}
    assert {file for _, file in listed} == there
    for name, _ in listed:
        assert client.get(f"/tables/{name}", headers={"Accept": BROWSER}).status_code == 200


def test_each_finding_leads_to_its_row_and_to_the_words_of_the_source(
    client: FlaskClient, application: Flask
) -> None:
    results = json.loads(application.extensions[EXTENSION].snapshot.read("report.json"))["results"]
    markup = page(client, "/report?lang=en")
    source = page(client, "/source/2026-05-01")
    for result in results:
        slug = result["focus_node"].rpartition("/id/")[2]
        entries = re.findall(rf"<li><a [^>]*>{slug}</a>.*?</li>", markup)
        assert entries
        for entry in entries:
            [(table, line)] = re.findall(r'href="/tables/([a-z]+)\?lang=en#row-(\d+)"', entry)
            cells = row(page(client, f"/tables/{table}"), int(line))
            assert slug.rpartition("/")[2] in [cell.lower() for cell in cells]
            for quoted in re.findall(r'href="/source/2026-05-01\?lang=en#(L\d+)"', entry):
                assert f'<li id="{quoted}"' in source
    undated = re.findall(r"<li>[^\n]*agreement/brodovec-1</a>.*?</li>", markup)[0]
    assert "#L12" in undated


def test_a_thing_leads_to_its_row_and_the_row_to_the_thing_and_the_source(client: FlaskClient) -> None:
    markup = page(client, "/doc/event/valbrume-1-signature?lang=en")
    [(table, line)] = re.findall(r'href="/tables/(\w+)\?lang=en#row-(\d+)"', markup)
    [found] = re.findall(rf'<tr id="row-{line}">.*?</tr>', page(client, f"/tables/{table}?lang=en"), re.S)
    assert 'href="/doc/event/valbrume-1-signature?lang=en"' in found
    assert 'href="/source/2026-05-01?lang=en#L15"' in found
    assert "#row-" not in page(client, "/doc/agreement-type/cooperation")


@pytest.mark.parametrize(
    ("table", "kind"),
    [("places", "place"), ("agreements", "agreement"), ("parties", "partnership"), ("countries", "country"),
     ("attestations", "attestation"), ("cited", "document"), (LINKS, "mapping")],
)  # fmt: skip
def test_the_first_cell_of_a_row_leads_to_what_the_row_is_about(
    client: FlaskClient, table: str, kind: str
) -> None:
    links = re.findall(
        r'<tr id="row-\d+">.*?<td[^>]*>(?:<a href="(/doc/[^"]+)">)?', page(client, f"/tables/{table}")
    )
    found = [link for link in links if link]
    assert len(found) > 0.7 * len(links)
    for link in found:
        assert link.startswith(f"/doc/{kind}/")
        assert client.get(link, headers={"Accept": BROWSER}).status_code == 200


def test_words_are_marked_with_their_language(client: FlaskClient) -> None:
    english, german = (page(client, f"/tables/agreements?lang={tag}") for tag in ("en", "de"))
    [kept] = re.findall(r'<tr id="row-3">.*?</tr>', english, re.S)
    assert '<td class="long" lang="de">Freundschaftsvertrag</td>' in kept
    assert '<td class="long">Treaty of friendship</td>' in kept
    [kept] = re.findall(r'<tr id="row-3">.*?</tr>', german, re.S)
    assert '<td class="long" lang="en">Treaty of friendship</td>' in kept


def test_a_table_saved_by_a_spreadsheet_is_shown_too(tiny_dataset: Path, tmp_path: Path) -> None:
    dataset = tmp_path / "dataset"
    shutil.copytree(tiny_dataset, dataset)
    events = dataset / "tables" / "events.csv"
    rows = list(csv.reader(events.read_text("utf-8").splitlines()))
    with events.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\r\n").writerows([*rows, [""] * len(rows[0])])
    (dataset / "tables" / ".~lock.events.csv").write_text("in use")
    build(dataset, tmp_path / "store")
    app = create_app(tmp_path / "store", Settings())
    try:
        markup = page(app.test_client(), "/tables/events")
        assert [row(markup, number) for number in range(2, len(rows) + 1)] == [
            [str(number), *cells] for number, cells in enumerate(rows[1:], start=2)
        ]
        assert "lock" not in page(app.test_client(), "/tables")
    finally:
        app.extensions[EXTENSION].engine.close()
