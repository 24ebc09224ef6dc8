"""Exact figures are counted from the same occurrences as releases, in one window.

A measure's exact figures never see a child. They get an `Occurred` and count its occurrences and distinct children by
group. So one rule decides who counts and when, and a test of the exact figures also tests the released ones.

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
"""The name of a count, and an occurrence that belongs to it."""
Occurs = Callable[[LinkedChild, Rules], Iterable[Named]]
"""Yields all occurrences to one child, each with the name of its count."""
_ToChild = tuple[str, Occurrence]
"""A child's link id, and an occurrence."""


@dataclass(frozen=True)
class Counts:
    """The occurrences in a window, by the name of the count. It gives numbers and groups, never which children."""

    setting: BoardSetting = field(repr=False)
    _by_count: Mapping[str, tuple[_ToChild, ...]] = field(repr=False)

    def children(self, name: str) -> int:
        """The number of distinct children in a count."""
        return len({link for link, _ in self._by_count[name]})

    def children_without(self, name: str, other: str) -> int:
        """The number of distinct children who are in the first count but not in the second."""
        return len({link for link, _ in self._by_count[name]} - {link for link, _ in self._by_count[other]})

    def occurrences(self, name: str) -> int:
        """The number of occurrences in a count."""
        return len(self._by_count[name])

    def days(self, name: str) -> list[int]:
        """How many days each occurrence of a count took."""
        return [occurrence.days for _, occurrence in self._by_count[name]]

    def groups(self, name: str, split: str) -> list[str]:
        """The groups of a split that occur in a count, sorted."""
        return sorted(
            {str(group) for _, occurrence in self._by_count[name] for key, group in occurrence.groups if key == split}
        )

    def where(self, split: str, group: str) -> Counts:
        """Only the occurrences in one group of a split."""
        return self._where(lambda occurrence: (split, group) in occurrence.groups)

    def of_sector(self, sector: str, split: str = "") -> Counts:
        """Only the occurrences that an agency of the sector reported.

        With `split`, the agencies are those that the occurrence names as groups of that split.
        """
        sector_of = self.setting.sector_of
        own = frozenset(agency for agency, its_sector in sector_of.items() if its_sector == sector)

        def any_of_sector(agencies: Iterable[str]) -> bool:
            if sector == UNKNOWN_SECTOR:
                return any(agency in own or agency not in sector_of for agency in agencies)
            return not own.isdisjoint(agencies)

        if split:
            return self._where(
                lambda occurrence: any_of_sector(group for key, group in occurrence.groups if key == split)
            )
        return self._where(lambda occurrence: any_of_sector(occurrence.agencies))

    def by_child(self, name: str, split: str) -> list[list[str]]:
        """For each child of a count, its groups in a split, in the order of the occurrences."""
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for link, occurrence in self._by_count[name]:
            groups[link] += [str(group) for key, group in occurrence.groups if key == split]
        return list(groups.values())

    def _where(self, wanted: Callable[[Occurrence], bool]) -> Counts:
        kept = {name: tuple(pair for pair in pairs if wanted(pair[1])) for name, pairs in self._by_count.items()}
        return Counts(self.setting, kept)


class Occurred:
    """All occurrences to a board's children, by count. Each measure is worked out once, when first asked for."""

    def __init__(self, picture: Picture, occurs_of: Mapping[str, Occurs]) -> None:
        """`occurs_of`: the name of a count -> the function of its measure that yields its occurrences."""
        self.setting = picture.setting
        self.unlinked_codes = picture.unlinked_codes
        """Agency -> indicator codes that it recorded on events without a token."""
        self._children = picture.children
        setting = picture.setting
        self._rules = replace(setting.rules, known_to=setting.known_to, sector_of=setting.sector_of)
        self._occurs_of = occurs_of
        self._known: dict[Occurs, Mapping[str, list[_ToChild]]] = {}

    def during(self, window: DateSpan, *names: str) -> Counts:
        """The occurrences of some counts in a window."""
        held = {name: tuple(pair for pair in self._all(name) if window.holds(pair[1].on)) for name in names}
        return Counts(self.setting, held)

    def first_day(self, name: str) -> date | None:
        """The first day of any occurrence of a count; None if there is none."""
        return min((occurrence.on for _, occurrence in self._all(name)), default=None)

    def _all(self, name: str) -> list[_ToChild]:
        occurs = self._occurs_of[name]
        if occurs not in self._known:
            by_count: defaultdict[str, list[_ToChild]] = defaultdict(list)
            for link, child in self._children.items():
                for count, occurrence in occurs(child, self._rules):
                    by_count[count].append((link, occurrence))
            self._known[occurs] = by_count
        return self._known[occurs].get(name, [])
