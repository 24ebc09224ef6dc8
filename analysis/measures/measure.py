"""What a measure is: one object, in one file, that holds everything about it.

It holds the definition, the occurrences to a child, the counts that may be released, the exact figures and the columns
of its page. To add a measure, write its file and its worked examples, and add it to `analysis.measures.registry`.
Which cells a release holds is decided by the ladder (`analysis.disclosure.ladders`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analysis.measures.breakdown import Breakdown
from analysis.measures.columns import Column
from analysis.measures.count import Count
from analysis.measures.definition import Definition
from analysis.measures.figures import DateSpan, Figure
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.look_back import LookBack
from analysis.measures.occurred import Named, Occurred, Occurs
from analysis.measures.picture import Picture


def nothing(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """The occurrences of a measure that counts no children: none."""
    yield from ()


@dataclass(frozen=True, slots=True)
class Links:
    """For a measure that depends on links: which share missed links would change."""

    part: str
    whole: str
    """The released share whose bounds are shown."""
    exact_part: str
    exact_whole: str
    """The names of the same two counts in the first line of the exact figures."""
    kinds: tuple[str, ...]
    """Types of event whose missed links change the share."""


@dataclass(frozen=True)
class Measure:
    """Everything about one of M1 to M21."""

    definition: Definition
    occurs: Occurs = nothing
    counts: tuple[Count, ...] = ()
    """The counts that may be released."""
    inside: tuple[str, ...] = ()
    """Further names that `occurs` yields, for the exact figures only. They are never released."""
    figures: Callable[[Occurred, DateSpan], list[Figure]] | None = None
    """Computes the exact figures from what occurred."""
    of_records: Callable[[Picture, DateSpan], list[Figure]] | None = None
    """Computes the exact figures from records, for measures of returns, sessions or places."""
    columns: tuple[Column, ...] = ()
    """The columns of its page: for the whole board by window, and for sectors in the year."""
    links: Links | None = None
    look_back: Callable[[Rules], LookBack] | None = None
    """How far back it looks from the day on which a child counts. `occurs` leaves out children whose look-back begins
    before the board's records do."""
    breakdowns: tuple[Breakdown, ...] = ()
    """Its counts by coded answer, each shown as a table of its own. They are among `counts` too."""
    about_children: bool = True
    """False for measures of returns, actions and training, which say nothing about children."""
    known_alone: Callable[[LinkedChild], Iterator[Named]] | None = None
    """Occurrences that an agency knows of although its own records do not show them. For attacks, not for figures."""

    @property
    def id(self) -> str:
        """`m7`."""
        return self.definition.id

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that `occurs` yields."""
        return (*(count.name for count in self.counts), *self.inside)


def shown(count: Count, *, headline: bool = False) -> Column:
    """A column that shows a count, headed by its words."""
    return Column("children", count.words, count.name, headline=headline)
