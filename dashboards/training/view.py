"""Puts training needs, programmes and effects into words, from the releases that are shown (analysis/shown)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.measures.registry import MEASURE_WORDS
from analysis.shown.training import Trained, Training
from analysis.training.effect import Effect
from analysis.training.needs import GENERAL, LIKELY, NOT_NEEDS, TRUE_OF, WORTH_ASKING, Need
from dashboards.queries.conclusions import concluded
from dashboards.queries.documents import Documents
from dashboards.words import capital, sector_words, short_quarter
from dashboards.words import quarter as window_name
from models.contract.periods import YEAR_NAME, before, financial_year_of
from models.register import Duties

NEEDS_SHOWN = 10
HOPELESS = 5
"""No training multiplies what is recorded by so much: where only that would be told, the page says so."""
_YEAR = re.compile(rf"\b{YEAR_NAME}\b")
NOT_PROOF = "Not proof: the sector's own figures before and after, with nothing to compare them with."
STAGES = (("before", "before"), ("after", "straight after"), ("follow_up", "at follow-up"))


@dataclass(frozen=True)
class NeedRow:
    """One need in words."""

    rank: str
    """`1`, or `1=` where others share it."""
    sector_code: str
    sector: str
    topic: str
    """Its code."""
    about: str
    moves: str
    """Number of the measure that should move: `m6`."""
    standing: str
    """`likely` or `worth asking`."""
    probability: str
    ratio: str
    interval: str
    rests_on: str
    """The evidence for the need itself, as released."""
    beside: tuple[tuple[str, str], ...]
    """The sector's other figures: what is counted, and its entry in the release."""
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class ProgrammeRow:
    """One programme in words: the three questions side by side."""

    sector: str
    topic: str
    when: str
    sessions: str
    confidence: str
    priority: str
    change: str
    refused: str
    """Why no effect can be worked out; empty where there is one."""
    not_proof: str
    was_priority: bool


@dataclass(frozen=True)
class TrainingPage:
    """All of the page."""

    year: str
    year_before: str
    needs: tuple[NeedRow, ...]
    more_needs: int
    """Those of which something is said and that are not listed."""
    noticed: tuple[str, ...]
    """What would have been called a likely need 4 times in 5, in sentences; empty without detection shares."""
    signs_judged: bool
    """Whether the release has what needs about signs rest on: detection shares (M18)."""
    not_needs: tuple[tuple[str, str], ...]
    """Measures that give no needs, each with the reason."""
    measured: str
    """How many rows of each standing were true in simulated boards."""
    weighed: int
    """All sector and topic pairs that could be weighed."""
    programmes: tuple[ProgrammeRow, ...]
    """Programmes of the year, and earlier ones that have an effect."""
    earlier: int
    """Programmes of the year before that are not listed."""
    answers: tuple[tuple[str, str], ...]
    """The three questions, each with a sentence."""


def of(documents: Documents, duties: Duties, apart: frozenset[str] = frozenset()) -> Training | None:
    """Needs and programmes from the releases that are shown; None without a financial year.

    `apart` has the years that may not be compared with the year before.
    """
    return concluded(documents, duties, apart)


def training_page(findings: Training) -> TrainingPage:
    """The training page in words."""
    year = findings.year
    earlier = before(year)
    priorities = findings.priorities
    listed = [
        trained for trained in findings.trained if _year_of(trained) == year or trained.outcome.effect is not None
    ]
    return TrainingPage(
        year,
        earlier,
        tuple(need_rows(findings)[:NEEDS_SHOWN]),
        max(0, len(priorities) - NEEDS_SHOWN),
        _noticed(findings),
        findings.signs_judged,
        NOT_NEEDS,
        f"Of rows called likely {TRUE_OF['likely']} were true there, of those worth asking {TRUE_OF['worth asking']}.",
        len(findings.needs),
        tuple(_programme(trained) for trained in listed),
        len(findings.trained) - len(listed),
        _answers(findings, earlier),
    )


