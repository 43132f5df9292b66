"""Names of other sources, years, kinds and slips: what a search finds, and the way on from nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from vilnius_lod.web.pages.search.index import MAX_WORDS, Entry, ForeignName, Index

from ..pages import BROWSER, text_of
from .conftest import SITE


def asked(client: FlaskClient, query: str, language: str = "en") -> dict[str, Any]:
    answer = client.get("/search.json", query_string={"q": query, "lang": language})
    found: dict[str, Any] = json.loads(answer.data)
    return found


def shown(client: FlaskClient, query: str, language: str = "en") -> str:
    answer = client.get("/search", query_string={"q": query, "lang": language}, headers={"Accept": BROWSER})
    assert answer.status_code == 200
    return answer.text


def things(listed: list[dict[str, Any]]) -> list[str]:
    return [one["iri"].partition("/id/")[2] for one in listed]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Бродовец", "place/brodovec"), ("бродо", "place/brodovec"), ("羅多", "place/brodovec"),
        ("Wallbrunn", "place/valbrume"), ("Kirchfoels", "place/kirchfels"), ("Kirchföls", "place/kirchfels"),
        ("KIRCHFOLS", "place/kirchfels"), ("Rasvik Oey", "place/rasvik"), ("ras'vik øy", "place/rasvik"),
        ("Ｖａｌｂｒｕｍｅ", "place/valbrume"), ("wielkiebrody", "place/wielkie-brody"),
        ("Frankrig", "country/fr"), ("brod", "place/brodovec"),
    ],
)  # fmt: skip
def test_another_sources_name_finds_the_thing(client: FlaskClient, query: str, first: str) -> None:
    assert things(asked(client, query)["results"])[0] == first


def test_own_names_come_before_names_of_other_sources() -> None:
    entries = [
        Entry("e/other", "Places", 0, ("Aa",), (), (ForeignName("York", (), "atlas"),)),
        Entry("e/own", "Places", 0, ("York",)),
        Entry("e/longer", "Places", 0, ("Ab",), (), (ForeignName("Yorkshire", (), "atlas"),)),
    ]
    matches = Index(entries).find("york").matches
    assert [match.entry.iri for match in matches] == ["e/own", "e/other", "e/longer"]
    assert [match.by and match.by.text for match in matches] == [None, "York", "Yorkshire"]


def test_the_source_of_a_name_is_told_and_it_is_no_name_of_ours(client: FlaskClient) -> None:
    result = asked(client, "Wallbrunn")["results"][0]
    assert result["found_by"] == {"name": "Wallbrunn", "languages": ["de"], "source": "Atlas der Namen"}
    assert "Wallbrunn" not in result["names"]
    page = shown(client, "Wallbrunn")
    assert '<span lang="de">Wallbrunn</span> (Atlas der Namen)' in page
    assert "also called Wallbrunn (Atlas der Namen)" in text_of(page)
    assert "<span>布羅多</span> (Atlas der Namen)" in shown(client, "布羅多")
    assert "Wallbrunn" not in client.get("/doc/place/valbrume.ttl").text
    assert "found_by" not in asked(client, "Valbrume")["results"][0]


def test_a_name_of_ours_that_is_not_shown_is_told_with_its_language(client: FlaskClient) -> None:
    assert 'also called <span lang="de">Brodowetz</span>' in shown(client, "Brodowetz")


def test_the_page_attributes_the_sources_of_search_names(client: FlaskClient) -> None:
    page = shown(client, "")
    assert '<a href="https://names.example/">Atlas der Namen</a>' in page
    assert '<a href="https://creativecommons.org/publicdomain/zero/1.0/" rel="license">CC0 1.0</a>' in page
    assert asked(client, "x")["sources"][0]["name"] == "Atlas der Namen"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("2007", ["agreement/valbrume-1"]), ("2011-09-06", ["agreement/valbrume-2"]),
        ("1972", ["agreement/valbrume-1"]), ("the 1970s", ["agreement/alfors-1", "agreement/valbrume-1"]),
        ("1970er", ["agreement/alfors-1", "agreement/valbrume-1"]),
        ("1970s valbrume", ["agreement/valbrume-1"]),
        ("Freundschaftsvertrag", ["agreement/kirchfels-1"]),
        ("pupils", ["agreement/valbrume-2"]), ("Schüleraustausch", ["agreement/valbrume-2"]),
        ("care banks", ["network/auenstaedte"]), ("Wallbrunn Memorandum", ["agreement/valbrume-2"]),
    ],
)  # fmt: skip
def test_years_kinds_and_words_find_documents_and_networks(
    client: FlaskClient, query: str, expected: list[str]
) -> None:
    found = things(asked(client, query)["results"])
    assert [thing for thing in found if not thing.startswith("agreement-type/")] == expected


def test_each_result_has_a_line_about_it(client: FlaskClient) -> None:
    lines: dict[str, str] = {}
    for query in ("2007", "1998", "Valbrume", "France", "Memorandum", "Riverbank"):
        for one in asked(client, query)["results"]:
            lines[one["iri"].partition("/id/")[2]] = one["about"]
    assert lines["agreement/valbrume-1"] == "Valbrume · 1972; Renewal 3 May 2007"
    assert lines["network/auenstaedte"] == "member since 1998 · Towns on rivers care for their banks."
    assert lines["place/valbrume"] == "France · 2 documents"
    assert lines["country/fr"] == "Upper Brume, Valbrume"
    assert lines["organization/ufer-agentur"] == "Public agency"
    assert all(lines.values())


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("Valbrune", "Valbrume"), ("Valbrme", "Valbrume"), ("Valbrrume", "Valbrume"),
        ("Vlabrume", "Valbrume"), ("Valbruem", "Valbrume"), ("Xalbrume", "Valbrume"),
        ("Kirchfelser", "Kirchfels"), ("Бродовец1", "Бродовец"), ("1992", "1991"),
        ("Memorandum Valbrune", "Memorandum Valbrume"),
    ],
)  # fmt: skip
def test_a_slip_is_answered_by_what_was_meant(client: FlaskClient, query: str, meant: str) -> None:
    answer = asked(client, query)
    assert answer["results"] == []
    assert answer["did_you_mean"][0] == meant
    assert asked(client, meant)["total"] > 0
    assert "Did you mean:" in text_of(shown(client, query))


def test_a_word_too_many_is_left_out_and_named(client: FlaskClient) -> None:
    answer = asked(client, "Valbrume Memorandum zyxwv")
    assert answer["results"] == []
    [part] = answer["partial"]
    assert part["without"] == ["zyxwv"]
    assert things(part["results"]) == ["agreement/valbrume-2"]
    assert "Without “zyxwv”" in text_of(shown(client, "Valbrume Memorandum zyxwv"))


def test_words_that_do_not_go_together_are_each_answered(client: FlaskClient) -> None:
    partial = asked(client, "Rasvik Kirchfels")["partial"]
    assert [part["without"] for part in partial] == [["Rasvik"], ["Kirchfels"]]
    assert [things(part["results"])[0] for part in partial] == ["place/kirchfels", "place/rasvik"]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize(
    "query",
    ["", "   ", "...", "'", "«»", "\u200b", "qqqqqqqq", "ᚠᚢᚦ", "😀", "x" * 5000, "%", "q-z" * 30],
)
def test_no_search_ends_without_a_way_on(client: FlaskClient, query: str, language: str) -> None:
    page = shown(client, query, language)
    assert f'href="/?lang={language}#partners"' in page
    assert f'href="/?lang={language}#networks"' in page
    assert f'href="/sparql?lang={language}"' in page
    assert f'href="/search?lang={language}&amp;q=' in page


def test_what_is_too_long_is_looked_for_in_part_and_told(client: FlaskClient) -> None:
    words = " ".join(f"w{number}" for number in range(MAX_WORDS + 5))
    assert asked(client, words)["query"] == " ".join(words.split()[:MAX_WORDS])
    assert "The question is too long; only “w0 w1" in text_of(shown(client, words))
    assert "too long" not in text_of(shown(client, "Valbrume"))


def test_suggestions_are_the_searchs_own_answers(client: FlaskClient) -> None:
    """OpenSearch Suggestions 1.1: the question, completions, descriptions, addresses."""
    answer = client.get("/suggest?q=Wallbr&lang=en")
    assert answer.content_type == "application/x-suggestions+json"
    question, names, lines, addresses = json.loads(answer.data)
    assert question == "Wallbr"
    assert names == [one["name"] for one in asked(client, "Wallbr")["results"]]
    assert lines[0] == "also called Wallbrunn (Atlas der Namen) · France · 2 documents"
    assert addresses[0] == f"{SITE}doc/place/valbrume?lang=en"
    assert len(names) == len(lines) == len(addresses)
    assert json.loads(client.get("/suggest?q=Valbrune").data)[1][0] == "Valbrume"
    assert json.loads(client.get("/suggest").data) == ["", [], [], []]
    assert 'rel="suggestions"' in client.get("/opensearch.xml").text


def test_the_home_page_is_narrowed_by_names_of_other_sources_too(client: FlaskClient) -> None:
    page = client.get("/?q=Wallbrunn&lang=en", headers={"Accept": BROWSER}).text
    assert 'href="/doc/place/valbrume?lang=en"' in page
    assert 'href="/doc/place/kirchfels?lang=en"' not in page


@pytest.mark.parametrize(
    "query", ["a", " ".join("abcdefghijklmnopqrstuvwxyz"), "a-" * 50, "ー" * 100, "x" * 100]
)
def test_the_work_of_a_search_is_bounded_by_its_words(query: str) -> None:
    """However long a question is, so many words are looked for and no more."""
    index = Index([Entry("e/one", "Places", 0, ("One",))])
    assert len(index.find(query * 100).read) <= 100
