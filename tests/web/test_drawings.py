"""Maps and timeline: known points and distances, nothing outside the drawing, equal counts."""

from __future__ import annotations

import math
import re

import pytest

from vilnius_lod.i18n.language import Text
from vilnius_lod.web.pages.drawings.maps import (
    NEAR,
    Spot,
    azimuthal,
    distance,
    equal_earth,
    far_map,
    near_map,
    small_map,
)
from vilnius_lod.web.pages.drawings.timeline import OTHER, timeline
from vilnius_lod.web.pages.query.charts import BARS, SolutionRow, bars, map_of, places

CENTRE = Spot("c", "Centre", 54.7, 25.3)
EAST, WEST, FAR = Spot("e", "East", 55, 37), Spot("w", "West", 53, -6), Spot("f", "Far", 41.9, -87.6)
SQUARE = [0, 4000, 4000, 4000, 4000, 6500, 0, 6500, 0, 4000]


def test_the_near_map_keeps_distance_and_direction() -> None:
    project = azimuthal(54.7, 25.3)
    assert project(54.7, 25.3) == (0, 0)
    x, y = project(64.7, 25.3)
    assert (round(x), round(y)) == (0, -1112)
    for spot in (EAST, WEST, FAR):
        assert math.hypot(*project(spot.lat, spot.long)) == pytest.approx(distance(CENTRE, spot))
    assert distance(CENTRE, FAR) == pytest.approx(7450, rel=0.02)


def test_equal_earth_has_its_published_proportions() -> None:
    assert equal_earth(0, 0) == (0, 0)
    assert equal_earth(0, 180)[0] == pytest.approx(2.7066, abs=1e-3)
    assert -equal_earth(90, 0)[1] == pytest.approx(1.3173, abs=1e-3)
    assert equal_earth(90, 180)[0] == pytest.approx(1.5910, abs=2e-2)


def test_near_and_far_partners_are_on_their_maps() -> None:
    near, far = near_map(CENTRE, [EAST, WEST, FAR], [SQUARE]), far_map(CENTRE, [EAST, WEST, FAR], [SQUARE])
    assert near is not None
    assert far is not None
    assert {spot.key for mark in near.marks for spot in mark.spots} == {"e", "w"}
    assert {spot.key for mark in far.marks for spot in mark.spots} == {"e", "w", "f"}
    assert {mark.label for mark in far.marks} == {"", "Far"}
    west, east = sorted(near.marks, key=lambda mark: mark.x)
    assert (west.spots[0].key, east.spots[0].key) == ("w", "e")
    assert west.x < near.focus.x < east.x
    assert far_map(CENTRE, [EAST, WEST], []) is None
    assert near_map(CENTRE, [FAR], []) is None
    assert distance(CENTRE, WEST) < NEAR < distance(CENTRE, FAR)


def test_land_and_marks_stay_in_the_drawing() -> None:
    drawing = near_map(CENTRE, [EAST, WEST], [SQUARE])
    assert drawing is not None
    x = y = 0
    for command, a, b in re.findall(r"([Ml])(-?\d+)[ ]?(-?\d+)", drawing.land):
        x, y = (int(a), int(b)) if command == "M" else (x + int(a), y + int(b))
        assert -7 <= x <= 1007
        assert -7 <= y <= drawing.height + 7
    assert drawing.land.endswith("z")
    for mark in (*drawing.marks, drawing.focus):
        assert 0 < mark.x < 1000
        assert 0 < mark.y < drawing.height


def test_places_that_lie_together_are_one_mark_and_labels_do_not_cover_each_other() -> None:
    beside = Spot("e2", "East too", 55.01, 37.01)
    drawing = near_map(CENTRE, [EAST, beside, WEST], [])
    assert drawing is not None
    assert sorted(len(mark.spots) for mark in drawing.marks) == [1, 2]
    crowd = [Spot(f"s{n}", f"Some long name {n}", 55 + n / 5, 30.0) for n in range(12)]
    crowded = near_map(CENTRE, crowd, [])
    assert crowded is not None
    boxes = [(mark.label_y, mark.label_x, mark.anchor) for mark in crowded.marks if mark.label]
    assert len(boxes) == len(set(boxes))


