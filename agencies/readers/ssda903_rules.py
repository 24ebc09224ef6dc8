"""DfE's validation rules for the 903 missing module, as pure functions over one child's lines and episodes.

Rule numbers and texts: DfE's published checks, as in data-to-insight/csc-validator-be-903. Where a text
can be read in more than one way, this is how it is read here, always by its own words:

- 574 "cannot start when the previous period is still open ... should also not overlap": counted on the later of the
  two. A start on the day the earlier one ended is no overlap.
- 575 "if the placement from which the child goes missing ends, the period must *also have an end date*" and 577 "child
  ceased to be looked after but there is a period *without an end date*": both are about a blank MIS_END only. A period
  that ended after the placement or the care did breaches neither (that validator counts some of those under 577). The
  public sample has no blank MIS_END: 0 of each.
- 578 "started to be missing *after* the child ceased to be looked after": after, so not on the day itself; care that
  began again by MIS_START counts. 581 is a start before the child's first care.
- 580 "missing when cease being looked after but reason not E8": the period covers the day care ended, and
  the REC of the episode that ended it is not E8 (that validator counts the 18th birthday only). The sample has 2.
- 570 and 571 are about the collection year, 1 April to 31 March.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from models.contract.refusals import Refusal

REFUSING = frozenset({"1004", "1005", "1006", "564", "565", "566", "567", "570", "586", "INT04"})
"""A row that breaks one of these is not published; the others warn."""

ALL = (
    *("1004", "1005", "1006", "564", "565", "566", "567", "570", "571", "574", "575", "576", "577", "578", "580"),
    *("581", "586", "INT04", "INT13", "no-episode-row"),
)
"""Every rule of this module, in the order of docs/domain.md#ssda903, and our own for a child without an episode."""

NEEDS_HEADER = ("INT04", "INT13")
NEEDS_EPISODES = ("575", "577", "578", "580", "581", "no-episode-row")
NEEDS_PREVIOUS = ("576",)

CARE_GOES_ON = "X1"
"""REC of an episode that ends because the next begins."""


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A line of Missing.csv: what it says, and its dates where they are dates."""

    number: int
    child: str = field(repr=False)
    kind: str
    start_text: str = field(repr=False)
    end_text: str = field(repr=False)
    start: date | None = field(repr=False)
    end: date | None = field(repr=False)
    born: date | None = field(repr=False)
    born_text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CareEpisode:
    """A line of Episodes.csv, as far as it is used."""

    began: date
    ended: date | None
    reason: str
    place: str = ""
    provider: str = ""
    placement_postcode: str = field(default="", repr=False)

    def covers(self, day: date) -> bool:
        """Whether the child was in it on a day, both ends included."""
        return self.began <= day and (self.ended is None or day <= self.ended)


@dataclass(frozen=True, slots=True)
class TimeInCare:
    """A time in care: episodes that follow each other without a gap; `ended` is None while it lasts."""

    began: date
    ended: date | None
    last_reason: str


@dataclass(frozen=True, slots=True)
class CollectionYear:
    """1 April `start` to 31 March of the next year."""

    start: int

    @property
    def first(self) -> date:
        """1 April."""
        return date(self.start, 4, 1)

    @property
    def last(self) -> date:
        """31 March."""
        return date(self.start + 1, 3, 31)

    @classmethod
    def of(cls, day: date) -> CollectionYear:
        """The collection year a day lies in."""
        return cls(day.year if (day.month, day.day) >= (4, 1) else day.year - 1)


def times_in_care(episodes: Iterable[CareEpisode]) -> list[TimeInCare]:
    """Episodes joined where one begins no later than the one before ends."""
    found: list[list[CareEpisode]] = []
    until: date | None = date.min
    for episode in sorted(episodes, key=lambda e: (e.began, e.ended or date.max)):
        if found and (until is None or episode.began <= until):
            found[-1].append(episode)
            until = None if until is None or episode.ended is None else max(until, episode.ended)
        else:
            found.append([episode])
            until = episode.ended
    return [_care(joined) for joined in found]


def _care(joined: Sequence[CareEpisode]) -> TimeInCare:
    ends = [episode.ended for episode in joined]
    ended = None if None in ends else max(end for end in ends if end is not None)
    last = max((e for e in joined if e.ended == ended), key=lambda e: e.began)
    return TimeInCare(joined[0].began, ended, last.reason)


def line_rules(line: MissingLine, year: CollectionYear) -> list[Refusal]:
    """The rules that need nothing but the line: 1004, 1005, 1006, 564-567, 570, 571, 586."""
    start, end = line.start, line.end
    broken = [
        ("1004", "MIS_START", bool(line.start_text) and start is None),
        ("1005", "MIS_END", bool(line.end_text) and end is None),
        ("1006", "MISSING", bool(line.kind) and line.kind not in {"M", "A"}),
        ("564", "MIS_START", bool(line.kind) and not line.start_text),
        ("565", "MISSING", bool(line.start_text) and not line.kind),
        ("566", "MISSING", bool(line.end_text) and not line.kind),
        ("567", "MIS_END", start is not None and end is not None and end < start),
        ("570", "MIS_START", start is not None and start > year.last),
        ("571", "MIS_END", end is not None and not year.first <= end <= year.last),
        ("586", "MIS_START", start is not None and line.born is not None and start < line.born),
    ]
    return [Refusal(rule, path) for rule, path, is_broken in broken if is_broken]


def header_rules(line: MissingLine, in_header: bool, header_born: date | None) -> list[Refusal]:
    """INT04 (child not in Header) and INT13 (date of birth differs from Header's)."""
    if not in_header:
        return [Refusal("INT04", "CHILD")]
    differs = header_born is not None and line.born is not None and header_born != line.born
    return [Refusal("INT13", "DOB")] if differs else []


def overlaps(lines: Sequence[MissingLine]) -> set[int]:
    """574: numbers of one child's lines that start while an earlier one is open or has not ended."""
    found: set[int] = set()
    dated = sorted((line for line in lines if line.start), key=lambda line: (line.start or date.min, line.number))
    latest: date | None = date.min
    for line in dated:
        if latest is None or (line.start is not None and line.start < latest):
            found.add(line.number)
        latest = None if latest is None or line.end is None else max(latest, line.end)
    return found


def episode_rules(line: MissingLine, episodes: Sequence[CareEpisode], care: Sequence[TimeInCare]) -> list[Refusal]:
    """575, 577, 578, 580, 581 of one line, or `no-episode-row` when the child has no episode at all."""
    if not episodes:
        return [Refusal("no-episode-row", "CHILD")]
    start = line.start
    if start is None:
        return []
    at_start = max((c for c in care if c.began <= start), key=lambda c: c.began, default=None)
    if at_start is None:
        return [Refusal("581", "MIS_START")]
    ended, is_open = at_start.ended, not line.end_text
    broken = [
        ("575", "MIS_END", is_open and any(e.ended is not None and e.covers(start) for e in episodes)),
        ("577", "MIS_END", is_open and ended is not None),
        ("578", "MIS_START", ended is not None and start > ended),
    ]
    if ended is not None and start <= ended and (is_open or (line.end is not None and line.end >= ended)):
        broken.append(("580", "MIS_END", at_start.last_reason != "E8"))
    return [Refusal(rule, path) for rule, path, is_broken in broken if is_broken]


def unfinished(previous: Iterable[MissingLine], current: Iterable[MissingLine]) -> int:
    """576: how many of last year's open periods have no line in this year's file with the same start."""
    here = {(line.child, line.start) for line in current}
    return sum(1 for line in previous if line.start and not line.end_text and (line.child, line.start) not in here)
