"""A real server and a real Chromium; pages are watched for errors and for requests that leave the host."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from ..conftest import CHROMIUM, ROOT, Built
from ..serving import free_port, serving

BUILT = ROOT / "src" / "vilnius_lod" / "web" / "static" / "built"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium here: sudo apt install chromium"))
            if not BUILT.is_dir():
                item.add_marker(pytest.mark.skip(reason="the frontend is not built: make .venv/.frontend"))


@pytest.fixture(scope="session")
def site(tiny_dataset: Path, built: Built) -> Iterator[str]:
    """The address of a server with the invented city's dataset."""
    port = free_port()
    store = built(tiny_dataset, "tiny")
    command = [sys.executable, "-m", "vilnius_lod.cli", "serve"]
    command += ["--store", str(store)]
    with serving(command, cwd=ROOT, environment=dict(os.environ), port=port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def context(chromium: Browser, site: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=site, locale="en-GB", viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, site: str) -> Iterator[Page]:
    """A page on which nothing may go wrong."""
    page = context.new_page()
    trouble = watched(page, site)
    yield page
    assert trouble == []


def watched(page: Page, site: str) -> list[str]:
    """What goes wrong on a page, as it happens: errors of scripts, failed requests, requests to others."""
    trouble: list[str] = []

    def asked(address: str) -> None:
        if not address.startswith((f"{site}/", "data:", "blob:")):
            trouble.append(f"foreign request: {address}")

    page.on("request", lambda request: asked(request.url))
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("requestfailed", lambda request: _failed(trouble, request.url, request.failure))
    return trouble


def _failed(trouble: list[str], address: str, failure: str | None) -> None:
    # A search that was overtaken by the next letter is given up on purpose.
    if failure != "net::ERR_ABORTED":
        trouble.append(f"failed request: {address}: {failure}")
