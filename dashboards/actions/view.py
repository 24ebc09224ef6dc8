"""SQL to the page of actions: overdue first, and each with whom was told, what came of it, and its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from dashboards.words import day, moment
from models.register import Board, Register
from models.store.actions import Act, Impact, Listed, Source, actions, history

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
}
HIDDEN = "Text not shown: these pages have no sign-in"
"""Free text stands on signed-in pages only."""


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
    """0 when it is or was in time."""
    closed: str
    """Day, or empty."""
    told: str
    not_told: tuple[str, ...]
    impact: str
    history: tuple[str, ...]

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
    """Due first first."""
    closed: tuple[ActionView, ...]
    """Closed last first."""


def actions_page(connection: Connection, register: Register, board: Board, today: date, texts: bool) -> ActionsPage:
    """The actions of one board; `texts` is whether free text may stand there."""
    listed = actions(connection, board.code)
    told = history(connection, [one.action_id for one in listed])
    names = {agency.id: agency.name for agency in register.agencies_of(board.code)}
    views = {one.action_id: _view(one, told[one.action_id], names, today, texts) for one in listed}
    late = [views[one.action_id] for one in listed if one.overdue(today)]
    still = [views[one.action_id] for one in listed if one.closed_on is None and not one.overdue(today)]
    done = sorted((one for one in listed if one.closed_on), key=lambda one: one.closed_on or today, reverse=True)
    return ActionsPage(tuple(late), tuple(still), tuple(views[one.action_id] for one in done))


def _view(one: Listed, acts: list[Act], names: Mapping[str, str], today: date, texts: bool) -> ActionView:
    return ActionView(
        action_id=one.action_id,
        title=one.title if texts else HIDDEN,
        evidence=one.evidence if texts else "",
        owner=names.get(one.owner, one.owner),
        source=SOURCES.get(one.source, one.source),
        opened=day(one.opened_on),
        due=day(one.due_on),
        days_overdue=max(0, ((one.closed_on or today) - one.due_on).days),
        closed=day(one.closed_on) if one.closed_on else "",
        told=f"{len(one.told & set(names))} of {len(names)} agencies",
        not_told=tuple(sorted(name for code, name in names.items() if code not in one.told)),
        impact=IMPACTS.get(one.impact, one.impact),
        history=tuple(_act(act, names) for act in acts),
    )


def _act(act: Act, names: Mapping[str, str]) -> str:
    known = {**SOURCES, **IMPACTS, **names, **{code[:32]: name for code, name in names.items()}}
    detail = known.get(act.detail, act.detail)
    words = ACTS.get(act.action, act.action)
    return f"{moment(act.at)}: {words}{f' ({detail})' if detail else ''}, by {act.who}"
