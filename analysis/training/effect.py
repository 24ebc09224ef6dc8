"""Whether training changed anything (M15; paragraphs 161, 172): from reach to, where it qualifies, a comparison.

The steps, each shown even when the next cannot be: who came, what they said before, after and at follow-up, the
sector's own released figures before and after ("not proof"), and difference-in-differences against sectors that were
not trained in the topic, with an interval. With fewer than two of those it is refused, and the refusal is the result.
How often the interval holds the truth is measured: docs/conclusions-validation.md. Rises in what is recorded are
success first (docs/domain.md#a-rise-after-training).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from math import exp, log, sqrt

from scipy.special import stdtrit

from analysis.ledger.records import FeedbackRecord, SessionRecord
from analysis.measures.m15 import confidence
from analysis.training.needs import GENERAL, Need
from analysis.training.posterior import told
from analysis.training.released import ReleasedBoard
from models.catalogue import Catalogue
from models.contract.periods import bounds, financial_year_of

FEWEST_COMPARED = 2
NO_ONE_FIGURE = "general training aims at no one figure"
LEVEL = 0.95
USUAL_CHANGE = 0.15
"""How much sectors' shares usually move from year to year by chance, as a deviation of their logarithm. It weighs as
much as `USUAL_WEIGHT` sectors. Both come from simulation (docs/adr/0031)."""
USUAL_WEIGHT = 8
SHOWS_AFTER = timedelta(days=90)
"""An effect is looked for from so long after the last session."""
SHOWS_FOR = timedelta(days=180)
"""For so long at least, within one financial year."""


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
    def noticeable(self) -> float:
        """How many times the share an effect would have to be to be told clearly 4 times in 5: above 1."""
        degrees = USUAL_WEIGHT + len(self.compared) - 1
        points = [_point(level, degrees) for level in ((1 + LEVEL) / 2, 0.8)]
        error = (log(self.high) - log(self.low)) / 2 / points[0]
        return exp(sum(points) * error)

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
    waits_for: str = ""
    """The financial year after, if its figures are all that is missing: it is too early. Empty otherwise."""


@lru_cache(maxsize=256)
def _point(level: float, degrees: int) -> float:
    """The point of Student's t below which so much of it lies."""
    return float(stdtrit(degrees, level))


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
    return financial_year_of(start - timedelta(days=1)), shows_in(programme.last)


def shows_in(last: date) -> str:
    """The first financial year with half a year to show what a session of that day changed."""
    after = financial_year_of(last + SHOWS_AFTER)
    end = bounds(after)[1]
    return after if last <= latest_for(after) else financial_year_of(end)


def latest_for(year: str) -> date:
    """The last day on which a session can be held for a financial year to show what it changed."""
    return bounds(year)[1] - SHOWS_AFTER - SHOWS_FOR


def broken(before: str, after: str, apart: Collection[str]) -> bool:
    """Whether the series breaks between two financial years. `apart` has those that may not be compared with the one
    before them."""
    return any(before < year <= after for year in apart)


def outcome(
    programme: Programme,
    sessions: Sequence[SessionRecord],
    feedback: Sequence[FeedbackRecord],
    boards: Mapping[str, ReleasedBoard],
    catalogue: Catalogue,
    needs_before: Sequence[Need] = (),
    apart: Collection[str] = (),
) -> Outcome:
    """What is known of one programme; `boards` are the released financial years by window.

    `apart` has the years that may not be compared with the year before them.
    """
    before, after = years_of(programme)
    said = confidence(programme.sessions, feedback)
    ranks = [n.rank for n in needs_before if (n.sector, n.topic) == (programme.sector, programme.topic)]
    rank = min(ranks, default=None)
    if before not in boards or after not in boards:
        missing, trend = after if before in boards else before, Trend("not released", "not released", None)
        if programme.topic == GENERAL:
            return Outcome(programme, said, rank, trend, None, NO_ONE_FIGURE)
        waits_for = after if before in boards else ""
        return Outcome(programme, said, rank, trend, None, f"{missing} is not released", waits_for)
    one, two = boards[before], boards[after]
    trend = _trend(one, two, programme.sector, programme.topic)
    if broken(before, after, apart):
        trend = replace(trend, ratio=None)
        return Outcome(programme, said, rank, trend, None, "the series of figures breaks between the two years")
    if programme.topic == GENERAL:
        return Outcome(programme, said, rank, trend, None, NO_ONE_FIGURE)
    trained = _trained(sessions, programme.topic, bounds(before)[0], bounds(after)[1])
    others = [s for s in one.sectors() if s not in trained and catalogue.expected(s, programme.topic)]
    found = compare(one, two, programme.sector, programme.topic, others)
    effect, refused = (found, None) if isinstance(found, Effect) else (None, found)
    return Outcome(programme, said, rank, trend, effect, refused)