def test_a_line_across_the_edge_of_the_map_is_taken_up_on_the_other_side() -> None:
    drawing = far_map(Spot("c", "", 60, 170), [Spot("a", "Over there", 60, -120)], [])
    assert drawing is not None
    assert drawing.lines["a"].count("M") == 2
    straight = small_map(CENTRE, [EAST], [])
    assert straight is not None
    assert straight.lines["e"].count("M") == 1


def test_columns_are_as_high_as_their_documents_are_many() -> None:
    dated = [(1991, "a")] * 4 + [(1991, "b")] * 2 + [(1972, "b"), (2001, "c"), (2001, "d"), (2002, "e")]
    found = timeline(dated, [entry for entry in dated if entry[1] == "a"], until=2005)
    assert found is not None
    assert found.peak == 1991
    assert found.kinds == ["a", "b", "c", OTHER]
    assert [column.year for column in found.columns] == [1972, 1991, 2001, 2002]
    assert [tick.year for tick in found.ticks] == [1970, 1980, 1990, 2000]
    tall = {column.year: column.all for column in found.columns}
    assert tall[1991] == 200
    assert tall[1972] == pytest.approx(200 / 6, abs=0.1)
    assert [column.size for column in found.columns] == [0, 4, 0, 0]
    assert timeline([], [], until=2005) is None


XSD = "http://www.w3.org/2001/XMLSchema#"
WKT = "http://www.opengis.net/ont/geosparql#wktLiteral"
SYSTEM = "<http://www.opengis.net/def/crs/"


def called(iri: str) -> Text:
    return Text(f"name of {iri}", "en")


def row(**cells: str) -> SolutionRow:
    """Cells as they look: numbers, IRIs (``x:…``), ``POINT(…)``, a text with its language (``Name@en``)."""
    found: dict[str, dict[str, str]] = {}
    for name, value in cells.items():
        if value.startswith("x:"):
            found[name] = {"type": "uri", "value": value}
        elif "POINT" in value:
            found[name] = {"type": "literal", "value": value, "datatype": WKT}
        elif re.fullmatch(r"-?[\d.]+|NaN|many", value):
            kind = "integer" if re.fullmatch(r"-?\d+|many", value) else "double"
            found[name] = {"type": "literal", "value": value, "datatype": XSD + kind}
        else:
            text, _, language = value.partition("@")
            found[name] = {"type": "literal", "value": text} | ({"xml:lang": language} if language else {})
    return found


@pytest.mark.parametrize(
    ("cells", "point"),
    [
        ({"w": "POINT(25.3 54.7)"}, (54.7, 25.3)),
        ({"w": "POINT Z(-25.3e0 .5 7)"}, (0.5, -25.3)),
        ({"w": f"{SYSTEM}OGC/1.3/CRS84> POINT(25.3 54.7)"}, (54.7, 25.3)),
        ({"w": f"{SYSTEM}EPSG/0/4326> POINT(54.7 25.3)"}, (54.7, 25.3)),
        ({"w": f"{SYSTEM}EPSG/0/3346> POINT(582710 6061783)"}, None),
        ({"w": "POINT(25.3 94.7)"}, None),
        ({"w": "POINT EMPTY"}, None),
        ({"lat": "54.7", "long": "25.3"}, (54.7, 25.3)),
        ({"Latitude": "54.7", "LON": "25.3"}, (54.7, 25.3)),
        ({"lat": "54.7"}, None),
        ({"lat": "NaN", "long": "25.3"}, None),
        ({"latest": "54.7", "longest": "25.3"}, None),
    ],
)
def test_points_are_found_as_wkt_and_as_two_columns(
    cells: dict[str, str], point: tuple[float, float] | None
) -> None:
    found = places([*cells], [row(**cells)], called)
    assert [(spot.lat, spot.long) for spot in found] == ([point] if point else [])


