"""Competency questions: each packaged query gives the answer counted by hand from the invented page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from vilnius_lod.settings import Settings
from vilnius_lod.sparql.embedded.engine import EmbeddedEngine
from vilnius_lod.sparql.errors import Refused

QUERIES = Path(__file__).resolve().parents[1] / "queries"
NAMES = sorted(path.stem for path in QUERIES.glob("*.rq"))
BASE = "https://lod.example.org/lindenau/id/"

# Counted by hand from the page of tests/datasets/lindenau; never pasted from an output.
EXPECTED: dict[str, list[str]] = {
    "partners-before-1990": [
        "place/alfors,Ålfors,1970",
        "place/valbrume,Valbrume,1972",
        "place/prairie-falls,Prairie Falls,1989",
    ],
    "documents-by-decade": ["1970,2", "1980,1", "1990,8", "2000,2", "2010,1", "2020,2"],
    "documents-of-1991": [
        "agreement/kirchfels-1,Kirchfels,1991-02",
        "agreement/zabia-laka-1,Żabia Łąka,1991-02-02",
        "agreement/zabia-laka-2,Żabia Łąka,1991-02-08",
        "agreement/verbohrad-1,Verbohrad,1991-06-20",
        "agreement/prairie-falls-2,Prairie Falls,1991-07-26",
    ],
    "only-a-protocol-of-intent": [],  # the only one has no date
    "nothing-but-intent": ["place/brodovec,1"],
    "intent-then-agreement": ["Żabia Łąka,1991-02-02,1991-02-08,0"],
    "joint-documents": ["agreement/alfors-2,2,true", "agreement/rasvik-tunholm-1,3,false"],
    "memberships": [
        "network/auenstaedte,1998,28",
        "network/brueckenstaedte,2000,26",
        "network/lernende-staedte,2015,11",
    ],
    "renewals-and-extensions": [
        "agreement/alfors-1,1970-07-21,1999-05-28",
        "agreement/prairie-falls-1,1989-10-17,1990-11-29",
        "agreement/valbrume-1,1972,2007-05-03",
    ],
    "undated-documents": ["agreement/brodovec-1"],
    "date-precision": ["day,16", "month,1", "year,2"],
    "documents-by-country": [
        "Ukraine,3,4",
        "Poland,2,3",
        "Finland,1,2",
        "France,1,2",
        "United States,1,2",
        *(f"{country},1,1" for country in ["Austria", "Czechia", "Japan", "Norway", "Sweden"]),
    ],
    "twinned-cities": ["place/alfors,1970-07-21", "place/valbrume,1972", "place/hoshikawa,1998-05-29"],
    "partners-with-most-documents": [
        f"place/{place},2" for place in ["prairie-falls", "valbrume", "verbohrad", "alfors", "zabia-laka"]
    ],
    "documents-since-2020": ["agreement/morske-1,2023", "agreement/kalynets-1,2023-03-22"],
    "new-partners-by-year": [
        "1970,1,Ålfors",
        "1972,1,Valbrume",
        "1989,1,Prairie Falls",
        "1991,3",
        "1997,1,Wielkie Brody",
        "1998,1,Hoshikawa",
        "2005,2",
        "2023,2",
    ],
    "stated-otherwise": [
        "place/brodovec,Brodovec,Brodowetz",
        "place/hoshikawa,Hoshikawa,Hoschikawa",
        "place/verbohrad,Werbograd,Werbohrad",
    ],
    "partners-in-the-eu-at-signing": ["false"],
}
# Answers too long to write out here: how many rows there are.
ROWS = {
    "partners": 13,
    "source-words": 17,
    "wikidata-items": 5,
    "coordinates": 12,
    "network-sizes": 5,
    "members-other-than-the-city": 1,
}


@pytest.fixture(scope="module")
def engine(tiny_snapshot: Path) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine([tiny_snapshot / "dataset.nq"], Settings()) as opened:
        yield opened


def answer(engine: EmbeddedEngine, name: str) -> list[list[str]]:
    """The rows of a packaged query, as lists of strings without our base."""
    query = (QUERIES / f"{name}.rq").read_text(encoding="utf-8")
    body = engine.run(query, solutions="csv", graph=None).body.decode()
    if body.strip() in {"true", "false"}:
        return [[body.strip()]]
    return [[cell.removeprefix(BASE) for cell in row] for row in csv.reader(io.StringIO(body))][1:]


@pytest.mark.parametrize("name", NAMES)
def test_every_query_has_a_title_in_both_languages_and_answers(engine: EmbeddedEngine, name: str) -> None:
    text = (QUERIES / f"{name}.rq").read_text(encoding="utf-8")
    for language in ("lt", "en"):
        assert re.search(rf"^# title@{language}: \S", text, re.M)
    found = answer(engine, name)
    assert bool(found) == (EXPECTED.get(name) != []), "a query without rows teaches nothing"


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_answer_is_the_one_counted_by_hand(engine: EmbeddedEngine, name: str) -> None:
    """Each expected line's cells stand in this order in the answer's row (other cells may stand between)."""
    rows, expected = answer(engine, name), EXPECTED[name]
    assert len(rows) == len(expected), rows
    by_key = name in {"documents-by-country", "nothing-but-intent"}
    for line in expected:
        cells = line.split(",")
        candidates = rows if by_key else [rows[expected.index(line)]]
        assert any(_in_order(cells, row) for row in candidates), (line, candidates)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_the_answer_has_as_many_rows_as_the_page(engine: EmbeddedEngine, name: str) -> None:
    assert len(answer(engine, name)) == ROWS[name]


def test_partners_are_on_the_map_where_the_table_has_them(engine: EmbeddedEngine, tiny_dataset: Path) -> None:
    table = (tiny_dataset / "tables" / "places.csv").read_text(encoding="utf-8-sig")
    places = {row["place"]: row for row in csv.DictReader(io.StringIO(table))}
    for iri, name, lat, long in answer(engine, "coordinates"):
        place = places[iri.removeprefix("place/")]
        assert (name, float(lat), float(long)) == (
            place["name_en"],
            float(place["lat"]),
            float(place["long"]),
        )


def _in_order(cells: list[str], row: list[str]) -> bool:
    rest = iter(row)
    return all(cell in rest for cell in cells)


def test_the_join_with_wikidata_finds_its_items_and_is_refused_here(engine: EmbeddedEngine) -> None:
    """Our endpoint's part gives two items: the partners that are the same, not only close."""
    text = (QUERIES / "elsewhere" / "population-from-wikidata.rq").read_text(encoding="utf-8")
    with pytest.raises(Refused):
        engine.run(text, solutions="csv", graph=None)
    ours = re.sub(r"\n  SERVICE <https://query\.wikidata\.org.*?\n  }", "", text, flags=re.S)
    ours = (
        re.sub(r"SERVICE <[^>]*>", "", ours).replace("DESC(?population)", "?item").replace(" ?population", "")
    )
    body = engine.run(ours, solutions="csv", graph=None).body.decode()
    assert len(body.strip().splitlines()) - 1 == 2
