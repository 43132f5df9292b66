"""Queries in a real browser: the editor, what a result is drawn as, and what the browser measures."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ..conftest import ROOT
from .test_pages import AXE, RULES, SCHEMES, no_npm

POINTS = """PREFIX geo: <http://www.w3.org/2003/01/geo/wgs84_pos#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?place ?name ?lat ?long WHERE {
  ?place geo:lat ?lat ; geo:long ?long ; skos:prefLabel ?name .
  FILTER(LANG(?name) = "en")
}"""
BY_DECADE = (ROOT / "queries" / "documents-by-decade.rq").read_text(encoding="utf-8")
DRAWN = {"map": POINTS, "chart": BY_DECADE}


def address(query: str) -> str:
    return f"/sparql?query={quote(query)}"


def write(page: Page, query: str) -> None:
    """Put a query into the editor."""
    page.locator(".CodeMirror").wait_for()
    page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", query)


def test_a_researcher_sees_rows_on_a_map_above_their_table(page: Page) -> None:
    page.goto("/sparql")
    write(page, POINTS)
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("img", name="Map of")).to_be_visible()
    expect(page.get_by_role("table")).to_be_visible()
    assert page.locator("#map circle").count() > 5
    page.get_by_role("link", name="Table").click()
    expect(page.get_by_role("region", name="Result")).to_be_in_viewport()


def test_the_longest_bar_is_the_greatest_number(page: Page) -> None:
    page.goto(address(BY_DECADE))
    expect(page.get_by_role("img", name="Bar chart: documents by decade")).to_be_visible()
    widths = [bar.bounding_box() or {"width": 0.0} for bar in page.locator("#chart rect").all()]
    numbers = [int(text) for text in page.locator("#chart .number").all_text_contents()]
    assert len(numbers) == 6
    longest = max(widths, key=lambda box: box["width"])["width"]
    assert longest > 300
    for box, number in zip(widths, numbers, strict=True):
        assert box["width"] == pytest.approx(longest * number / max(numbers), abs=2)


def test_without_scripts_the_drawings_are_the_same(context: BrowserContext, page: Page, site: str) -> None:
    assert context.browser is not None
    plain = context.browser.new_context(base_url=site, java_script_enabled=False, locale="en-GB")
    bare = plain.new_page()
    for part, query in DRAWN.items():
        drawings = []
        for shown in (page, bare):
            shown.goto(address(query))
            drawings.append(shown.locator(f"#{part}").inner_html())
        assert drawings[0] == drawings[1]
    plain.close()


@no_npm
@pytest.mark.parametrize("part", DRAWN)
def test_drawings_are_accessible_and_fit_the_screen(chromium: Browser, site: str, part: str) -> None:
    context = chromium.new_context(base_url=site, bypass_csp=True)
    page = context.new_page()
    page.goto(address(DRAWN[part]), wait_until="networkidle")
    page.evaluate(AXE.read_text())
    for width in (320, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        box = page.locator(f"#{part}").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            result = page.evaluate(f"axe.run({{runOnly: {json.dumps(RULES)}}})")
            assert result["passes"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in result["violations"]] == []
    context.close()


def test_the_editor_colours_and_numbers_a_query(page: Page) -> None:
    page.goto("/sparql?example=twinned-cities")
    editor = page.locator(".CodeMirror")
    expect(editor.locator(".cm-keyword", has_text="SELECT")).to_be_visible()
    colours = {
        page.locator(f".CodeMirror .{kind}").first.evaluate("it => getComputedStyle(it).color")
        for kind in ("cm-keyword", "cm-variable-3", "cm-string", "cm-atom")
    }
    assert len(colours) == 4
    expect(editor.locator(".CodeMirror-linenumber").first).to_have_text("1")


def test_prefixes_are_completed_and_declared(page: Page) -> None:
    page.goto("/sparql")
    write(page, "")
    page.wait_for_load_state("networkidle")
    page.locator(".CodeMirror textarea").focus()
    page.keyboard.type("PREFIX sko")
    expect(page.locator(".CodeMirror-hint")).to_have_text(["skos: <http://www.w3.org/2004/02/skos/core#>"])
    page.keyboard.press("Enter")
    expect(page.locator(".CodeMirror-hint")).to_have_count(0)
    page.keyboard.type("\nSELECT * { ?s vlo:")
    for declared in (
        "skos: <http://www.w3.org/2004/02/skos/core#>",
        "vlo: <https://w3id.org/vilnius-lod/ontology#>",
    ):
        expect(page.locator(".CodeMirror")).to_contain_text(f"PREFIX {declared}")


def test_a_mistake_is_marked_in_its_line_until_it_is_mended(page: Page) -> None:
    # The browser counts the answer 400 itself as an error.
    page.route("**/sparql?query=*", lambda route: route.fulfill(response=route.fetch(), status=200))
    page.goto(address("SELECT * {\n  ?s ?p ?o\n}}"))
    expect(page.locator("li.wrong")).to_contain_text("}}")
    page.locator(".CodeMirror").wait_for()
    wrong = page.locator(".CodeMirror-code > div", has=page.locator(".wrong"))
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text("}}")
    cursor = "document.querySelector('.CodeMirror').CodeMirror.getCursor()"
    assert page.evaluate(cursor)["line"] == 2
    write(page, "ASK {}")
    expect(wrong).to_have_count(0)
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("Yes.")).to_be_visible()


def test_every_format_of_a_result_can_be_had(page: Page) -> None:
    kinds = {
        "SELECT ?s WHERE { ?s a <https://schema.org/Country> }": {
            "JSON": "application/sparql-results+json", "XML": "application/sparql-results+xml",
            "CSV": "text/csv", "TSV": "text/tab-separated-values",
        },
        "DESCRIBE <https://lod.example.org/lindenau/id/place/verbohrad>": {
            "Turtle": "text/turtle", "JSON-LD": "application/ld+json",
            "N-Triples": "application/n-triples", "RDF/XML": "application/rdf+xml",
            "N-Quads": "application/n-quads", "TriG": "application/trig",
        },
    }  # fmt: skip
    for query, formats in kinds.items():
        page.goto(address(query))
        links = page.locator("p.actions a")
        assert sorted(links.all_text_contents()) == sorted(formats)
        for label, media_type in formats.items():
            link = links.get_by_text(label, exact=True).get_attribute("href")
            assert link is not None
            answer = page.request.get(link)
            assert answer.headers["content-type"].split(";")[0] == media_type
            assert "verbohrad" in answer.text() or "id/country/ua" in answer.text()


def test_the_form_answers_with_a_file_too(page: Page) -> None:
    page.goto("/sparql")
    write(page, "SELECT (1 AS ?one) {}")
    page.get_by_label("Answer as").select_option(label="CSV")
    with page.expect_request("**/sparql?*") as asked, page.expect_download() as answered:
        page.get_by_role("button", name="Run").click()
    sent = parse_qs(urlsplit(asked.value.url).query)
    assert (sent["query"], sent["format"]) == (["SELECT (1 AS ?one) {}"], ["csv"])
    assert answered.value.path().read_text().split() == ["one", "1"]


def test_the_code_panel_has_the_query_that_was_run(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address("ASK { ?it a 'run' }"))
    for name in ("curl", "Python (SPARQLWrapper)", "Python (pandas)", "R"):
        panel = page.locator(
            "details", has=page.locator("summary", has_text=name).get_by_text(name, exact=True)
        )
        panel.locator("summary").click()
        panel.get_by_role("button", name="Copy").click()
        expect(panel.get_by_role("button", name="Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == panel.locator("pre").text_content()
        assert "?it a" in copied
        assert "/sparql" in copied
