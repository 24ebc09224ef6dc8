"""The ground of a map: borders stay together when they are thinned, towns come out whole, words have room."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.geography.ground import EDGE, WIDTH, ground
from dashboards.geography.layout import hexagons
from dashboards.geography.reading import read
from dashboards.geography.rings import Ring, area, inside, joined, neighbours, turned
from dashboards.geography.simplify import simplified
from models.register import load_register
from tests.dashboards.conftest import REGISTER
from tests.dashboards.geography.outlines import DEMO

BOARD = load_register(REGISTER).boards[0]
TOWNS = {ward.code: ward.town for ward in BOARD.wards}
RINGS = read(DEMO.read_bytes(), list(TOWNS)).rings
BORDERS = {ward.code: ward.neighbours for ward in BOARD.wards}


def box(x: float, y: float = 0, size: float = 1) -> Ring:
    return ((x, y), (x + size, y), (x + size, y + size), (x, y + size))


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def test_thinned_borders_are_the_same_for_both_neighbours() -> None:
    thin = simplified(RINGS, 40)
    assert sum(len(r) for rings in thin.values() for r in rings) < sum(len(r) for v in RINGS.values() for r in v)
    assert neighbours(thin) == neighbours(RINGS)
    whole, was = joined(thin.values()), joined(RINGS.values())
    assert len(whole) == 1, "no gap opened between two wards"
    assert area(whole[0]) == pytest.approx(area(was[0]), rel=0.02)


def test_an_island_and_the_hole_around_it_are_thinned_alike() -> None:
    island = tuple(turned([(3 + x / 9, 3 + (0.01 if x % 2 else 0)) for x in range(9)] + [(3.5, 5)], outer=True))
    areas = {"sea": (box(0, size=9), island[::-1]), "isle": (island,)}
    thin = simplified(areas, 0.2)
    assert set(thin["isle"][0]) == set(thin["sea"][1])
    assert len(thin["isle"][0]) < len(island)


def test_towns_are_their_wards_joined() -> None:
    towns = ground(RINGS, TOWNS, by_town=True)
    assert sorted(towns.areas) == sorted(town.code for town in BOARD.towns)
    assert towns.towns == ""
    for shape in towns.areas.values():
        assert shape.path.count("M") == 1, "a town whose wards touch is one shape"


def test_two_that_touch_in_a_point_and_one_with_a_hole_come_out_whole() -> None:
    assert sorted(area(ring) for ring in joined([(box(0),), (box(1, 1),)])) in ([1, 1], [2])
    ringed = joined([(box(0, size=3), box(1, 1)[::-1])])
    assert sorted(area(ring) for ring in ringed) == [-1, 9]
    assert joined([(box(0, size=3), box(1, 1)[::-1]), (box(1, 1),)]) == joined([(box(0, size=3),)])


def test_every_area_is_in_the_picture_and_its_words_stand_in_it() -> None:
    for laid in (RINGS, {code: (ring,) for code, ring in hexagons(BORDERS).items()}):
        made = ground(laid, TOWNS)
        assert set(made.areas) == set(TOWNS)
        for shape in made.areas.values():
            ring = points(shape.path)
            assert all(EDGE <= x <= made.width - EDGE and EDGE <= y <= made.height - EDGE for x, y in ring)
            assert inside((shape.x, shape.y), [ring])
            assert shape.room > 40
        assert made.width <= WIDTH


def test_hexagons_are_all_there_and_mostly_beside_their_neighbours() -> None:
    middles = {
        code: (sum(x for x, _ in r[0]) / len(r[0]), sum(y for _, y in r[0]) / len(r[0])) for code, r in RINGS.items()
    }
    every = sum(map(len, BORDERS.values()))
    for where, least in ((middles, 0.95), (None, 0.7)):
        laid = hexagons(BORDERS, where)
        assert laid == hexagons(BORDERS, where), "the same every time"
        beside = neighbours({code: (ring,) for code, ring in laid.items()})
        kept = sum(other in beside[code] for code, others in BORDERS.items() for other in others)
        assert kept / every >= least


def test_hexagons_lie_as_the_wards_do_where_that_is_known() -> None:
    line = {"a": ("b",), "b": ("a", "c"), "c": ("b",)}
    laid = hexagons(line, {"a": (0, 0), "b": (10, 0), "c": (20, 0)})
    across = [laid[code][0][0] for code in "abc"]
    assert all(after - before == pytest.approx(1) for before, after in pairwise(across))


def test_wards_without_any_border_stand_in_a_block() -> None:
    laid = hexagons({str(n): () for n in range(9)})
    assert len(set(laid.values())) == 9
    assert ground({code: (ring,) for code, ring in laid.items()}, {}).areas.keys() == laid.keys()


@given(st.dictionaries(st.integers(0, 11), st.sets(st.integers(0, 11), max_size=4), min_size=1, max_size=12))
def test_any_borders_give_a_place_of_its_own_to_each(drawn: dict[int, set[int]]) -> None:
    both = {
        str(code): tuple(str(n) for n in drawn if n != code and (n in others or code in drawn[n]))
        for code, others in drawn.items()
    }
    laid = hexagons(both)
    assert len({min(ring) for ring in laid.values()}) == len(both)