def _noticed(findings: Training) -> tuple[str, ...]:
    """At this board's size, with these figures: which gaps in signs the page could have called likely."""
    if not findings.signs_judged:
        return ()
    by_gap: dict[float | None, list[str]] = {}
    for sector, ratio in findings.noticed:
        by_gap.setdefault(ratio, []).append(sector_words(sector))
    sentences = [
        f"{capital(' and '.join(sectors))}: {_gap(ratio)}" for ratio, sectors in sorted(by_gap.items(), key=_large_last)
    ]
    never = findings.pairs_weighed - findings.pairs_noticed
    return (
        *sentences,
        f"Of {findings.pairs_weighed} pairs of a sector and one kind of sign that could be weighed, {never} are so "
        "small that not even a sector that records nothing would have been called likely.",
    )


def _gap(ratio: float | None) -> str:
    if ratio is None:
        return "no gap over all signs, however large, would have been called likely."
    if ratio == 0:
        return "only a sector that records nothing at all would have been called likely."
    return f"over all signs, recording {100 * ratio:.0f}% or less of what the others record."


def _large_last(pair: tuple[float | None, list[str]]) -> float:
    return 2.0 if pair[0] is None else 1 - pair[0]


def need_rows(findings: Training) -> list[NeedRow]:
    """The priorities, in order of rank; needs that share a rank say so."""
    ranks = [need.rank for need in findings.needs]
    return [_need(need, ranks.count(need.rank) > 1) for need in findings.priorities]


def topic_words(topic: str) -> str:
    """A topic of training as a phrase."""
    return "general" if topic == GENERAL else f"signs: {topic}"


def _need(need: Need, shared: bool) -> NeedRow:
    return NeedRow(
        rank=f"{need.rank}{'=' if shared else ''}",
        sector_code=str(need.sector),
        sector=sector_words(need.sector),
        topic=str(need.topic),
        about=capital(need.about),
        moves=need.moves,
        standing=need.standing,
        probability=_likely(need.probability),
        ratio=f"{need.ratio:.2f}",
        interval=f"{need.low:.2f} to {need.high:.2f}",
        rests_on=_rests_on(need),
        beside=tuple((capital(MEASURE_WORDS.get(name, name)), text) for name, text in need.evidence[1:]),
        left_out=tuple(_left_out(text) for text in need.left_out),
    )


def _rests_on(need: Need) -> str:
    own, text = need.evidence[0]
    if need.moves == "m4":
        return f"{capital(text)} children with a new concern recorded by the sector"
    _, more = need.evidence[1]
    if need.moves == "m18":
        return f"It recorded {text}, and missed {more}, of children whom it knew and of whom another sector recorded it"
    return f"{_part(text)} of {more}: {MEASURE_WORDS[own].lower()}"


def _part(text: str) -> str:
    """`15`, or `About 10 or fewer, or none,`: as the start of a sentence."""
    return capital(text) + ("," if "," in text else "")


def _comma(text: str) -> str:
    """`about 10 or fewer, or none of 215` with its second comma."""
    return text.replace(", or none of", ", or none, of")


def _left_out(text: str) -> str:
    """`m6_online police: no return` in words."""
    name, _, rest = text.partition(" ")
    sector, _, state = rest.partition(": ")
    return f"{sector_words(sector)}: {MEASURE_WORDS.get(name, name)}: {state}"


def _likely(probability: float) -> str:
    if probability >= 0.995:
        return "over 99%"
    return f"{100 * probability:.0f}%" if probability >= 0.01 else "under 1%"


