"""The relations that an attacker may write down, by hand: what adds up, what is a union, and what nothing ties."""

from __future__ import annotations

import pytest

from analysis.disclosure.algebra import Published, system_of
from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import KeyedNoise, Protected
from analysis.disclosure.system import Interval
from models.releases import CellState

SHAPE = Shape("B", {"T1": ("W1", "W2"), "T2": ()}, ("W1", "W2"), {"a": "police", "b": "health"}, ("X", "Y"))
CUT = "2025-04-29"
QUARTERS = {"2024Q2", "2024Q3", "2024Q4", "2025Q1"}
BOARD = CellKey("m9_children", "2024FY", "board", "B")
POLICE, HEALTH = "sector:police", "sector:health"
Said = tuple[str, CellKey, frozenset[CellKey]]


def said(*keys: CellKey, ladder: int = 4) -> set[Said]:
    """The relations between some published cells and the hidden ones beside them."""
    cells = dict.fromkeys(keys, Protected(CellState.LOW))
    rule = KeyedNoise() if LADDERS[ladder].own_records else KR5()
    board = system_of([Published(CUT, LADDERS[ladder], cells, rule)], SHAPE)
    key_of = {cell: key for cell, (_, key) in board.where.items()}
    return {
        (kind, key_of[total], frozenset(key_of[part] for part in parts))
        for kind, total, parts in board.system.relations
    }


@pytest.mark.parametrize(("window", "kind"), [("2024Q2", "sum"), ("2024FY", "sum"), ("2024FY2", "union")])
def test_areas_add_up_within_a_financial_year(window: str, kind: str) -> None:
    """Over two years a child may have had two homes."""
    board = BOARD._replace(window=window)
    town, ward = board._replace(level="town"), board._replace(level="ward")
    towns = kind, board, frozenset(town._replace(area=area) for area in ("T1", "T2", "ZZ"))
    first = kind, town._replace(area="T1"), frozenset(ward._replace(area=area) for area in ("W1", "W2", "T1-ZZ"))
    second = kind, town._replace(area="T2"), frozenset({ward._replace(area="T2-ZZ")})
    assert said(board) == set()
    assert said(town._replace(area="T1")) == {towns}
    assert said(ward._replace(area="W1")) == {towns, first, second}


def test_a_cell_is_the_union_of_its_indicators_and_of_none() -> None:
    union = "union", BOARD, frozenset(BOARD._replace(indicator=kind) for kind in ("X", "Y", "none_recorded"))
    assert said(BOARD._replace(indicator="X")) == {union}


def test_sectors_are_parts_of_all_agencies_on_older_ladders_alone() -> None:
    union = "union", BOARD, frozenset(BOARD._replace(who=who) for who in (POLICE, HEALTH))
    assert said(BOARD, BOARD._replace(who=POLICE), ladder=3) == {union}
    assert said(BOARD, BOARD._replace(who=POLICE)) == set()


@pytest.mark.parametrize(
    ("indicator", "who", "ladder", "tied"),
    [
        ("any", "any", 4, True),
        ("any", POLICE, 4, True),
        ("none_recorded", "any", 4, True),
        ("X", "any", 4, False),
        ("X", "any", 3, True),
    ],
)
def test_a_year_is_the_union_of_its_quarters_unless_few_indicators_are_drawn(
    indicator: str, who: str, ladder: int, tied: bool
) -> None:
    year = BOARD._replace(indicator=indicator, who=who)
    union = "union", year, frozenset(year._replace(window=quarter) for quarter in QUARTERS)
    found = said(year, year._replace(window="2024Q2"), ladder=ladder)
    assert (union in found) is tied
    assert said(BOARD) == set(), "a year alone says nothing of its quarters"


def test_a_part_is_within_its_whole_where_the_same_records_decide_both() -> None:
    own, others = BOARD._replace(measure="m10_children"), BOARD._replace(measure="m11_of_missing")
    assert said(BOARD, own, others) == {("subset", BOARD, frozenset({own})), ("subset", BOARD, frozenset({others}))}
    theirs, police = BOARD._replace(who=POLICE), own._replace(who=POLICE)
    assert said(theirs, police, others._replace(who=POLICE)) == {("subset", theirs, frozenset({police}))}
    assert said(own) == set(), "a whole that is not published is not made up"


@pytest.mark.parametrize(
    ("shown", "noise", "kr5"),
    [
        (Protected(CellState.FIGURE, 20), Interval(3, 37), Interval(16, 24)),
        (Protected(CellState.LOW), Interval(0, 24), Interval(0, 9)),
        (Protected(CellState.NONE), Interval(0, 0), Interval(0, 0)),
        (Protected(CellState.ONE_TO_NINE), Interval(1, 24), Interval(1, 9)),
        (Protected(CellState.NO_RETURN), Interval(), Interval()),
        (Protected(CellState.NOT_APPLICABLE), Interval(), Interval()),
    ],
)
def test_what_a_reader_concludes_from_a_cell(shown: Protected, noise: Interval, kr5: Interval) -> None:
    assert Published(CUT, LADDERS[4], {BOARD: shown}).interval(BOARD) == noise
    assert Published(CUT, LADDERS[3], {BOARD: shown}, KR5()).interval(BOARD) == kr5
