"""Everything that measures need of a board at a cut-off: children, returns, training, themes and unlinked events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from analysis.ledger.parse import (
    CHILD_TYPES,
    child_record,
    feedback_record,
    return_record,
    session_record,
    theme_record,
)
from analysis.ledger.records import (
    AboutChild,
    ConcernRecord,
    FeedbackRecord,
    ReturnRecord,
    SessionRecord,
    SignRecord,
    ThemeRecord,
)
from analysis.ledger.row import Row
from analysis.measures.children import BoardView, linked
from analysis.measures.history import LinkedChild
from analysis.measures.setting import BoardSetting
from models.service.clock import LONDON


@dataclass(frozen=True, slots=True)
class Picture:
    """The current records of one board that had arrived by the cut-off."""

    seen: BoardView = field(repr=False)
    setting: BoardSetting
    returns: tuple[ReturnRecord, ...]
    sessions: tuple[SessionRecord, ...]
    feedback: tuple[FeedbackRecord, ...]
    themes: tuple[ThemeRecord, ...]
    unlinked: Mapping[tuple[str, str, str], int]
    """(short type, agency, month of `occurred_on`) -> number of events without a token."""
    unlinked_codes: Mapping[str, frozenset[str]]
    """Agency -> indicator codes that it recorded on events without a token."""

    @property
    def children(self) -> Mapping[str, LinkedChild]:
        """Children by link id."""
        return self.seen.children


def picture(rows: Iterable[tuple[str, Row]], setting: BoardSetting, cut_off: datetime | None = None) -> Picture:
    """Sort a board's rows into a `Picture`, in one pass. Rows that reached the broker after `cut_off` are left out."""
    cut_off_ms = None if cut_off is None else int(cut_off.timestamp() * 1000)
    records: dict[str, AboutChild] = {}
    returns: list[ReturnRecord] = []
    sessions: list[SessionRecord] = []
    feedback: list[FeedbackRecord] = []
    themes: list[ThemeRecord] = []
    unlinked: Counter[tuple[str, str, str]] = Counter()
    codes: dict[str, set[str]] = {}
    for event_id, row in rows:
        kind = row.short_type
        if row.withdrawn or (cut_off_ms is not None and row.first_ms > cut_off_ms):
            continue
        if kind in CHILD_TYPES:
            records[event_id] = record = child_record(event_id, row)
            if not record.tokens:
                unlinked[kind, row.agency, record.occurred_on.isoformat()[:7]] += 1
                if isinstance(record, ConcernRecord | SignRecord):
                    codes.setdefault(row.agency, set()).update(record.indicators)
        elif kind == "submission_return":
            returns.append(return_record(row))
        elif kind == "training_session":
            sessions.append(session_record(event_id, row))
        elif kind == "training_feedback":
            feedback.append(feedback_record(row))
        elif kind == "theme_return":
            themes.append(theme_record(row))
    return Picture(
        linked(records, returns, setting.sector_of),
        setting,
        tuple(sorted(returns, key=lambda r: (r.period, r.agency, r.submitted_on))),
        tuple(sorted(sessions, key=lambda s: (s.held_on, s.session))),
        tuple(sorted(feedback, key=lambda f: (f.held_on, f.about or "", f.stage))),
        tuple(sorted(themes, key=lambda t: (t.held_on, t.voice, t.themes))),
        dict(unlinked),
        {agency: frozenset(given) for agency, given in codes.items()},
    )


def day_after(moment: datetime) -> date:
    """The London day after a moment. For a cut-off it is `BoardSetting.known_to`."""
    return moment.astimezone(LONDON).date() + timedelta(days=1)