def _programme(trained: Trained) -> ProgrammeRow:
    outcome = trained.outcome
    programme = outcome.programme
    number = len(programme.sessions)
    reach = "" if programme.reach is None else f", {100 * min(1.0, programme.reach):.0f}% of staff in scope"
    sessions = f"{number} session{'' if number == 1 else 's'}, {programme.attended:,} came{reach}"
    means = [f"{outcome.confidence[key][1]:.1f} {words}" for key, words in STAGES if key in outcome.confidence]
    first, last = (f"{day:%b %Y}" for day in (programme.first, programme.last))
    trend = outcome.trend
    ratio = "" if trend.ratio is None else f" ({trend.ratio:.2f} times the share)"
    released = trend.before != "not released" and programme.topic != GENERAL
    return ProgrammeRow(
        sector_words(programme.sector),
        topic_words(programme.topic),
        first if first == last else f"{first} to {last}",
        sessions,
        ", ".join(means) if means else "not recorded",
        _priority(trained),
        _effect(outcome.effect) if outcome.effect else "",
        _in_words(outcome.refused or ""),
        f"{_comma(trend.before)} before, {_comma(trend.after)} after{ratio}" if released else "",
        trained.was_priority,
    )


def _priority(trained: Trained) -> str:
    if not trained.needs_known:
        return "Not known: the year before it is not released"
    if trained.need is None:
        return "No: its sector and topic were neither likely nor worth asking about in the year before"
    return f"Yes: {trained.need.standing}, rank {trained.need.rank} of {trained.ranked} in the year before"


def _effect(effect: Effect) -> str:
    interval = f"{effect.low:.2f} to {effect.high:.2f}"
    compared = ", ".join(map(sector_words, effect.compared))
    finding = "A change beyond that of the others" if effect.clear else "No clear change beyond that of the others"
    noticed = (
        f"To be told 4 times in 5, the share would have to be {effect.noticeable:.1f} times as high"
        if effect.noticeable < HOPELESS
        else f"These figures are too small to tell even a share {HOPELESS} times as high"
    )
    return f"{finding}: {effect.ratio:.2f} times ({interval}), compared with {compared}. {noticed}"


def _answers(data: Training, earlier: str) -> tuple[tuple[str, str], ...]:
    year = [trained for trained in data.trained if _year_of(trained) == data.year]
    sessions = {s.session for trained in year for s in trained.outcome.programme.sessions}
    compared = [trained for trained in year if trained.outcome.effect is not None]
    clear = [trained for trained in compared if trained.outcome.effect is not None and trained.outcome.effect.clear]
    came = sum(s.attended or 0 for s in data.sessions if s.session in sessions)
    held = (
        f"In {short_quarter(data.year)}, {len(sessions)} sessions for one sector each, to which {came:,} staff came, "
        f"and {data.without_audience} for several sectors or with no audience recorded."
    )
    wanted = len(data.priorities_before)
    reflected = (
        f"Of {wanted} priorities of {short_quarter(earlier)}, {data.priorities_trained} had a session on their topic "
        "for their sector."
        if wanted
        else f"Nothing was likely or worth asking about in {short_quarter(earlier)}."
        if data.earlier_released
        else f"Not known: {short_quarter(earlier)} is not released."
    )
    names = "; ".join(
        f"{sector_words(o.programme.sector)}, {topic_words(o.programme.topic)}" for o in (c.outcome for c in clear)
    )
    changed = (
        f"Of {len(year)} programmes, {len(compared)} could be compared with sectors that were not trained, and "
        f"{len(clear)} changed clearly{': ' + names if names else ''}. A rise in what is recorded is success first."
    )
    return (("What was trained?", held), ("Did it reflect the priorities?", reflected), ("What changed?", changed))


def _year_of(trained: Trained) -> str:
    return financial_year_of(trained.outcome.programme.first)


def _in_words(text: str) -> str:
    """The text with codes of financial years in words."""
    return _YEAR.sub(lambda match: window_name(match[0]), text)


__all__ = ["LIKELY", "NOT_PROOF", "WORTH_ASKING", "TrainingPage", "need_rows", "of", "training_page"]
