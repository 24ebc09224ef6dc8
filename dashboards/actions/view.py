"""Reads the actions page from SQL: overdue actions first, each with the agencies told, its impact and history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from dashboards.words import day, moment
from models.register import Board, Register
from models.store.actions import ActionEntry, Impact, Listed, Source, acknowledgements, actions, history

SOURCES: Mapping[str, str] = {
    Source.YPSEM: "YPSEM group",
    Source.AUDIT: "Case audit",
    Source.REVIEW: "Practice review",
    Source.SECTION_11: "Section 11 audit",
    Source.SECTION_175: "Section 175 audit (schools)",
    Source.HOTSPOT: "Hotspot signal",
    Source.NEED: "Training need",
}
IMPACTS: Mapping[str, str] = {
    Impact.NOT_RECORDED: "not recorded",
    Impact.EVIDENCED: "evidence recorded",
    Impact.NONE_FOUND: "looked for, none found",
}
ACTS: Mapping[str, str] = {
    "action.open": "opened",
    "action.tell": "told",
    "action.move": "due date changed",
    "action.close": "closed",
    "action.impact": "impact",
    "action.acknowledge": "acknowledged",
}


@dataclass(frozen=True)
class ActionView:
    """One action as the page shows it."""

    action_id: str
    title: str
    evidence: str
    owner: str
    source: str
    opened: str
    due: str
    days_overdue: int
    """0 if it is in time, or was closed in time."""
    closed: str
    """The day on which it was closed, or empty."""
    told: str
    not_told: tuple[str, ...]
    impact: str
    history: tuple[str, ...]
    agencies: tuple[tuple[str, str, bool, bool], ...] = ()
    """Id and name of every agency of the board, whether it was told, and whether it acknowledged the action."""
    due_on: date | None = None
    impact_code: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is not closed."""
        return not self.closed

    @property
    def state(self) -> str:
        """In words: overdue, open or closed."""
        late = f"{self.days_overdue} day{'' if self.days_overdue == 1 else 's'}"
        if self.closed:
            return f"closed {self.closed}" + (f", {late} late" if self.days_overdue else ", in time")
        return f"overdue by {late}" if self.days_overdue else "open"


@dataclass(frozen=True)
class ActionsPage:
    """All of the page."""

    overdue: tuple[ActionView, ...]
    """The longest overdue first."""
    open: tuple[ActionView, ...]
    """The earliest due date first."""
    closed: tuple[ActionView, ...]
    """The last closed first."""


def actions_page(connection: Connection, register: Register, board: Board, today: date) -> ActionsPage:
    """The actions of one board."""
    listed = actions(connection, board.code)
    views = _views(connection, register, board, listed, today)
    late = [views[action.action_id] for action in listed if action.overdue(today)]
    still = [views[action.action_id] for action in listed if action.closed_on is None and not action.overdue(today)]
    done = sorted(
        (action for action in listed if action.closed_on), key=lambda action: action.closed_on or today, reverse=True
    )
    return ActionsPage(tuple(late), tuple(still), tuple(views[action.action_id] for action in done))


def overdue_of(connection: Connection, register: Register, board: Board, today: date) -> tuple[ActionView, ...]:
    """The overdue actions of one board, the longest overdue first; the others are not worked out."""
    late = [action for action in actions(connection, board.code, open_only=True) if action.overdue(today)]
    views = _views(connection, register, board, late, today)
    return tuple(views[action.action_id] for action in late)


def action_view(
    connection: Connection, register: Register, board: Board, action_id: str, today: date
) -> ActionView | None:
    """One action of a board; None if the board has no such action."""
    listed = actions(connection, board.code, action_id)
    return _views(connection, register, board, listed, today).get(action_id)


def _views(
    connection: Connection, register: Register, board: Board, listed: list[Listed], today: date
) -> dict[str, ActionView]:
    ids = [action.action_id for action in listed]
    acts, known = history(connection, ids), acknowledgements(connection, ids)
    names = {agency.id: agency.name for agency in register.agencies_of(board.code)}
    return {
        action.action_id: _view(action, acts[action.action_id], names, today, known[action.action_id])
        for action in listed
    }


def _view(
    action: Listed, acts: list[ActionEntry], names: Mapping[str, str], today: date, acknowledged: frozenset[str]
) -> ActionView:
    return ActionView(
        action_id=action.action_id,
        title=action.title,
        evidence=action.evidence,
        owner=names.get(action.owner, action.owner),
        source=SOURCES.get(action.source, action.source),
        opened=day(action.opened_on),
        due=day(action.due_on),
        days_overdue=max(0, ((action.closed_on or today) - action.due_on).days),
        closed=day(action.closed_on) if action.closed_on else "",
        told=f"{len(action.told & set(names))} of {len(names)} agencies",
        not_told=tuple(sorted(name for code, name in names.items() if code not in action.told)),
        impact=IMPACTS.get(action.impact, action.impact),
        history=tuple(_act(act, names) for act in acts),
        agencies=tuple((code, name, code in action.told, code in acknowledged) for code, name in names.items()),
        due_on=action.due_on,
        impact_code=action.impact,
    )


def _act(act: ActionEntry, names: Mapping[str, str]) -> str:
    known = {**SOURCES, **IMPACTS, **names, **{code[:32]: name for code, name in names.items()}}
    detail = known.get(act.detail, act.detail)
    words = ACTS.get(act.action, act.action)
    return f"{moment(act.at)}: {words}{f' ({detail})' if detail else ''}, by {act.who}"
