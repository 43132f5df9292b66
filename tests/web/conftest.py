"""A real application over a real snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from vilnius_lod.publish.build import build
from vilnius_lod.settings import Settings
from vilnius_lod.web.app import create_app
from vilnius_lod.web.http.site import EXTENSION

SITE = "https://data.example.org/relations/"


@pytest.fixture(scope="session")
def store(real_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a snapshot of the real dataset."""
    store = tmp_path_factory.mktemp("web")
    build(real_dataset, store, SITE)
    return store


@pytest.fixture(scope="session")
def application(store: Path) -> Iterator[Flask]:
    app = create_app(store, Settings(query_seconds=2, result_rows=5000, workers=4))
    yield app
    app.extensions[EXTENSION].engine.close()


@pytest.fixture
def client(application: Flask) -> FlaskClient:
    return application.test_client()


@pytest.fixture(scope="session")
def tiny_application(tiny_dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Another city, in other languages, under a base of its own."""
    store = tmp_path_factory.mktemp("tiny-web")
    build(tiny_dataset, store)
    app = create_app(store)
    yield app
    app.extensions[EXTENSION].engine.close()
