"""One pair of worlds through the counting of releases and their build, under many keys."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from scipy.stats import beta

from analysis.beside import beside
from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.ladder import Ladder
from analysis.disclosure.noise import STANDARD, Protected, RoundingKeys
from analysis.disclosure.odds import Change, Odds, changes, exact, log_ratio
from analysis.mechanism.board import (
    AGENCIES,
    CUT_OFF,
    WINDOWS,
    Rows,
    SentRecord,
    board_of,
    life,
    register,
    returns,
    rows,
    token,
)
from analysis.mechanism.worlds import WorldPair
from analysis.release import LADDER, board_at, build_releases, counted_at, linked_share
from models.register.types import Schedule
from models.releases import CellState

PADS = range(21)
"""Children that the attacker knows, in every cell: below the threshold, about it, and at every remainder of five."""


class Drawn(NamedTuple):
    """What many keys gave, in the world with the fact."""

    keys: int
    median: float
    above: int
    """Draws in which the odds changed by more than is stated."""
    limit: float
    """95 % upper limit of the share of such draws."""
    quantile: float
    """Factor that 1 of 100 of these draws exceeded."""
    right: int
    """Of twice as many guesses, one in each world: how many the best guesser had right."""
    impossible: int
    """Draws that showed what the other world can never show."""


@dataclass(frozen=True)
class Setting:
    """One invented board: its register and the grid of its releases."""

    pads: int = 0
    """Children of the attacker's own in every cell, as rows."""
    known: Rows = field(default_factory=list, repr=False)
    schedule: Schedule = "quarters_and_years"
    """What its releases are for."""
    every: Ladder = LADDER
    """The ladder of all schedules: the one in use, or a draft."""

    @property
    def windows(self) -> tuple[str, ...]:
        """Everything that is released of the records."""
        return WINDOWS[self.schedule]

    @property
    def ladder(self) -> Ladder:
        """What they are built on."""
        return self.every.of(self.schedule)

    @cached_property
    def rows(self) -> Rows:
        """Records that both worlds have."""
        padding = [
            sent
            for n in range(self.pads)
            for sent in life([token(f"known{n}")], tuple(AGENCIES), quarters=(0, 1, 2, 3))
        ]
        return [*self.known, *rows(padding), *returns()]

    def tally(self, sent: Iterable[SentRecord]) -> Tally:
        """The children of every cell, as releases count them."""
        of = register(self.schedule)
        seen = board_at(of, board_of(of), [*self.rows, *rows(sent)], CUT_OFF)
        return counted_at(of, board_of(of), seen, windows=self.windows, ladder=self.every)[1]

    def grid(self, tally: Tally) -> list[CellKey]:
        """Every cell of the releases that can have a figure."""
        return [key for window in self.windows for key in self.ladder.grid(window, tally.shape)]

    def beside(self, sent: Iterable[SentRecord], keys: int) -> tuple[list[dict[str, object]], Counter[str]]:
        """What stands beside the cells: what no key has a part in, by the whole build; and how often each thing that
        is drawn was said under so many keys."""
        of = register(self.schedule)
        board, every = board_of(of), [*self.rows, *rows(sent)]
        besides, seen = beside(every, AGENCIES, CUT_OFF), board_at(of, board, every, CUT_OFF)
        built = build_releases(of, board, self.windows, seen, keys_of(0), CUT_OFF, besides=besides)
        said: Counter[str] = Counter()
        for number in range(keys):
            said.update({str(one) for one in besides.links(keys_of(number))})
            said[linked_share(seen, keys_of(number))] += 1
        drawn = {"cells", "links", "linked_share"}
        return [release.model_dump(mode="json", exclude=drawn) for release in built.releases], said


def keys_of(number: int) -> RoundingKeys:
    """Fresh keys."""
    record, rounding = (hashlib.sha256(f"{name} {number}".encode()).digest() for name in ("record", "rounding"))
    return RoundingKeys.derive(record, rounding, 1)


def differing(pair: WorldPair, setting: Setting | None = None) -> dict[CellKey, Change]:
    """The cells that differ between the worlds of a pair."""
    setting = setting or Setting()
    less, more = setting.tally(pair.less), setting.tally(pair.more)
    return changes(more, less, setting.grid(more))


def worst(found: Sequence[Change], pads: Iterable[int] = PADS) -> Odds:
    """The odds with as many known children beside the unknown as make most of them."""
    counted = [exact(Change(c.before + n, c.after + n) for c in found) for n in pads]
    return max(counted, key=lambda odds: odds.exceeded)


def drawn(pair: WorldPair, setting: Setting, keys: int, stated: float) -> Drawn:
    """What is published of both worlds under many keys, and what it does to the odds; `stated` is a factor."""
    less, more = setting.tally(pair.less), setting.tally(pair.more)
    cells = changes(more, less, setting.grid(more))
    there: list[float] = []
    back: list[float] = []
    for number in range(keys):
        for tally, ratios, turned in ((more, there, False), (less, back, True)):
            shown = build(tally, setting.ladder, setting.windows, keys_of(number), STANDARD)
            told = [(Change(*c[::-1]) if turned else c, _value(shown[key])) for key, c in cells.items()]
            ratios.append(log_ratio(told))
    found = sorted(there)
    above = sum(one > math.log(stated) for one in found)
    right = sum((one > 0) + 0.5 * (one == 0) for one in (*there, *back))
    return Drawn(
        keys, math.exp(found[keys // 2]), above, _limit(above, keys), math.exp(found[math.ceil(0.99 * keys) - 1]),
        int(right), sum(math.isinf(one) for one in (*there, *back)),
    )  # fmt: skip


def told_apart(pair: WorldPair, setting: Setting, keys: int = 60) -> bool:
    """Whether what stands beside the cells is said in one world only: always, or in one of five draws."""
    (fixed, one), (other, two) = (setting.beside(world, keys) for world in (pair.less, pair.more))
    often = keys // 5
    return fixed != other or any(
        (one[x] >= often and not two[x]) or (two[x] >= often and not one[x]) for x in one | two
    )


def _value(shown: Protected) -> int | None:
    if shown.state not in (CellState.FIGURE, CellState.LOW):
        raise RuntimeError("a cell that differs has a state that says nothing of it")
    return shown.value


def _limit(found: int, of: int) -> float:
    """Upper end of a 95 % one-sided interval for a share (Clopper, Pearson)."""
    return 1.0 if found == of else float(beta.ppf(0.95, found + 1, of - found))


def least(found: int, of: int) -> float:
    """Lower end of the same: a success that a guesser has shown."""
    return 0.0 if found == 0 else float(beta.ppf(0.05, found, of - found + 1))
