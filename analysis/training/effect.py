"""Whether training changed anything (M15; paragraphs 161, 172): from reach to, where it qualifies, a comparison.

The steps, each shown even when the next cannot be: who came, what they said before, after and at follow-up, the
sector's own released figures before and after ("not proof"), and difference-in-differences against sectors that were
not trained in the topic, with an interval. With fewer than three of those it is refused, and the refusal is the result.
Rises in what is recorded are success first (docs/domain.md#a-rise-after-training).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log, sqrt
from statistics import mean, variance

from scipy.stats import t as student

from analysis.disclosure.noise import KeyedNoise, Rule
from analysis.ledger.records import FeedbackRecord, SessionRecord
from analysis.measures.m15 import confidence
from analysis.training.needs import GENERAL, Need
from analysis.training.released import ReleasedBoard
from models.catalogue import Catalogue
from models.contract.periods import bounds, financial_year_of

FEWEST_COMPARED = 3
LEVEL = 0.95
SHOWS_AFTER = timedelta(days=90)
"""An effect is looked for from 90 days after the last session, up to 180 days."""


@dataclass(frozen=True, slots=True)
class Programme:
    """The sessions of one topic for one sector within a financial year."""

    sector: str
    topic: str
    first: date
    last: date
    sessions: tuple[SessionRecord, ...]

    @property
    def attended(self) -> int:
        """Staff who came, as recorded; who came twice counts twice."""
        return sum(session.attended or 0 for session in self.sessions)

    @property
    def reach(self) -> float | None:
        """Attended of in scope, over the sessions that give both."""
        known = [(s.attended, s.in_scope) for s in self.sessions if s.attended is not None and s.in_scope]
        scope = sum(whole for _, whole in known)
        return sum(came for came, _ in known) / scope if scope else None


@dataclass(frozen=True, slots=True)
class Trend:
    """The sector's own released figures before and after: not proof."""

    before: str
    after: str
    ratio: float | None
    """After over before of the share of its children with the topic recorded; None when a figure is missing."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Relative change of the trained sector beyond that of those not trained."""

    ratio: float
    low: float
    high: float
    compared: tuple[str, ...]

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out no change."""
        return self.low > 1 or self.high < 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything known of one programme. Exactly one of `effect` and `refused` is given."""

    programme: Programme
    confidence: Mapping[str, tuple[int, float]]
    """Stage -> (answers, mean 0-10)."""
    was_need: int | None
    """Rank among the needs of the year before, or None when it was none or is not known."""
    trend: Trend
    effect: Effect | None
    refused: str | None


def programmes(sessions: Iterable[SessionRecord]) -> list[Programme]:
    """Sessions with an audience, grouped by sector, topic and financial year of the session."""
    groups: dict[tuple[str, str, str], list[SessionRecord]] = {}
    for session in sessions:
        if session.audience not in ("unknown", "not_recorded"):
            for topic in session.topics:
                groups.setdefault((session.audience, topic, financial_year_of(session.held_on)), []).append(session)
    return [
        Programme(sector, topic, min(s.held_on for s in held), max(s.held_on for s in held), tuple(held))
        for (sector, topic, _), held in sorted(groups.items())
    ]


def years_of(programme: Programme) -> tuple[str, str]:
    """The financial year before the first session, and the first with half a year to show it after the last."""
    start = bounds(financial_year_of(programme.first))[0]
    before = financial_year_of(start - timedelta(days=1))
    after = financial_year_of(programme.last + SHOWS_AFTER)
    end = bounds(after)[1]
    if (end - programme.last - SHOWS_AFTER).days < 180:
        after = financial_year_of(end)
    return before, after


