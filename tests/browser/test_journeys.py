"""What people come for, as they do it, in a real browser."""

from __future__ import annotations

import csv
import re

from playwright.sync_api import BrowserContext, Page, expect


def test_a_reader_finds_the_oldest_partnership(page: Page) -> None:
    page.goto("/")
    page.locator("#ways ~ ul li li", has_text="The oldest document:").get_by_role("link").click()
    expect(page.get_by_text("21 July 1970").first).to_be_visible()
    page.locator("p.lead").get_by_role("link", name="Ålfors").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ålfors")


def test_a_reader_sees_why_a_date_is_more_precise_elsewhere(page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox", name="Search").fill("valbrume")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name="Valbrume", exact=True).first.click()
    said = page.get_by_role("region", name="What other sources say")
    expect(said).to_contain_text("the city says: 1972")
    expect(said).to_contain_text("1 of them more precisely")
    said.get_by_role("link", name="Refines").first.click()
    expect(page.get_by_role("main")).to_contain_text("11 April 1972")


def test_a_reader_shares_a_filtered_view_and_goes_back(page: Page, context: BrowserContext) -> None:
    page.goto("/")
    rows = page.locator("table.partners tbody tr")
    expect(rows).to_have_count(13)
    page.evaluate("window.here = true")
    page.get_by_label("Country").select_option(label="Ukraine")
    expect(rows).to_have_count(3)
    page.get_by_label("Decade").select_option("1990")
    expect(rows).to_have_count(1)
    assert page.evaluate("window.here"), "the page was not loaded anew"
    assert "country=ua&decade=1990" in page.url
    shared = context.new_page()
    shared.goto(page.url)
    expect(shared.locator("table.partners tbody tr")).to_have_count(1)
    expect(shared.get_by_label("Country")).to_have_value("ua")
    page.go_back()
    expect(rows).to_have_count(3)
    expect(page.get_by_label("Decade")).to_have_value("")
    page.go_back()
    expect(rows).to_have_count(13)


def test_a_reader_chooses_a_year_in_the_timeline(page: Page) -> None:
    page.goto("/")
    page.get_by_text("The years as a table").click()
    page.get_by_role("region", name="The years as a table").get_by_role("link", name="1991").click()
    expect(page.get_by_role("status")).to_contain_text("5 documents")
    assert "year=1991" in page.url
    page.get_by_role("link", name="Show everything").click()
    expect(page.locator("table.partners tbody tr")).to_have_count(13)


def test_a_reader_searches_by_keyboard_while_typing(page: Page) -> None:
    page.goto("/search")
    page.keyboard.press("/")
    page.keyboard.type("x")
    page.locator("#search #q").focus()
    page.keyboard.type("werbo")
    found = page.locator("#results")
    expect(found.get_by_role("link", name="Verbohrad").first).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("found")
    page.locator("#search #q").fill("Morsko")
    expect(found).to_contain_text("Nothing is called “Morsko” here.")
    found.get_by_role("link", name="Morske").last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Morske")


def test_without_scripts_all_this_is_plain_html(context: BrowserContext, site: str) -> None:
    assert context.browser is not None
    plain = context.browser.new_context(base_url=site, java_script_enabled=False, locale="en-GB")
    page = plain.new_page()
    page.goto("/")
    page.get_by_label("Country").select_option(label="Ukraine")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("table.partners tbody tr")).to_have_count(3)
    page.get_by_role("searchbox", name="Search").fill("zabia")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_role("link", name="Żabia Łąka").first).to_be_visible()
    page.goto("/sparql")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Result")
    plain.close()


def test_a_researcher_runs_changes_and_shares_a_query(page: Page, context: BrowserContext) -> None:
    page.goto("/sparql")
    page.get_by_role("link", name="Documents by decade", exact=True).click()
    editor = page.locator(".CodeMirror")
    expect(editor).to_be_visible()
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Result")
    rows = page.get_by_role("main").get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(7)
    expect(editor).to_be_visible()
    page.evaluate("document.querySelector('.CodeMirror').CodeMirror.setValue('SELECT (1 + 1 AS ?two) {}')")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("cell", name="2", exact=True)).to_be_visible()
    shared = context.new_page()
    shared.goto(page.url)
    expect(shared.get_by_role("cell", name="2", exact=True)).to_be_visible()


