"""What a release carries besides its cells, from a board's rows: training held, how well sectors can be linked, and
what people said.

No figure here counts children whom agencies recorded (ADR 0015), only people who were heard (ADR 0034). Sessions lose
their id, organisation and role group, and a mean of few answers is left out. How well two sectors can be linked is
given by the identifiers that they send, in ten-point classes, never by how many children both know.

Each class comes from counts with keyed noise, like figures (docs/adr/0020). With exact counts, a single record with an
NHS number would show that a sector sends NHS numbers, and one more record could be seen where a class begins. A
sector's child counts once, however many events it has. An event without an identifier counts as one child.
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
from analysis.disclosure.voices import GroupHeard, group_heard, voices
from analysis.ledger.parse import CHILD_TYPES, feedback_record, session_record, tokens
from analysis.ledger.records import FeedbackRecord, SessionRecord, Token
from analysis.ledger.row import Row
from analysis.link import link_children
from models.contract.codes import FeedbackStage, IndicatorCategory, Sector, TokenKind
from models.contract.periods import bounds
from models.releases.beside import FEWEST_ANSWERS, FEWEST_EVENTS, Answers, Linkable, LinkClass, SessionHeld, TenPoints
from models.releases.voices import VoiceHeard

_CLASSES = get_args(TenPoints)
DEVIATION = 6
"""Standard deviation of the draws, in children. It is twice that of figures: a sector's child is in eight draws, which
together cost as much as two figures."""
FEWEST_WITH_KIND = 20
"""A sector counts as sending a kind of identifier from this number of children on, noise included."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the releases with one cut-off carry besides their cells."""

    sessions: tuple[SessionHeld, ...] = ()
    kinds: Mapping[str, Counter[frozenset[str]]] = field(default_factory=dict, repr=False)
    """Sector -> number of children by the kinds of identifier that it sends for them. Exact, so never written."""
    groups: tuple[GroupHeard, ...] = field(default=(), repr=False)
    """The groups of people that were heard. Exact, so never written."""

    def links(self, keys: RoundingKeys) -> tuple[Linkable, ...]:
        """How well each pair of sectors can be linked, from counts with noise."""
        return tuple(_links(self.kinds, keys))

    def training(self, window: str) -> tuple[SessionHeld, ...]:
        """The training sessions held in a window."""
        start, end = bounds(window)
        return tuple(session for session in self.sessions if start <= session.held_on < end)

    def voices(self, window: str, keys: RoundingKeys) -> tuple[VoiceHeard, ...]:
        """What people said in a window, from sums with noise."""
        return voices(self.groups, window, keys)


def beside(rows: Iterable[tuple[str, Row]], sector_of: Mapping[str, str], cut_off: datetime) -> Beside:
    """Collect it from a board's rows. Withdrawn events, and events first received after the cut-off, do not count."""
    cut_off_ms = int(cut_off.timestamp() * 1000)
    sessions: dict[str, SessionRecord] = {}
    feedback: defaultdict[str | None, list[FeedbackRecord]] = defaultdict(list)
    sent: defaultdict[str, dict[str, tuple[Token, ...]]] = defaultdict(dict)
    agency_of: dict[str, str] = {}
    groups: list[GroupHeard] = []
    for event_id, row in rows:
        if row.withdrawn or row.first_ms > cut_off_ms:
            continue
        if row.short_type == "training_session":
            sessions[event_id] = session_record(event_id, row)
        elif row.short_type == "training_feedback":
            answers = feedback_record(row)
            feedback[answers.about].append(answers)
        elif row.short_type == "theme_return":
            if group := group_heard(event_id, row, sector_of.get(row.agency, Sector.UNKNOWN)):
                groups.append(group)
        elif row.short_type in CHILD_TYPES:
            sent[sector_of.get(row.agency, Sector.UNKNOWN)][event_id] = tokens(row)
            agency_of[event_id] = row.agency
    held = [_session(session, feedback[event_id]) for event_id, session in sessions.items()]
    # Sorted by content, not by id, because an order by id could reveal something about the ids.
    held.sort(key=lambda session: (session.held_on, session.model_dump_json()))
    kinds = {sector: _kinds(tokens_of, agency_of) for sector, tokens_of in sent.items()}
    return Beside(tuple(held), kinds, tuple(groups))


