"""One board's releases of a year with its quarters as each rule makes them, and what a reader takes from each cell."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from analysis.disclosure.algebra import Published
from analysis.disclosure.cells import ANY, CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import Protected, RoundingKeys
from analysis.disclosure.system import ANYTHING, Interval
from analysis.measures.registry import records_of
from benchmarks.release_boards import SyntheticBoard, completed, facts, keys, shape
from benchmarks.release_insiders import Attacked
from benchmarks.release_measures import ONLY_CONCERNS, stated, without_missing
from benchmarks.rules import controlled, kr5
from benchmarks.rules.gaussian import Gaussian
from models.contract.periods import parts
from models.releases import CellState

LADDER = LADDERS[max(LADDERS)]
YEAR = "2024FY"
WINDOWS = (*parts(YEAR), YEAR)
IN_USE = Gaussian(3)
NEAREST, AT_RANDOM = "nearest", "at random"
Rule = Gaussian | str
"""`KR5`, `nearest`, `at random`, or noise."""


@dataclass(frozen=True)
class Board:
    """A board of which two agencies alone record missing episodes, with what is counted for each window."""

    one: SyntheticBoard
    tallies: Mapping[str, Tally] = field(repr=False)

    @classmethod
    def of(cls, seed: int, children: int, *, small: bool = False) -> Board:
        """24 wards in six towns, eight agencies of which two report 80 %, 45 indicators; nothing comes late.

        `small`: four wards in two towns, five agencies and six indicators, for tests.
        """
        nesting = shape(2, 2, 5, 6) if small else shape()
        others = frozenset(sorted(nesting.sector_of)[2:])
        reported = without_missing(facts(seed, children, nesting, parts(YEAR)), others)
        silent = frozenset(nesting.sector_of[agency] for agency in others)
        synthetic = completed(seed, children, 0.8, nesting, reported, frozenset(), silent)
        return cls(synthetic, {window: synthetic.tally(window) for window in WINDOWS})

    @cached_property
    def silent(self) -> dict[CellKey, CellState]:
        """Cells that everyone knows to be not recorded."""
        sectors = sorted(self.one.without_missing)
        return {k: s for window in WINDOWS for k, s in stated(LADDER, window, self.one.shape, *sectors).items()}

    @cached_property
    def grid(self) -> list[CellKey]:
        """Every cell that is counted."""
        every = (key for window in WINDOWS for key in LADDER.grid(window, self.one.shape))
        return [key for key in every if key not in self.silent]

    @cached_property
    def counts(self) -> dict[CellKey, int]:
        """How many children each cell has."""
        return {key: len(self.children(key)) for key in self.grid}

    def children(self, key: CellKey) -> frozenset[str]:
        """The children of a cell."""
        return self.tallies[key.window].children(key)

    def sharp(self, key: CellKey) -> bool:
        """Whether everyone knows that two agencies alone can have recorded a cell's children."""
        missing = records_of(key.measure).isdisjoint(ONLY_CONCERNS)
        return missing if key.who == ANY else len(self.one.shape.agencies_of(key.who)) == 2


@dataclass(frozen=True)
class Made:
    """The figures of a rule on a board."""

    board: Board
    rule: Rule
    before: Mapping[CellKey, int] = field(repr=False)
    """Rounded counts, before what is small is shown as `<10`."""
    figures: Mapping[CellKey, int | None] = field(repr=False)
    """What is shown; None is `<10`. Cells that are withheld are not in it."""
    seconds: float = 0.0

    @cached_property
    def published(self) -> Published:
        """As a reader sees it."""
        cells = {key: Protected(state) for key, state in self.board.silent.items()}
        for key in self.board.grid:
            if key in self.figures:
                value = self.figures[key]
                cells[key] = Protected(CellState.LOW if value is None else CellState.FIGURE, value)
            else:
                cells[key] = Protected(CellState.WITHHELD)
        return Published("0", LADDER, cells)

    def says(self, key: CellKey, *, statements: bool = True) -> Interval:
        """What a cell says of its count; `statements`: to a reader who knows how the rule decides."""
        if key not in self.figures:
            return ANYTHING
        value = self.figures[key]
        if isinstance(self.rule, Gaussian):
            return Interval(*self.rule.bounds(value))
        low, high = (0, 9) if value is None else (value - 4, value + 4)
        # The floor of KR5: no two agencies know more than the figure and one, or than six of a low cell.
        return Interval(low, high - 3 if statements and self.rule == "KR5" and self.board.sharp(key) else high)

    def attacked(self, *, statements: bool = True, beside: Made | None = None, roles: bool = True) -> Attacked:
        """The figures as an attack sees them, with another profile's figures of the same cells `beside` them."""
        synthetic = self.board.one

        def says(key: CellKey) -> Interval:
            interval = self.says(key, statements=statements)
            return interval if beside is None else interval.meet(beside.says(key))

        return Attacked(
            [self.published], synthetic.shape, self.board.tallies, synthetic.roles if roles else (), says=says
        )

    def without(self, keys: Sequence[CellKey]) -> Made:
        """The same with some cells withheld."""
        return replace(self, figures={key: value for key, value in self.figures.items() if key not in set(keys)})


def make(board: Board, rule: Rule, secrets: RoundingKeys | None = None, windows: Sequence[str] = WINDOWS) -> Made:
    """The figures of a rule; `seconds` are of CPU and for what comes after counting."""
    secrets = secrets or keys(1)
    start = time.process_time()
    if isinstance(rule, Gaussian):
        noisy = {
            key: rule.noisy(board.children(key), key.label, secrets) for key in board.grid if key.window in windows
        }
        before = {key: rule.rounded(count) for key, count in noisy.items()}
        figures = {key: rule.shown(count) for key, count in noisy.items()}
    else:
        before = _WAYS[rule](board, secrets, windows)
        figures = {key: value if value >= kr5.LOWEST else None for key, value in before.items()}
    return Made(board, rule, before, figures, time.process_time() - start)


def _by_kr5(board: Board, secrets: RoundingKeys, windows: Sequence[str]) -> dict[CellKey, int]:
    values = {}
    for key in board.grid:
        if key.window in windows:
            by_agency = board.tallies[key.window].by_agency(key)
            insiders = by_agency if key.who == ANY or len(by_agency) > 1 else {}
            values[key] = kr5.protect(board.children(key), insiders, secrets)
    return values


def _controlled(board: Board, windows: Sequence[str], seed: int | None) -> dict[CellKey, int]:
    rounded: dict[CellKey, int] = {}
    for window in windows:
        cells = {key: Protected(CellState.WITHHELD) for key in LADDER.grid(window, board.one.shape)}
        attacked = Attacked([Published("0", LADDER, cells)], board.one.shape, board.tallies)
        where = {cell: key for cell, (_, key) in attacked.board.where.items() if key.window == window}
        relations = [r for r in attacked.board.system.relations if {r.total, *r.parts} <= where.keys()]
        counts = {cell: attacked.size(key) for cell, key in where.items()}
        values = controlled.rounded(counts, relations, seed)
        rounded.update({where[cell]: value for cell, value in values.items()})
    return {key: rounded[key] for key in board.grid if key in rounded}


_WAYS: Mapping[str, Callable[[Board, RoundingKeys, Sequence[str]], dict[CellKey, int]]] = {
    "KR5": _by_kr5,
    NEAREST: lambda board, secrets, windows: _controlled(board, windows, None),
    AT_RANDOM: lambda board, secrets, windows: _controlled(board, windows, int.from_bytes(secrets.rounding[:4], "big")),
}
