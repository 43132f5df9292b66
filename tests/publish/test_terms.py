"""Terms on their way in and out of the libraries: nothing is written otherwise than it was said."""

from __future__ import annotations

import pytest
from rdflib import Literal as RdfLiteral

from vilnius_lod.rdf import readers
from vilnius_lod.rdf.terms import IRI, RDF_LANG_STRING, Literal, Triple
from vilnius_lod.validation.rdflib_terms import node, plain, to_rdflib

EX = "https://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
LITERALS = [
    Literal(""),
    Literal("a\tb\r\n"),
    Literal("007", f"{XSD}integer"),
    Literal("1.50", f"{XSD}decimal"),
    Literal("1972", f"{XSD}gYear"),
    Literal("2001-02-30", f"{XSD}date"),
    Literal("1", f"{XSD}boolean"),
]


def test_turtle_is_read_as_it_is_written_sorted_and_each_statement_once() -> None:
    content = b"""@prefix ex: <https://example.org/> .
        <b> ex:p 007 , 7 , 1.50 , true , "x" , "x"^^<http://www.w3.org/2001/XMLSchema#string> , "x"@lt .
        <a> ex:p <c#d> , ex:e . <a> ex:p ex:e ."""
    p = IRI(f"{EX}p")
    assert readers.turtle(content, EX) == [
        Triple(IRI(f"{EX}a"), p, IRI(f"{EX}c#d")),
        Triple(IRI(f"{EX}a"), p, IRI(f"{EX}e")),
        Triple(IRI(f"{EX}b"), p, Literal("007", f"{XSD}integer")),
        Triple(IRI(f"{EX}b"), p, Literal("1.50", f"{XSD}decimal")),
        Triple(IRI(f"{EX}b"), p, Literal("7", f"{XSD}integer")),
        Triple(IRI(f"{EX}b"), p, Literal("true", f"{XSD}boolean")),
        Triple(IRI(f"{EX}b"), p, Literal("x", RDF_LANG_STRING, "lt")),
        Triple(IRI(f"{EX}b"), p, Literal("x")),
    ]
    assert readers.prefixes(content) == {"ex": EX}


@pytest.mark.parametrize("content", [b"<a:b> <a:c> [] .", b"_:x <a:c> 1 .", b"<a:b> <a:c> ( 1 ) ."])
def test_a_blank_node_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="neither an IRI nor a literal"):
        readers.turtle(content)


@pytest.mark.parametrize("literal", [*LITERALS, Literal("x", RDF_LANG_STRING, "en-GB")], ids=str)
def test_the_validator_is_given_what_was_said(literal: Literal) -> None:
    triples = [Triple(IRI(f"{EX}a"), IRI(f"{EX}p"), literal)]
    assert plain(to_rdflib(triples)) == triples


def test_a_string_has_no_datatype_for_the_validator() -> None:
    assert node(Literal("x")) == RdfLiteral("x") != RdfLiteral("x", datatype=f"{XSD}string")
