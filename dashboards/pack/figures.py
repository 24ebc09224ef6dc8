"""Finds released figures by what they count, with likely ranges, shares, and the change on the period before.

Everything is from the releases that are shown. A change is told by the one rule of the pages (`dashboards.states`).
"""

from __future__ import annotations

from functools import cached_property

from analysis.disclosure.release_file import rule_of
from analysis.measures.columns import Column
from analysis.shown import quotients
from analysis.training.released import ReleasedFigure
from dashboards import breaks, states
from dashboards.begun import partly
from dashboards.measures.entries import quotient
from dashboards.measures.known import Known
from dashboards.pack.blocks import Figure, Share
from models.contract.periods import before
from models.releases import Cell, CellState

ANY = "any"
NOT_COMPARED = "not compared"
NOTHING = "no figure"
"""In place of a change: one of the two periods has no number."""
_SHARE = Column("share", "")


class Figures:
    """The released figures of one board. Where no window is named, the one that the papers are about is meant."""

    def __init__(self, known: Known, window: str) -> None:
        self._known, self._window = known, window
        self._shown = known.documents.shown

    @cached_property
    def _cells(self) -> dict[str, dict[tuple[str, str, str], Cell]]:
        """Window -> (measure, area, sector) -> its cell, of those that are by no agency and no sign."""
        return {}

    def _of(self, window: str) -> dict[tuple[str, str, str], Cell]:
        if window not in self._cells:
            release = self._shown.get(window)
            cells = release.cells if release is not None else ()
            self._cells[window] = {
                (cell.measure, cell.area, cell.sector): cell
                for cell in cells
                if cell.agency == ANY and cell.indicator == ANY
            }
        return self._cells[window]

    def of(self, count: str, *, window: str = "", area: str = "", sector: str = ANY) -> Figure:
        """The figure of a count; by default of the whole board, in the window of the papers."""
        window = window or self._window
        cell = self._of(window).get((count, area or self._known.board.code, sector))
        if cell is None:
            absent = states.NOT_IN_RELEASE if window in self._shown else states.NOT_RELEASED
            return Figure(absent.text, window)
        rule = rule_of(self._shown[window].parameters)
        likely = quotients.span(ReleasedFigure(count, sector, CellState(cell.state), cell.value, rule))
        low, high = likely or (None, None)
        text = states.show(states.ReleasedCell(CellState(cell.state), cell.value, rule)).text
        return Figure(text, window, cell, low, high)

    def share(self, part: str, whole: str, *, window: str = "", sector: str = ANY) -> Share:
        """The share of two counts of the whole board."""
        window = window or self._window
        figures = self.of(part, window=window, sector=sector), self.of(whole, window=window, sector=sector)
        board = self._known.boards.get(window)
        if board is None or None in (figures[0].cell, figures[1].cell):
            return Share(figures[0].text if board is None else states.NOT_IN_RELEASE.text, "", *figures)
        if not board.compares(part, whole):
            return Share(states.word(CellState.NOT_COUNTABLE), "", *figures)
        found = quotients.share(board.cell(part, sector), board.cell(whole, sector))
        told = quotient(_SHARE.unit, found)
        return Share(told.shown.text, told.beside, *figures, found.value, found.low, found.high)

    def past(self, count: str, *, area: str = "", sector: str = ANY) -> Figure:
        """The same count in the window before."""
        return self.of(count, window=before(self._window), area=area, sector=sector)

    def change(self, count: str, *, area: str = "", sector: str = ANY) -> str:
        """The change on the window before: `up 30`, `no clear change`, `not compared`, or `no figure`."""
        now, past = self.of(count, area=area, sector=sector), self.past(count, area=area, sector=sector)
        if now.value is None or past.value is None:
            return NOTHING
        if self._apart(count, bool(area) and area != self._known.board.code):
            return NOT_COMPARED
        return states.change(self._released(now), self._released(past), states.SEARCHED)

    def _apart(self, count: str, places: bool) -> bool:
        """Whether the two windows cannot be compared: the series breaks, or they count different days."""
        window = self._window
        releases = [self._shown[name] for name in (window, before(window)) if name in self._shown]
        if any(partly(release, count.partition("_")[0]) for release in releases):
            return True
        if not places:
            return breaks.apart(self._known.board, window)
        notes = breaks.of_window(self._known.board, window, releases[0], releases[-1], places=True)
        return any(note.startswith("Break in series") for note in notes)

    def _released(self, figure: Figure) -> states.ReleasedCell:
        rule = rule_of(self._shown[figure.window].parameters)
        return states.ReleasedCell(CellState.FIGURE, figure.value, rule)
