"""For how many children each indicator was recorded, which occur together, and the trend. Exact: for inside only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import combinations

from analysis.measures.figures import DateSpan, Figure, ratio
from analysis.measures.history import LinkedChild
from analysis.measures.picture import Picture
from analysis.measures.recognition import coded, indicators_of
from models.contract.periods import bounds, quarter_of, quarters_between

TREND_QUARTERS = 8


def codes_in(child: LinkedChild, window: DateSpan) -> frozenset[str]:
    """The codes that any agency recorded for a child in a window: a set, without order, number or weight."""
    return frozenset(
        code for record in coded(child) if window.holds(record.occurred_on) for code in indicators_of(record)
    )


def prevalence(picture: Picture, window: DateSpan) -> list[Figure]:
    """The number of children for each used code of the catalogue, out of the children with any code; zeros included."""
    held = [codes for child in picture.children.values() if (codes := codes_in(child, window))]
    children = Counter(code for codes in held for code in codes)
    used = [str(entry.code) for entry in picture.setting.catalogue.indicators if entry.used]
    return [
        Figure("indicator", c, {"children": children[c], "of": len(held)}, ratio(children[c], len(held))) for c in used
    ]


def together(picture: Picture, window: DateSpan) -> list[Figure]:
    """Pairs of codes recorded for the same child in the window. `value` is the lift: 1 means as often as by chance."""
    held = [codes for child in picture.children.values() if (codes := codes_in(child, window))]
    return pairs_of(held)


def pairs_of(held: Iterable[frozenset[str]]) -> list[Figure]:
    """The counts and the lift of every pair of codes that occurs."""
    sets = list(held)
    alone = Counter(code for codes in sets for code in codes)
    both = Counter(pair for codes in sets for pair in combinations(sorted(codes), 2))
    return [
        Figure(
            "pair",
            f"{a} {b}",
            {"children": number, "with_first": alone[a], "with_second": alone[b], "of": len(sets)},
            number * len(sets) / (alone[a] * alone[b]),
        )
        for (a, b), number in sorted(both.items())
    ]


def trend(picture: Picture, window: DateSpan) -> list[Figure]:
    """The number of children for each used code in each of the eight quarters that end with the window."""
    reach = window.start.replace(year=window.start.year - 3)
    quarters = [q for q in quarters_between(reach, window.end) if bounds(q)[1] <= window.end][-TREND_QUARTERS:]
    span = DateSpan(bounds(quarters[0])[0], bounds(quarters[-1])[1])
    children: Counter[tuple[str, str]] = Counter()
    for child in picture.children.values():
        codes = {
            (code, quarter_of(record.occurred_on))
            for record in coded(child)
            if span.holds(record.occurred_on)
            for code in indicators_of(record)
        }
        children.update(codes)
    used = [str(entry.code) for entry in picture.setting.catalogue.indicators if entry.used]
    return [Figure("trend", f"{code} {q}", {"children": children[code, q]}) for code in used for q in quarters]
