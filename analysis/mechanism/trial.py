"""Counts and builds the releases of one pair of worlds, under many keys."""

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
from analysis.disclosure.tied import DEVIATIONS, record_counts, span_of, tied
from analysis.measures.children import BoardView
from analysis.measures.history import Rules
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
from analysis.release import LADDER, board_at, build_releases, counted_at, day_of, linked_share
from models.register.types import Schedule
from models.releases import CellState

PADS = range(21)
"""Numbers of known children in every cell: below and around the lowest figure, and with every remainder of five."""


class Drawn(NamedTuple):
    """The result of many keys. Unless stated otherwise, draws are those of the world with the fact."""

    keys: int
    median: float
    above: int
    """Draws in which the odds changed by more than the stated factor."""
    limit: float
    """The 95 % upper limit of the share of such draws."""
    quantile: float
    """The factor that 1 of 100 of these draws exceeded."""
    right: int
    """How often the best guess was right, out of two guesses for each key, one in each world."""
    impossible: int
    """Draws, in both worlds, that showed what the other world can never show."""


@dataclass(frozen=True)
class Setting:
    """One invented board: its register and the grid of its releases."""

    pads: int = 0
    """The number of children in every cell whom the attacker knows."""
    known: Rows = field(default_factory=list, repr=False)
    """Further rows that both worlds have."""
    schedule: Schedule = "quarters_and_years"
    """The schedule of its releases."""

    @property
    def windows(self) -> tuple[str, ...]:
        """All windows whose releases count the records."""
        return WINDOWS[self.schedule]

    @property
    def ladder(self) -> Ladder:
        """The ladder of its releases."""
        return LADDER.of(self.schedule)

    @cached_property
    def rows(self) -> Rows:
        """The rows that both worlds have."""
        padding = [
            sent
            for n in range(self.pads)
            for sent in life([token(f"known{n}")], tuple(AGENCIES), quarters=(0, 1, 2, 3))
        ]
        return [*self.known, *rows(padding), *returns()]

    def board_view(self, sent: Iterable[SentRecord]) -> BoardView:
        """The board as its releases see it."""
        invented = register(self.schedule)
        return board_at(invented, board_of(invented), [*self.rows, *rows(sent)], CUT_OFF)

    def tally(self, sent: Iterable[SentRecord]) -> Tally:
        """The children of every cell, as releases count them."""
        invented, board_view = register(self.schedule), self.board_view(sent)
        rules = Rules.of(invented, board_of(invented), day_of(CUT_OFF))
        return counted_at(invented, board_of(invented), board_view, rules, windows=self.windows)[1]

    def grid(self, tally: Tally) -> list[CellKey]:
        """Every cell of the releases that can have a figure."""
        return [key for window in self.windows for key in self.ladder.grid(window, tally.shape)]

    def beside(self, sent: Iterable[SentRecord], keys: int) -> tuple[list[dict[str, object]], Counter[str]]:
        """What releases say besides the cells: the parts that depend on no key, and for each drawn part how often it
        came up under `keys` keys."""
        invented = register(self.schedule)
        board, every = board_of(invented), [*self.rows, *rows(sent)]
        besides, board_view = beside(every, AGENCIES, CUT_OFF), board_at(invented, board, every, CUT_OFF)
        built = build_releases(invented, board, self.windows, board_view, keys_of(0), CUT_OFF, besides=besides)
        times: Counter[str] = Counter()
        for number in range(keys):
            times.update({str(linkable) for linkable in besides.links(keys_of(number))})
            times[linked_share(board_view, keys_of(number))] += 1
            for window in self.windows:
                tied_board = tied(board_view, window, keys_of(number), by_sector=board.has_sectors)
                times.update({f"{window} {records}" for records in tied_board.released()})
        drawn = {"cells", "links", "linked_share", "tied"}
        return [release.model_dump(mode="json", exclude=drawn) for release in built.releases], times


def keys_of(number: int) -> RoundingKeys:
    """The keys number `number`; each number gives different keys."""
    record, rounding = (hashlib.sha256(f"{name} {number}".encode()).digest() for name in ("record", "rounding"))
    return RoundingKeys.derive(record, rounding, 1)


