"""Programmes in words: what was trained, whether it answered a need, and whether anything changed. Pure.

Each programme is one of four things. It changed what is recorded; no clear change is seen; it is too early; or it
cannot be told, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from markupsafe import Markup

from analysis.shown.quotients import share
from analysis.shown.training import Shares, Trained, Training
from analysis.training.effect import Effect, years_of
from analysis.training.needs import GENERAL
from analysis.training.released import ReleasedFigure
from dashboards import states
from dashboards.pictures.before_after import Group, Moment, before_after
from dashboards.words import capital, listed, quarter, sector_words, sign_words
from models.contract.periods import bounds, financial_year_of
from models.releases import CellState

Result = Literal["changed", "no clear change", "too early", "cannot tell"]
RESULTS: Final[tuple[Result, ...]] = ("changed", "no clear change", "too early", "cannot tell")
HOPELESS = 5
"""No training multiplies what is recorded by so much: where only that would be told, the page says so."""
NO_FIGURE = {
    CellState.NOT_APPLICABLE: "It is not expected to see these signs, so it has no figure that could move.",
    CellState.NOT_COUNTABLE: "Too few of its records can be tied to children, so they cannot be counted.",
    CellState.NOT_RECORDED: "Its system does not hold these signs.",
    CellState.NO_RETURN: "It sent nothing for one of the two years. That does not mean that nothing happened.",
    CellState.WITHHELD: "Its figures are withheld, to protect children.",
}
"""What to say of a sector without a figure, by the state that stands in its place."""
STAGES = (("before", "before"), ("after", "straight after"), ("follow_up", "at follow-up"))


@dataclass(frozen=True)
class ProgrammeRow:
    """One programme in words: the three questions side by side."""

    sector: str
    topic: str
    when: str
    sessions: str
    confidence: str
    priority: str
    """Whether it answered a need, in a phrase."""
    answered: str
    """The same in short: `No`, `Yes: likely`, `Not known`."""
    result: Result
    said: str
    """What changed, or why nothing can be told, in sentences."""
    not_proof: str
    """The sector's own figures before and after; empty where there are none."""
    was_priority: bool
    general: bool
    """Whether it aims at no one kind of sign."""
    picture: Markup
    """Before and after, with the sectors that it is compared with; empty where there is nothing to draw."""

    @property
    def title(self) -> str:
        """`Youth justice, signs about relationships`."""
        return f"{self.sector}, {self.topic}"


def programme_rows(findings: Training) -> tuple[ProgrammeRow, ...]:
    """The programmes of the year, and those of the year before that have an effect."""
    needed = {(need.sector, need.topic) for need in findings.priorities if need.topic != GENERAL}
    wanted = (t for t in findings.trained if year_of(t) == findings.year or t.outcome.effect is not None)
    return tuple(_programme(trained, place, needed) for place, trained in enumerate(wanted))


def year_of(trained: Trained) -> str:
    """The financial year in which a programme began."""
    return financial_year_of(trained.outcome.programme.first)


def topic_words(topic: str) -> str:
    """A topic of training as a phrase."""
    return "in general" if topic == GENERAL else sign_words(topic)


def result_of(trained: Trained) -> Result:
    """Which of the four things it is."""
    effect = trained.outcome.effect
    if effect is None:
        return "too early" if trained.outcome.waits_for else "cannot tell"
    if effect.clear:
        return "changed"
    return "no clear change" if effect.noticeable < HOPELESS else "cannot tell"


def _programme(trained: Trained, place: int, needed: set[tuple[str, str]]) -> ProgrammeRow:
    outcome = trained.outcome
    programme = outcome.programme
    number = len(programme.sessions)
    reach = "" if programme.reach is None else f", {100 * min(1.0, programme.reach):.0f}% of its staff who should come"
    sessions = f"{number} session{'' if number == 1 else 's'}, {programme.attended:,} came{reach}"
    means = [f"{outcome.confidence[key][1]:.1f} {words}" for key, words in STAGES if key in outcome.confidence]
    first, last = (f"{day:%b %Y}" for day in (programme.first, programme.last))
    sector, topic = sector_words(programme.sector), topic_words(programme.topic)
    own = trained.shares[0] if trained.shares else None
    still = (programme.sector, programme.topic) in needed
    return ProgrammeRow(
        sector,
        topic,
        first if first == last else f"{first} to {last}",
        sessions,
        ", ".join(means) if means else "not recorded",
        _priority(trained),
        _answered(trained),
        result_of(trained),
        _said(trained) + (f" {sector} is still on the list of needs above for this." if still else ""),
        f"{_of(own.before)} before, {_of(own.after)} after" if own and not _no_figure(own) else "",
        trained.was_priority,
        programme.topic == GENERAL,
        _picture(f"programme-{place}", f"{sector}, {topic}: before and after", trained.shares),
    )


