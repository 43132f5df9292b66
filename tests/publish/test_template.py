"""The templates of the catalogue: what a placeholder stands for, and that each is explained."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from vilnius_lod.catalogue import template
from vilnius_lod.rdf import readers
from vilnius_lod.rdf.terms import IRI, RDF_LANG_STRING, Literal, Term

TEMPLATES = Path(template.__file__).parent
EX = "https://example.org/"


def filled(turtle: str, values: Mapping[str, Collection[Term]]) -> set[tuple[str, str, str]]:
    triples = template.fill(readers.turtle(turtle.encode(), EX), values.__getitem__)
    return {
        (s.value.removeprefix(EX), p.value.removeprefix(EX), o.value.removeprefix(EX)) for s, p, o in triples
    }


def test_a_statement_is_made_for_each_value_and_left_out_without_one() -> None:
    values = {"setting:title": [Literal("A", RDF_LANG_STRING, "de"), Literal("B")], "setting:themes": []}
    assert filled("<a> <p> <setting:title> , 'C' ; <q> <setting:themes> .", values) == {
        ("a", "p", "A"), ("a", "p", "B"), ("a", "p", "C"),
    }  # fmt: skip


def test_a_described_resource_is_left_out_with_what_refers_to_it() -> None:
    turtle = "<a> <p> <computed:contact> . <computed:contact> <q> 'B' ; <self> <computed:self> ."
    assert filled(turtle, {"computed:contact": []}) == set()
    assert filled(turtle, {"computed:contact": [IRI(f"{EX}c")]}) == {
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
