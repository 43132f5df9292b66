"""Every kind of page: accessible, within its weight, in a steady layout, valid, and linked."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from .conftest import watched
from .kinds import AXE, KINDS, MODULES, PROBLEMS, RULES, no_npm, visit

VNU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
LIMITS = {"home": 300, "choice": 300, "one network": 300, "query": 450, "result": 450}
"""Kilobytes of all that a page loads, compressed."""
no_java = pytest.mark.skipif(
    shutil.which("java") is None, reason="no Java here: sudo apt install default-jre"
)


@no_npm
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", [*KINDS, *PROBLEMS])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    chromium: Browser, site: str, kind: str, language: str
) -> None:
    context = chromium.new_context(base_url=site, bypass_csp=True)  # for axe, which is put into the page
    page = context.new_page()
    visit(page, {**KINDS, **PROBLEMS}[kind], language)
    page.evaluate(AXE.read_text())
    found: list[tuple[object, ...]] = []

    def audited(width: int, rules: list[str]) -> None:
        result = page.evaluate(f"axe.run({{runOnly: {json.dumps(rules)}}})")
        assert result["passes"]
        found.extend((width, one["id"], one["nodes"][0]["html"]) for one in result["violations"])

    for width in (320, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [(width, "wider than the screen", wider)] if wider > 0 else []
        # The other language changes the words, the wider page where things stand.
        if width == 320 or (width == 1440 and language == "en"):
            audited(width, RULES)
    if language == "en":
        page.emulate_media(color_scheme="dark")
        audited(width, ["color-contrast"])  # the theme changes colours alone
    context.close()
    assert found == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_light_steady_asks_nobody_else_and_the_browser_has_no_complaint(
    context: BrowserContext, site: str, kind: str
) -> None:
    page = context.new_page()
    trouble = watched(page, site)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    session.send("Audits.enable")
    issues: list[str] = []
    session.on("Audits.issueAdded", lambda event: issues.append(json.dumps(event["issue"])))
    page.add_init_script("""
        window.shift = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
    """)
    visit(page, KINDS[kind])
    assert trouble == []
    assert sum(sizes) / 1000 < LIMITS.get(kind, 100)
    assert page.evaluate("window.shift") < 0.05
    # A field may be called “country” though nobody's address is asked for.
    assert [issue for issue in issues if "AssignedAutocompleteValueToIdOrName" not in issue] == []
    assert page.title()
    assert len(page.locator("meta[name=description]").get_attribute("content") or "") > 20
    assert page.locator("link[rel=canonical]").get_attribute("href")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("img:not([alt])").count() == 0


@pytest.mark.parametrize(
    "path", ["/tables/links/wikidata.sssom", "/tables/attestations", "/tables/agreements", "/evidence"]
)
def test_columns_keep_their_widths_while_rows_arrive(page: Page, path: str) -> None:
    visit(page, path)
    widths = "[...document.querySelectorAll('thead th')].map((cell) => cell.getBoundingClientRect().width)"
    all_rows = page.evaluate(widths)
    page.evaluate("document.querySelectorAll('tbody tr:nth-child(n + 2)').forEach((row) => row.remove())")
    assert len(all_rows) > 5
    assert page.evaluate(widths) == pytest.approx(all_rows, abs=24)


@pytest.mark.contract
@no_npm
@no_java
def test_every_kind_of_page_is_valid_html(site: str, tmp_path: Path) -> None:
    paths = {**KINDS, **{name: path for name, path in PROBLEMS.items() if name != "nothing"}}
    for kind, path in paths.items():
        for language in ("de", "en"):
            address = (
                site + quote(path, safe="/?=&*{}+%") + ("&" if "?" in path else "?") + f"lang={language}"
            )
            request = urllib.request.Request(address, headers={"Accept": "text/html"})
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    body = answer.read()
            except urllib.error.HTTPError as error:
                body = error.read()
            (tmp_path / f"{kind.replace(' ', '-')}.{language}.html").write_bytes(body)
    files = sorted(map(str, tmp_path.glob("*.html")))
    command = ["java", "-Xmx300m", "-jar", str(VNU), "--stdout", "--format", "json", "--errors-only", *files]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=300)
    messages = json.loads(checked.stdout or checked.stderr)["messages"]
    assert [(Path(one["url"]).name, one["message"], one.get("extract", "")[:120]) for one in messages] == []


def test_every_link_resolves_and_every_thing_is_within_three_clicks_of_home(
    site: str, tiny_dataset: Path
) -> None:
    # Who made the vocabulary is described by another dataset.
    seen, edge = {"/", "/doc/organization/vilnius-lod-project"}, ["/"]
    things: set[str] = set()
    for depth in range(4):
        following: list[str] = []
        for path in edge:
            request = urllib.request.Request(
                site + path, headers={"Accept": "text/html, */*;q=0.1", "Accept-Language": "en"}
            )
            with urllib.request.urlopen(request, timeout=20) as answer:
                assert answer.status == 200
                if "text/html" not in answer.headers["Content-Type"]:
                    continue
                text = answer.read().decode()
            if depth == 3:
                continue
            for link in re.findall(r'href="(/[^"#]*)', text):
                link = link.replace("&amp;", "&")
                if (
                    link not in seen
                    and not link.startswith(("/?", "/sparql?", "/assets/"))
                    and "lang=" not in link
                ):
                    seen.add(link)
                    following.append(link)
        edge = following
    things = {path.removeprefix("/doc/") for path in seen if path.startswith("/doc/")}
    for table in ("agreements", "places", "countries", "networks", "memberships", "events"):
        lines = (tiny_dataset / "tables" / f"{table}.csv").read_text(encoding="utf-8").splitlines()[1:]
        kind = {"countries": "country"}.get(table, table.removesuffix("s"))
        for line in lines:
            slug = line.partition(",")[0].lower()
            assert f"{kind}/{slug}" in things


def test_motion_is_reduced_for_who_wants_that(chromium: Browser, site: str) -> None:
    context = chromium.new_context(base_url=site, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert page.evaluate("document.getAnimations().length") == 0
    context.close()


def test_a_partner_prints_without_the_furniture(page: Page) -> None:
    page.goto("/doc/place/verbohrad?lang=en")
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation").first.is_visible()
    assert not page.get_by_role("link", name="Report a mistake by mail").is_visible()
    assert page.get_by_text("https://lod.example.org/lindenau/id/place/verbohrad", exact=True).is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
    assert len(page.pdf()) > 5000