def test_a_researcher_downloads_csv_and_gets_the_code(page: Page) -> None:
    page.goto("/sparql?example=partners")
    page.get_by_role("button", name="Run").click()
    page.get_by_text("Python (pandas)").click()
    expect(page.get_by_text("pd.read_csv(address)")).to_be_visible()
    address = page.get_by_role("main").get_by_role("link", name="CSV", exact=True).get_attribute("href")
    assert address is not None
    answer = page.request.get(address)
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(list(csv.reader(answer.text().splitlines()))) == 14


def test_the_editor_completes_from_our_vocabulary(page: Page) -> None:
    page.goto("/sparql")
    expect(page.locator(".CodeMirror")).to_be_visible()
    page.evaluate("""() => {
        const editor = document.querySelector('.CodeMirror').CodeMirror;
        editor.setValue('PREFIX vlo: <https://w3id.org/vilnius-lod/ontology#>\\nSELECT * { ?s vlo:s');
        editor.focus();
        editor.setCursor(1, 19);
    }""")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+Space")
    page.locator(".CodeMirror-hint", has_text="vlo:signedYear").click()
    expect(page.locator(".CodeMirror")).to_contain_text("vlo:signedYear")


def test_a_portal_operator_finds_the_catalogue(page: Page) -> None:
    page.goto("/")
    link = page.locator("#ways ~ ul li li", has_text="The catalogue (DCAT-AP)").get_by_role("link")
    address = link.get_attribute("href")
    assert address is not None
    answer = page.request.get(address, headers={"Accept": "*/*"})
    assert answer.ok
    assert "dcat" in answer.text()


def test_a_clerk_finds_the_line_of_a_date(page: Page) -> None:
    page.goto("/search?q=Kalynez")
    page.get_by_role("link", name="Kalynets").first.click()
    page.get_by_role("link", name=re.compile("line 25")).first.click()
    expect(page.locator("#L25")).to_contain_text(
        "Kalynez, Ukraine Erklärung über gegenseitige Verpflichtungen"
    )
    assert page.url.endswith("#L25")


def test_a_clerk_finds_the_row_of_a_finding_and_the_words_behind_it(page: Page) -> None:
    page.goto("/report")
    finding = page.get_by_role("listitem").filter(has_text="agreement/brodovec-1")
    finding.get_by_role("link", name="tables/agreements.csv:2").click()
    row = page.locator("tr:target")
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text("brodovec-1")
    row.get_by_role("link", name="12").click()
    expect(page.locator("li:target")).to_contain_text("Brodovec")


def test_a_reader_chooses_a_network_and_is_told_what_that_narrows(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Network", exact=True).select_option(label="League of River Towns")
    expect(page.get_by_role("status")).to_contain_text("1 network")
    expect(page.get_by_text("The source does not say which partners belong to a network")).to_be_in_viewport()
    expect(page.get_by_role("region", name="Networks of cities").get_by_role("row")).to_have_count(2)
    expect(page.locator("table.partners tbody tr")).to_have_count(13)
    page.go_back()
    expect(page.get_by_role("region", name="Networks of cities").get_by_role("row")).to_have_count(4)


def test_the_keyboard_reaches_everything_and_leaves_the_editor(page: Page) -> None:
    page.goto("/sparql")
    expect(page.locator(".CodeMirror")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.locator(".CodeMirror textarea").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Answer as")).to_be_focused()


def test_a_reader_is_told_that_it_was_on_this_day(page: Page) -> None:
    page.clock.set_fixed_time("2031-05-28T12:00:00")
    page.goto("/doc/place/alfors")
    date = page.locator("table time", has_text="28 May 1999")
    expect(date.locator("xpath=..")).to_contain_text("28 May 1999 on this day")
    expect(page.locator("table strong.today")).to_have_count(1)
    page.clock.set_fixed_time("2031-05-29T12:00:00")
    page.goto("/doc/place/alfors")
    expect(page.locator("strong.today")).to_have_count(0)
