"""The demo's register and ward outlines: they load, agree with each other, and are nowhere real."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from demo.geometry.make_wards import OUTPUT, feature_collection
from models.register import load_register

REGISTER = Path(__file__).parents[3] / "demo" / "register"


def test_the_register_is_the_fictional_borough() -> None:
    register = load_register(REGISTER)
    board = register.board_by_code["X08000001"]
    assert register.synthetic
    assert "synthetic" in board.name
    assert (board.partition, board.boundary_set) == (3, "aldermere-2024")
    assert len(board.towns) == 6
    assert [ward.code for ward in board.wards] == [f"X05{n:06d}" for n in range(1, 25)]
    assert all(sum(ward.town == town.code for ward in board.wards) == 4 for town in board.towns)
    assert 32_000 <= sum(ward.population_10_17 for ward in board.wards) <= 36_000
    assert all(1_150 <= ward.population_10_17 <= 1_750 for ward in board.wards)
    assert all(ward.population_under_18 > 2 * ward.population_10_17 for ward in board.wards)


def test_every_agency_has_its_agreement() -> None:
    register = load_register(REGISTER)
    assert len(register.agencies) == 8
    assert {a.id: a.agency for a in register.agreements} == {f"dsa-{a.id}": a.id for a in register.agencies}
    assert all("synthetic" in agency.name for agency in register.agencies)


def test_the_committed_outlines_are_what_the_script_draws() -> None:
    wards = load_register(REGISTER).boards[0].wards
    assert json.loads(OUTPUT.read_text("utf-8")) == feature_collection(wards)
    assert OUTPUT.stat().st_size < 60_000


def test_wards_join_up_and_every_town_is_in_one_piece() -> None:
    features = json.loads(OUTPUT.read_text("utf-8"))["features"]
    neighbours = {f["id"]: set(f["properties"]["neighbours"]) for f in features}
    assert all(code in neighbours[other] for code in neighbours for other in neighbours[code])
    assert len(reached(neighbours, set(neighbours))) == 24
    for town in {f["properties"]["town"] for f in features}:
        codes = {f["id"] for f in features if f["properties"]["town"] == town}
        assert len(reached(neighbours, codes)) == len(codes)


def test_coordinates_are_no_longitudes_and_outlines_are_closed_and_anticlockwise() -> None:
    collection = json.loads(OUTPUT.read_text("utf-8"))
    assert collection["synthetic"] is True
    for feature in collection["features"]:
        (ring,) = feature["geometry"]["coordinates"]
        assert ring[0] == ring[-1]
        assert all(isinstance(value, int) for point in ring for value in point)
        area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(ring)) / 2
        assert 1_500_000 < area < 6_000_000  # square metres
    assert max(point[0] for f in collection["features"] for point in f["geometry"]["coordinates"][0]) > 10_000


def reached(neighbours: dict[str, set[str]], within: set[str]) -> set[str]:
    todo, seen = [min(within)], set[str]()
    while todo:
        code = todo.pop()
        if code not in seen:
            seen.add(code)
            todo += neighbours[code] & within
    return seen
