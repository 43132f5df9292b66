"""``/evidence``: which dates other sources bear out, as counted by hand from the attestations."""

from __future__ import annotations

import re

from flask.testing import FlaskClient


def row(page: str, partner: str, year: str) -> list[str]:
    """The cells of the partner's row whose date has this year."""
    for found in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.S):
        cells = [
            re.sub(r"<[^>]+>", "", cell).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", found, re.S)
        ]
        if cells and partner in cells[0] and year in cells[2]:
            return cells
    raise AssertionError(f"no row for {partner} {year}")


def test_every_dated_statement_has_a_row(client: FlaskClient) -> None:
    page = client.get("/evidence?lang=en").get_data(as_text=True)
    assert page.count('<th scope="row">') == 19 + 3 == 22


def test_the_numbers_are_those_of_independent_witnesses(client: FlaskClient) -> None:
    """Two pages of Valbrume are one witness; a page that contradicts itself counts for nothing."""
    page = client.get("/evidence?lang=en").get_data(as_text=True)
    assert row(page, "Valbrume", "1972")[3:] == ["1", "1", "–"]
    assert row(page, "Wielkie Brody", "1997")[3:] == ["2", "–", "1"]
    assert row(page, "Żabia Łąka", "8 February 1991")[3:] == ["1", "–", "–"]
    assert row(page, "Hoshikawa", "1998")[3:] == ["–", "–", "–"]


def test_the_footer_says_whom_to_credit_and_leads_here(client: FlaskClient) -> None:
    page = client.get("/?lang=en").get_data(as_text=True)
    footer = page.partition("<footer>")[2]
    assert "The coordinates are invented" in footer
    assert 'href="/evidence?lang=en"' in footer


def test_places_that_the_city_does_not_list_are_no_partners(client: FlaskClient) -> None:
    for path in ("/evidence?lang=en", "/?lang=en", "/data/partners.csv", "/partners.geojson"):
        body = client.get(path).get_data(as_text=True)
        assert not re.search("Nordby", body), path
