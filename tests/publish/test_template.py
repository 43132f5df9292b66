"""The templates of the catalogue: what a placeholder stands for, and that each is explained."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from vilnius_lod.catalogue import template

TEMPLATES = Path(template.__file__).parent
EX = "https://example.org/"


def filled(turtle: str, values: Mapping[str, Collection[Node]]) -> set[tuple[str, str, str]]:
    source = Graph(bind_namespaces="none").parse(data=turtle, format="turtle", publicID=EX)
    graph = template.fill(source, values.__getitem__)
    return {(s.removeprefix(EX), p.removeprefix(EX), o.removeprefix(EX)) for s, p, o in graph}  # type: ignore[attr-defined]


def test_a_statement_is_made_for_each_value_and_left_out_without_one() -> None:
    values = {"setting:title": [Literal("A", lang="de"), Literal("B", lang="en")], "setting:themes": []}
    assert filled("<a> <p> <setting:title> , 'C' ; <q> <setting:themes> .", values) == {
        ("a", "p", "A"), ("a", "p", "B"), ("a", "p", "C"),
    }  # fmt: skip


def test_a_described_resource_is_left_out_with_what_refers_to_it() -> None:
    turtle = "<a> <p> <computed:contact> . <computed:contact> <q> 'B' ; <self> <computed:self> ."
    assert filled(turtle, {"computed:contact": []}) == set()
    assert filled(turtle, {"computed:contact": [URIRef(f"{EX}c")]}) == {
        ("a", "p", "c"), ("c", "q", "B"), ("c", "self", "c"),
    }  # fmt: skip


def test_what_resources_have_in_common_is_said_of_each() -> None:
    turtle = """
    <a> a <common:file> . <b> a <common:shared> , <T> .
    <common:file> a <common:shared> ; <p> 'file' .
    <common:shared> <p> 'shared' ."""
    kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    assert filled(turtle, {}) == {
        ("a", "p", "file"), ("a", "p", "shared"), ("b", "p", "shared"), ("b", kind, "T"),
    }  # fmt: skip


def test_an_unknown_placeholder_is_an_error() -> None:
    with pytest.raises(KeyError, match="setting:titel"):
        filled("<a> <p> <setting:titel> .", {})


def test_the_head_explains_every_computed_placeholder_and_no_other() -> None:
    head, _, body = (TEMPLATES / "catalogue.ttl").read_text(encoding="utf-8").partition("@prefix")
    body += (TEMPLATES / "void.ttl").read_text(encoding="utf-8")
    placeholders = [set(re.findall(r"<computed:\w+>", text)) for text in (head, body)]
    assert placeholders[0] == placeholders[1]
