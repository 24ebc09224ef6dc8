"""M2 Recognition lag (paragraphs 157, 169): days from the first sign anyone saw to the first concern or screening."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from analysis.measures.definition import LATE, UNLINKED, Definition, Unknown
from analysis.measures.figures import ALL, Figure, Window, nearest_rank, ratio
from analysis.measures.history import Child, Occurrence, Rules
from analysis.measures.picture import Picture
from analysis.measures.recognition import concerns, recognitions, signs
from analysis.measures.workdays import months_after

DEFINITION = Definition(
    2,
    "Recognition lag",
    "How long after the first sign was the child recognised, who saw first, and who raised it?",
    "days from the first indicator observed or missing episode (the day it happened, any agency, within the 24 "
    "months before) to the first CSE concern or screening of any agency; the same day counts as 0",
    "children whose first CSE concern ever falls in the period and who have such a sign on or before the day "
    "they were recognised",
    "the period; signs are looked for 24 calendar months back",
    "children; days as whole numbers (nearest rank), shares of children over 30 and over 90 days",
    "sector that saw first; sector that raised it (ties count for each); and for children raised by two agencies "
    "or more, how many days each sector's own first concern came after the first of all",
    "paragraphs 157, 169",
    "board and sector by financial year: children counted, and those over 30 "
    "and over 90 days. Medians stay inside: they are worked out from no released cell",
    "A short lag may mean quick recognition or that nothing earlier was written down: read with M6. Not a "
    "measure of fault.",
    (
        UNLINKED,
        Unknown("not recorded", "Signs an agency saw and did not record make the lag look shorter than it was."),
        Unknown(
            "not recorded",
            "Where records begin less than 24 months before a period, earlier signs are missing: early periods look "
            "quicker than they were, and a rise after them may be none.",
        ),
        Unknown(
            "unlinked", "A sign under another kind of identifier than the concern is not found: the lag looks shorter."
        ),
        LATE,
    ),
)


@dataclass(frozen=True, slots=True)
class Lag:
    """One child's lag, on the day of the first concern."""

    on: date
    days: int
    saw_first: frozenset[str]
    raised: frozenset[str]
    """Agencies."""


def lag_of(child: Child) -> Lag | None:
    """The lag of a child, or None without a concern or a sign before recognition."""
    own = concerns(child)
    if not own:
        return None
    recognised = min(event.occurred_on for event in recognitions(child))
    earliest = months_after(recognised, -24)
    before = [(day, agency) for day, agency in signs(child) if earliest <= day <= recognised]
    if not before:
        return None
    first = min(day for day, _ in before)
    return Lag(
        min(event.occurred_on for event in own),
        (recognised - first).days,
        frozenset(agency for day, agency in before if day == first),
        frozenset(event.agency for event in recognitions(child) if event.occurred_on == recognised),
    )


def figures(picture: Picture, window: Window) -> list[Figure]:
    """All children, then by the sector that saw first and by the sector that raised it."""
    lags = [lag for child in picture.children.values() if (lag := lag_of(child)) and window.holds(lag.on)]
    sector = picture.setting.sector
    found = [_figure(ALL, ALL, lags)]
    behind = [b for child in picture.children.values() for b in later_than_others(child) if window.holds(b.on)]
    for name in picture.setting.sectors:
        found.append(_behind(name, [b.days for b in behind if sector(b.agency) == name]))
    splits: tuple[tuple[str, Callable[[Lag], frozenset[str]]], ...] = (
        ("saw_first", lambda lag: lag.saw_first),
        ("raised", lambda lag: lag.raised),
    )
    for split, who in splits:
        for name in picture.setting.sectors:
            found.append(_figure(split, name, [lag for lag in lags if name in {sector(a) for a in who(lag)}]))
    return found


@dataclass(frozen=True, slots=True)
class Behind:
    """One agency's own first concern about a child whom another agency raised too; days after the first of all."""

    on: date
    agency: str
    days: int


def later_than_others(child: Child) -> list[Behind]:
    """For a child raised by two agencies or more: how far each was behind the first. Compares like with like."""
    first: dict[str, date] = {}
    for event in concerns(child):
        first.setdefault(event.agency, event.occurred_on)
    if len(first) < 2:
        return []
    start = min(first.values())
    return [Behind(day, agency, (day - start).days) for agency, day in sorted(first.items())]


def _behind(group: str, days: list[int]) -> Figure:
    counts = {
        "children": len(days),
        "over_30": sum(d > 30 for d in days),
        "median_days": nearest_rank(days, 0.5) or 0,
        "p75_days": nearest_rank(days, 0.75) or 0,
    }
    return Figure("behind the first to raise it", group, counts, ratio(counts["over_30"], len(days)))


def _figure(split: str, group: str, lags: list[Lag]) -> Figure:
    days = [lag.days for lag in lags]
    counts = {
        "children": len(days),
        "over_30": sum(d > 30 for d in days),
        "over_90": sum(d > 90 for d in days),
        "median_days": nearest_rank(days, 0.5) or 0,
        "p75_days": nearest_rank(days, 0.75) or 0,
    }
    return Figure(split, group, counts, ratio(counts["over_30"], len(days)))


def occurrences(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Children with a lag, on the day of their first concern; who raised it knows."""
    yield from _longer_than(child, -1)


def over_30(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Those recognised more than 30 days after the first sign."""
    yield from _longer_than(child, 30)


def over_90(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Those recognised more than 90 days after the first sign."""
    yield from _longer_than(child, 90)


def raised_by_several(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Children raised by two agencies or more, on the day of each agency's own first concern; that agency knows."""
    for behind in later_than_others(child):
        yield Occurrence(behind.on, frozenset({behind.agency}))


def raised_later(child: Child, rules: Rules) -> Iterator[Occurrence]:
    """Those an agency raised more than 30 days after another had."""
    for behind in later_than_others(child):
        if behind.days > 30:
            yield Occurrence(behind.on, frozenset({behind.agency}))


def _longer_than(child: Child, days: int) -> Iterator[Occurrence]:
    if (lag := lag_of(child)) and lag.days > days:
        yield Occurrence(lag.on, lag.raised)
