"""How many figures one record changes, and one child. The odds under a rule with noise depend on that."""

from __future__ import annotations

import random
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import Fact, tally
from analysis.disclosure.ladder import Ladder
from analysis.measures.registry import records_of
from benchmarks.release_boards import SyntheticBoard
from benchmarks.release_measures import ONLY_CONCERNS


@dataclass(frozen=True, slots=True)
class Moved:
    """The sum over cells of the squared change that a fact makes, in children: median and greatest of a sample."""

    typical: float
    worst: int

    @classmethod
    def of(cls, sample: Sequence[int]) -> Moved:
        """From a sample of such sums."""
        return cls(statistics.median(sample), max(sample))


def moved(synthetic: SyntheticBoard, ladder: Ladder, windows: Sequence[str], sample: int) -> tuple[Moved, Moved]:
    """Changes by one agency's report of a concern or an episode in a quarter, and by all that is known of a child."""
    grid = frozenset(key for window in windows for key in ladder.grid(window, synthetic.shape))
    by_child: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in synthetic.facts:
        if fact not in synthetic.by_role:
            by_child[_person(fact)].append(fact)
    draw = random.Random(0)
    records, children = [], []
    for child in draw.sample(sorted(by_child), min(sample, len(by_child))):
        facts = by_child[child]
        every = _cells(facts, synthetic, ladder, grid)
        children.append(_squares(every, {}))
        report = draw.choice(sorted({_report(fact) for fact in facts}))
        rest = [fact for fact in facts if _report(fact) != report]
        records.append(_squares(every, _cells(rest, synthetic, ladder, grid)))
    return Moved.of(records), Moved.of(children)


def _person(fact: Fact) -> str:
    return fact.child.partition("/")[0]


def _report(fact: Fact) -> tuple[str, str, bool]:
    return fact.agency, fact.window, bool(records_of(fact.measure) & ONLY_CONCERNS)


def _cells(
    facts: Iterable[Fact], synthetic: SyntheticBoard, ladder: Ladder, grid: frozenset[CellKey]
) -> dict[CellKey, int]:
    counted = tally(facts, synthetic.shape, ladder.most_indicators)
    keys = (CellKey(*context) for context in counted.sets)
    return {key: len(counted.children(key)) for key in keys if key in grid}


def _squares(with_fact: dict[CellKey, int], without_fact: dict[CellKey, int]) -> int:
    return sum((with_fact.get(key, 0) - without_fact.get(key, 0)) ** 2 for key in {*with_fact, *without_fact})
