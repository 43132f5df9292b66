"""Maps and timeline: known points and distances, nothing outside the drawing, equal counts."""

from __future__ import annotations

import math
import re

import pytest

from vilnius_lod.web.views.atlas import (
    NEAR,
    Spot,
    azimuthal,
    distance,
    equal_earth,
    far_map,
    near_map,
    small_map,
)
from vilnius_lod.web.views.timeline import OTHER, timeline

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
