"""Imports go one way, folders and modules stay small, a class name has one meaning, no place is in code."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from rdflib import Graph, Literal

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "vilnius_lod"
MODULES = sorted(PACKAGE.rglob("*.py"))
ORDER = (
    "rdf", "edtf", "geodesy", "formats", "i18n", "settings", "output", "inputs",
    "records", "extract", "graphs", "validation", "catalogue", "facts",
    "snapshot", "build",
    "sparql", "web", "tools", "commands", "cli",
)  # fmt: skip
"""A package or module imports what stands before it, nothing that stands after it."""
BEFORE_THE_SNAPSHOT = {
    "inputs",
    "records",
    "extract",
    "graphs",
    "validation",
    "catalogue",
    "build",
}
"""What makes a snapshot; what serves one (sparql, web) knows the snapshot alone."""
WEB_ORDER = ("http", "telemetry", "pages", "routes")
KNOWN_ONLY_IN = {
    "rdflib": {"validation", "tools"},
    "pyshacl": {"validation", "tools"},
    "pyoxigraph": {"rdf", "catalogue", "sparql"},
    "flask": {"web"},
    "granian": {"web"},
}
MODULES_IN_A_FOLDER = 10
LANGUAGE_NAMES = {"German", "Lithuanian"}
"""Words of vocabulary and shapes that begin like a place and name a language."""
LINES_IN_A_MODULE = 350


def imports(path: Path) -> set[str]:
    """Absolute names of what a module imports."""
    package = path.relative_to(PACKAGE.parent).with_suffix("").parts[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - (node.level - 1)] if node.level else ()
            name = ".".join([*base, node.module or ""]).strip(".")
            found |= {f"{name}.{alias.name}" for alias in node.names}
    return found


def room(path: Path) -> str:
    """The package or top-level module that a file belongs to."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def relative(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_imports_go_one_way(path: Path) -> None:
    here = room(path)
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "vilnius_lod" or here == "__init__" or parts[1] == "__version__":
            continue
        assert ORDER.index(parts[1]) <= ORDER.index(here), f"{here} may not import {name}"
        if here in {"sparql", "web"}:
            assert parts[1] not in BEFORE_THE_SNAPSHOT, f"{here} reads a snapshot, not {name}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "web").rglob("*/*.py")), ids=relative)
def test_imports_within_the_web_go_one_way(path: Path) -> None:
    here = path.relative_to(PACKAGE / "web").parts[0]
    if here not in WEB_ORDER:
        return
    for name in imports(path):
        if name.startswith("vilnius_lod.web."):
            target = name.split(".")[2]
            assert target in WEB_ORDER, f"{path.name} may not import {name}"
            assert WEB_ORDER.index(target) <= WEB_ORDER.index(here), f"{path.name} may not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_blueprints_are_made_in_routes(path: Path) -> None:
    assert "Blueprint(" not in path.read_text() or "routes" in path.parts


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_library_is_known_where_it_is_needed(path: Path) -> None:
    for name in imports(path):
        library = name.split(".")[0]
        allowed = KNOWN_ONLY_IN.get(library, {room(path)})
        assert room(path) in allowed, f"{path.name} may not import {library}"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_fits_on_a_few_screens_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LINES_IN_A_MODULE
    assert ast.get_docstring(ast.parse(text))


def test_a_folder_is_seen_at_a_glance() -> None:
    modules = [path for path in MODULES if path.name != "__init__.py"]
    sizes = Counter(path.parent.relative_to(PACKAGE).as_posix() for path in modules)
    crowded = {folder: size for folder, size in sizes.items() if size > MODULES_IN_A_FOLDER}
    assert crowded == {}


def test_a_class_name_has_one_meaning() -> None:
    names = Counter(
        node.name
        for path in MODULES
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_no_city_country_or_network_is_named_in_what_every_dataset_shares() -> None:
    """In code by their names; inflected in vocabulary and shapes, by all but a name's last two letters."""
    names: set[str] = set()
    for dataset in (ROOT / "data", ROOT / "tests" / "datasets" / "lindenau"):
        for table in ("places", "countries", "networks"):
            with (dataset / "tables" / f"{table}.csv").open(encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    names |= {v for k, v in row.items() if k and k.startswith("name_") and v and len(v) > 3}
    pattern = re.compile(r"\b(" + "|".join(map(re.escape, sorted(names))) + r")\b")
    for path in MODULES:
        assert not (found := pattern.findall(path.read_text())), f"{path} names {found}"
    stems = {name[:-2] for name in names if len(name) > 5}
    inflected = re.compile(r"\b(" + "|".join(map(re.escape, sorted(stems))) + r")\w{0,4}\b")
    for path in (*(ROOT / "ontology").glob("*.ttl"), *(ROOT / "shapes").glob("*.ttl")):
        texts = " ".join(str(text) for text in Graph().parse(path).objects() if isinstance(text, Literal))
        found = [match[0] for match in inflected.finditer(texts)]
        assert set(found) <= LANGUAGE_NAMES, f"{path} names {found}"
