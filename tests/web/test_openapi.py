from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.running import running
from vilnius_lod.web.http import problems
from vilnius_lod.web.routes.service.openapi import addresses

# What OpenAPI cannot say: of two parameters exactly one is needed.
EXCEPTIONS = """
[[operations]]
include-path = "/resolve"
checks.positive_data_acceptance.enabled = false
"""


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    found: dict[str, Any] = json.loads(answer.data)
    return found


def test_every_address_is_documented_and_no_other(application: Flask) -> None:
    there = {
        (rule.rule, method)
        for rule in application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    written = {(entry["rule"], entry.get("method", "get").upper()) for entry in addresses()["operation"]}
    assert there - written == set(), "not in web/routes/service/openapi.toml"
    assert written - there == set(), "no longer there"


def test_a_path_has_its_parameters_and_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            found = [
                document["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
                if "$ref" in parameter
                else parameter
                for parameter in operation.get("parameters", [])
            ]
            assert {p["name"] for p in found if p["in"] == "path"} == set(re.findall(r"{(\w+)}", path))
    for section, name in re.findall(r'"#/components/(\w+)/([^"]+)"', json.dumps(document)):
        assert name in document["components"][section]
    used = set(re.findall(r'"#/components/parameters/([^"]+)"', json.dumps(document)))
    assert used == document["components"]["parameters"].keys()


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [op["operationId"] for operations in document["paths"].values() for op in operations.values()]
    assert len(set(names)) == len(names)


def test_every_kind_of_problem_is_told(document: dict[str, Any]) -> None:
    assert {str(kind.status) for kind in problems.KINDS.values()} <= document["components"][
        "responses"
    ].keys()


def test_the_place_is_the_operators(document: dict[str, Any]) -> None:
    assert document["servers"] == [{"url": "https://data.example.org/relations"}]


@pytest.mark.contract
def test_a_stranger_with_the_document_finds_nothing_wrong(store: Path, tmp_path: Path) -> None:
    tool = Path(sys.executable).with_name("schemathesis")
    command = [str(tool)] if tool.exists() else [sys.executable, "-m", "schemathesis.cli"]
    (tmp_path / "schemathesis.toml").write_text(EXCEPTIONS)
    with running(store, tmp_path / "log", query_seconds=20) as service:
        done = subprocess.run(
            [*command, "run", f"{service.address}/openapi.json", "--url", service.address,
             "--max-examples", "3", "--phases", "examples,coverage,fuzzing",
             "--generation-deterministic", "--max-time", "45", "--warnings", "off", "--no-color"],
            cwd=tmp_path, capture_output=True, text=True, timeout=150,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.web.schemathesis_hooks",
                 "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
        assert service.get("/ready")[0] == 200
