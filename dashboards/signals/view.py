"""Builds the signals page from SQL: each signal in sentences, with the recording effort in its quarters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection, RowMapping, select

from analysis.signals.sentences import (
    NAMES,
    NO_ONE_AGENCY,
    NoticedRow,
    explain_operational,
    happened,
    noticed_sentences,
    noticed_table,
    rare,
)
from dashboards.pictures.timeline import Span, timeline
from dashboards.queries.documents import documents
from dashboards.queries.returns import BoardReturns, submitted_returns
from dashboards.words import short_day
from models.contract.periods import bounds, quarter_of, quarters_between
from models.register import Board, Register
from models.releases import Release
from models.signals import Recurrence
from models.store import SignalRow

CLOSED_SHOWN = timedelta(days=365)
OPERATIONAL = ("agency_silent", "refused_format")


@dataclass(frozen=True)
class Effort:
    """How hard agencies were recording in one quarter that a signal touches."""

    quarter: str
    returned: int
    expected: int
    trained: int | None
    """Staff who came to training in the quarter, from the board's releases; None until one is shown."""


@dataclass(frozen=True)
class SignalView:
    """One signal as a page shows it."""

    name: str
    where: str
    words: str
    happened: str
    """What it says, in one sentence; the same as `words` for an operational signal."""
    rare: str
    """How likely it is to be chance, in a sentence; empty for an operational signal."""
    places: tuple[tuple[str, str], ...]
    """Its wards and towns: code and name. Empty for the whole board and for an operational signal."""
    starts_on: date
    ends_on: date | None
    opened_on: date
    updated_on: date
    closed_on: date | None
    efforts: tuple[Effort, ...]
    """Empty for an operational signal."""
    in_history: bool
    """Whether it was found while history was loaded; its dates are those it would have had then."""


@dataclass(frozen=True)
class Noticed:
    """How large a rise would have been noticed, and how often chance alone raises a signal: from the register."""

    children: int
    by_chance: float
    in_groups: float
    sentences: tuple[str, ...]
    weeks: tuple[int, ...]
    rows: tuple[NoticedRow, ...]

    @staticmethod
    def of(board: Board) -> Noticed | None:
        """What was worked out for a board, if it was."""
        made = board.signals
        if made is None or not made.noticeable:
            return None
        rows = tuple(noticed_table(made))
        return Noticed(
            made.children,
            made.by_chance,
            made.in_groups,
            tuple(noticed_sentences(made)),
            tuple(weeks for weeks, _ in rows[0].spans),
            rows,
        )


@dataclass(frozen=True)
class SignalsPage:
    """All signals of a board that a page shows."""

    open: tuple[SignalView, ...]
    """About children, newest first."""
    closed: tuple[SignalView, ...]
    """Of the last year, newest first."""
    operational: tuple[SignalView, ...]
    """Open ones."""
    noticed: Noticed | None
    """Nothing for a board that was not calibrated."""

    @property
    def finding(self) -> str:
        """What the page says first: how many signals are open, and what the newest says."""
        if not self.open:
            return "No signal about children is open. That does not mean that nothing is happening."
        if len(self.open) == 1:
            return f"One signal about children is open. {self.open[0].happened}"
        return f"{len(self.open)} signals about children are open. The newest: {self.open[0].happened}"

    @property
    def picture(self) -> Markup:
        """The open signals and then the closed ones over time; empty without any."""
        spans = [_span(view) for view in (*self.open, *self.closed) if view.ends_on is not None]
        return timeline("signals", "Signals about children over time", spans)


def _span(view: SignalView) -> Span:
    state = f"closed {short_day(view.closed_on)}" if view.closed_on else "open"
    ends_on = view.ends_on or view.starts_on
    text = f"{short_day(view.starts_on)} to {short_day(ends_on)}; opened {short_day(view.opened_on)}, {state}"
    return Span(f"{view.name}: {view.where}", text, view.starts_on, ends_on, view.opened_on, view.closed_on)


