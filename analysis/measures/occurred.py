"""Exact figures are the count of what occurred: the same occurrences that releases are counted from, in one window.

A measure's exact figures see no child: they are given `Occurred`, and count occurrences and distinct children of it by
group. So there is one rule for who counts and when, and what is tested of the one holds for the other.

Inside the ledger's boundary only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from analysis.measures.figures import DateSpan
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.occurrence import Occurrence
from analysis.measures.picture import Picture
from analysis.measures.setting import UNKNOWN_SECTOR, BoardSetting

Named = tuple[str, Occurrence]
"""The name of a count, and something that occurred."""
Occurs = Callable[[LinkedChild, Rules], Iterable[Named]]
"""All that occurs to one child, by the name of its count."""
_Of = tuple[str, Occurrence]
"""A child's link id, and what occurred."""


@dataclass(frozen=True)
class Counts:
    """What occurred in a window, by the name of the count. It tells numbers and groups, never which children."""

    setting: BoardSetting = field(repr=False)
    _of: Mapping[str, tuple[_Of, ...]] = field(repr=False)

    def children(self, name: str) -> int:
        """Distinct children."""
        return len({link for link, _ in self._of[name]})

    def children_without(self, name: str, other: str) -> int:
        """Distinct children of one count whom another does not have."""
        return len({link for link, _ in self._of[name]} - {link for link, _ in self._of[other]})

    def occurrences(self, name: str) -> int:
        """How often it occurred."""
        return len(self._of[name])

    def days(self, name: str) -> list[int]:
        """How long each took."""
        return [occurrence.days for _, occurrence in self._of[name]]

    def groups(self, name: str, split: str) -> list[str]:
        """The groups of a split that are there, in order."""
        return sorted(
            {str(group) for _, occurrence in self._of[name] for of, group in occurrence.groups if of == split}
        )

    def where(self, split: str, group: str) -> Counts:
        """Those in one group."""
        return self._those(lambda occurrence: (split, group) in occurrence.groups)

    def of_sector(self, sector: str, split: str = "") -> Counts:
        """Those counted by an agency of a sector; with `split`, those that name one of its agencies there."""
        sector_of = self.setting.sector_of
        own = frozenset(agency for agency, of in sector_of.items() if of == sector)

        def has_one(agencies: Iterable[str]) -> bool:
            if sector == UNKNOWN_SECTOR:
                return any(agency in own or agency not in sector_of for agency in agencies)
            return not own.isdisjoint(agencies)

        if split:
            return self._those(lambda occurrence: has_one(group for of, group in occurrence.groups if of == split))
        return self._those(lambda occurrence: has_one(occurrence.agencies))

    def by_child(self, name: str, split: str) -> list[list[str]]:
        """For each child the groups of a split that it is in, in the order of what occurred."""
        told: defaultdict[str, list[str]] = defaultdict(list)
        for link, occurrence in self._of[name]:
            told[link] += [str(group) for of, group in occurrence.groups if of == split]
        return list(told.values())

    def _those(self, wanted: Callable[[Occurrence], bool]) -> Counts:
        kept = {name: tuple(pair for pair in of if wanted(pair[1])) for name, of in self._of.items()}
        return Counts(self.setting, kept)


class Occurred:
    """All that occurred to a board's children, by count: worked out once for each measure, when it is asked for."""

    def __init__(self, picture: Picture, occurs_of: Mapping[str, Occurs]) -> None:
        """`occurs_of` gives for each count the function of the measure that it is one of."""
        self.setting = picture.setting
        self.unlinked_codes = picture.unlinked_codes
        """Agency -> indicator codes it recorded on events without a token."""
        self._children = picture.children
        setting = picture.setting
        self._rules = replace(setting.rules, known_to=setting.known_to, sector_of=setting.sector_of)
        self._occurs_of = occurs_of
        self._known: dict[Occurs, Mapping[str, list[_Of]]] = {}

    def during(self, window: DateSpan, *names: str) -> Counts:
        """What occurred in a window, of some counts."""
        held = {name: tuple(pair for pair in self._all(name) if window.holds(pair[1].on)) for name in names}
        return Counts(self.setting, held)

    def first_day(self, name: str) -> date | None:
        """The first day on which it ever occurred."""
        return min((occurrence.on for _, occurrence in self._all(name)), default=None)

    def _all(self, name: str) -> list[_Of]:
        occurs = self._occurs_of[name]
        if occurs not in self._known:
            told: defaultdict[str, list[_Of]] = defaultdict(list)
            for link, child in self._children.items():
                for of, occurrence in occurs(child, self._rules):
                    told[of].append((link, occurrence))
            self._known[occurs] = told
        return self._known[occurs].get(name, [])
