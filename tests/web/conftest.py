"""Real applications over real snapshots of an invented city."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from vilnius_lod.settings import Settings
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.context import EXTENSION

from ..conftest import Built

SITE = "https://data.example.org/relations/"
BASE = "https://lod.example.org/lindenau/"


@pytest.fixture(scope="session")
def store(tiny_dataset: Path, built: Built) -> Path:
    """A store with a snapshot that is served at another address than its base."""
    return built(tiny_dataset, "web", SITE)


@pytest.fixture(scope="session")
def application(store: Path) -> Iterator[Flask]:
    app = create_app(store, Settings(query_seconds=2, result_rows=5000, workers=4))
    yield app
    app.extensions[EXTENSION].engine.close()


@pytest.fixture
def client(application: Flask) -> FlaskClient:
    return application.test_client()


@pytest.fixture(scope="session")
def bare(bare_dataset: Path, built: Built) -> Iterator[FlaskClient]:
    """A city that tells portals nothing, names no contact, and of which nobody else has spoken."""
    app = create_app(built(bare_dataset, "bare"))
    yield app.test_client()
    app.extensions[EXTENSION].engine.close()


@pytest.fixture(scope="session")
def lithuanian(lithuanian_dataset: Path, built: Built) -> Iterator[FlaskClient]:
    """The same city for readers of Lithuanian."""
    app = create_app(built(lithuanian_dataset, "lithuanian"))
    yield app.test_client()
    app.extensions[EXTENSION].engine.close()
