"""M5, M13, M14 and M15 as a page shows them: returns, published signals, actions and staff. None holds child data.

They use the figures of the measures, computed from the tables of the pages and from releases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from analysis.ledger.records import FeedbackRecord, ReturnRecord, SessionRecord
from analysis.measures import m5, m14, m15
from analysis.measures.columns import Column, Unit
from analysis.measures.figures import ALL, DateSpan, Figure
from analysis.measures.m14 import Action
from analysis.measures.picture import picture
from analysis.measures.setting import BoardSetting
from analysis.shown.measure import PageEntry, PageLine, PageTable
from analysis.shown.quotients import Quotient
from models.contract.periods import bounds

Cell = tuple[Unit, str, Callable[[Figure], PageEntry]]
Tables = tuple[PageTable, PageTable]
"""The table by window, and the table by the split of the measure."""


def _count(name: str) -> Callable[[Figure], PageEntry]:
    return lambda figure: PageEntry(number=figure.counts.get(name, 0))


def _part(name: str, whole: str) -> Callable[[Figure], PageEntry]:
    def entry(figure: Figure) -> PageEntry:
        base = figure.counts.get(whole, 0)
        return PageEntry(quotient=Quotient(figure.counts.get(name, 0) / base)) if base else PageEntry()

    return entry


def _mean(stage: str) -> Callable[[Figure], PageEntry]:
    def entry(figure: Figure) -> PageEntry:
        hundredths = figure.counts.get(f"{stage}_mean_hundredths")
        return PageEntry() if hundredths is None else PageEntry(quotient=Quotient(hundredths / 100))

    return entry


RETURNS: tuple[Cell, ...] = (
    ("number", "Returns due", _count("due")),
    ("number", "Received", _count("received")),
    ("number", "On time", _count("on_time")),
    ("share", "Of returns due, received", _part("received", "due")),
    ("share", "Of returns due, on time", _part("on_time", "due")),
)
ACTIONS: tuple[Cell, ...] = (
    ("number", "Actions due", _count("due")),
    ("number", "Closed by the due date", _count("closed_in_time")),
    ("share", "Of actions due, closed in time", _part("closed_in_time", "due")),
    ("number", "With evidence of impact", _count("impact_evidence")),
    ("number", "Told to every agency", _count("disseminated_to_all")),
    ("number", "Overdue and open", _count("overdue_open")),
)
TRAINING: tuple[Cell, ...] = (
    ("number", "Sessions held", _count("sessions")),
    ("number", "Staff who came", _count("attended")),
    ("share", "Of staff in scope", lambda figure: _share_of_value(figure)),
    ("points", "Confidence before (0-10)", _mean("before")),
    ("points", "Straight after", _mean("after")),
    ("points", "At follow-up", _mean("follow_up")),
)
SIGNALS: tuple[Cell, ...] = (("number", "Signals of a rise opened", _count("signals")),)


def returns(setting: BoardSetting, received: Iterable[ReturnRecord], windows: Iterable[str]) -> Tables:
    """M5: the table by window, and the table by agency for the first window."""
    base = replace(picture((), setting), returns=tuple(received))
    by_window = {window: m5.figures(base, DateSpan(*bounds(window))) for window in windows}
    return _tables(RETURNS, by_window, "agency")


def actions(rows: Iterable[Action], agencies: frozenset[str], windows: Iterable[str], on: date) -> Tables:
    """M14: the table by window of the due date, and the table by owner for the first window."""
    kept = tuple(rows)
    by_window = {window: m14.figures(kept, agencies, DateSpan(*bounds(window)), on) for window in windows}
    return _tables(ACTIONS, by_window, "owner")


def training(
    sessions: Sequence[SessionRecord], feedback: Sequence[FeedbackRecord], setting: BoardSetting, windows: Iterable[str]
) -> Tables:
    """M15: the table by window, and the table by audience for the first window."""
    base = replace(picture((), setting), sessions=tuple(sessions), feedback=tuple(feedback))
    by_window = {window: m15.figures(base, DateSpan(*bounds(window))) for window in windows}
    return _tables(TRAINING, by_window, "audience")


def signals(opened: Iterable[date], windows: Iterable[str]) -> PageTable:
    """M13: the number of published signals by the day they were opened. Its figures are not released."""
    days = tuple(opened)
    spans = {window: DateSpan(*bounds(window)) for window in windows}
    by_window = {w: [Figure(ALL, ALL, {"signals": sum(span.holds(day) for day in days)})] for w, span in spans.items()}
    return _tables(SIGNALS, by_window, ALL)[0]


def _tables(cells: tuple[Cell, ...], by_window: Mapping[str, list[Figure]], split: str) -> Tables:
    columns = tuple(Column(unit, words) for unit, words, _ in cells)

    def line(name: str, figure: Figure) -> PageLine:
        return PageLine(name, tuple(entry(figure) for _, _, entry in cells))

    whole = tuple(line(window, figures[0]) for window, figures in by_window.items())
    first = next(iter(by_window.values()), [])
    return PageTable(columns, whole), PageTable(columns, tuple(line(f.group, f) for f in first if f.split == split))


def _share_of_value(figure: Figure) -> PageEntry:
    return PageEntry() if figure.value is None else PageEntry(quotient=Quotient(min(1.0, figure.value)))
