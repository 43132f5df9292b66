"""The invented city, built once, and the service as a harvester meets it: on loopback, by HTTP alone."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vilnius_lod.build import build
from vilnius_lod.snapshot import Snapshot, open_snapshot

from ..conftest import ROOT
from ..serving import free_port, serving

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"


@pytest.fixture(scope="session")
def port() -> int:
    """Where the service will answer."""
    return free_port()


@pytest.fixture(scope="session")
def site(port: int) -> str:
    """The address of the service."""
    return f"http://127.0.0.1:{port}/"


@pytest.fixture(scope="session")
def store(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory, site: str) -> Path:
    """A store with a snapshot for that address, under a licence that portals look up.

    Its IRIs too are minted there: harvesters look them up.
    """
    directory = tmp_path_factory.mktemp("harvest")
    dataset = shutil.copytree(tiny_dataset, directory / "dataset")
    settings = dataset / "dataset.toml"
    base = tomllib.loads(settings.read_text("utf-8"))["base"]
    for file in (settings, *(dataset / "links").glob("*.tsv")):
        file.write_text(file.read_text("utf-8").replace(base, site), "utf-8")
    text = settings.read_text("utf-8")
    settings.write_text(text.replace(CC0, CC_BY).replace("CC0 1.0", "CC BY 4.0"), "utf-8")
    build(dataset, directory / "store", site)
    return directory / "store"


@pytest.fixture(scope="session")
def snapshot(store: Path) -> Snapshot:
    return open_snapshot(store)


@pytest.fixture(scope="session")
def get(store: Path, port: int, site: str) -> Iterator[Callable[[str], bytes]]:
    """The running service: a function that GETs a path."""
    command = [sys.executable, "-m", "vilnius_lod.cli", "serve", "--store", str(store), "--site", site]
    with serving(command, cwd=ROOT, environment=dict(os.environ), port=port) as get:
        yield get
