"""The register of the demo's two boards: whole, synthetic, and of agencies of which some serve both."""

from __future__ import annotations

import json
from pathlib import Path

from demo.boards import BOARDS, LARGE, REGISTER, SMALL, two_boards
from models.register import load_register

ROOT = Path(__file__).parents[2]


def test_the_large_board_is_that_of_its_own_register() -> None:
    assert two_boards().board_by_code[LARGE] == load_register(REGISTER).board_by_code[LARGE]


def test_the_small_board_is_two_towns_of_invented_wards_that_join_up() -> None:
    both = two_boards()
    large, small = both.board_by_code[LARGE], both.board_by_code[SMALL]
    assert both.synthetic
    assert "synthetic" in small.name
    assert small.partition != large.partition
    assert small.has_sectors, "with 400 children a year it releases quarters"
    share = sum(w.population_10_17 for w in small.wards) / sum(w.population_10_17 for w in large.wards)
    assert 0.25 < share < 0.30
    names = [ward.name for board in both.boards for ward in board.wards]
    assert len(set(names)) == len(names), "a ward's name alone tells its board"
    neighbours = {ward.code: set(ward.neighbours) for ward in small.wards}
    assert all(code in neighbours[other] for code in neighbours for other in neighbours[code])
    for town in small.towns:
        codes = {ward.code for ward in small.wards if ward.town == town.code}
        assert len(codes) == 4
        assert all(neighbours[code] & codes for code in codes)


def test_the_large_boards_neighbours_are_those_of_its_map() -> None:
    outlines = json.loads((ROOT / "demo" / "geometry" / "aldermere-2024.geojson").read_text("utf-8"))
    drawn = {feature["id"]: sorted(feature["properties"]["neighbours"]) for feature in outlines["features"]}
    assert {w.code: sorted(w.neighbours) for w in two_boards().board_by_code[LARGE].wards} == drawn


def test_one_police_force_and_one_unit_serve_both_under_an_agreement_with_each() -> None:
    both = two_boards()
    shared = {agency.id for agency in both.agencies if agency.boards == BOARDS}
    assert shared == {"aldermere-police", "aldermere-safeguarding-unit"}
    assert {a.agency for a in both.agreements if a.boards == BOARDS} == shared
    assert {a.agency: a.boards for a in both.agreements} == {a.id: a.boards for a in both.agencies}
    large, small = ({agency.sector for agency in both.agencies_of(board)} for board in BOARDS)
    assert large == small
