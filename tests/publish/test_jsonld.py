"""Compact JSON-LD holds the same statements, in the words of the context; PyLD is the judge."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld as pyld

from vilnius_lod.rdf import jsonld
from vilnius_lod.rdf.terms import IRI, RDF_LANG_STRING, XSD_STRING, Literal, Term, Triple

X = "https://example.org/x#"
XSD = "http://www.w3.org/2001/XMLSchema#"
TYPE = IRI("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "x": X,
    "xsd": XSD,
    "id": "@id",
    "type": "@type",
    "label": {"@id": "x:label", "@container": "@language"},
    "labels": {"@id": "x:labels", "@container": ["@language", "@set"]},
    "knows": {"@id": "x:knows", "@type": "@id"},
    "kind": {"@id": "x:kind", "@type": "@vocab"},
    "year": {"@id": "x:year", "@type": "xsd:integer"},
    "day": {"@id": "x:day", "@type": "xsd:date"},
    "plain": {"@id": "x:plain"},
    "all": {"@id": "x:all", "@container": "@set"},
    "german": {"@id": "x:german", "@language": "de"},
    "Thing": "x:Thing",
    "back": {"@reverse": "x:known"},
    "list": {"@id": "x:list", "@container": "@list"},
}
PREDICATES = [*list(CONTEXT)[5:-2], "list", "known", "other"]
things = st.sampled_from([X + "a", X + "b", X + "Thing", "https://example.org/else/1", "urn:isbn:1"]).map(IRI)
texts = st.text('aä"\\\n{}@1', max_size=4).map(Literal)
words = st.tuples(texts, st.sampled_from(["de", "lt", "en-gb"])).map(
    lambda pair: Literal(pair[0].value, RDF_LANG_STRING, pair[1])
)
lexical = st.sampled_from(
    ["1", "01", "-5", "+5", "true", "1.50", "2007-05-03", "1972", "9" * 30, "no number"]
)
# No xsd:double: PyLD writes "1" as "1.0E0".
datatypes = [XSD + name for name in ("integer", "boolean", "decimal", "date", "gYear")] + [X + "own"]
typed = st.tuples(lexical, st.sampled_from(datatypes)).map(lambda pair: Literal(*pair))
literals = st.one_of(texts, words, typed)
values = st.one_of(things, literals)
triples = st.lists(
    st.one_of(
        st.builds(Triple, things, st.sampled_from([IRI(X + name) for name in PREDICATES]), values),
        st.builds(Triple, things, st.just(TYPE), things),
    ),
    max_size=12,
)


def read(document: dict[str, Any]) -> set[tuple[str, str, tuple[str, ...]]]:
    """The statements that PyLD finds in a document."""

    def value(term: dict[str, str]) -> tuple[str, ...]:
        if term["type"] != "literal":
            return (term["value"],)
        return (term["value"], term.get("datatype", XSD_STRING), term.get("language", ""))

    quads = pyld.to_rdf(json.loads(json.dumps(document)), {"documentLoader": no_network})["@default"]
    return {(q["subject"]["value"], q["predicate"]["value"], value(q["object"])) for q in quads}


def no_network(url: str, options: object) -> None:
    raise AssertionError(f"fetches {url}")


def written(found: list[Triple]) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(s.value, p.value, tuple(o)) for s, p, o in found}


@settings(max_examples=300)
@given(triples)
def test_another_parser_reads_the_same_statements(found: list[Triple]) -> None:
    assert read(jsonld.compact(found, jsonld.Context(CONTEXT))) == written(found)


@settings(max_examples=60)
@given(triples)
def test_a_context_with_a_default_language_changes_nothing(found: list[Triple]) -> None:
    assert read(jsonld.compact(found, jsonld.Context(CONTEXT | {"@language": "lt"}))) == written(found)


@given(st.permutations([Triple(IRI(X + "a"), IRI(X + name), Literal("v")) for name in PREDICATES]))
@settings(max_examples=20)
def test_the_order_of_the_statements_does_not_matter(found: list[Triple]) -> None:
    assert jsonld.dumps(jsonld.compact(found, jsonld.Context(CONTEXT))) == jsonld.dumps(
        jsonld.compact(sorted(found), jsonld.Context(CONTEXT))
    )


def node(*statements: tuple[str, Term]) -> dict[str, Any]:
    it = IRI(X + "a")
    (found,) = jsonld.nodes(
        [Triple(it, IRI(X + name), value) for name, value in statements], jsonld.Context(CONTEXT)
    )
    assert found.pop("id") == "x:a"
    return found


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("label", Literal("Haus", RDF_LANG_STRING, "de"), {"label": {"de": "Haus"}}),
        ("labels", Literal("Haus", RDF_LANG_STRING, "de"), {"labels": {"de": ["Haus"]}}),
        ("knows", IRI(X + "b"), {"knows": "x:b"}),
        ("kind", IRI(X + "Thing"), {"kind": "Thing"}),
        ("year", Literal("1972", XSD + "integer"), {"year": 1972}),
        ("year", Literal("1972", XSD + "gYear"), {"x:year": {"type": "xsd:gYear", "@value": "1972"}}),
        ("day", Literal("2007-05-03", XSD + "date"), {"day": "2007-05-03"}),
        ("plain", Literal("word"), {"plain": "word"}),
        ("plain", IRI(X + "b"), {"plain": {"id": "x:b"}}),
        ("all", Literal("one"), {"all": ["one"]}),
        ("german", Literal("Haus", RDF_LANG_STRING, "de"), {"german": "Haus"}),
        ("other", Literal("true", XSD + "boolean"), {"x:other": True}),
    ],
)
def test_the_words_of_the_context_are_used(name: str, value: Term, expected: dict[str, Any]) -> None:
    assert node((name, value)) == expected


def test_an_iri_that_would_be_read_as_a_curie_is_refused() -> None:
    found = [Triple(IRI(X + "a"), IRI(X + "knows"), IRI("x:unlike-it-looks"))]
    with pytest.raises(ValueError, match="CURIE"):
        jsonld.compact(found, jsonld.Context(CONTEXT))
