"""Turns the released figures of places into what a table and a map show of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from analysis.disclosure.accuracy import told_change
from analysis.shown.quotients import PER
from dashboards import breaks, states
from dashboards.where.figures import Level, PlaceFigures, Shown
from models.contract.periods import before
from models.register import Board
from models.releases import CellState

BREAKS: Mapping[Level, tuple[int, ...]] = {"ward": (20, 30, 50), "town": (25, 50, 100)}
"""Where one class of figures ends and the next begins. They are the same for every measure, board and period, so that
a colour means the same on every map, and no figure decides the colour of another."""
LOWEST = 10
"""The lowest figure that is ever shown."""
MOVED = ("up ", "down ")
"""How the words of a change begin."""
RATED = "m1_children"
"""The measure that a town has a rate of. A rate from as few children as a ward has would look exact and not be."""


@dataclass(frozen=True)
class PlaceRow:
    """One place as the table shows it."""

    code: str
    name: str
    town: str
    """Of a ward; empty for a town."""
    population: int
    """Children aged 10 to 17, from the register: public."""
    cell: states.ReleasedCell | None
    shown: states.Shown
    likely: str
    """The range that holds 9 in 10 figures like this; empty without a figure."""
    before: states.Shown | None
    """The entry of the window before, if that is shown and can be compared."""
    change: str
    """Since then, in words; empty if there is nothing to compare."""
    rate: states.Shown | None
    """For 10,000 children aged 10 to 17; None where none is given."""
    rate_likely: str
    """The range of the rate, from that of the figure; empty without one."""
    signal: str
    """How an open signal names it, such as `names it`; empty if none does."""
    past: states.ReleasedCell | None = None
    """The cell of `before`."""

    @property
    def few(self) -> bool:
        """Whether it is "fewer than 10"."""
        return self.cell is not None and self.cell.state is CellState.LOW

    @property
    def in_range(self) -> str:
        """` (likely 48 to 62)`, to stand after a figure; empty without one."""
        return f" (likely {self.likely})" if self.likely else ""

    @property
    def moved(self) -> bool:
        """Whether its change is more than error and chance explain."""
        return self.change.startswith(MOVED)


def class_of(level: Level, value: int) -> int:
    """The class of a figure, from 0."""
    return sum(value >= edge for edge in BREAKS[level])


def class_words(level: Level) -> tuple[str, ...]:
    """`10 to 19`, ..., `50 or more`: the classes, the lowest first."""
    edges = (LOWEST, *BREAKS[level])
    between = tuple(f"{low} to {high - 1}" for low, high in pairwise(edges))
    return (*between, f"{edges[-1]} or more")


def likely(cell: states.ReleasedCell | None) -> tuple[int, int] | None:
    """The range that holds the number of children for 9 in 10 figures like this; None without a figure."""
    return cell.rule.likely(cell.value) if cell is not None and cell.value is not None else None


def range_words(cell: states.ReleasedCell | None) -> str:
    """The same as `48 to 62`; empty without a figure."""
    ends = likely(cell)
    return f"{ends[0]:,} to {ends[1]:,}" if ends else ""


def _rate_range(cell: states.ReleasedCell | None, people: int) -> str:
    ends = likely(cell)
    return " to ".join(f"{end * PER / people:.0f}" for end in ends) if ends and people else ""


def texts_of(rows: Iterable[PlaceRow]) -> frozenset[str]:
    """Every entry of rows, those of the window before included."""
    shown = [entry for row in rows for entry in (row.shown, row.before, row.rate) if entry is not None]
    return frozenset(entry.text for entry in shown)


def population_of(board: Board) -> dict[str, int]:
    """Children aged 10 to 17 of each ward and town."""
    people = {ward.code: ward.population_10_17 for ward in board.wards}
    return people | {t.code: sum(w.population_10_17 for w in board.wards if w.town == t.code) for t in board.towns}


def names_of(board: Board) -> dict[str, str]:
    """The name of each ward and town."""
    return {ward.code: ward.name for ward in board.wards} | {town.code: town.name for town in board.towns}


def places_of(board: Board, level: Level) -> tuple[tuple[str, str], ...]:
    """Code and town of each place: by town, then by name; never by a figure."""
    names = names_of(board)
    if level == "town":
        return tuple((town.code, "") for town in sorted(board.towns, key=lambda town: town.name.casefold()))
    wards = sorted(board.wards, key=lambda ward: (names[ward.town].casefold(), ward.name.casefold()))
    return tuple((ward.code, names[ward.town]) for ward in wards)


def compared(figures: PlaceFigures, board: Board, window: str) -> bool:
    """Whether figures by place of a window may be compared with those of the window before, which is shown."""
    now, earlier = figures.releases.get(window), figures.earlier(window)
    return now is not None and earlier is not None and not breaks.places_apart(board, window, now, earlier)


def usable(now: states.ReleasedCell | None, past: states.ReleasedCell | None) -> bool:
    """Whether two entries can be compared: two figures, or a figure and "fewer than 10"."""
    cells = [cell for cell in (now, past) if cell is not None]
    few = sum(cell.state is CellState.LOW for cell in cells)
    return len(cells) == 2 and few < 2 and few + sum(cell.value is not None for cell in cells) == 2


def change_words(now: states.ReleasedCell | None, past: states.ReleasedCell | None, looked_at: int) -> str:
    """The change in words, where so many places are searched for one at once; empty if they cannot be compared.

    For "fewer than 10" stands the most that it is likely to be, so that no difference is told that may be none.
    """
    if now is None or past is None or not usable(now, past):
        return ""
    if now.value is not None and past.value is not None:
        return states.change(now, past, looked_at)
    counts = [float(cell.rule.likely(None)[1] if cell.value is None else cell.value) for cell in (now, past)]
    if abs(counts[0] - counts[1]) < told_change(counts[0], counts[1], (now.rule, past.rule), looked_at):
        return states.NO_CHANGE
    few = states.word(CellState.LOW)
    return f"down to {few}" if now.value is None else f"up from {few}"


def place_rows(
    figures: PlaceFigures, board: Board, shown: Shown, measure: str, signals: Mapping[str, str]
) -> tuple[PlaceRow, ...]:
    """The rows of one measure in one window. `board` is as of the register that the release was built with; `signals`
    says of codes how open signals name them."""
    names, people = names_of(board), population_of(board)
    may_compare = compared(figures, board, shown.window)

    places = places_of(board, shown.level)
    now = {code: figures.cells.get((shown.window, measure, code)) for code, _ in places}
    then = {code: figures.cells.get((before(shown.window), measure, code)) for code, _ in places if may_compare}
    # One bar for all pages: what is told here is told on the overview.
    looked_at = max(states.SEARCHED, sum(usable(now[code], then.get(code)) for code, _ in places))

    def row(code: str, town: str) -> PlaceRow:
        cell, past = now[code], then.get(code)
        rated = shown.level == "town" and measure == RATED
        return PlaceRow(
            code=code,
            name=names[code],
            town=town,
            population=people[code],
            cell=cell,
            shown=states.show(cell),
            likely=range_words(cell),
            before=states.show(past) if may_compare else None,
            change=change_words(cell, past, looked_at),
            rate=states.show_rate(cell, None, people[code]) if rated else None,
            rate_likely=_rate_range(cell, people[code]) if rated else "",
            signal=signals.get(code, ""),
            past=past,
        )

    return tuple(row(code, town) for code, town in places)
