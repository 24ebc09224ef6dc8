"""The audit's shortcuts change its speed and never a verdict: held to a plain programme solved twice for each group."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from analysis.disclosure.attacks import Attacks
from analysis.disclosure.causes import causes
from scipy.optimize import linprog

from analysis.disclosure.algebra import BoardSystem, Published, system_of
from analysis.disclosure.audit import Auditor, Failure, Policy, verdict
from analysis.disclosure.build import candidate
from analysis.disclosure.cells import ELSEWHERE, Shape
from analysis.disclosure.counting import Fact, tally
from analysis.disclosure.kr5 import KR5, Protected
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.system import ANYTHING, Interval, Knowledge, System
from analysis.disclosure.targets import Target
from analysis.disclosure.windows import parts
from models.releases import CellState
from tests.attacks import boards

pytestmark = pytest.mark.slow

POLICY = Policy()
WINDOWS = ("2024Q2", "2024Q3", "2024FY")
GROUPS: list[tuple[str, ...]] = [("agency-0", "agency-1"), ("agency-0", "agency-2"), ("agency-0",), ()]
EVERY_MEASURE = ("m1_children", "m9_children", "m10_children")


def small_board(seed: int, rule: KR5 | None = None) -> tuple[BoardSystem, dict[tuple[str, ...], Knowledge]]:
    """A board small enough for a plain audit, and what some attackers know."""
    draw = random.Random(seed)
    of = boards.shape(towns=2, wards=2, agencies=4, indicators=2)
    counted = tally(boards.facts(seed, draw.choice((20, 60, 150)), of, WINDOWS[:2]), of)
    windows = WINDOWS[:1] if seed < 3 else draw.choice((WINDOWS[:1], WINDOWS[2:], WINDOWS))
    made = candidate(counted, LADDERS[2], windows, boards.keys(seed), "cut", rule)
    board = system_of([made.published()], of)
    return board, {group: board.knowledge(group, counted.known, "cut") for group in GROUPS}


def plain(system: System, attacker: Knowledge, targets: list[Target]) -> list[Failure]:
    """The range of every group by itself, from every relation and bound as it stands."""
    index = {cell: number for number, cell in enumerate(system.cells)}
    bounds = [[low, min(high, 1e6)] for low, high in system.cells.values()]
    for cell, count in attacker.whole.items():
        bounds[index[cell]] = [max(count, bounds[index[cell]][0]), min(count, bounds[index[cell]][1])]
    for (cell, _), count in attacker.own.items():
        bounds[index[cell]][0] = max(bounds[index[cell]][0], count)
    rows: dict[bool, list[np.ndarray]] = {True: [], False: []}
    for kind, total, found in system.relations:
        for members in [found] if kind == "sum" else [[part] for part in found]:
            row = np.zeros(len(index))
            row[[index[part] for part in members]] += 1
            row[index[total]] -= 1
            rows[kind == "sum"].append(row)
        if kind == "union":
            row = np.zeros(len(index))
            row[[index[part] for part in found]] -= 1
            row[index[total]] += 1
            rows[False].append(row)
    failures = []
    for target in targets:
        cost = np.zeros(len(index))
        cost[index[target.cell]] = 1
        if target.minus in index:
            cost[index[target.minus]] = -1
        less = attacker.own.get((target.cell, target.minus), 0)
        ends = []
        for sign in (1, -1):
            equal, most = (np.array(rows[k]) if rows[k] else None for k in (True, False))
            zeros = (None if matrix is None else np.zeros(len(matrix)) for matrix in (most, equal))
            most_is, equal_is = zeros
            solved = linprog(sign * cost, most, most_is, equal, equal_is, bounds, method="highs-ds")
            assert solved.status == 0
            ends.append(sign * solved.fun - less)
        low, high = int(np.ceil(ends[0] - 1e-6)), int(np.floor(ends[1] + 1e-6))
        if rule := verdict(low, high, POLICY):
            failures.append(Failure(target, low, high, rule))
    return failures


@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(n, marks=pytest.mark.batch) for n in range(3, 40))])
def test_the_audit_finds_what_a_plain_programme_finds(seed: int) -> None:
    """Same groups and same ranges, for attackers one after another, with and without worlds, whole and in parts."""
    weak = KR5(coalition=1, width=1) if seed % 2 else None
    board, known = small_board(seed, weak)
    whole = Auditor(board.system, POLICY, board.worlds(LADDERS[2]))
    pieces = [(p, Auditor(p, POLICY, board.worlds_of(p, LADDERS[2]))) for p in board.system.independent_parts()]
    backwards = Auditor(board.system, POLICY, board.worlds(LADDERS[2]))
    turned = {name: backwards.audit(attacker).failures for name, attacker in reversed(known.items())}
    for name, attacker in known.items():
        found = whole.audit(attacker)
        assert turned[name] == found.failures, "who was heard before must not matter"
        expected = plain(board.system, attacker, whole.targets(attacker))
        assert list(found.failures) == expected
        apart = [f for part, auditor in pieces for f in auditor.audit(attacker.within(part.cells)).failures]
        assert sorted(apart) == sorted(expected)


def test_there_is_something_to_find() -> None:
    """Else the comparison above would hold for an audit that finds nothing."""
    found = 0
    for seed in (1, 3, 5):
        board, known = small_board(seed, KR5(coalition=1, width=1))
        found += sum(len(Auditor(board.system).audit(attacker).failures) for attacker in known.values())
    assert found > 5


def test_an_audit_that_leans_on_a_stricter_one_says_the_same() -> None:
    """A year by itself, after the year with its quarters: what was cleared there is not solved again."""
    for seed in range(4):
        of = boards.shape(towns=2, wards=2, agencies=4, indicators=3)
        counted = tally(boards.facts(seed, 60, of, WINDOWS[:2]), of)
        rule = KR5(coalition=1, width=1)
        made = candidate(counted, LADDERS[2], WINDOWS, boards.keys(seed), "cut", rule)
        year = {key: cell for key, cell in made.cells.items() if key.window == "2024FY"}
        strict, wide = (system_of([replace(made, cells=cells).published()], of) for cells in (made.cells, year))
        stricter, leaning = (Auditor(b.system, POLICY, b.worlds(LADDERS[2])) for b in (strict, wide))
        assert leaning.lean_on(stricter)
        assert not stricter.lean_on(leaning)
        for group in GROUPS:
            stricter.audit(strict.knowledge(group, counted.known, "cut"))
            knowledge = wide.knowledge(group, counted.known, "cut")
            assert leaning.audit(knowledge).failures == Auditor(wide.system).audit(knowledge).failures


def _every_child(of: Shape) -> Iterator[list[Fact]]:
    """One child of each kind there can be, as it would be counted."""
    for area in (*of.wards, *of.towns, ELSEWHERE):
        for window in parts("2024FY"):
            for agency in sorted(of.sector_of):
                for indicator in (*of.indicators, ""):
                    yield [Fact("m1_children", "c", window, area, agency, indicator)]
                for measures in (("m9_children",), ("m9_children", "m10_children")):
                    yield [Fact(measure, "c", window, area, agency) for measure in measures]


def test_a_count_can_rise_as_far_as_a_child_that_is_counted_makes_it() -> None:
    """The audit's witnesses against children who are really counted: no further, or a disclosure would be hidden."""
    of = boards.shape(towns=2, wards=2, agencies=3, indicators=2)
    none = tally([], of)
    made = candidate(none, LADDERS[2], ["2024Q2", "2024Q3", "2024FY"], boards.keys(1), "cut")
    board = system_of([made.published()], of)
    columns = [board.where[cell][1] for cell in board.system.cells]
    kinds = []
    for facts in _every_child(of):
        counted = tally(facts, of)
        kinds.append([bool(counted.children(key)) for key in columns])
    flags = np.unique(np.array(kinds), axis=0)
    at = {cell: number for number, cell in enumerate(board.system.cells)}
    pairs = [(at[r.total], at[part]) for r in board.system.relations for part in r.parts]
    plus = np.array([*range(len(columns)), *(total for total, _ in pairs)], dtype=np.intp)
    minus = np.array([*[-1] * len(columns), *(part for _, part in pairs)], dtype=np.intp)
    worlds = board.worlds(LADDERS[2])
    draw = np.random.default_rng(0)
    for _ in range(5):
        room = draw.integers(0, 9, len(columns)).astype(float)
        room[draw.random(len(columns)) < 0.7] = 20
        least = np.where(flags, room, np.inf).min(axis=1)
        fits = flags[:, plus] & ~np.where(minus < 0, False, flags[:, minus])
        expected = np.where(fits, least[:, None], 0).max(axis=0)
        assert (worlds.rises(room, plus, minus) == expected).all()


