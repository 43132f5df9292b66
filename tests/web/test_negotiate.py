"""What a header asks for, and what it gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vilnius_lod.web.http import negotiate

OFFERS = ("text/html", "text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml")
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
RDFLIB = "text/turtle, application/rdf+xml;q=0.9, application/n-triples;q=0.8, */*;q=0.1"

MEDIA_TYPES = [
    # nothing asked for: the default
    (None, "text/html"),
    ("", "text/html"),
    ("  ", "text/html"),
    ("*/*", "text/html"),
    (",,;,", "text/html"),
    ("rubbish", "text/html"),
    ("text/", "text/html"),
    ("rubbish, text/turtle", "text/turtle"),
    # browsers and clients
    (FIREFOX, "text/html"),
    (CHROME, "text/html"),
    (RDFLIB, "text/turtle"),
    ("text/turtle, */*", "text/turtle"),
    ("*/*, application/rdf+xml", "application/rdf+xml"),
    ("application/ld+json, */*;q=0.5", "application/ld+json"),
    # quality
    ("text/turtle;q=0.5, application/ld+json;q=0.9", "application/ld+json"),
    ("text/turtle;q=0.5, application/ld+json;q=0.5", "text/turtle"),
    ("text/turtle;q=0, */*", "text/html"),
    ("text/html;q=0, */*;q=0.1", "text/turtle"),
    ("text/*;q=0.3, text/turtle;q=0.1, application/n-triples;q=0.2", "text/html"),
    ("text/*;q=0, */*", "application/ld+json"),
    ("text/turtle;q=2, application/rdf+xml;q=0.1", "application/rdf+xml"),
    ("text/turtle;q=x, application/rdf+xml;q=0.1", "application/rdf+xml"),
    # specificity before quality
    ("text/*, text/html;q=0.1", "text/turtle"),
    # parameters
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "application/ld+json"),
    ('application/ld+json;profile="a,b;c \\" d";q=0.9, text/turtle;q=0.8', "application/ld+json"),
    ("text/turtle; charset=utf-8", "text/turtle"),
    ("text/turtle;charset=UTF-8, text/html;q=0.9", "text/turtle"),
    ('text/turtle;charset="utf-8"', "text/turtle"),
    ("text/html;level=1;q=0.9, text/html;q=0.1, text/turtle;q=0.5", "text/turtle"),
    ("TEXT/Turtle", "text/turtle"),
    ("text/turtle;", "text/turtle"),
    # asked for, and not there
    ("application/pdf", None),
    ("image/*", None),
    ("text/html;q=0", None),
    ("*/*;q=0", None),
    ("application/pdf, rubbish", None),
]


@pytest.mark.parametrize(("header", "expected"), MEDIA_TYPES)
def test_media_type(header: str | None, expected: str | None) -> None:
    assert negotiate.media_type(header, OFFERS) == expected


LANGUAGES = [
    (None, "lt"),
    ("", "lt"),
    ("*", "lt"),
    ("???", "lt"),
    ("en", "en"),
    ("EN", "en"),
    ("en-GB", "en"),
    ("en-GB,en;q=0.9,lt;q=0.8", "en"),
    ("lt-LT, en", "lt"),
    ("en, lt", "en"),
    ("de, lt;q=0.5, en;q=0.7", "en"),
    ("de, *;q=0.1", "lt"),
    ("lt;q=0, *", "en"),
    ("de", None),
    ("lt;q=0", None),
    ("english", None),
]


@pytest.mark.parametrize(("header", "expected"), LANGUAGES)
def test_language(header: str | None, expected: str | None) -> None:
    assert negotiate.language(header, ("lt", "en")) == expected


def test_a_shorter_range_finds_a_longer_tag() -> None:
    assert negotiate.language("de", ("en", "de-AT")) == "de-AT"


HEADERS = st.one_of(
    st.text(),
    st.text(alphabet='*/;,=q.01"\\ textlda+jsonhm-', max_size=60),
    st.lists(st.sampled_from(['"', "\\", ",", ";", "q=0.5", "q=", "text/html", "*/*", "en-GB", " "])).map(
        "".join
    ),
)


@given(HEADERS)
def test_no_header_is_an_accident(header: str) -> None:
    assert negotiate.media_type(header, OFFERS) in {*OFFERS, None}
    assert negotiate.language(header, ("lt", "en")) in {"lt", "en", None}


def test_a_hostile_header_costs_little() -> None:
    assert negotiate.media_type('"' * 1_000_000, OFFERS) == "text/html"
    assert negotiate.media_type(",text/turtle" * 100_000, OFFERS) == "text/turtle"
