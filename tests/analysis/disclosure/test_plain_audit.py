"""The audit's shortcuts change its speed and never a verdict: held to a plain programme solved twice for each group."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.optimize import linprog

from analysis.disclosure.algebra import BoardSystem, Published, system_of
from analysis.disclosure.audit import Auditor, Failure, Policy, verdict
from analysis.disclosure.build import build
from analysis.disclosure.cells import ELSEWHERE, Shape
from analysis.disclosure.counting import Fact, for_sectors_too, tally
from analysis.disclosure.kr5 import KR5
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import KeyedNoise
from analysis.disclosure.system import INFINITY, Interval, Knowledge, System
from analysis.disclosure.targets import Target
from analysis.release import LADDER
from models.contract.periods import parts
from tests.analysis.disclosure.ledgers import CODES, KEYS, SHAPE, cells_of, counted, ledger

pytestmark = pytest.mark.slow

POLICY = Policy()
WINDOWS = ("2024Q2", "2024Q3", "2024FY")
GROUPS: list[tuple[str, ...]] = [("police", "care"), ("police", "health"), ("interviews",), ("police",), ()]


def small_board(seed: int, ladder: int) -> tuple[BoardSystem, dict[tuple[str, ...], Knowledge]]:
    """A board small enough for a plain audit, and what some attackers know."""
    draw = random.Random(seed)
    windows = WINDOWS[:1] if seed < 4 else draw.choice((WINDOWS[:1], WINDOWS[2:], WINDOWS))
    of = counted(ledger(seed, draw.choice((20, 60, 150))), ladder)
    few = ("m9_", "m10_") if ladder < 4 else ("m1_", "m8_", "m9_", "m10_")
    some = [name for name in LADDERS[ladder].measures if name.startswith(few)]
    rule = KR5() if ladder < 4 else KeyedNoise()
    board = system_of([Published("cut", LADDERS[ladder], cells_of(of, ladder, windows, some), rule)], SHAPE)
    for cell, interval in board.system.cells.items():
        true = len(of.children(board.where[cell][1]))
        if interval.high < INFINITY:  # narrower than any rule, so that there is something to find
            board.system.cells[cell] = interval.meet(Interval(true - seed % 3, true + 2))
    return board, {group: board.knowledge(group, of.known, "cut") for group in GROUPS}


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


@pytest.mark.parametrize("ladder", [2, LADDER.version])
@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(n, marks=pytest.mark.batch) for n in range(3, 30))])
def test_the_audit_finds_what_a_plain_programme_finds(seed: int, ladder: int) -> None:
    """Same groups and same ranges, for attackers one after another, with and without worlds."""
    board, known = small_board(seed, ladder)
    whole = Auditor(board.system, POLICY, board.worlds(LADDERS[ladder]))
    backwards = Auditor(board.system, POLICY, board.worlds(LADDERS[ladder]))
    turned = {name: backwards.audit(attacker).failures for name, attacker in reversed(known.items())}
    for name, attacker in known.items():
        found = whole.audit(attacker)
        assert turned[name] == found.failures, "who was heard before must not matter"
        assert list(found.failures) == plain(board.system, attacker, whole.targets(attacker))


def test_there_is_something_to_find() -> None:
    """Else the comparison above would hold for an audit that finds nothing."""
    for ladder in (2, LADDER.version):
        found = 0
        for seed in range(3):
            board, known = small_board(seed, ladder)
            found += sum(len(Auditor(board.system).audit(attacker).failures) for attacker in known.values())
        assert found > 5


def _every_child(of: Shape, ladder: int) -> Iterator[list[Fact]]:
    """One child of each kind there can be, as it would be counted: of a sector, or of all, or of both where tied."""

    def as_counted(facts: list[Fact]) -> list[list[Fact]]:
        both = for_sectors_too(facts, of)
        if not LADDERS[ladder].own_records:
            return [both]
        return [[fact for fact in both if fact.sector], [fact for fact in both if not fact.sector]]

    for area in (*of.wards, *of.towns, ELSEWHERE):
        for window in parts("2024FY"):
            for agency in ("police", "care", "health", "interviews"):
                for indicator in (*of.indicators, ""):
                    yield from as_counted([Fact("m1_children", "c", window, area, agency, indicator)])
                for measures in (("m9_children",), ("m9_children", "m10_children")):
                    yield from as_counted([Fact(measure, "c", window, area, agency) for measure in measures])


@pytest.mark.parametrize("ladder", [2, LADDER.version])
def test_a_count_can_rise_as_far_as_a_child_that_is_counted_makes_it(ladder: int) -> None:
    """The audit's witnesses against children who are really counted: no further, or a disclosure would be hidden."""
    of = Shape(SHAPE.board, SHAPE.towns, SHAPE.wards, SHAPE.sector_of, CODES[:2])
    windows = ["2024Q2", "2024Q3", "2024FY"]
    made = build(tally([], of), LADDERS[ladder], windows, KEYS, measures=["m1_children", "m9_children", "m10_children"])
    board = system_of([Published("cut", LADDERS[ladder], made)], of)
    columns = [board.where[cell][1] for cell in board.system.cells]
    kinds = []
    for facts in _every_child(of, ladder):
        found = tally(facts, of)
        kinds.append([bool(found.children(key)) for key in columns])
    flags = np.unique(np.array(kinds), axis=0)
    at = {cell: number for number, cell in enumerate(board.system.cells)}
    pairs = [(at[r.total], at[part]) for r in board.system.relations for part in r.parts]
    plus = np.array([*range(len(columns)), *(total for total, _ in pairs)], dtype=np.intp)
    minus = np.array([*[-1] * len(columns), *(part for _, part in pairs)], dtype=np.intp)
    worlds = board.worlds(LADDERS[ladder])
    draw = np.random.default_rng(0)
    for _ in range(5):
        room = draw.integers(0, 9, len(columns)).astype(float)
        room[draw.random(len(columns)) < 0.7] = 20
        least = np.where(flags, room, np.inf).min(axis=1)
        fits = flags[:, plus] & ~np.where(minus < 0, False, flags[:, minus])
        expected = np.where(fits, least[:, None], 0).max(axis=0)
        assert (worlds.rises(room, plus, minus) == expected).all()