def test_a_point_has_the_words_of_its_row_or_the_name_of_its_thing_and_stands_once() -> None:
    here = {"lat": "54.7", "long": "25.3"}
    rows = [row(p="x:a", n="A@en", **here), row(p="x:a", n="Ä@de", **here), row(p="x:b", **here), row(**here)]
    found = places(["p", "n", "lat", "long"], rows, called)
    assert [(spot.key, spot.label) for spot in found] == [("x:a", "A"), ("x:b", "name of x:b"), ("", "")]


def test_a_map_of_points_has_them_all_wherever_they_are() -> None:
    for spots in ([EAST], [EAST, WEST, FAR], [Spot("a", "", 60, 179), Spot("b", "", 62, -179)]):
        drawing = map_of(spots, [SQUARE])
        assert drawing is not None
        assert {spot.key for mark in drawing.marks for spot in mark.spots} == {spot.key for spot in spots}
        assert all(0 < mark.x < 1000 and 0 < mark.y < drawing.height for mark in drawing.marks)
    assert map_of([], [SQUARE]) is None


def test_bars_are_as_long_as_their_numbers() -> None:
    found = bars(["decade", "n"], [row(decade="1970", n="2"), row(decade="1990", n="8")], called)
    assert found is not None
    assert (found.label, found.measure) == ("decade", "n")
    assert [(bar.label.value, bar.value, bar.x, bar.width) for bar in found.bars] == [
        ("1970", "2", 0, 25), ("1990", "8", 0, 100),
    ]  # fmt: skip
    below = bars(["k", "n"], [row(k="a@en", n="-1.5"), row(k="b@en", n="4.5"), row(k="c@en", n="0")], called)
    assert below is not None
    assert [(bar.x, bar.width) for bar in below.bars] == [(0, 25), (25, 75), (25, 0)]
    assert below.bars[0].label == Text("a", "en")
    zero = bars(["k", "n"], [row(k="a", n="0"), row(k="b", n="0")], called)
    assert zero is not None
    assert [bar.width for bar in zero.bars] == [0, 0]


def test_a_thing_is_called_by_its_name() -> None:
    named = bars(["p", "name", "n"], [row(p="x:a", name="A", n="1"), row(p="x:b", name="B", n="2")], called)
    assert named is not None
    assert [bar.label.value for bar in named.bars] == ["A", "B"]
    bare = bars(["p", "n"], [row(p="x:a", n="1"), row(p="x:b", n="2")], called)
    assert bare is not None
    assert bare.bars[1].label == Text("name of x:b", "en")


@pytest.mark.parametrize(
    "rows",
    [
        [row(k="a", n="1")],
        [row(k=f"k{i}", n="1") for i in range(BARS + 1)],
        [row(k="a", n="1"), row(k="a", n="2")],
        [row(k="a", n="1"), row(k="b")],
        [row(k="a", n="1"), row(n="2")],
        [row(k="a", n="1"), row(k="b", n="many")],
        [row(k="a", n="1"), row(k="b", n="NaN")],
        [row(k="a", n="1"), row(k="b", n="two")],
        [row(k="a", n="1", m="1"), row(k="b", n="2", m="2")],
        [row(k="a", n="1990"), row(k="b", n="1991")],
        [row(k="a", lat="1"), row(k="b", lat="2")],
        [row(k="a", n="1"), row(k="b" * 61, n="2")],
        [row(n="1"), row(n="2")],
    ],
)
def test_no_bars_where_they_would_say_nothing(rows: list[SolutionRow]) -> None:
    assert bars(list(dict.fromkeys(name for one in rows for name in one)), rows, called) is None