def signals_page(connection: Connection, register: Register, board: Board, today: date) -> SignalsPage:
    """The open signals of one board, and those closed in the last year."""
    rows = connection.execute(
        select(SignalRow.__table__)
        .where(SignalRow.board == board.code)
        .order_by(SignalRow.opened_on.desc(), SignalRow.signal_id)
    ).mappings()
    rows_kept = [row for row in rows if row["closed_on"] is None or today - row["closed_on"] <= CLOSED_SHOWN]
    of_children = [row for row in rows_kept if row["kind"] not in OPERATIONAL]
    returns = BoardReturns(register, board.code, submitted_returns(connection, board.code), today)
    shown = documents(connection, board.code).shown if of_children else {}
    views = [(row, _of_children(row, board, returns, shown)) for row in of_children]
    return SignalsPage(
        tuple(view for row, view in views if row["closed_on"] is None),
        tuple(view for row, view in views if row["closed_on"] is not None),
        tuple(
            _operational(row, register, board)
            for row in rows_kept
            if row["kind"] in OPERATIONAL and row["closed_on"] is None
        ),
        Noticed.of(board),
    )


def _in_parts(row: RowMapping, board: Board) -> tuple[str, str, str]:
    """Where a signal about children is, by name; what happened; and how likely that is to be chance."""
    codes = row["areas"].split()
    names = {board.code: board.name} | {t.code: t.name for t in board.towns} | {w.code: w.name for w in board.wards}
    level = "board" if codes == [board.code] else "town" if "-T" in codes[0] else "ward"
    # A ward that only an earlier register lists has its code for a name.
    known = [names.get(code, code) for code in codes]
    about = (row["kind"], known, level, row["starts_on"], row["ends_on"])
    return ", ".join(known), happened(*about), rare(Recurrence(row["recurrence"]))


def in_words(row: RowMapping, board: Board) -> tuple[str, str]:
    """Where a signal about children is, by name, and what it says."""
    where, said, how = _in_parts(row, board)
    return where, f"{said} {how} {NO_ONE_AGENCY}"


def _of_children(row: RowMapping, board: Board, returns: BoardReturns, shown: Mapping[str, Release]) -> SignalView:
    where, said, how = _in_parts(row, board)
    efforts = _efforts(row["starts_on"], row["ends_on"], returns, shown)
    names = {t.code: t.name for t in board.towns} | {w.code: w.name for w in board.wards}
    places = tuple((code, names[code]) for code in row["areas"].split() if code in names)
    return _view(row, where, f"{said} {how} {NO_ONE_AGENCY}", efforts, board, (said, how), places)


def _operational(row: RowMapping, register: Register, board: Board) -> SignalView:
    agency = register.agency_by_id.get(row["agency"])
    name = agency.name if agency else row["agency"]
    return _view(row, name, explain_operational(row["kind"], name, row["starts_on"]), (), board)


def _view(
    row: Any,
    where: str,
    words: str,
    efforts: tuple[Effort, ...],
    board: Board,
    parts: tuple[str, str] = ("", ""),
    places: tuple[tuple[str, str], ...] = (),
) -> SignalView:
    return SignalView(
        NAMES[row["kind"]],
        where,
        words,
        parts[0] or words,
        parts[1],
        places,
        row["starts_on"],
        row["ends_on"],
        row["opened_on"],
        row["updated_on"],
        row["closed_on"],
        efforts,
        row["opened_on"] < board.live_from.date(),
    )


def _efforts(
    first: date,
    last: date,
    returns: BoardReturns,
    shown: Mapping[str, Release],
) -> tuple[Effort, ...]:
    """For each quarter: how many agencies returned, of those whose return is due, and how many staff were trained."""
    efforts = []
    for quarter in quarters_between(first, bounds(quarter_of(last))[1]):
        received = returns.received(quarter)
        efforts.append(Effort(quarter, received.returned, received.due, _trained(quarter, shown)))
    return tuple(efforts)


def _trained(quarter: str, shown: Mapping[str, Release]) -> int | None:
    """Staff trained, from the release of the quarter or of a longer window that holds it; None if none is shown."""
    start, end = bounds(quarter)
    for window in sorted(shown, key=lambda window: window != quarter):
        opens, closes = bounds(window)
        if opens <= start and end <= closes:
            return sum(s.attended or 0 for s in shown[window].training if start <= s.held_on < end)
    return None
