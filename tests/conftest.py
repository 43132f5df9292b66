"""What every test may use: where things are, and the rule about skips."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# A skip whose reason begins so is allowed everywhere: the suite may not be part of the repository.
NOT_OURS = "not part of the repository:"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--strict-skips", action="store_true", help="a skipped test fails (for CI)")


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
def real_dataset() -> Path:
    """The directory of the real dataset."""
    return ROOT / "data"


@pytest.fixture(scope="session")
def tiny_dataset() -> Path:
    """An invented city's dataset, in other languages and under another base."""
    return ROOT / "tests" / "datasets" / "lindenau"


@pytest.fixture(scope="session")
def real_snapshot(real_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of the real dataset."""
    from vilnius_lod.publish.build import build

    return build(real_dataset, tmp_path_factory.mktemp("store")).snapshot
