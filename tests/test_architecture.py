"""The house keeps its rooms: imports go one way, modules stay small, no place is named in code."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "vilnius_lod"
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOMS = ("records", "publish", "query", "web")
WEB_ROOMS = ("http", "views", "addresses")
COMMON = {"terms", "vocabulary", "settings", "messages", "jsonld", "languages", "letters", "writers"}
TOP = {"cli", "commands", "check_catalogue", "__main__", "__init__"}
KNOWN_ONLY_IN = {
    "rdflib": "publish",
    "pyshacl": "publish",
    "pyoxigraph": "query",
    "flask": "web",
    "granian": "web",
}


def imports(path: Path) -> set[str]:
    """Absolute names of the modules that a module imports."""
    package = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts[:-1])
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - (node.level - 1)] if node.level else []
            name = ".".join([*base, node.module or ""]).strip(".")
            found |= {name} | {f"{name}.{alias.name}" for alias in node.names}
    return found


def room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    here = room(path)
    if here in TOP:
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "vilnius_lod" or len(parts) < 2:
            continue
        target = parts[1]
        if here in COMMON:
            assert target in COMMON, f"{here} is used by every room and may not know {name}"
        elif target in ROOMS:
            assert ROOMS.index(target) <= ROOMS.index(here), f"{here} may not import {name}"
            if target == "publish" and here in {"query", "web"}:
                assert parts[2:3] in ([], ["snapshot"]), f"{here} reads a snapshot, not {name}"
        else:
            assert target in COMMON, f"{here} may not import {name}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "web").glob("*/*.py")), ids=lambda p: p.stem)
def test_imports_within_the_web_go_one_way(path: Path) -> None:
    for name in imports(path):
        if name.startswith("vilnius_lod.web."):
            target = name.split(".")[2]
            assert target in WEB_ROOMS, f"{path.name} may not import {name}"
            assert WEB_ROOMS.index(target) <= WEB_ROOMS.index(path.parent.name), f"may not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_addresses_are_given_in_their_room(path: Path) -> None:
    assert "Blueprint(" not in path.read_text() or path.parent.name == "addresses"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_library_is_known_in_one_room(path: Path) -> None:
    for name in imports(path):
        library = name.split(".")[0]
        assert KNOWN_ONLY_IN.get(library, room(path)) == room(path), f"{path.name} may not import {library}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_fits_on_a_few_screens_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 350
    assert ast.get_docstring(ast.parse(text))


def test_no_city_country_or_network_is_named_in_code() -> None:
    names: set[str] = set()
    for dataset in (ROOT / "data", ROOT / "tests" / "datasets" / "lindenau"):
        for table in ("places", "countries", "networks"):
            with (dataset / "tables" / f"{table}.csv").open(encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    names |= {v for k, v in row.items() if k and k.startswith("name_") and v and len(v) > 3}
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, sorted(names))) + r")\b")
    for path in MODULES:
        assert not (found := pattern.findall(path.read_text())), f"{path} names {found}"
