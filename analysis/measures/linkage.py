"""How well events of two sectors can be linked to one child, and how many links may have been missed.

Inside the ledger's boundary only. M2, M3 and M11 depend on links. They are shown with the link rate, and with bounds
for what missed links could change. Two sectors with no kind of identifier in common have no link rate: it is withheld,
because a zero would be wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from analysis.measures.figures import ALL, DateSpan, Figure, ratio
from analysis.measures.picture import Picture

NEAR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sectors: the kinds of identifier that both use, and how many children each knows and both know."""

    one: str
    other: str
    kinds: tuple[str, ...]
    children_one: int
    children_other: int
    both: int

    @property
    def withheld(self) -> bool:
        """Whether the two have no kind of identifier in common, so that nothing can be said about the pair."""
        return not self.kinds

    @property
    def rate(self) -> float | None:
        """The share of the smaller sector's children that the other sector also knows; None when withheld."""
        return None if self.withheld else ratio(self.both, min(self.children_one, self.children_other))


def kinds_by_sector(picture: Picture) -> dict[str, Counter[str]]:
    """Sector -> kind of token -> events with such a token.

    `any` counts all the sector's events about children, `none` those without a token.
    """
    by_sector: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for child in picture.children.values():
        for record in child.records:
            events = by_sector[picture.setting.sector(record.agency)]
            events.update({kind for kind, _ in record.tokens})
            events["any"] += 1
    for (_, agency, _), number in picture.unlinked.items():
        by_sector[picture.setting.sector(agency)].update({"any": number, "none": number})
    return dict(sorted(by_sector.items()))


def pairs(picture: Picture) -> list[Pair]:
    """Every pair of sectors that have events about linked children, in alphabetical order."""
    carried: defaultdict[str, set[str]] = defaultdict(set)
    known: defaultdict[str, set[str]] = defaultdict(set)
    for link, child in picture.children.items():
        for record in child.records:
            sector = picture.setting.sector(record.agency)
            carried[sector] |= record.link_kinds
            known[sector].add(link)
    return [
        Pair(a, b, tuple(sorted(carried[a] & carried[b])), len(known[a]), len(known[b]), len(known[a] & known[b]))
        for a, b in combinations(sorted(known), 2)
    ]


def bounds(part: int, whole: int, hidden: int) -> tuple[float, float] | None:
    """How low and how high a share of children may be if `hidden` events could not be linked; None without a base.

    Lowest: each hidden event is about a further child who is not in the part. Highest: each adds a child of the whole
    to the part.
    """
    if whole + hidden == 0:
        return None
    return part / (whole + hidden), min(1.0, (part + hidden) / max(1, whole))


def hidden_events(picture: Picture, window: DateSpan, *kinds: str) -> int:
    """How many events of some types cannot be linked across sectors, from 90 days before a window to 90 days after it.

    Whole months count, because events without a token are counted by month.
    """
    first, last = (window.start - NEAR).isoformat()[:7], (window.end + NEAR).isoformat()[:7]
    hidden = sum(n for (kind, _, month), n in picture.unlinked.items() if kind in kinds and first <= month <= last)
    for child in picture.children.values():
        for kind in kinds:
            for record in child.of_type(kind):
                hidden += not record.link_kinds and first <= record.occurred_on.isoformat()[:7] <= last
    return hidden


def figures(picture: Picture) -> list[Figure]:
    """One line for each pair of sectors: its link rate, or that the rate is withheld."""
    lines = []
    for pair in pairs(picture):
        group = f"{pair.one} {pair.other}"
        if pair.withheld:
            lines.append(Figure("link rate of pair", group, {}, codes=("withheld", "no_kind_in_common")))
        else:
            counts = {"one": pair.children_one, "other": pair.children_other, "both": pair.both}
            lines.append(Figure("link rate of pair", group, counts, pair.rate, codes=pair.kinds))
    return lines


def bounded(picture: Picture, window: DateSpan, figure: Figure, part: str, whole: str, *kinds: str) -> Figure:
    """A line that gives the share of a figure with its bounds under missed links."""
    hidden = hidden_events(picture, window, *kinds)
    interval = bounds(figure.counts[part], figure.counts[whole], hidden)
    low, high = interval or (None, None)
    counts = {part: figure.counts[part], whole: figure.counts[whole], "events_not_linkable": hidden}
    return Figure("bounds under missed links", ALL, counts, figure.value, low, high)
