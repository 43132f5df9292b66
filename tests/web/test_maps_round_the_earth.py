"""Maps of places on both sides of the meridian of 180 degrees, and near the poles."""

from __future__ import annotations

import math
import re

import pytest

from vilnius_lod.web.pages.drawings.maps import Spot, azimuthal, distance, far_map, near_map, small_map

FIJI, SAMOA, TONGA = (
    Spot("f", "Fiji", -18.1, 178.4),
    Spot("s", "Samoa", -13.8, -171.8),
    Spot("t", "Tonga", -21, -175),
)
HAWAII, JAPAN = Spot("h", "Hawaii", 21.3, -157.9), Spot("j", "Japan", 35.7, 139.7)
ISLAND = [17700, -1900, 18000, -1900, 18000, -1600, 17700, -1600]
OTHER_HALF = [-18000, -1900, -17900, -1900, -17900, -1600, -18000, -1600]


def ends(line: str) -> tuple[tuple[int, int], tuple[int, int]]:
    points = [(int(x), int(y)) for x, y in re.findall(r"[ML](-?\d+) (-?\d+)", line)]
    return points[0], points[-1]


@pytest.mark.parametrize("draw", [near_map, small_map])
def test_neighbours_across_the_meridian_are_neighbours_on_the_map(draw: object) -> None:
    drawing = draw(FIJI, [SAMOA, TONGA], [ISLAND, OTHER_HALF])  # type: ignore[operator]
    assert drawing is not None
    for spot in (SAMOA, TONGA):
        assert drawing.lines[spot.key].count("M") == 1
        [mark] = [mark for mark in drawing.marks if spot in mark.spots]
        assert (drawing.focus.x < mark.x) is True
        assert ends(drawing.lines[spot.key]) == ((drawing.focus.x, drawing.focus.y), (mark.x, mark.y))
    assert distance(FIJI, SAMOA) == pytest.approx(1150, rel=0.05)
    assert drawing.land.count("M") == 2


def test_far_places_round_the_ocean_are_drawn_with_the_ocean_in_the_middle() -> None:
    drawing = small_map(JAPAN, [HAWAII, SAMOA], [ISLAND, OTHER_HALF])
    assert drawing is not None
    at = {spot.key: mark.x for mark in drawing.marks for spot in mark.spots}
    assert drawing.focus.x < at["s"] < at["h"]
    assert all(line.count("M") == 1 for line in drawing.lines.values())
    # not the whole earth: the places take most of the width
    assert at["h"] - drawing.focus.x > 250
    # the island's halves meet
    starts = [int(x) for x in re.findall(r"M(-?\d+)", drawing.land)]
    assert len(starts) == 2
    assert abs(starts[0] - starts[1]) < 40


def test_a_map_that_does_not_go_across_is_not_turned() -> None:
    one, other = Spot("a", "A", 54.7, 25.3), Spot("b", "B", 41.9, -87.6)
    drawing = small_map(one, [other], [])
    assert drawing is not None
    [mark] = drawing.marks
    assert mark.spots == (other,)
    assert mark.x < drawing.focus.x


@pytest.mark.parametrize("focus", [
    Spot("p", "", 90, 0), Spot("p", "", -90, 180), Spot("p", "", 89.9, -180), Spot("p", "", 78.2, 15.6),
])  # fmt: skip
def test_near_a_pole_every_place_has_a_finite_point(focus: Spot) -> None:
    side = math.copysign(1, focus.lat)
    round_about = [Spot(f"{long}", f"{long}", side * 80, long) for long in (-180, -90, 0, 90, 179.9)]
    for draw in (near_map, far_map, small_map):
        drawing = draw(focus, round_about, [ISLAND])
        for mark in drawing.marks if drawing else ():
            assert 0 <= mark.x <= 1000
            assert 0 <= mark.y <= drawing.height  # type: ignore[union-attr]
    project = azimuthal(focus.lat, focus.long)
    for spot in round_about:
        assert math.hypot(*project(spot.lat, spot.long)) == pytest.approx(distance(focus, spot))


def test_180_east_and_west_are_one_meridian() -> None:
    drawing = small_map(HAWAII, [JAPAN, Spot("e", "", 0, 180), Spot("w", "", 10, -180)], [])
    assert drawing is not None
    at = {spot.key: mark.x for mark in drawing.marks for spot in mark.spots}
    assert abs(at["e"] - at["w"]) < 10
