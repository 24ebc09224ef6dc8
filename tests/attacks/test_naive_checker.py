"""Exported releases judged by a checker that shares nothing with the gate and tries tables of counts one by one."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from analysis.disclosure.algebra import Published, system_of
from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import Fact, Tally, for_sectors_too, tally
from analysis.disclosure.export import export
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.noise import KeyedNoise, Protected, RoundingKeys
from models.releases import CellState
from tests.attacks.naive_checker import CAP, Checker, Verdict

BOARD = "X08000001"
WARDS = ("X05000001", "X05000002")
RUNGS = (("board", "any"), ("board", "sector"), ("ward", "any"))
LADDER = Ladder.model_validate(
    {
        "version": 9,
        "rungs": [
            {"level": level, "window": "year", "split": split, "measures": ["m9_children"]} for level, split in RUNGS
        ],
        "own_records": ["m9_children"],
    },
    strict=False,
)
BEFORE = LADDER.model_copy(update={"version": 3, "own_records": ()})
"""The same cells as older ladders counted them, by their rule."""
KEYS = RoundingKeys(b"r" * 32, b"s" * 32)
WINDOW = "2024FY"


def board(seed: int) -> Tally:
    """Up to thirty children, two wards, two to four agencies of which the first knows most."""
    draw = random.Random(seed)
    agencies = [f"a{n}" for n in range(draw.randint(2, 4))]
    shape = Shape(BOARD, {}, WARDS, {name: name for name in agencies}, ())
    weights = [draw.choice((1, 4, 9)), *(1 for _ in agencies[1:])]
    facts = [
        Fact("m9_children", f"child-{n}", WINDOW, draw.choice((*WARDS, WARDS[0], "")), agency)
        for n in range(draw.randint(0, 30))
        for agency in set(draw.choices(agencies, weights, k=draw.randint(1, 2)))
    ]
    return tally(for_sectors_too(facts, shape), shape)


def everyone(of: Tally) -> Iterator[tuple[str, ...]]:
    """Outsider, every agency and every pair."""
    for size in range(3):
        yield from combinations(sorted(of.shape.sector_of), size)


def judged(
    cells: dict[CellKey, Protected], of: Tally, attacker: tuple[str, ...] = (), ladder: Ladder = LADDER
) -> Verdict:
    release = Published("2025-04-29", ladder, cells, KR5() if ladder is BEFORE else KeyedNoise())
    found = system_of([release], of.shape)
    knowledge = found.knowledge(attacker, of.known, release.cut_off)
    document: dict[str, Any] = json.loads(json.dumps(export([release], found, knowledge)))
    return Checker(document).check()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_no_release_discloses_or_contradicts_itself(seed: int) -> None:
    """Outsider, every agency and every pair, on a release as `export-audit` writes it."""
    for number in range(4):
        of = board(100 * seed + number)
        shown = build(of, LADDER, [WINDOW], KEYS)
        for attacker in everyone(of):
            assert judged(shown, of, attacker) == Verdict(False), (number, attacker)


def cells(**values: int | None) -> dict[CellKey, Protected]:
    """The grid with some figures; what is not named is low."""
    of = board(2)
    named = {"board": BOARD, "first": WARDS[0], "second": WARDS[1]}
    areas = {named[name]: value for name, value in values.items()}
    return {
        key: Protected(CellState.FIGURE, areas[key.area])
        if key.who == "any" and areas.get(key.area)
        else Protected(CellState.LOW)
        for key in LADDER.grid(WINDOW, of.shape)
    }


def test_it_finds_a_figure_that_the_others_contradict() -> None:
    """Both wards have fifty or so, and the board less than both."""
    assert judged(cells(board=10, first=50, second=50), board(2)).contradictory
    assert judged(cells(board=10, first=20, second=20), board(2), ladder=BEFORE).contradictory
    assert judged(cells(board=10, first=20, second=20), board(2)) == Verdict(False), "noise may do that"


def test_it_finds_a_rest_that_two_tables_squeeze() -> None:
    """By the rule of old, without its floor: 10 is 14 at most, and who knows thirteen leaves 0 or 1 for all others."""
    of = board(2)
    facts = [Fact("m9_children", f"child-{n}", WINDOW, WARDS[0], "a0") for n in range(13)]
    facts += [Fact("m9_children", "other", WINDOW, WARDS[0], "a1")]
    known = tally(for_sectors_too(facts, of.shape), of.shape)
    own = CellKey("m9_children", WINDOW, "board", BOARD, "sector:a0")
    shown = cells(board=10, first=10) | {own: Protected(CellState.FIGURE, 15)}
    assert judged(shown, known, ladder=BEFORE) == Verdict(False)
    proven = judged(shown, known, ("a0",), BEFORE)
    assert any("P2 0 to 1" in one for one in proven.disclosed)
    assert judged(shown, known, ("a0",)) == Verdict(False), "the same figures under noise prove nothing"


def test_it_finds_exact_cells_and_open_bands_by_the_issues_words() -> None:
    def document(*releases: dict[str, Any], **more: Any) -> dict[str, Any]:
        ids = "abc"
        return {
            "policy": {"threshold": 5, "min_width": 3},
            "cells": [{"id": ids[n], "dims": {}, "release": r, "protect": True} for n, r in enumerate(releases)],
            "relations": [{"type": "sum", "total": "a", "parts": ["b", "c"]}],
            "knowns": {},
        } | more

    ten, band = {"kind": "exact", "value": 10}, {"kind": "band", "lo": 0, "hi": 4}
    hidden = {"kind": "withheld"}
    assert "c: P1 2 to 2" in Checker(document(ten, {"kind": "exact", "value": 8}, hidden)).check().disclosed
    assert not Checker(document({"kind": "none"}, band, hidden)).check().disclosed
    rounded = {"kind": "rounded", "value": 10, "base": 5, "mode": "random", "min": 5}
    assert Checker(document(rounded, band, hidden)).start == {"a": (6, 14), "b": (0, 4), "c": (0, CAP)}
    assert Checker(document(ten, hidden, hidden, knowns={"b": 9})).check().disclosed == (
        "c: P1 1 to 1",
        "a less b: P1 1 to 1",
    )
