"""The audit's linear programme against enumeration of every table, and its verdict against its definition."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.audit import Auditor, Policy, audit, verdict
from analysis.disclosure.lp import AttackerModel
from analysis.disclosure.system import Interval, Knowledge, System
from analysis.disclosure.targets import Target

pytestmark = pytest.mark.slow

POLICY = Policy()


def tables(system: System, limit: int, knowledge: Knowledge | None = None) -> list[dict[str, int]]:
    """Every table of counts up to a limit that fits: the truth the linear programme is held to."""
    names = list(system.cells)
    known = knowledge or Knowledge()
    ranges = []
    for name in names:
        low, high = system.cells[name]
        if name in known.whole:
            low, high = max(low, known.whole[name]), min(high, known.whole[name])
        own = [count for (cell, _), count in known.own.items() if cell == name]
        ranges.append(range(int(max([low, *own])), int(min(high, limit)) + 1))
    found = []
    for values in itertools.product(*ranges):
        table = dict(zip(names, values, strict=True))
        if all(_holds(kind, table[total], [table[p] for p in parts]) for kind, total, parts in system.relations):
            found.append(table)
    return found


def _holds(kind: str, total: int, parts: list[int]) -> bool:
    if kind == "sum":
        return total == sum(parts)
    return total >= max(parts) and (kind == "subset" or total <= sum(parts))


def enumerated(system: System, target: Target, found: list[dict[str, int]], known: Knowledge) -> tuple[int, int]:
    less = known.own.get((target.cell, target.minus), 0)
    sizes = [table[target.cell] - table.get(target.minus, 0) - less for table in found]
    return min(sizes), max(sizes)


def random_system(seed: int, kinds: list[str]) -> System:
    """A total with two to three parts, one of which is split again; every cell released somehow."""
    draw = random.Random(seed)
    truth = {f"leaf{n}": draw.choice([0, 0, 1, 2, 3, 4, 6]) for n in range(4)}
    shape = {"part": ["leaf0", "leaf1"], "total": ["part", "leaf2", "leaf3"]}
    system = System()
    relations = []
    for total, parts in shape.items():
        kind = draw.choice(kinds)
        low, high = max(truth[p] for p in parts), sum(truth[p] for p in parts)
        truth[total] = high if kind == "sum" else draw.randint(low, high + (2 if kind == "subset" else 0))
        relations.append((kind, total, parts))
    for name, count in truth.items():
        width = draw.choice([0, 1, 2, 4, 12])
        start = draw.randint(max(0, count - width), count)
        system.add(name, Interval(start, start + width))
    for kind, total, parts in relations:
        system.relate(kind, total, parts)  # type: ignore[arg-type]
    return system


@pytest.mark.parametrize("seed", range(24))
def test_sums_agree_with_enumeration_exactly(seed: int) -> None:
    """Nested sums are totally unimodular, so the relaxation is exact: same failures, same intervals."""
    system = random_system(seed, ["sum"])
    draw = random.Random(seed)
    known = Knowledge("a", {}, {("total", "own"): draw.randint(0, int(system.cells["total"].low))})
    for knowledge in (Knowledge(), known):
        found = tables(system, 24, knowledge)
        assert found, "the truth itself fits"
        report = audit(system, knowledge)
        expected = {}
        for target in Auditor(system).targets(knowledge):
            low, high = enumerated(system, target, found, knowledge)
            if rule := verdict(low, high, POLICY):
                expected[target] = (low, high, rule)
        assert {f.target: (f.low, f.high, f.rule) for f in report.failures} == expected
        assert report.safe is not bool(expected)


@pytest.mark.parametrize("seed", range(24))
def test_every_failure_is_a_proof_for_unions_and_subsets(seed: int) -> None:
    """A relaxation may miss a disclosure, never invent one: whatever it reports, enumeration confirms."""
    system = random_system(seed, ["sum", "union", "subset"])
    found = tables(system, 24)
    assert found
    report = audit(system)
    assert not report.contradictory
    for failure in report.failures:
        low, high = enumerated(system, failure.target, found, Knowledge())
        assert failure.low <= low <= high <= failure.high
        assert verdict(low, high, POLICY) is not None


def test_relaxation_finds_nearly_all_that_enumeration_finds() -> None:
    """How much the relaxation misses, as a number that a change for the worse would break."""
    missed = total = 0
    for seed in range(25):
        system = random_system(seed, ["sum", "union", "subset"])
        found = tables(system, 24)
        reported = {failure.target for failure in audit(system).failures}
        for target in Auditor(system).targets(Knowledge()):
            if verdict(*enumerated(system, target, found, Knowledge()), POLICY):
                total += 1
                missed += target not in reported
    assert total > 40
    assert missed <= 0.02 * total


@given(st.integers(0, 12), st.integers(0, 12))
@settings(max_examples=200)
def test_verdict_follows_its_definition(low: int, width: int) -> None:
    high = low + width
    sizes = set(range(low, high + 1))
    rule = verdict(low, high, POLICY)
    if sizes <= {1, 2, 3, 4}:
        assert rule == "P1"
    elif sizes & {1, 2, 3, 4} and len(sizes) < 4:
        assert rule == "P2"
    else:
        assert rule is None


def test_zero_alone_is_no_group() -> None:
    assert verdict(0, 0, POLICY) is None
    assert verdict(0, 1, POLICY) == "P2"


def test_contradiction_between_cells_is_found() -> None:
    system = System()
    system.add("total", Interval(10, 12))
    for part in ("a", "b"):
        system.add(part, Interval(0, 4))
    system.relate("sum", "total", ["a", "b"])
    report = audit(system)
    assert report.contradictory
    assert not report.safe


def test_a_programme_that_does_not_end_is_tried_once_more_from_the_beginning() -> None:
    """Numerical trouble must neither hide a proof nor invent one."""
    system = System()
    for cell in ("total", "a", "b"):
        system.add(cell, Interval(0, 9))
    system.relate("sum", "total", "ab")
    model = AttackerModel(system)
    every, ones = np.arange(3, dtype=np.int32), np.ones(3)
    assert model.extreme(every, -ones).sum() == 18
    model._highs.setOptionValue("simplex_iteration_limit", 0)
    assert model.extreme(every, ones).sum() == 0, "from the lower bounds it takes no step"
    with pytest.raises(RuntimeError, match="linear programme"):
        model.extreme(every, -ones)


def test_contradiction_within_one_cell_is_found() -> None:
    system = System()
    system.add("cell", Interval(10, 14))
    system.add("cell", Interval(16, 20))
    assert audit(system).contradictory


def test_what_an_insider_knows_can_contradict() -> None:
    system = System()
    system.add("cell", Interval(0, 9))
    assert audit(system, Knowledge("a", {}, {("cell", "own"): 12})).contradictory


def test_own_counts_are_no_disclosure_but_what_follows_is() -> None:
    system = System()
    system.add("any", Interval(6, 14))
    assert audit(system, Knowledge("a", {"any": 3})).contradictory
    assert audit(system, Knowledge("a", {"any": 7})).safe
    report = audit(system, Knowledge("a", {}, {("any", "own"): 12}))
    assert [(f.low, f.high) for f in report.failures] == [(0, 2)]
    assert report.failures[0].target == Target("any", "own")


@pytest.mark.parametrize(
    ("kind", "whole", "differences"),
    [
        ("union", {}, "abc"),
        ("union", {"a": 1}, "abc"),
        ("union", {"a": 1, "b": 1}, "ab"),
        ("union", {"a": 1, "b": 1, "c": 1}, ""),
        ("sum", {"a": 1, "b": 1}, "abc"),
        ("subset", {"a": 1, "b": 1}, "abc"),
    ],
)
def test_a_difference_that_holds_ones_own_children_alone_is_no_target(
    kind: str, whole: dict[str, int], differences: str
) -> None:
    """What is left of a union without one part is of the other parts: whoever knows all of these knows it."""
    system = System()
    system.relate(kind, "total", "abc")  # type: ignore[arg-type]
    cells = [Target(cell) for cell in system.cells if cell not in whole]
    wanted = [*cells, *(Target("total", part) for part in differences)]
    assert Auditor(system).targets(Knowledge("one", whole)) == wanted


@pytest.mark.parametrize(("old", "new", "more"), [(9, 7, Target("old", "new")), (7, 9, Target("new", "old"))])
def test_a_change_is_protected_in_both_directions(old: int, new: int, more: Target) -> None:
    system = System()
    system.add("old", Interval(old, old))
    system.add("new", Interval(new, new))
    system.unprotected |= {"old", "new"}
    system.changes["new", "old"] = None
    assert [(f.target, f.low, f.high) for f in audit(system).failures] == [(more, 2, 2)]


def test_an_auditor_gives_the_same_verdict_in_any_order_of_attackers() -> None:
    """Tables found in one attack are reused in the next; that must never change a verdict."""
    for seed in range(20):
        system = random_system(seed, ["sum", "union"])
        low, high = map(int, system.cells["total"])
        counts = range(low, high + 2, max(1, (high - low) // 3))
        attackers = [Knowledge(), *(Knowledge(str(n), {}, {("total", "own"): n}) for n in counts)]
        alone = [audit(system, attacker) for attacker in attackers]
        together = Auditor(system)
        assert [together.audit(attacker) for attacker in attackers] == alone
        backwards = Auditor(system)
        assert [backwards.audit(attacker) for attacker in reversed(attackers)] == alone[::-1]
