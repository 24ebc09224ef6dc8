"""Reads what a board's findings rest on, and puts them together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from dashboards import breaks
from dashboards.findings.changed import changes
from dashboards.findings.decisions import decisions
from dashboards.findings.doubts import doubts, silent
from dashboards.findings.finding import Finding, FindingKind, Findings
from dashboards.findings.pairs import pairs
from dashboards.measures.known import Known
from dashboards.queries.board import BoardPage
from dashboards.signals.view import SignalsPage
from dashboards.training.decide import to_decide
from dashboards.words import KINDS, day, moment, quarter
from models.contract.periods import before, bounds
from models.store.actions import Listed, Source
from models.store.actions import actions as actions_of

FEW_SILENT = 3
"""Up to so many silent agencies are each asked about. Where more are silent it is no matter of one agency."""


def findings_of(
    connection: Connection,
    known: Known,
    page: BoardPage,
    signals: SignalsPage,
    *,
    sees_waiting: bool = False,
    sees_actions: bool = True,
) -> Findings:
    """What is new, what changed, what to decide and what to doubt, of one board as of now.

    `sees_waiting`: the reader may see which releases wait. `sees_actions`: the reader may see the texts of actions;
    nothing of them is told to others, such as a program whose token is for figures alone.
    """
    board = known.board
    window, earlier = known.headline, before(known.headline) if known.headline else ""
    shown = known.documents.shown
    both = window in shown and earlier in shown
    looked_at = pairs(board, shown[window], shown[earlier]) if both else ()
    kind = KINDS[known.longest]
    when = f"{quarter(window)}, compared with the {kind} before" if looked_at else ""
    decide = to_decide(connection, known.register, board, known.today)
    unfinished = actions_of(connection, board.code, open_only=True) if sees_actions else []
    owing = silent(page.agencies)
    by_sector: dict[str, list[str]] = {}
    for sector, words in _in_hand(known, unfinished, Source.NEED):
        by_sector.setdefault(sector, []).append(words)
    return Findings(
        tuple(_new(page, signals)),
        changes(looked_at, when),
        doubts(board, page.freshness, page.left, page.agencies, known.release if window in shown else None),
        decisions(
            board.code,
            decide.overdue if sees_actions else (),
            decide.needs,
            signals.open,
            page.freshness.awaiting if sees_waiting else (),
            silent=owing if len(owing) <= FEW_SILENT else (),
            in_hand=[words for _, words in _in_hand(known, unfinished, Source.HOTSPOT)],
            needs_in_hand=by_sector,
        ),
        sum(pair.usable for pair in looked_at),
        when,
        "" if looked_at else _why_none(known, kind, both),
    )


def _in_hand(known: Known, actions: Iterable[Listed], source: Source) -> Iterator[tuple[str, str]]:
    """Of open actions from one source: the sector of the owner; and title, owner and the day on which it is due."""
    sectors = {agency.id: str(agency.sector) for agency in known.register.agencies_of(known.board.code)}
    for action in actions:
        if action.source == source:
            words = f"{action.title} (owed by {known.agency(action.owner)}, due {day(action.due_on)})"
            yield sectors.get(action.owner, ""), words


def _why_none(known: Known, kind: str, both: bool) -> str:
    if both and breaks.apart(known.board, known.headline):
        return f"Nothing is compared with the {kind} before, because the series breaks."
    return f"Nothing can be compared yet: it takes two released {kind}s, one after the other."


def _new(page: BoardPage, signals: SignalsPage) -> Iterator[Finding]:
    fresh, at = page.freshness, f"/boards/{page.board.code}"
    if fresh.newest_window is None or fresh.cut_off is None:
        return
    window = quarter(fresh.newest_window)
    yield Finding(
        FindingKind.NEW,
        f"The newest figures are for {window}. They count what had arrived by {moment(fresh.cut_off)}.",
        f"{at}/figures?window={fresh.newest_window}",
        f"All figures, {window}",
    )
    since = bounds(fresh.newest_window)[1]
    opened = [signal for signal in signals.open if signal.opened_on >= since]
    if opened:
        places = "; ".join(dict.fromkeys(signal.where for signal in opened))
        yield Finding(
            FindingKind.NEW,
            f"{len(opened)} signal{'' if len(opened) == 1 else 's'} opened since {window} ended: {places}.",
            f"{at}/signals",
            "Signals",
        )
