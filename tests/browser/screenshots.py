"""``python -m tests.browser.screenshots FOLDER``: a few pictures of the real city's pages for readers of the
repository, and below ``all/`` every kind of page of the invented city at three widths, in both themes and
both languages, for those who look after them.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.sync_api import Page, sync_playwright

from ..conftest import CHROMIUM, ROOT
from ..serving import free_port, serving
from .kinds import KINDS, PROBLEMS, visit


class View(NamedTuple):
    """How a page is looked at."""

    width: int
    scheme: Literal["light", "dark"]
    language: str
    height: int = 900


VIEWS = [View(width, "light", "de") for width in (320, 768, 1440)] + [View(1440, "dark", "en")]
DESK, PHONE = View(1280, "light", "en"), View(390, "dark", "lt")
FEW = {
    "home": ("/", DESK._replace(height=1480)),
    "partner": ("/doc/place/erfurt", DESK),
    "query": ("/sparql?example=documents-by-decade-and-type", DESK),
    "phone": ("/doc/place/kyiv", PHONE),
}


def main(folder: Path) -> None:
    """Take them all."""
    (folder / "all").mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        with served(ROOT / "data") as address:
            page = browser.new_page(base_url=address)
            for name, (path, view) in FEW.items():
                take(page, path, view, folder / f"{name}.png", whole=False)
        with served(ROOT / "tests" / "datasets" / "lindenau") as address:
            page = browser.new_page(base_url=address)
            for kind, path in {**KINDS, **PROBLEMS}.items():
                for view in VIEWS:
                    name = "-".join([*kind.split(), *map(str, view[:3])])
                    take(page, path, view, folder / "all" / f"{name}.png", whole=True)
        browser.close()


@contextlib.contextmanager
def served(dataset: Path) -> Iterator[str]:
    """The address of a server with a dataset."""
    port = free_port()
    with tempfile.TemporaryDirectory() as store:
        command = [sys.executable, "-m", "vilnius_lod.cli", "serve"]
        command += ["--dataset", str(dataset), "--store", store]
        with serving(command, cwd=ROOT, port=port):
            yield f"http://127.0.0.1:{port}"


def take(page: Page, path: str, view: View, file: Path, *, whole: bool) -> None:
    """One picture: of the whole page, or of what the screen shows of it."""
    page.set_viewport_size({"width": view.width, "height": view.height})
    page.emulate_media(color_scheme=view.scheme)
    visit(page, path, view.language)
    page.screenshot(path=file, full_page=whole)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots"))
