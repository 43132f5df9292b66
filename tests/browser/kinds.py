"""Every kind of page, and how a test looks at one."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page

from ..conftest import ROOT

MODULES = ROOT / "frontend" / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
KINDS = {
    "home": "/",
    "choice": "/?country=pl&decade=1990",
    "partner": "/doc/place/valbrume",
    "focus": "/doc/place/lindenau",
    "document": "/doc/agreement/verbohrad-1",
    "partnership": "/doc/partnership/verbohrad",
    "country": "/doc/country/ua",
    "network": "/doc/network/brueckenstaedte",
    "membership": "/doc/membership/brueckenstaedte",
    "type": "/doc/agreement-type/cooperation",
    "search": "/search?q=verbo",
    "suggestions": "/search?q=Morsko",
    "search name": "/search?q=Бродовец",
    "part of a search": "/search?q=Wallbrunn+cooperation+zzz",
    "empty search": "/search",
    "data": "/data",
    "query": "/sparql",
    "result": "/sparql?query=SELECT*{?s ?p ?o}LIMIT 5",
    "ontology": "/ontology",
    "shapes": "/shapes",
    "report": "/report",
    "source": "/source/2026-05-01",
    "evidence": "/evidence",
    "tables": "/tables",
    "table": "/tables/events#row-14",
    "links": "/tables/links/wikidata.sssom",
    "problem types": "/problems",
    "one network": "/?network=brueckenstaedte",
    "dataset": "/doc/dataset",
    "catalogue": "/catalog.html",
    "contact": "/doc/contact",
}
PROBLEMS = {"wrong query": "/sparql?query=SELECT*{", "nothing": "/nowhere"}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
no_npm = pytest.mark.skipif(not AXE.is_file(), reason="npm's packages are not here: make .venv/.frontend")


def visit(page: Page, path: str, language: str = "en") -> None:
    path, hash_, fragment = path.partition("#")
    address = f"{path}{'&' if '?' in path else '?'}lang={language}{hash_}{fragment}"
    page.goto(address, wait_until="networkidle")
    if page.locator("textarea[data-editor]").count():
        page.locator(".CodeMirror").wait_for()
