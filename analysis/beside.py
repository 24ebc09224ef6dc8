"""What a release carries beside its cells, from a board's rows: training held, and how far sectors can be linked.

Nothing here counts children (decision 14, ADR 0015). Sessions lose their id, their organisation and their role group,
and a mean of few answers is left out. How far two sectors can be linked is told by the identifiers on their events, in
ten-point classes (decision 4), never by how many children both know: that would be a figure outside of the protection.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from typing import Any, get_args

from analysis.ledger.identity import about_of
from analysis.ledger.row import Row
from analysis.measures.children import CHILD_TYPES
from analysis.measures.picture import Feedback, Session
from models.contract.codes import FeedbackStage, IndicatorCategory, Sector, TokenKind
from models.contract.periods import bounds
from models.releases.beside import FEWEST_ANSWERS, FEWEST_EVENTS, Answers, Linkable, LinkClass, SessionHeld, TenPoints

_CLASSES = get_args(TenPoints)


@dataclass(frozen=True, slots=True)
class Beside:
    """What the releases of one cut-off carry."""

    sessions: tuple[SessionHeld, ...] = ()
    links: tuple[Linkable, ...] = ()

    def training(self, window: str) -> tuple[SessionHeld, ...]:
        """The sessions held in a window."""
        start, end = bounds(window)
        return tuple(session for session in self.sessions if start <= session.held_on < end)


def beside(rows: Iterable[tuple[str, Row]], sector_of: Mapping[str, str], cut_off: datetime) -> Beside:
    """From a board's rows; records the broker had after the cut-off, and withdrawn ones, do not count."""
    cut_off_ms = int(cut_off.timestamp() * 1000)
    sessions: dict[str, Mapping[str, Any]] = {}
    feedback: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    kinds: defaultdict[str, Counter[frozenset[str]]] = defaultdict(Counter)
    for event_id, row in rows:
        if row.withdrawn or row.first_ms > cut_off_ms:
            continue
        if row.short_type == "training_session":
            sessions[event_id] = row.data
        elif row.short_type == "training_feedback":
            feedback[str(about_of(row.agency, row.data))].append(row.data)
        elif row.short_type in CHILD_TYPES:
            sent = frozenset(str(token["kind"]) for token in row.data.get("tokens") or ())
            kinds[sector_of.get(row.agency, Sector.UNKNOWN)][sent - {TokenKind.LOCAL}] += 1
    held = [_session(data, feedback[event_id]) for event_id, data in sessions.items()]
    # Ordered by what is said, not by id: the order of ids is no one's business.
    held.sort(key=lambda session: (session.held_on, session.model_dump_json()))
    return Beside(tuple(held), tuple(_links(kinds)))


def as_records(held: Iterable[SessionHeld]) -> tuple[tuple[Session, ...], tuple[Feedback, ...]]:
    """Released sessions as M15, programmes and effects read them; their ids are places in the list."""
    sessions: list[Session] = []
    feedback: list[Feedback] = []
    for place, one in enumerate(held):
        name = f"s{place}"
        topics = tuple(str(topic) for topic in one.topics)
        numbers = (one.places, one.attended, one.in_scope)
        sessions.append(Session(name, "", one.held_on, str(one.audience), topics, "not_recorded", *numbers))
        feedback += [Feedback(name, one.held_on, str(a.stage), a.answered, a.mean_tenths / 10) for a in one.feedback]
    return tuple(sessions), tuple(feedback)


def _session(data: Mapping[str, Any], told: list[Mapping[str, Any]]) -> SessionHeld:
    answers: dict[FeedbackStage, tuple[int, float]] = {}
    for one in told:
        stage = FeedbackStage(one["stage"])
        number, total = answers.get(stage, (0, 0.0))
        answers[stage] = (number + one["answered"], total + one["answered"] * one["mean_score"])
    return SessionHeld(
        held_on=date.fromisoformat(str(data["held_on"])),
        audience=Sector(data.get("audience", Sector.NOT_RECORDED)),
        topics=tuple(sorted({IndicatorCategory(topic) for topic in data["topics"]})),
        places=data.get("places"),
        attended=data.get("attended"),
        in_scope=data.get("in_scope"),
        feedback=tuple(
            Answers(stage=stage, answered=number, mean_tenths=round(10 * total / number))
            for stage, (number, total) in sorted(answers.items())
            if number >= FEWEST_ANSWERS
        ),
    )


def _links(kinds: Mapping[str, Counter[frozenset[str]]]) -> Iterable[Linkable]:
    for one, other in combinations(sorted(kinds), 2):
        sent_by = [frozenset[str]().union(*kinds[sector]) for sector in (one, other)]
        common = sent_by[0] & sent_by[1]
        shares = [_share(kinds[sector], common) for sector in (one, other)]
        known = [share for share in shares if share is not None]
        share = min(known) if len(known) == len(shares) else None
        said: LinkClass = (
            "no kind in common" if not common else "too few events" if share is None else ten_points(share)
        )
        named = tuple(TokenKind(kind) for kind in sorted(common))
        yield Linkable(one=Sector(one), other=Sector(other), kinds=named, share=said)


def ten_points(share: float) -> TenPoints:
    """The class of a share."""
    found: TenPoints = _CLASSES[min(9, int(10 * share))]
    return found


def _share(events: Counter[frozenset[str]], common: frozenset[str]) -> float | None:
    """Share of a sector's events with a common kind; None of too few events."""
    whole = events.total()
    return sum(n for sent, n in events.items() if sent & common) / whole if whole >= FEWEST_EVENTS else None
