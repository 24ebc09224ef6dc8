"""The search of an audit: whatever size it has seen of a group, some table that fits has it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.disclosure.algebra import system_of
from analysis.disclosure.audit import Auditor
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.lp import AttackerModel
from analysis.disclosure.search import STANDARD, Policy, Search, verdict
from analysis.disclosure.system import Knowledge
from analysis.disclosure.targets import Sought, Target
from tests.analysis.disclosure.ledgers import SHAPE, counted, ledger
from tests.analysis.disclosure.test_algebra import published
from tests.analysis.disclosure.test_audit import random_system

pytestmark = pytest.mark.slow

STEPS: list[tuple[str, ...]] = [(), ("explore",), ("sweep",), ("rule_out",), ("explore", "sweep", "rule_out")]
NEVER_CONTENT = Policy(min_width=1_000_000)
"""No range is wide enough, so that a search leaves no group out."""


def sizes(model: AttackerModel, target: Target) -> tuple[float, float]:
    """The least and the greatest size of a group, each by a programme of its own."""
    signs = {model.index[target.cell]: 1.0} | ({model.index[target.minus]: -1.0} if target.minus in model.index else {})
    columns, costs = np.array(list(signs), dtype=np.int32), np.array(list(signs.values()))
    least, most = (costs @ model.extreme(columns, way * costs)[columns] for way in (1.0, -1.0))
    return float(least), float(most)


@pytest.mark.parametrize("ladder", [3, 4])
def test_a_size_that_was_seen_is_that_of_a_table_that_fits(ladder: int) -> None:
    """Also where it comes from the average of several tables, and from children who might exist."""
    of = counted(ledger(1, children=60), ladder)
    board = system_of([published(of, ladder, ("2024FY", "2024Q2"))], SHAPE)
    model = AttackerModel(board.system)
    relations = board.system.relations
    every = [*map(Target, board.system.cells), *(Target(r.total, part) for r in relations for part in r.parts)]
    some = every[:: len(every) // 80]
    search = Search(model, Sought.of(some, model.index, 0), NEVER_CONTENT)
    search.explore(board.worlds(LADDERS[ladder]))
    assert (search.tables[0] != search.tables[1]).any(), "else an average would be nothing new"
    for target, low, high in zip(some, search.seen_low, search.seen_high, strict=True):
        least, most = sizes(model, target)
        assert least - 1e-6 <= low <= high <= most + 1e-6, target


def counts(model: AttackerModel) -> dict[str, int]:
    """All children but one of those that each cell is known to have."""
    return {cell: int(model.low[column]) - 1 for cell, column in model.index.items()}


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("insider", [False, True])
def test_each_step_saves_programmes_and_changes_no_verdict(seed: int, insider: bool) -> None:
    """Held to two programmes for each group, with changes and with what an insider knows."""
    system = random_system(seed, ["sum", "union", "subset"])
    system.changes |= {("leaf0", "leaf1"): None, ("leaf2", "part"): None, ("leaf3", "leaf0"): None}
    model = AttackerModel(system)
    known = Knowledge("one", {}, {(cell, "own"): one for cell, one in counts(model).items() if insider and one > 0})
    sought, named = Auditor(system)._sought(known)
    model.know(known)
    expected = []
    for number, target in enumerate(named):
        least, most = (size - float(sought.less[number]) for size in sizes(model, target))
        low, high = math.ceil(least - 1e-6), math.floor(most + 1e-6)
        if rule := verdict(low, high, STANDARD):
            expected.append((number, low, high, rule))
    for steps in STEPS:
        search = Search(model, sought, STANDARD)
        for step in steps:
            search.explore(None) if step == "explore" else getattr(search, step)()
        assert search.settle() == expected, steps
