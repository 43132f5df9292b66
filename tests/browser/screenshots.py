"""``python -m tests.browser.screenshots FOLDER``: the kinds of pages at three widths."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from ..conftest import ROOT
from ..serving import free_port, serving
from .conftest import CHROMIUM
from .test_pages import KINDS, PROBLEMS, visit

WIDTHS = (320, 768, 1440)


def main(folder: Path) -> None:
    """Take them all."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as store, sync_playwright() as playwright:
        command = [sys.executable, "-m", "vilnius_lod.cli", "serve"]
        command += ["--dataset", str(ROOT / "data"), "--store", store]
        with serving(command, cwd=ROOT, port=port):
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
            page = browser.new_page(base_url=f"http://127.0.0.1:{port}")
            for kind, path in {**KINDS, **PROBLEMS}.items():
                visit(page, path, "lt")
                for width, scheme in [*((width, "light") for width in WIDTHS), (1440, "dark")]:
                    page.set_viewport_size({"width": width, "height": 900})
                    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                    name = f"{kind.replace(' ', '-')}-{width}{'-dark' * (scheme == 'dark')}.png"
                    page.screenshot(path=folder / name, full_page=True)
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots"))