def outcome(
    programme: Programme,
    sessions: Sequence[SessionRecord],
    feedback: Sequence[FeedbackRecord],
    boards: Mapping[str, ReleasedBoard],
    catalogue: Catalogue,
    needs_before: Sequence[Need] = (),
) -> Outcome:
    """What is known of one programme; `boards` are the released financial years by window."""
    before, after = years_of(programme)
    told = confidence(programme.sessions, feedback)
    ranks = [n.rank for n in needs_before if (n.sector, n.topic) == (programme.sector, programme.topic)]
    rank = min(ranks, default=None)
    if before not in boards or after not in boards:
        missing = after if before in boards else before
        trend = Trend("not released", "not released", None)
        return Outcome(programme, told, rank, trend, None, f"{missing} is not released")
    one, two = boards[before], boards[after]
    trend = _trend(one, two, programme.sector, programme.topic)
    if programme.topic == GENERAL:
        return Outcome(programme, told, rank, trend, None, "a general session aims at no one figure")
    trained = _trained(sessions, programme.topic, bounds(before)[0], bounds(after)[1])
    others = [s for s in one.sectors() if s not in trained and catalogue.expected(s, programme.topic)]
    found = compare(one, two, programme.sector, programme.topic, others)
    effect, refused = (found, None) if isinstance(found, Effect) else (None, found)
    return Outcome(programme, told, rank, trend, effect, refused)


def compare(
    before: ReleasedBoard, after: ReleasedBoard, sector: str, topic: str, others: Sequence[str]
) -> Effect | str:
    """Difference-in-differences of log shares, or why it is refused.

    The interval has the sampling error of the trained sector's own counts and what protection adds to its figures, the
    spread between the others' changes (at least their own error), and Student's t with one degree of freedom fewer
    than there are others.
    """
    own = _change(before, after, sector, topic)
    if own is None:
        return "the sector's own figures are not figures in both years"
    changes = {s: c for s in others if (c := _change(before, after, s, topic)) is not None}
    if len(changes) < FEWEST_COMPARED:
        return f"{len(changes)} of the 3 sectors needed to compare with have figures in both years"
    moved, errors = [c[0] for c in changes.values()], [c[1] for c in changes.values()]
    spread = max(variance(moved), mean(errors))
    error = sqrt(own[1] + max(0.0, spread - mean(errors)) + spread / len(moved))
    reach = float(student.ppf((1 + LEVEL) / 2, len(moved) - 1)) * error
    gap = own[0] - mean(moved)
    return Effect(exp(gap), exp(gap - reach), exp(gap + reach), tuple(sorted(changes)))


def _change(before: ReleasedBoard, after: ReleasedBoard, sector: str, topic: str) -> tuple[float, float] | None:
    """Change of the log share of a sector's children with the topic recorded, and its sampling variance."""
    names = (f"m6_{topic}", "m6_any")
    values = [year.cell(name, sector).value for year in (before, after) for name in names]
    if any(value is None for value in values):
        return None
    part0, whole0, part1, whole1 = (float(value) for value in values if value is not None)
    # Beside the Poisson variance of the part's own count; the whole's is in the share already.
    moved = [_moved(year.cell(name, sector).rule) for year in (before, after) for name in names]
    error = sum((n + of) / n**2 for n, of in ((part0, moved[0]), (part1, moved[2])))
    error += sum(of / n**2 for n, of in ((whole0, moved[1]), (whole1, moved[3])))
    return log(part1 / whole1) - log(part0 / whole0), error


def _moved(rule: Rule) -> float:
    """The variance that protection adds to a figure: rounding to the base, and since ladder 4 noise."""
    noise = rule.deviation**2 if isinstance(rule, KeyedNoise) else 0
    return noise + rule.base**2 / 12


def _trend(before: ReleasedBoard, after: ReleasedBoard, sector: str, topic: str) -> Trend:
    change = _change(before, after, sector, topic)

    def text(year: ReleasedBoard) -> str:
        part, whole = year.cell(f"m6_{topic}", sector), year.cell("m6_any", sector)
        return f"{part.text} of {whole.text}"

    return Trend(text(before), text(after), exp(change[0]) if change else None)


def _trained(sessions: Iterable[SessionRecord], topic: str, start: date, end: date) -> frozenset[str]:
    return frozenset(s.audience for s in sessions if topic in s.topics and start <= s.held_on < end)
