"""Puts training needs, programmes and effects into words, from the releases that are shown (analysis/shown)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from analysis.shown.training import Training
from analysis.training.needs import TRUE_OF
from dashboards.queries.conclusions import concluded
from dashboards.queries.documents import Documents
from dashboards.training.needs import NeedRow, by_when, need_rows, not_needs, picture_of
from dashboards.training.programmes import RESULTS, ProgrammeRow, Result, programme_rows, year_of
from dashboards.words import capital, listed, quarter, sector_words, short_quarter, uncapital
from models.contract.periods import before
from models.register import Duties
from models.service import clock

NEEDS_SHOWN = 10
NOT_PROOF = "Not proof: the sector's own figures before and after, with nothing to compare them with."
NO_NEED = ", which answered no need of the year before"
COUNTED: dict[Result, str] = {
    "changed": "changed what is recorded",
    "no clear change": "shows no clear change",
    "too early": "is too early to tell",
    "cannot tell": "cannot be told",
}
COUNTED_MANY: dict[Result, str] = {
    "changed": "changed what is recorded",
    "no clear change": "show no clear change",
    "too early": "are too early to tell",
    "cannot tell": "cannot be told",
}
"""A number of programmes and what became of them, as the end of a phrase."""


@dataclass(frozen=True)
class TrainingPage:
    """All of the page."""

    year: str
    year_before: str
    findings: tuple[str, ...]
    """What the page says first, in sentences."""
    needs: tuple[NeedRow, ...]
    needs_picture: Markup
    by_when: str
    """From which figures on training that is held now can be seen to work."""
    more_needs: str
    """How many needs are not listed, in a sentence; empty if none."""
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

    @property
    def unclear(self) -> tuple[ProgrammeRow, ...]:
        """Programmes on one kind of sign of which nothing can be told."""
        return tuple(row for row in self.of("cannot tell") if not row.general)

    @property
    def general(self) -> tuple[ProgrammeRow, ...]:
        """Programmes that aim at no one figure."""
        return tuple(row for row in self.programmes if row.general)

    def of(self, result: Result) -> tuple[ProgrammeRow, ...]:
        """The programmes of which one of the four things is said."""
        return tuple(row for row in self.programmes if row.result == result)


def of(documents: Documents, duties: Duties, apart: frozenset[str] = frozenset()) -> Training | None:
    """Needs and programmes from the releases that are shown; None without a financial year.

    `apart` has the years that may not be compared with the year before.
    """
    return concluded(documents, duties, apart)


def training_page(findings: Training, today: date | None = None) -> TrainingPage:
    """The training page in words. `today` is the day from which on somebody may be trained; by default, this one."""
    needs, programmes = need_rows(findings), programme_rows(findings)
    first = needs[:NEEDS_SHOWN]
    more = len(needs) - len(first)
    answers = _answers(findings, programmes)
    return TrainingPage(
        findings.year,
        before(findings.year),
        (_needs_finding(findings, needs), answers[2][1]),
        tuple(first),
        picture_of(first),
        by_when(today or clock.today()),
        _more(more),
        _noticed(findings),
        findings.signs_judged,
        not_needs(),
        f"Of needs called likely {TRUE_OF['likely']} were true there; of those worth asking about, "
        f"{TRUE_OF['worth asking']}.",
        len(findings.needs),
        programmes,
        len(findings.trained) - len(programmes),
        answers,
    )


def _needs_finding(findings: Training, needs: Sequence[NeedRow]) -> str:
    """Who probably needs which training, in a sentence."""
    year = quarter(findings.year)
    if not needs:
        return f"No training need is likely or worth asking about in {year}. That does not mean that there is none."
    named = [_named(row) for row in needs if row.standing == "likely"]
    asked = [_named(row) for row in needs if row.standing != "likely"]
    parts = [f"likely for {listed(named)}"] if named else []
    parts += [f"worth asking about for {listed(asked)}"] if asked else []
    return f"Training needs in {year}: {'; '.join(parts)}."


def _named(row: NeedRow) -> str:
    return f"{uncapital(row.sector)} ({uncapital(row.about)})"


def _more(number: int) -> str:
    if number == 0:
        return ""
    return "One more need is not listed." if number == 1 else f"{number} more needs are not listed."


def _noticed(findings: Training) -> tuple[str, ...]:
    """At this board's size, with these figures: which gaps in signs the page could have called likely."""
    if not findings.signs_judged:
        return ()
    by_gap: dict[float | None, list[str]] = {}
    for sector, ratio in findings.noticed:
        by_gap.setdefault(ratio, []).append(sector_words(sector))
    sentences = [
        f"{capital(listed(sectors))}: {_gap(ratio)}" for ratio, sectors in sorted(by_gap.items(), key=_large_last)
    ]
    never = findings.pairs_weighed - findings.pairs_noticed
    return (
        *sentences,
        f"We could look at {findings.pairs_weighed} pairs of a sector and one kind of sign. For {never} of them the "
        "figures are so small that even a sector that records nothing would not have been called a likely need.",
    )


