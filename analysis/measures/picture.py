"""A board at a cut-off as measures see it: children, returns, training, themes, and what is unlinked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from analysis.ledger.identity import about_of
from analysis.ledger.row import Row
from analysis.measures.children import CHILD_TYPES, BoardView, view
from analysis.measures.history import Child
from analysis.measures.setting import Setting
from analysis.returns import SubmittedReturn, return_of
from models.service.clock import LONDON


@dataclass(frozen=True, slots=True)
class Session:
    """One training session delivered: staff, not children."""

    session: str
    agency: str
    held_on: date
    audience: str
    topics: tuple[str, ...]
    role_group: str
    places: int | None
    attended: int | None
    in_scope: int | None


@dataclass(frozen=True, slots=True)
class Feedback:
    """Mean confidence (0-10) of those who answered at one stage."""

    about: str | None
    held_on: date
    stage: str
    answered: int
    mean_score: float


@dataclass(frozen=True, slots=True)
class ThemesHeard:
    """What one group of people said, coded."""

    held_on: date
    voice: str
    themes: tuple[str, ...]
    people: int | None


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything current of one board that had arrived by the cut-off."""

    seen: BoardView = field(repr=False)
    setting: Setting
    returns: tuple[SubmittedReturn, ...]
    sessions: tuple[Session, ...]
    feedback: tuple[Feedback, ...]
    themes: tuple[ThemesHeard, ...]
    unlinked: Mapping[tuple[str, str, str], int]
    """(short type, agency, month of `occurred_on`) -> events without a token."""
    unlinked_codes: Mapping[str, frozenset[str]]
    """Agency -> indicator codes it recorded on events without a token."""

    @property
    def children(self) -> Mapping[str, Child]:
        """Children by link id."""
        return self.seen.children


def picture(rows: Iterable[tuple[str, Row]], setting: Setting, cut_off: datetime | None = None) -> Picture:
    """A board's rows as measures see them, in one pass; records the broker had after `cut_off` do not count."""
    cut_off_ms = None if cut_off is None else int(cut_off.timestamp() * 1000)
    kept = [(i, row) for i, row in rows if not row.withdrawn and (cut_off_ms is None or row.first_ms <= cut_off_ms)]
    returns: list[SubmittedReturn] = []
    sessions: list[Session] = []
    feedback: list[Feedback] = []
    themes: list[ThemesHeard] = []
    unlinked: Counter[tuple[str, str, str]] = Counter()
    codes: dict[str, set[str]] = {}
    for event_id, row in kept:
        data, kind = row.data, row.short_type
        if kind in CHILD_TYPES:
            if not data.get("tokens"):
                unlinked[kind, row.agency, str(data["occurred_on"])[:7]] += 1
                codes.setdefault(row.agency, set()).update(data.get("indicators") or ())
        elif kind == "submission_return":
            returns.append(return_of(row))
        elif kind == "training_session":
            sessions.append(_session(event_id, row))
        elif kind == "training_feedback":
            day, score = date.fromisoformat(data["held_on"]), float(data["mean_score"])
            feedback.append(Feedback(about_of(row.agency, data), day, data["stage"], int(data["answered"]), score))
        elif kind == "theme_return":
            day, said = date.fromisoformat(data["held_on"]), tuple(data["themes"])
            themes.append(ThemesHeard(day, data["voice"], said, data.get("people")))
    return Picture(
        view(kept, None, setting.sector_of),
        setting,
        tuple(sorted(returns, key=lambda r: (r.period, r.agency, r.submitted_on))),
        tuple(sorted(sessions, key=lambda s: (s.held_on, s.session))),
        tuple(sorted(feedback, key=lambda f: (f.held_on, f.about or "", f.stage))),
        tuple(sorted(themes, key=lambda t: (t.held_on, t.voice, t.themes))),
        dict(unlinked),
        {agency: frozenset(found) for agency, found in codes.items()},
    )


def day_after(moment: datetime) -> date:
    """The London day after a moment: `Setting.known_to` for a cut-off."""
    return moment.astimezone(LONDON).date() + timedelta(days=1)


def _session(event_id: str, row: Row) -> Session:
    data = row.data
    return Session(
        event_id,
        row.agency,
        date.fromisoformat(data["held_on"]),
        str(data.get("audience", "not_recorded")),
        tuple(data["topics"]),
        str(data.get("role_group", "not_recorded")),
        data.get("places"),
        data.get("attended"),
        data.get("in_scope"),
    )
