"""How soon a phone shows each kind of page, in Chromium, and how much of the processor's time it takes.

    python -m bench.pages [--rounds N]

The goal: the largest element within 2.5 s ("good" in Core Web Vitals), and at most 0.2 s of work of the
main thread, 0.4 s with the query editor. The server and the browser run on this machine, so the network
costs nothing; the figures compare pages and versions.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from tests.browser.conftest import CHROMIUM
from tests.browser.test_pages import KINDS, visit
from tests.conftest import ROOT
from tests.serving import free_port, serving

PAGES = ("home", "partner", "data", "query", "result", "search", "report")
PAINT = """
    window.paint = 0;
    new PerformanceObserver((list) => { window.paint = list.getEntries().at(-1).startTime; })
        .observe({ type: "largest-contentful-paint", buffered: true });
"""


def main(rounds: int) -> None:
    """Print each kind of page with the median of its figures."""
    port = free_port()
    dataset = str(ROOT / "tests" / "datasets" / "lindenau")
    with tempfile.TemporaryDirectory() as store, sync_playwright() as playwright:
        command = [sys.executable, "-m", "vilnius_lod.cli", "serve", "--dataset", dataset, "--store", store]
        with serving(command, cwd=ROOT, environment=dict(os.environ), port=port):
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
            for kind in PAGES:
                found = [measured(browser, f"http://127.0.0.1:{port}", KINDS[kind]) for _ in range(rounds)]
                paint, work = (median(figures) for figures in zip(*found, strict=True))
                print(f"{kind:10} largest paint {paint:6.0f} ms, work {work * 1000:6.0f} ms")
            browser.close()


def measured(browser: Browser, site: str, path: str) -> tuple[float, float]:
    """Milliseconds until the largest element is painted, and seconds of the main thread's own time."""
    context = browser.new_context(base_url=site, viewport={"width": 412, "height": 823})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.add_init_script(PAINT)
    visit(page, path)
    page.wait_for_function("paint > 0")
    metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    work = next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")
    paint = float(page.evaluate("paint"))
    context.close()
    return paint, work


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench.pages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    main(parser.parse_args().rounds)
