"""The home page without scripts: what a reader chooses in the form is what the page, and its address, say."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from ..pages import BROWSER, Page, text_of


def home(client: FlaskClient, query: str) -> str:
    answer = client.get(f"/?lang=en&{query}", headers={"Accept": BROWSER})
    assert answer.status_code == 200
    return str(answer.text)


def partners(markup: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/doc/place/[^"]+">([^<]+)</a>', markup)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("country=jp", ["Hoshikawa"]),
        ("type=declaration-of-solidarity", ["Morske"]),
        ("decade=1970", ["Ålfors", "Valbrume"]),
        ("country=ua&year=1991", ["Verbohrad"]),
        ("country=ua&decade=2020", ["Kalynets", "Morske"]),
        ("q=laka", ["Żabia Łąka"]),
        ("q=Werbohrad", ["Verbohrad"]),
        ("q=japan", ["Hoshikawa"]),
        ("q=solidar", ["Morske"]),
        ("q=nothing+is+called+so", []),
        ("country=xx", []),
    ],
)
def test_partners_are_chosen_by_country_type_time_and_words(
    client: FlaskClient, query: str, expected: list[str]
) -> None:
    assert partners(home(client, query)) == expected


def test_the_choice_stands_in_the_form_and_in_figures(client: FlaskClient) -> None:
    markup = home(client, "country=pl&decade=1990")
    assert '<option value="pl" selected>Poland</option>' in markup
    assert '<option value="1990" selected>' in markup
    assert "2 partners, 1 country, 3 documents" in text_of(markup).replace(" ,", ",")
    assert "Show everything" in text_of(markup)


def test_networks_are_chosen_by_name_and_by_time(client: FlaskClient) -> None:
    def networks(query: str) -> list[str]:
        return re.findall(r'<th scope="row"><a href="/doc/network/([^"?]+)', home(client, query))

    assert len(networks("")) == 3
    assert networks("network=brueckenstaedte") == ["brueckenstaedte"]
    assert networks("decade=1990") == ["auenstaedte"]
    assert len(partners(home(client, "network=brueckenstaedte"))) == 13


def test_a_choice_says_what_it_narrows_and_what_it_does_not(client: FlaskClient) -> None:
    def told(query: str) -> str:
        return " ".join(text_of(home(client, query)).split()).replace(" ,", ",").replace(" .", ".")

    kept = "The source does not say which partners belong to a network"
    assert "What fits your choice: 1 network." in told("network=brueckenstaedte")
    assert kept in told("network=brueckenstaedte")
    markup = home(client, "network=brueckenstaedte")
    assert markup.index('id="networks"') < markup.index('id="map"')
    assert len(re.findall('id="networks"', markup)) == 1
    assert "What fits your choice: 3 partners, 1 country, 4 documents." in told("country=ua")
    assert "a network belongs to no country" in told("country=ua")
    assert kept not in told("country=ua")
    both = told("country=ua&network=brueckenstaedte")
    assert "3 partners, 1 country, 4 documents, 1 network." in both
    assert "a network belongs to no country" not in both
    assert "3 networks" in told("")


def test_the_year_with_most_documents_stands_out_in_the_timeline_and_its_table(client: FlaskClient) -> None:
    markup = home(client, "")
    assert re.findall(r'<text class="peak"[^>]*>(\d+)</text>', markup) == ["1991"]
    assert "Most documents are of 1991: 5." in text_of(markup)
    [row] = re.findall(
        r'<tr><th scope="row"><a href="[^"]*year=1991[^"]*"[^>]*>1991</a></th>.*?</tr>', markup
    )
    numbers = [int(cell) for cell in re.findall(r'<td class="number">(\d*)</td>', row) if cell]
    assert numbers[-1] == sum(numbers[:-1]) == 5


def test_the_map_draws_a_mark_for_each_partner_and_hides_nothing_from_the_table(client: FlaskClient) -> None:
    markup = home(client, "")
    near, far = re.findall(r'<figure class="map (?:near|far)">.*?</figure>', markup, re.S)
    assert "Lindenau" in near
    assert near.count('class="tie"') == 10
    assert far.count('class="tie"') == 12, "one partner has no known position"
    assert re.search(">Prairie Falls<", far)
    page = Page(markup)
    drawn = set(re.findall(r'href="(/doc/place/[^"]+)"', near + far))
    assert drawn <= set(page.links)
    assert not re.findall(r"<a (?![^>]*href=)[^>]*>", markup), "what leads nowhere is no link"
    assert '<svg viewBox="0 0 1000' in near
    assert 'aria-hidden="true"' in near


def test_what_is_no_choice_changes_nothing(client: FlaskClient) -> None:
    assert len(partners(home(client, "decade=%3Cscript%3E&year=x&page=3"))) == 13
    assert "<script>x" not in home(client, "q=%3Cscript%3Ex")
