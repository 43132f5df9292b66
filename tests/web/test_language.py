"""Dates, plurals, names and sorting as each language has them."""

from __future__ import annotations

import random

import pytest

from vilnius_lod.i18n.language import Language, Text, choose
from vilnius_lod.rdf.terms import RDF_LANG_STRING, Literal

LT, EN, DE = (Language(tag, (tag, "lt", "en")) for tag in ("lt", "en", "de"))


@pytest.mark.parametrize(
    ("language", "date", "words"),
    [
        (LT, "1998-03-03", "1998 m. kovo 3 d."),
        (EN, "1998-03-03", "3 March 1998"),
        (DE, "1998-03-03", "3. März 1998"),
        (EN, "1991-02", "February 1991"),
        (LT, "1991-02", "1991 m. vasaris"),
        (DE, "1991-02", "Februar 1991"),
        (LT, "1972", "1972"),
        (EN, "1972", "1972"),
        (EN, "1989~", "1989~"),
    ],
)
def test_a_date_is_told_in_words_and_no_more_precisely_than_it_is_known(
    language: Language, date: str, words: str
) -> None:
    assert language.date(date) == words


@pytest.mark.parametrize(
    ("language", "ordered"),
    [
        (LT, ["Alborgas", "Cezaris", "Čikaga", "Dublinas", "Ibiza", "Ylakiai", "Izmiras", "Strasbūras",
              "Šendženas", "Taipėjus", "Zalcburgas", "Žeimiai"]),
        (EN, ["Aarhus", "Chisinau", "Čikaga", "Dublin", "Łódź", "Luxembourg", "Šibenik", "Stockholm"]),
        (DE, ["Ähren", "Airolo", "Müller", "Straße", "Strasser"]),
    ],
)  # fmt: skip
def test_names_are_sorted_by_the_language_s_alphabet(language: Language, ordered: list[str]) -> None:
    shuffled = random.Random(7).sample(ordered, len(ordered))
    assert sorted(shuffled, key=language.sort_key) == ordered


def test_a_name_falls_back_and_says_so() -> None:
    def names(*tags: str) -> list[Literal]:
        return [Literal(f"name-{tag}", RDF_LANG_STRING, tag) if tag else Literal("name-") for tag in tags]

    reader = choose(["lt", "en"], "en")
    assert reader.pick(names("lt", "en", "de")) == Text("name-en", "en")
    assert reader.pick(names("de", "lt", "")) == Text("name-lt", "lt")
    assert reader.pick(names("de", "")) == Text("name-", "")
    assert reader.pick(names("fr", "de")) == Text("name-de", "de")
    assert reader.pick([]) is None


def test_an_unknown_language_is_the_first() -> None:
    assert choose(["lt", "en"], "xx").tag == choose(["lt", "en"], None).tag == "lt"


@pytest.mark.parametrize(
    ("n", "words"),
    [(1, "1 eilutė"), (2, "2 eilutės"), (10, "10 eilučių"), (21, "21 eilutė"), (1234, "1 234 eilutės")],
)
def test_plurals_are_those_of_the_language(n: int, words: str) -> None:
    assert LT.plural("{n} row", "{n} rows", n) == words
