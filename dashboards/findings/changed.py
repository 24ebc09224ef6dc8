"""Which figures of a board changed by more than error and chance explain. Pure.

All pairs of figures are searched at once, so the bar is higher than for one pair: on a board where nothing changed, 9
searches in 10 find nothing (`told_change`, `told_share_change`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.disclosure.accuracy import told_change, told_share_change
from analysis.measures.columns import Better
from analysis.shown.quotients import share, span
from analysis.training.released import ReleasedFigure
from dashboards.findings.finding import Finding, FindingKind
from dashboards.states import SEARCHED
from dashboards.words import capital
from models.releases import CellState
from models.releases.written import WRITTEN


@dataclass(frozen=True)
class Pair:
    """One thing that is counted, in a period and in the period before."""

    words: str
    """What is counted, without a full stop, such as `children with a new concern who live in Northgate`."""
    path: str
    link: str
    now: tuple[ReleasedFigure, ...]
    """One figure; or a part and its whole, for a share."""
    before: tuple[ReleasedFigure, ...]
    better: Better = ""
    """Which way is better, where that is known."""

    @property
    def usable(self) -> bool:
        """Whether the periods can be compared: figures all, or for a number of children one figure and one that is
        fewer than ten."""
        cells = (*self.now, *self.before)
        figures = [cell for cell in cells if cell.value is not None]
        few = [cell for cell in cells if cell.state is CellState.LOW]
        return len(figures) == len(cells) or (len(cells) == 2 and len(figures) == 1 and len(few) == 1)


def changes(pairs: Sequence[Pair], when: str) -> tuple[Finding, ...]:
    """The changes beyond error and chance, the clearest first. `when` is the two periods in words."""
    usable = [pair for pair in pairs if pair.usable]
    found = []
    for pair in usable:
        by, least = difference(pair, len(usable))
        if abs(by) >= least:
            found.append((abs(by) / least, _finding(pair, by > 0, when)))
    return tuple(finding for _, finding in sorted(found, key=lambda one: -one[0]))


def difference(pair: Pair, looked_at: int) -> tuple[float, float]:
    """The difference, and the least that is told where so many pairs are looked at."""
    rules, looked_at = (pair.now[0].rule, pair.before[0].rule), max(SEARCHED, looked_at)
    now, before = (tuple(_number(cell) for cell in cells) for cells in (pair.now, pair.before))
    if len(now) == 1:
        return now[0] - before[0], told_change(now[0], before[0], rules, looked_at)
    shares = (min(1.0, now[0] / now[1]), min(1.0, before[0] / before[1]))
    return shares[0] - shares[1], told_share_change((now[0], now[1]), (before[0], before[1]), rules, looked_at)


def _finding(pair: Pair, up: bool, when: str) -> Finding:
    figures = (text_of(pair.before), text_of(pair.now))
    judged = {"": "", "higher": "better" if up else "worse", "lower": "worse" if up else "better"}[pair.better]
    sentence = f"{capital(pair.words)}: {'up' if up else 'down'} from {figures[0]} to {figures[1]}{_likely(pair.now)}"
    sentence += f", which is {judged}." if judged else "."
    return Finding(FindingKind.CHANGED, sentence, pair.path, pair.link, when)


def _likely(cells: tuple[ReleasedFigure, ...]) -> str:
    """The range that is likely 9 times in 10, in brackets; nothing for fewer than ten."""
    if len(cells) == 1:
        known = span(cells[0]) if cells[0].value is not None else None
        return f" (likely {known[0]:,} to {known[1]:,})" if known else ""
    part = share(*cells)
    if part.low is None or part.high is None:
        return ""
    return f" (likely {100 * part.low:.0f} to {100 * part.high:.0f}%)"


def _number(cell: ReleasedFigure) -> float:
    """A figure; of fewer than ten the most that it is likely to be, so that no difference is told that may be none."""
    return float(cell.rule.likely(None)[1] if cell.value is None else cell.value)


def text_of(cells: tuple[ReleasedFigure, ...]) -> str:
    """A figure, a share, or the word that stands for them."""
    if len(cells) == 1:
        return WRITTEN[cells[0].state].word if cells[0].value is None else f"{cells[0].value:,}"
    part, whole = (cell.value or 0 for cell in cells)
    return f"{100 * min(1.0, part / whole):.0f}%"