def test_causes_are_enough_for_the_proof() -> None:
    """From the causes alone, on the sides they name, follows the same range: nothing else needs to move."""
    checked = 0
    for seed in (1, 3, 5):
        board, known = small_board(seed, KR5(coalition=1, width=1))
        for attacker in known.values():
            failures = Auditor(board.system).audit(attacker).failures[:3]
            for failure, held in zip(failures, causes(board.system, attacker, failures), strict=True):
                bare = System(dict.fromkeys(board.system.cells, ANYTHING), board.system.relations)
                for cell, way in held:
                    low, high = board.system.cells[cell]
                    bare.add(cell, Interval(high=high) if way > 0 else Interval(low=low))
                assert failure in Auditor(bare).audit(attacker).failures
                checked += 1
    assert checked > 5


def test_parts_of_the_board_that_did_not_change_are_not_attacked_again() -> None:
    of = boards.shape(towns=2, wards=2, agencies=4, indicators=2)
    counted = tally(boards.facts(1, 100, of, WINDOWS[:2]), of)
    made = candidate(counted, LADDERS[2], ["2024Q2"], boards.keys(1), "cut")
    attacks = Attacks(made.published(), [], counted, POLICY)
    everyone = GROUPS
    first = attacks.proofs(made.published(), everyone)
    audits = attacks.audits
    assert audits == 2 * len(everyone), "M1 is one part, M9 with M10 the other"
    assert attacks.proofs(made.published(), everyone) == first
    assert attacks.audits == audits
    key = next(key for key in made.cells if key.measure == "m9_children")
    held_back = {**made.cells, key: Protected(CellState.WITHHELD)}
    attacks.proofs(Published("cut", made.ladder, held_back), everyone)
    assert attacks.audits == audits + len(everyone)
