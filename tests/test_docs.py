"""What the documentation shows is what the data say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from .conftest import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_the_page_on_architecture_names_every_package() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    package = ROOT / "src" / "vilnius_lod"
    modules, packages = package.glob("*.py"), package.glob("*/*.py")
    parts = {path.stem for path in modules} | {path.parent.name for path in packages}
    assert {part for part in parts - {"__init__", "__main__"} if f"`{part}`" not in page} == set()


def test_the_walks_through_the_code_name_what_is_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w/]+\.py)` \| (.*?) \|", page, re.MULTILINE)
    assert len(rows) > 30
    for module, functions in rows:
        tree = ast.parse((ROOT / "src" / "vilnius_lod" / module).read_text(encoding="utf-8"))
        defined = {
            node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert set(re.findall(r"`(\w+)`", functions)) - defined == set(), module


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    for name in ("serve", "test", "lint"):
        for line in (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-")):
                assert re.match(r"[\w-]+", line)[0].lower() in page, line  # type: ignore[index]
