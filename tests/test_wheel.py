"""The installed wheel carries everything: it serves outside the repository, without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT
from .serving import serving


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and installed into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    python = [sys.executable, "-m"]
    subprocess.run(
        [*python, "build", "--wheel", "--no-isolation", "--outdir", str(folder / "dist"), str(root)],
        check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = (folder / "dist").glob("*.whl")
    subprocess.run(
        [*python, "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", folder / "site", wheel],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder / "site"


def test_the_wheel_builds_and_serves_the_real_dataset_elsewhere(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONSAFEPATH": "1"}
    where = subprocess.run(
        [sys.executable, "-c", "import vilnius_lod; print(vilnius_lod.__file__)"],
        cwd=tmp_path, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(installed)), "the test must not see the checkout"
    with serving(
        [str(installed / "bin" / "vilnius-lod"), "serve"], cwd=tmp_path, environment=environment
    ) as get:
        [agreement, *_] = (
            (ROOT / "data" / "tables" / "agreements.csv").read_text("utf-8").splitlines()[1].split(",")
        )
        assert f"/doc/agreement/{agreement}".encode() in get("/sitemap.xml")
        assert b"vlo:Agreement" in get(f"/doc/agreement/{agreement}.ttl")
        assert b"sh:NodeShape" in get("/shapes.ttl")
    assert (tmp_path / "snapshots" / "current").exists()