def _said(trained: Trained) -> str:
    outcome = trained.outcome
    if outcome.waits_for:
        last = bounds(outcome.waits_for)[1] - timedelta(days=1)
        return f"Needs figures to {last:%B %Y}."
    if outcome.effect is not None:
        return _effect(outcome.effect, trained.shares[0] if trained.shares else None)
    before = years_of(outcome.programme)[0]
    if trained.shares and (why := _no_figure(trained.shares[0])):
        return why
    if outcome.refused and "not released" in outcome.refused:
        return f"No figures are released of {quarter(before)}, the year before."
    return f"{capital(outcome.refused or '')}."


def _no_figure(own: Shares) -> str:
    """Why a sector has no figure of a kind of sign at all; empty if it has one."""
    states_of = {cell.state for pair in (own.before, own.after) for cell in pair}
    return next((words for state, words in NO_FIGURE.items() if state in states_of), "")


def _effect(effect: Effect, own: Shares | None) -> str:
    """What a comparison found. A range that holds no change is never called one."""
    between = f"{effect.low:.1f} to {effect.high:.1f}"
    others = listed([sector_words(code) for code in effect.compared])
    if effect.clear and effect.ratio > 1:
        return (
            f"The share of its children with this sign recorded became {effect.ratio:.1f} times what the sectors that "
            f"were not trained would lead us to expect ({between}): {others}. More is recorded, which is what training "
            "is for. It does not mean more harm."
        )
    if effect.clear:
        return (
            f"The share of its children with this sign recorded fell to {effect.ratio:.1f} of what the sectors that "
            f"were not trained would lead us to expect ({between}): {others}. Ask the sector why."
        )
    if effect.noticeable < HOPELESS:
        return (
            f"The share changed {effect.ratio:.1f} times as much as in sectors that were not trained ({between}): "
            f"{others}. That is within error and chance. A share {effect.noticeable:.1f} times as high would probably "
            "have been told."
        )
    few = own is not None and all(part.value is None for part, _ in (own.before, own.after))
    why = "It recorded this sign of too few children in both years." if few else "Its figures are too small."
    return f"{why} Even a share {HOPELESS} times as high could not be told from error and chance."


def _answered(trained: Trained) -> str:
    if trained.need is None:
        return "No" if trained.needs_known else "Not known"
    return "Yes: likely" if trained.need.standing == "likely" else "Yes: worth asking about"


def _priority(trained: Trained) -> str:
    year = quarter(years_of(trained.outcome.programme)[0])
    if not trained.needs_known:
        return f"Not known: no figures are released of {year}"
    if trained.need is None:
        return f"No: it was not among the needs of {year}"
    return f"{_answered(trained)} in {year}"


def _picture(key: str, title: str, shares: tuple[Shares, ...]) -> Markup:
    groups = [
        Group(sector_words(one.sector), _moment(one.before), _moment(one.after), trained=place == 0)
        for place, one in enumerate(shares)
    ]
    return before_after(key, title, groups)


def _moment(figures: tuple[ReleasedFigure, ReleasedFigure]) -> Moment:
    found = share(*figures)
    text = _of(figures)
    if found.value is not None:
        text = f"{100 * found.value:.0f}% ({text})"
    return Moment(text, found.value, found.low, found.high)


def _of(figures: tuple[ReleasedFigure, ReleasedFigure]) -> str:
    """`25 of 140 children`, `fewer than 10 of 215 children`, or the state that stands in the way."""
    part, whole = figures
    if whole.value is None or not part.is_evidence:
        return states.word((part if not part.is_evidence else whole).state)
    return f"{states.word(part.state) if part.value is None else f'{part.value:,}'} of {whole.value:,} children"
