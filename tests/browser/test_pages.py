"""Every kind of page: accessible, within its weight, in a steady layout, valid, and linked."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from .conftest import watched
from .kinds import AXE, KINDS, MODULES, PROBLEMS, RULES, no_npm, visit

VNU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
LIMITS = {"home": 300, "choice": 300, "one network": 300, "query": 450, "result": 450}
"""Kilobytes of all that a page loads, compressed."""
no_java = pytest.mark.skipif(
    shutil.which("java") is None, reason="no Java here: sudo apt install default-jre"
)


@pytest.fixture(scope="module")
def audited(chromium: Browser, site: str) -> Iterator[Page]:
    """A page into which axe can be put: the site's policy would not let it in."""
    context = chromium.new_context(base_url=site, bypass_csp=True)
    yield context.new_page()
    context.close()


def looked_at(
    page: Page, kind: str, language: str, width: int, scheme: Literal["light", "dark"]
) -> list[tuple[object, ...]]:
    """What axe finds on a page, and by how many pixels it is wider than the screen."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    visit(page, {**KINDS, **PROBLEMS}[kind], language)
    page.evaluate(AXE.read_text())
    # The theme changes colours alone.
    rules = RULES if scheme == "light" else ["color-contrast"]
    result = page.evaluate(f"axe.run({{runOnly: {json.dumps(rules)}, resultTypes: ['violations']}})")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert result["passes"]
    found: list[tuple[object, ...]] = [(one["id"], one["nodes"][0]["html"]) for one in result["violations"]]
    return found + ([("wider than the screen", wider)] if wider > 0 else [])


@no_npm
@pytest.mark.parametrize("kind", [*KINDS, *PROBLEMS])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(audited: Page, kind: str) -> None:
    assert looked_at(audited, kind, "en", 320, "light") == []


@pytest.mark.contract
@no_npm
@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("de", 320, "light"), ("en", 768, "dark"), ("en", 1440, "light")]
)
@pytest.mark.parametrize("kind", [*KINDS, *PROBLEMS])
def test_axe_finds_nothing_in_any_language_width_and_theme(
    audited: Page, kind: str, language: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    assert looked_at(audited, kind, language, width, scheme) == []


@dataclass(frozen=True)
class Observed:
    """A page, and what happened on it: what went wrong, bytes of each answer, complaints of the browser."""

    page: Page
    trouble: list[str]
    sizes: list[float] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)

    def forget(self) -> None:
        for happened in (self.trouble, self.sizes, self.issues):
            happened.clear()


@pytest.fixture(scope="module")
def observed(chromium: Browser, site: str) -> Iterator[Observed]:
    context = chromium.new_context(base_url=site, locale="en-GB", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    found = Observed(page, watched(page, site))
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on("Network.loadingFinished", lambda event: found.sizes.append(event["encodedDataLength"]))
    session.send("Audits.enable")
    session.on("Audits.issueAdded", lambda event: found.issues.append(json.dumps(event["issue"])))
    page.add_init_script("""
        window.shift = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
    """)
    yield found
    context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_light_steady_asks_nobody_else_and_the_browser_has_no_complaint(
    observed: Observed, kind: str
) -> None:
    page = observed.page
    page.goto("about:blank")
    observed.forget()
    visit(page, KINDS[kind])
    assert observed.trouble == []
    assert 5 < sum(observed.sizes) / 1000 < LIMITS.get(kind, 100)
    assert page.evaluate("window.shift") < 0.05
    # A field may be called “country” though nobody's address is asked for.
    assert [issue for issue in observed.issues if "AssignedAutocompleteValueToIdOrName" not in issue] == []
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
