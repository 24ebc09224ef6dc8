"""How well events of two sectors can be linked to one child, and what missed links may hide.

Inside the ledger's boundary only. M2, M3 and M11 rest on links: the link rate stands beside them, bounds say how far
missed links could move them, and a pair of sectors with no kind of identifier in common is withheld, not shown as none.
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
    """Two sectors: kinds of identifier both carry, how many children each and both know; withheld without a kind."""

    one: str
    other: str
    kinds: tuple[str, ...]
    children_one: int
    children_other: int
    both: int

    @property
    def withheld(self) -> bool:
        """Whether nothing can be said of the two together."""
        return not self.kinds

    @property
    def rate(self) -> float | None:
        """Of the children of the sector that knows fewer, the share the other knows too; None when withheld."""
        return None if self.withheld else ratio(self.both, min(self.children_one, self.children_other))


def kinds_by_sector(picture: Picture) -> dict[str, Counter[str]]:
    """Sector -> kind of token -> events carrying it; `any` counts the sector's events, `none` those without a token."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for child in picture.children.values():
        for record in child.records:
            told = found[picture.setting.sector(record.agency)]
            told.update({kind for kind, _ in record.tokens})
            told["any"] += 1
    for (_, agency, _), number in picture.unlinked.items():
        found[picture.setting.sector(agency)].update({"any": number, "none": number})
    return dict(sorted(found.items()))


def pairs(picture: Picture) -> list[Pair]:
    """Every pair of sectors with an event about a child, in order."""
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
    """How low and high a share of children may truly be when so many events could not be linked.

    Lowest: every such event is another child, not in the part. Highest: every one puts one more child in the part.
    """
    if whole + hidden == 0:
        return None
    return part / (whole + hidden), min(1.0, (part + hidden) / max(1, whole))


def hidden_events(picture: Picture, window: DateSpan, *kinds: str) -> int:
    """Events of some types in the months of a window, 90 days either side, that cannot link across sectors."""
    first, last = (window.start - NEAR).isoformat()[:7], (window.end + NEAR).isoformat()[:7]
    found = sum(n for (kind, _, month), n in picture.unlinked.items() if kind in kinds and first <= month <= last)
    for child in picture.children.values():
        for kind in kinds:
            for record in child.of_type(kind):
                found += not record.link_kinds and first <= record.occurred_on.isoformat()[:7] <= last
    return found


def figures(picture: Picture) -> list[Figure]:
    """The link rate of each pair, or that it is withheld."""
    found = []
    for pair in pairs(picture):
        group = f"{pair.one} {pair.other}"
        if pair.withheld:
            found.append(Figure("link rate of pair", group, {}, codes=("withheld", "no_kind_in_common")))
        else:
            counts = {"one": pair.children_one, "other": pair.children_other, "both": pair.both}
            found.append(Figure("link rate of pair", group, counts, pair.rate, codes=pair.kinds))
    return found


def bounded(picture: Picture, window: DateSpan, figure: Figure, part: str, whole: str, *kinds: str) -> Figure:
    """A share with its bounds under missed links."""
    hidden = hidden_events(picture, window, *kinds)
    found = bounds(figure.counts[part], figure.counts[whole], hidden)
    low, high = found or (None, None)
    counts = {part: figure.counts[part], whole: figure.counts[whole], "events_not_linkable": hidden}
    return Figure("bounds under missed links", ALL, counts, figure.value, low, high)
