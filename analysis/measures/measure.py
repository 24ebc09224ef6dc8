"""A measure: one object in one file, with everything that is said and done by it.

Its definition, what occurs to a child, what is counted of that and released, the exact figures, and the columns of its
page. Adding a measure takes its file, its worked examples and a line in `analysis.measures.registry`; what a release
holds is said by a ladder (`analysis.disclosure.ladders`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analysis.measures.columns import Column
from analysis.measures.definition import Definition
from analysis.measures.figures import DateSpan, Figure
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.occurred import Named, Occurred, Occurs
from analysis.measures.picture import Picture

Kinds = frozenset[str]
CONCERN: Kinds = frozenset({"cse_concern"})
MISSING: Kinds = frozenset({"missing_episode"})


def nothing(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """What occurs to a child by a measure that counts none."""
    yield from ()


@dataclass(frozen=True, slots=True)
class Count:
    """One count of children that a release may hold: distinct children to whom something occurred."""

    name: str
    """As on the ladder: `m7_screened`."""
    words: str
    """What the child experienced, or what was recorded: for pages and files."""
    records: Kinds
    """The kinds of record by which an agency comes to know a child that is counted."""
    part_of: tuple[str, ...] = ()
    """Counts whose children all of its children are, on the same day and by the same agencies."""
    own_records: bool = False
    """Whether a sector's own records decide it: of a sector it is counted from those alone. Other counts also say what
    somebody else recorded about a sector's own children (screened, offered, met and so on)."""
    others_take_away: bool = False
    """Whether others' records take children from it (seen earlier, screened before): an agency then knows nothing of
    its own children by its records alone."""
    topic: str = ""
    """The category of signs that it is about: of a sector that the catalogue expects none of, it is not applicable."""


@dataclass(frozen=True, slots=True)
class Links:
    """Of a measure that rests on links: what missed ones move."""

    part: str
    whole: str
    """The released share whose bounds are shown."""
    exact_part: str
    exact_whole: str
    """The same in the first line of the exact figures."""
    kinds: tuple[str, ...]
    """Types of event whose missed links move it."""


@dataclass(frozen=True)
class Measure:
    """One of M1-M17."""

    definition: Definition
    occurs: Occurs = nothing
    counts: tuple[Count, ...] = ()
    """What may be released of it."""
    inside: tuple[str, ...] = ()
    """Further names that `occurs` gives, for the exact figures alone. They are never released."""
    figures: Callable[[Occurred, DateSpan], list[Figure]] | None = None
    """The exact figures: counts of what occurred."""
    of_records: Callable[[Picture, DateSpan], list[Figure]] | None = None
    """The exact figures of a measure that counts no children: of returns, sessions, places."""
    columns: tuple[Column, ...] = ()
    """Of its page: for the whole board by window, and for sectors in the year."""
    links: Links | None = None
    about_children: bool = True
    """Whether it says anything about children; returns, actions and training do not."""
    known_alone: Callable[[LinkedChild], Iterator[Named]] | None = None
    """What an agency knows to have occurred whose records alone do not show it. For attacks, not for figures."""

    @property
    def id(self) -> str:
        """`m7`."""
        return self.definition.id

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that `occurs` gives."""
        return (*(count.name for count in self.counts), *self.inside)


def shown(count: Count, *, headline: bool = False) -> Column:
    """The column of a count, in its words."""
    return Column("children", count.words, count.name, headline=headline)