def differing(pair: WorldPair, setting: Setting | None = None) -> dict[CellKey, Change]:
    """The cells whose number of children differs between the worlds of a pair."""
    setting = setting or Setting()
    less, more = setting.tally(pair.less), setting.tally(pair.more)
    return changes(more, less, setting.grid(more))


def tied_cost(pair: WorldPair, setting: Setting | None = None) -> float:
    """What the shares of tied records cost between the worlds of a pair, in cells that differ by one child.

    This is rho times twice the squared deviation of the figures. Windows of the same months have the same draws.
    """
    setting = setting or Setting()
    less, more = setting.board_view(pair.less), setting.board_view(pair.more)
    cost, by_sector = 0.0, board_of(register(setting.schedule)).has_sectors
    for span in sorted({span_of(window) for window in setting.windows}):
        before, after = (record_counts(board_view, span, by_sector=by_sector) for board_view in (less, more))
        for sector_kind in before:
            counts = zip(before[sector_kind], after[sector_kind], DEVIATIONS, strict=True)
            cost += sum(((a - b) / deviation) ** 2 for a, b, deviation in counts)
    return cost * STANDARD.deviation**2


def worst(differences: Sequence[Change], pads: Iterable[int] = PADS) -> Odds:
    """The worst odds over the given numbers of known children in the cells."""
    by_pad = [exact(Change(c.before + n, c.after + n) for c in differences) for n in pads]
    return max(by_pad, key=lambda odds: odds.exceeded)


def drawn(pair: WorldPair, setting: Setting, keys: int, stated: float) -> Drawn:
    """Build both worlds under many keys, and measure how far the odds move. `stated` is the factor to compare with."""
    less, more = setting.tally(pair.less), setting.tally(pair.more)
    cells = changes(more, less, setting.grid(more))
    there: list[float] = []
    back: list[float] = []
    for number in range(keys):
        for tally, ratios, turned in ((more, there, False), (less, back, True)):
            shown = build(tally, setting.ladder, setting.windows, keys_of(number), STANDARD)
            published = [(Change(*c[::-1]) if turned else c, _value(shown[key])) for key, c in cells.items()]
            ratios.append(log_ratio(published))
    ordered = sorted(there)
    above = sum(ratio > math.log(stated) for ratio in ordered)
    right = sum((ratio > 0) + 0.5 * (ratio == 0) for ratio in (*there, *back))
    return Drawn(
        keys, math.exp(ordered[keys // 2]), above, _limit(above, keys), math.exp(ordered[math.ceil(0.99 * keys) - 1]),
        int(right), sum(math.isinf(ratio) for ratio in (*there, *back)),
    )  # fmt: skip


def told_apart(pair: WorldPair, setting: Setting, keys: int = 60) -> bool:
    """Whether the releases differ between the worlds in what they say besides the cells.

    True if a part that depends on no key differs, or if a drawn part comes up in one world in at least one of five
    draws and in the other world never.
    """
    (fixed_less, times_less), (fixed_more, times_more) = (
        setting.beside(world, keys) for world in (pair.less, pair.more)
    )
    often = keys // 5
    return fixed_less != fixed_more or any(
        (times_less[part] >= often and not times_more[part]) or (times_more[part] >= often and not times_less[part])
        for part in times_less | times_more
    )


def _value(shown: Protected) -> int | None:
    if shown.state not in (CellState.FIGURE, CellState.LOW):
        raise RuntimeError("a cell whose count differs has a state without a count")
    return shown.value


def _limit(hits: int, trials: int) -> float:
    """The upper end of the one-sided 95 % interval of a share (Clopper, Pearson)."""
    return 1.0 if hits == trials else float(beta.ppf(0.95, hits + 1, trials - hits))


def least(hits: int, trials: int) -> float:
    """The lower end of the one-sided 95 % interval of a share: the success that a guesser has shown for certain."""
    return 0.0 if hits == 0 else float(beta.ppf(0.05, hits, trials - hits + 1))