def _gap(ratio: float | None) -> str:
    if ratio is None:
        return "no gap over all signs, however large, would have been called likely."
    if ratio == 0:
        return "only a sector that records nothing at all would have been called likely."
    return f"over all signs, recording {100 * ratio:.0f}% or less of what the others record."


def _large_last(pair: tuple[float | None, list[str]]) -> float:
    return 2.0 if pair[0] is None else 1 - pair[0]


def _answers(data: Training, programmes: Sequence[ProgrammeRow]) -> tuple[tuple[str, str], ...]:
    """The three questions of the page."""
    year = [trained for trained in data.trained if year_of(trained) == data.year]
    earlier = quarter(before(data.year))
    sessions = {s.session for trained in year for s in trained.outcome.programme.sessions}
    came = sum(s.attended or 0 for s in data.sessions if s.session in sessions)
    held = (
        f"In {short_quarter(data.year)}, {len(sessions)} sessions for one sector each, to which {came:,} staff came, "
        f"and {data.without_audience} for several sectors or with no audience recorded."
    )
    wanted = len(data.priorities_before)
    topics = "training on its subject for its sector"
    reflected = (
        f"{_counted(wanted)} named for {earlier}. {_met(data.priorities_trained, wanted, topics)}"
        if wanted
        else f"No need was named for {earlier}."
        if data.earlier_released
        else f"Not known: {earlier} is not released."
    )
    return (
        ("What was trained?", held),
        ("Did it answer a need?", reflected),
        ("What changed?", _changed(programmes)),
    )


def _counted(number: int) -> str:
    return "One need was" if number == 1 else f"{number} needs were"


def _met(met: int, wanted: int, topics: str) -> str:
    if wanted == 1:
        return f"There {'was' if met else 'was no'} {topics}."
    return f"For {met or 'none'} of them there was {topics}."


def _changed(programmes: Sequence[ProgrammeRow]) -> str:
    """Of how many programmes which of the four things is said; those that changed something are named."""
    if not programmes:
        return "No programme for one sector is in the releases that are shown."
    number = Counter(row.result for row in programmes)
    parts = [f"{number[one]} {(COUNTED if number[one] == 1 else COUNTED_MANY)[one]}" for one in RESULTS if number[one]]
    if not number["changed"]:
        parts.insert(0, "none clearly changed what is recorded")
    total = "One programme" if len(programmes) == 1 else f"Of {len(programmes)} programmes"
    named = [
        f"{uncapital(row.sector)} ({row.topic}){'' if row.was_priority else NO_NEED}"
        for row in programmes
        if row.result == "changed"
    ]
    return f"{total}: {', '.join(parts)}.{f' What changed: {listed(named)}.' if named else ''}"


__all__ = ["NOT_PROOF", "NeedRow", "TrainingPage", "need_rows", "of", "training_page"]