def compare(
    before: ReleasedBoard, after: ReleasedBoard, sector: str, topic: str, others: Sequence[str]
) -> Effect | str:
    """Difference-in-differences of log shares, or why it is refused.

    The mean change of the others, each weighted by its error, is what is expected. The interval has the sampling error
    of every count, the noise that protects it, and how much shares move from year to year by chance: a usual size, and
    more if the others differ by more. It uses Student's t; its degrees of freedom are the others and `USUAL_WEIGHT`.
    """
    own = _change(before, after, sector, topic, few=True)
    if own is None:
        return "the sector's own figures are too small in one of the two years"
    changes = {s: c for s in others if (c := _change(before, after, s, topic)) is not None}
    if len(changes) < FEWEST_COMPARED:
        number = ("no other sector has", "only one other sector has")[len(changes)]
        return f"{number} figures to compare with in both years, and two are needed"
    usual = USUAL_CHANGE**2
    weights = [1 / (error + usual) for _, error in changes.values()]
    middle = sum(w * moved for w, (moved, _) in zip(weights, changes.values(), strict=True)) / sum(weights)
    differ = sum(w * (moved - middle) ** 2 for w, (moved, _) in zip(weights, changes.values(), strict=True))
    degrees = USUAL_WEIGHT + len(changes) - 1
    larger = max(1.0, (USUAL_WEIGHT + differ) / degrees)
    error = sqrt(larger * (own[1] + usual + 1 / sum(weights)))
    reach = _point((1 + LEVEL) / 2, degrees) * error
    gap = own[0] - middle
    return Effect(exp(gap), exp(gap - reach), exp(gap + reach), tuple(sorted(changes)))


def _change(
    before: ReleasedBoard, after: ReleasedBoard, sector: str, topic: str, *, few: bool = False
) -> tuple[float, float] | None:
    """Change of the log share of a sector's children with the topic recorded, and its variance.

    With `few` a part that is `<10` is used as any number that it may be, which is a wide range. The whole must be a
    figure.
    """
    change = variance = 0.0
    for sign, year in ((-1, before), (1, after)):
        part, whole = year.cell(f"m6_{topic}", sector), year.cell("m6_any", sector)
        if whole.value is None or not part.is_evidence or (part.value is None and not few):
            return None
        (number, spread), (of, whole_spread) = told(part), told(whole)
        number = max(number, 1.5)
        change += sign * (log(number) - log(of))
        # The larger a share, the smaller its own error.
        variance += (number + spread) / number**2 * (1 - min(0.9, number / of)) + whole_spread / of**2
    return change, variance


def _trend(before: ReleasedBoard, after: ReleasedBoard, sector: str, topic: str) -> Trend:
    change = _change(before, after, sector, topic)  # figures only: a ratio with `<10` says nothing

    def text(year: ReleasedBoard) -> str:
        part, whole = year.cell(f"m6_{topic}", sector), year.cell("m6_any", sector)
        return f"{part.text} of {whole.text}"

    return Trend(text(before), text(after), exp(change[0]) if change else None)


def _trained(sessions: Iterable[SessionRecord], topic: str, start: date, end: date) -> frozenset[str]:
    return frozenset(s.audience for s in sessions if topic in s.topics and start <= s.held_on < end)