def as_records(held: Iterable[SessionHeld]) -> tuple[tuple[SessionRecord, ...], tuple[FeedbackRecord, ...]]:
    """Released sessions as the records that M15, programmes and effects read. Their ids are positions in the list."""
    sessions: list[SessionRecord] = []
    feedback: list[FeedbackRecord] = []
    for position, session in enumerate(held):
        name = f"s{position}"
        topics = tuple(str(topic) for topic in session.topics)
        numbers = (session.places, session.attended, session.in_scope)
        sessions.append(
            SessionRecord(name, "", session.held_on, str(session.audience), topics, "not_recorded", *numbers)
        )
        feedback += [
            FeedbackRecord(name, session.held_on, str(a.stage), a.answered, a.mean_tenths / 10)
            for a in session.feedback
        ]
    return tuple(sessions), tuple(feedback)


def _session(session: SessionRecord, feedback: list[FeedbackRecord]) -> SessionHeld:
    answers: dict[FeedbackStage, tuple[int, float]] = {}
    for record in feedback:
        stage = FeedbackStage(record.stage)
        number, total = answers.get(stage, (0, 0.0))
        answers[stage] = (number + record.answered, total + record.answered * record.mean_score)
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
    """A sector's children by kinds of identifier, linked by its own events. An event without one counts as a child."""
    links = link_children(tokens_of, agency_of)
    kinds_of: defaultdict[str, set[str]] = defaultdict(set)
    for event_id, link in links.items():
        kinds_of[link].update(kind for kind, _ in tokens_of[event_id])
    counted = Counter(frozenset(kinds - {TokenKind.LOCAL}) for kinds in kinds_of.values())
    counted[frozenset()] += len(tokens_of) - len(links)
    return +counted


def _links(kinds: Mapping[str, Counter[frozenset[str]]], keys: RoundingKeys) -> Iterable[Linkable]:
    for first, second in combinations(sorted(kinds), 2):
        common = _sent(first, kinds[first], keys) & _sent(second, kinds[second], keys)
        shares = [_share(sector, kinds[sector], common, keys) for sector in (first, second)]
        known = [share for share in shares if share is not None]
        share = min(known) if len(known) == len(shares) else None
        link_class: LinkClass = (
            "no kind in common" if not common else "too few events" if share is None else ten_points(share)
        )
        named = tuple(TokenKind(kind) for kind in sorted(common))
        yield Linkable(one=Sector(first), other=Sector(second), kinds=named, share=link_class)


def ten_points(share: float) -> TenPoints:
    """The ten-point class of a share (0 to 1)."""
    ten_point_class: TenPoints = _CLASSES[min(9, int(10 * share))]
    return ten_point_class


def _sent(sector: str, children: Counter[frozenset[str]], keys: RoundingKeys) -> frozenset[str]:
    """The kinds of identifier that a sector sends for at least `FEWEST_WITH_KIND` children, noise included."""
    every = (kind for kind in TokenKind if kind is not TokenKind.LOCAL)
    counts = {kind: sum(n for sent, n in children.items() if kind in sent) for kind in every}
    return frozenset(kind for kind, n in counts.items() if noisy(n, f"{sector}|{kind}", keys) >= FEWEST_WITH_KIND)


def _share(sector: str, children: Counter[frozenset[str]], common: frozenset[str], keys: RoundingKeys) -> float | None:
    """The share of a sector's children with a common kind of identifier, from noisy counts; None with too few."""
    whole = noisy(children.total(), f"{sector}|whole", keys)
    part = noisy(sum(n for sent, n in children.items() if sent & common), f"{sector}|{sorted(common)}", keys)
    return min(1.0, max(0.0, part / whole)) if whole >= FEWEST_EVENTS else None


def noisy(count: int, name: str, keys: RoundingKeys, deviation: int = DEVIATION) -> int:
    """A count plus noise. The draw is keyed by the count and by the name of what it counts."""
    return noise.noisy(count, name, keys, deviation)
