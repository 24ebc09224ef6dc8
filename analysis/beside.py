"""What a release carries beside its cells, from a board's rows: training held, and how far sectors can be linked.

No figure here counts children (ADR 0015). Sessions lose their id, their organisation and their role group,
and a mean of few answers is left out. How far two sectors can be linked is told by the identifiers that they send, in
ten-point classes, never by how many children both know.

Each class is made of counts with keyed noise, as figures are (docs/adr/0020): by an exact count one record with an NHS
number would show that a sector sends those, and one record more could be seen where a class begins. A child of a
sector's counts once, whatever number of events it has; an event without an identifier counts as one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import get_args

from analysis.disclosure import noise
from analysis.disclosure.noise import RoundingKeys
from analysis.ledger.parse import CHILD_TYPES, feedback_record, session_record, tokens
from analysis.ledger.records import FeedbackRecord, SessionRecord, Token
from analysis.ledger.row import Row
from analysis.link import link_children
from models.contract.codes import FeedbackStage, IndicatorCategory, Sector, TokenKind
from models.contract.periods import bounds
from models.releases.beside import FEWEST_ANSWERS, FEWEST_EVENTS, Answers, Linkable, LinkClass, SessionHeld, TenPoints

_CLASSES = get_args(TenPoints)
DEVIATION = 6
"""Standard deviation of the draws, in children. Twice that of figures: there are eight draws of one child of a sector,
and they cost as much as two figures."""
FEWEST_WITH_KIND = 20
"""A kind is said to be sent from so many children on, by the count with its draw."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the releases of one cut-off carry."""

    sessions: tuple[SessionHeld, ...] = ()
    kinds: Mapping[str, Counter[frozenset[str]]] = field(default_factory=dict, repr=False)
    """Of each sector: how many children, by the kinds of identifier that it sends of them. Exact: never written."""

    def links(self, keys: RoundingKeys) -> tuple[Linkable, ...]:
        """How far each two sectors can be linked, by counts with noise."""
        return tuple(_links(self.kinds, keys))

    def training(self, window: str) -> tuple[SessionHeld, ...]:
        """The sessions held in a window."""
        start, end = bounds(window)
        return tuple(session for session in self.sessions if start <= session.held_on < end)


def beside(rows: Iterable[tuple[str, Row]], sector_of: Mapping[str, str], cut_off: datetime) -> Beside:
    """From a board's rows; records the broker had after the cut-off, and withdrawn ones, do not count."""
    cut_off_ms = int(cut_off.timestamp() * 1000)
    sessions: dict[str, SessionRecord] = {}
    feedback: defaultdict[str | None, list[FeedbackRecord]] = defaultdict(list)
    sent: defaultdict[str, dict[str, tuple[Token, ...]]] = defaultdict(dict)
    agency_of: dict[str, str] = {}
    for event_id, row in rows:
        if row.withdrawn or row.first_ms > cut_off_ms:
            continue
        if row.short_type == "training_session":
            sessions[event_id] = session_record(event_id, row)
        elif row.short_type == "training_feedback":
            told = feedback_record(row)
            feedback[told.about].append(told)
        elif row.short_type in CHILD_TYPES:
            sent[sector_of.get(row.agency, Sector.UNKNOWN)][event_id] = tokens(row)
            agency_of[event_id] = row.agency
    held = [_session(session, feedback[event_id]) for event_id, session in sessions.items()]
    # Ordered by what is said, not by id: the order of ids is no one's business.
    held.sort(key=lambda session: (session.held_on, session.model_dump_json()))
    return Beside(tuple(held), {sector: _kinds(of, agency_of) for sector, of in sent.items()})


def as_records(held: Iterable[SessionHeld]) -> tuple[tuple[SessionRecord, ...], tuple[FeedbackRecord, ...]]:
    """Released sessions as M15, programmes and effects read them; their ids are places in the list."""
    sessions: list[SessionRecord] = []
    feedback: list[FeedbackRecord] = []
    for place, one in enumerate(held):
        name = f"s{place}"
        topics = tuple(str(topic) for topic in one.topics)
        numbers = (one.places, one.attended, one.in_scope)
        sessions.append(SessionRecord(name, "", one.held_on, str(one.audience), topics, "not_recorded", *numbers))
        feedback += [
            FeedbackRecord(name, one.held_on, str(a.stage), a.answered, a.mean_tenths / 10) for a in one.feedback
        ]
    return tuple(sessions), tuple(feedback)


def _session(session: SessionRecord, feedback: list[FeedbackRecord]) -> SessionHeld:
    answers: dict[FeedbackStage, tuple[int, float]] = {}
    for told in feedback:
        stage = FeedbackStage(told.stage)
        number, total = answers.get(stage, (0, 0.0))
        answers[stage] = (number + told.answered, total + told.answered * told.mean_score)
    return SessionHeld(
        held_on=session.held_on,
        audience=Sector(session.audience),
        topics=tuple(sorted({IndicatorCategory(topic) for topic in session.topics})),
        places=session.places,
        attended=session.attended,
        in_scope=session.in_scope,
        feedback=tuple(
            Answers(stage=stage, answered=number, mean_tenths=round(10 * total / number))
            for stage, (number, total) in sorted(answers.items())
            if number >= FEWEST_ANSWERS
        ),
    )


def _kinds(tokens_of: Mapping[str, tuple[Token, ...]], agency_of: Mapping[str, str]) -> Counter[frozenset[str]]:
    """A sector's children by kinds of identifier, as its own events link them; an event without one is one more."""
    links = link_children(tokens_of, agency_of)
    of: defaultdict[str, set[str]] = defaultdict(set)
    for event_id, link in links.items():
        of[link].update(kind for kind, _ in tokens_of[event_id])
    counted = Counter(frozenset(kinds - {TokenKind.LOCAL}) for kinds in of.values())
    counted[frozenset()] += len(tokens_of) - len(links)
    return +counted


def _links(kinds: Mapping[str, Counter[frozenset[str]]], keys: RoundingKeys) -> Iterable[Linkable]:
    for one, other in combinations(sorted(kinds), 2):
        common = _sent(one, kinds[one], keys) & _sent(other, kinds[other], keys)
        shares = [_share(sector, kinds[sector], common, keys) for sector in (one, other)]
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


def _sent(sector: str, children: Counter[frozenset[str]], keys: RoundingKeys) -> frozenset[str]:
    """The kinds that a sector sends of more than a few children."""
    every = (kind for kind in TokenKind if kind is not TokenKind.LOCAL)
    counts = {kind: sum(n for sent, n in children.items() if kind in sent) for kind in every}
    return frozenset(kind for kind, n in counts.items() if noisy(n, f"{sector}|{kind}", keys) >= FEWEST_WITH_KIND)


def _share(sector: str, children: Counter[frozenset[str]], common: frozenset[str], keys: RoundingKeys) -> float | None:
    """Share of a sector's children with a common kind; None of too few."""
    whole = noisy(children.total(), f"{sector}|whole", keys)
    part = noisy(sum(n for sent, n in children.items() if sent & common), f"{sector}|{sorted(common)}", keys)
    return min(1.0, max(0.0, part / whole)) if whole >= FEWEST_EVENTS else None


def noisy(count: int, name: str, keys: RoundingKeys, deviation: int = DEVIATION) -> int:
    """A count with its draw, keyed by the count and what it is of."""
    return noise.noisy(count, name, keys, deviation)
