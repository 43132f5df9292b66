"""What every test may use: the invented city's dataset, snapshots for all workers, the rule about skips."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Playwright, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = shutil.which("chromium")
# A skip whose reason begins so is allowed everywhere: the suite may not be part of the repository.
NOT_OURS = "not part of the repository:"

# How long an example takes depends on what else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--strict-skips", action="store_true", help="a skipped test fails (for CI)")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than processors: tests wait for servers and browsers as much as they compute."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    report = yield
    if report.skipped and item.config.getoption("--strict-skips"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if NOT_OURS not in reason:
            report.outcome = "failed"
            report.longrepr = f"skipped, where nothing may be: {reason}"
    return report


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def tiny_dataset() -> Path:
    """An invented city's dataset: on it behaviour is tested. The real one has tests/real."""
    return ROOT / "tests" / "datasets" / "lindenau"


@pytest.fixture(scope="session")
def bare_dataset(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented city's dataset without what may be left out: nothing for portals, nobody's statements."""
    copy = shutil.copytree(tiny_dataset, tmp_path_factory.mktemp("bare") / "dataset")
    settings = copy / "dataset.toml"
    settings.write_text(settings.read_text("utf-8").partition("\n[catalogue]")[0], "utf-8")
    for name in ("attestations.csv", "cited.csv"):
        (copy / name).unlink()
    return copy


@pytest.fixture(scope="session")
def lithuanian_dataset(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented city for readers of Lithuanian: what is German in the dataset passes for Lithuanian."""
    copy = shutil.copytree(tiny_dataset, tmp_path_factory.mktemp("lithuanian") / "dataset")
    changes = (('"de"', '"lt"'), ("_de", "_lt"), ("\nde =", "\nlt ="), ("{ de =", "{ lt ="))
    for file in (copy / "dataset.toml", copy / "releases.csv", *(copy / "tables").glob("*.csv")):
        text = file.read_text("utf-8")
        for german, lithuanian in changes:
            text = text.replace(german, lithuanian)
        file.write_text(text.replace(",de,", ",lt,") if file.name == "names.csv" else text, "utf-8")
    retrieval = copy / "source" / "2026-05-01" / "retrieval.toml"
    retrieval.write_text(retrieval.read_text("utf-8").replace('"de"', '"lt"'), "utf-8")
    return copy


Built = Callable[..., Path]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A store with a snapshot of a dataset, made once for all workers of a run; nobody changes it."""
    common = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent

    def make(dataset: Path, name: str, site: str | None = None) -> Path:
        from vilnius_lod.build import build

        store = common / f"store-{name}"
        with (common / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (store / "current").exists():
                build(dataset, store, site)
        return store

    return make


@pytest.fixture(scope="session")
def tiny_snapshot(tiny_dataset: Path, built: Built) -> Path:
    """A snapshot of the invented city's dataset."""
    return (built(tiny_dataset, "tiny") / "current").resolve()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM)
    yield browser
    browser.close()
