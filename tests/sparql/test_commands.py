"""``vilnius-lod load`` and ``vilnius-lod serve --engine``, with a real engine that goes away in the end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.sparql.engines import Server

from tests.serving import free_port, serving

pytest_plugins = ["tests.sparql.engines"]

COMMAND = [sys.executable, "-m", "vilnius_lod.cli"]
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=120
    )


def test_a_snapshot_is_served_from_another_engine_until_that_is_away(
    tiny_snapshot: Path, tmp_path: Path, oxigraph_alone: Server
) -> None:
    target = oxigraph_alone.target
    store = tmp_path / "store"
    shutil.copytree(tiny_snapshot.parent, store, symlinks=True)
    found = command(
        "load", "--store", store, "--engine", target.query, "--update", target.update,
        "--graphs", target.store,
    )  # fmt: skip
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.endswith("Switched over.\n")
    sent = sum(
        len((tiny_snapshot / file).read_text("utf-8").splitlines()) for file in ("dataset.nq", "catalogue.nq")
    )
    serve = [*COMMAND, "serve", "--store", str(store), "--engine", target.query]
    port = free_port()
    environment = {**os.environ, "VILNIUS_LOD_QUERY_SECONDS": "3"}
    with serving(serve, cwd=tmp_path, environment=environment, port=port) as get:
        address = f"/sparql?format=json&query={quote(COUNT)}"
        [row] = json.loads(get(address))["results"]["bindings"]
        assert int(row["n"]["value"]) == sent
        oxigraph_alone.stop()
        with pytest.raises(urllib.error.HTTPError) as caught:
            get(f"/sparql?format=json&query={quote(COUNT + ' LIMIT 1')}")
        with caught.value as answer:
            problem = json.load(answer)
            assert (answer.code, problem["type"].rpartition("#")[2]) == (502, "engine-failed")
            assert int(answer.headers["Retry-After"]) >= 1
        facts = json.loads((tiny_snapshot / "manifest.json").read_text("utf-8"))["facts"]
        assert b"prefLabel" in get(f"/doc/place/{facts['focus']}.ttl")


def test_an_engine_that_is_not_there_is_told_in_a_sentence(tiny_snapshot: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    found = command(
        "load", "--store", tiny_snapshot.parent, "--engine", f"{nowhere}/query",
        "--update", f"{nowhere}/update", "--graphs", f"{nowhere}/store",
    )  # fmt: skip
    assert found.returncode == 2
    assert nowhere in found.stderr or "cannot be reached" in found.stderr
    assert "Traceback" not in found.stderr
