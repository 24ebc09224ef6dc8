"""What a measure is: one object, in one file, that holds everything about it.

It holds the definition, the occurrences to a child, the counts that may be released, the exact figures and the columns
of its page. To add a measure, write its file and its worked examples, and add it to `analysis.measures.registry`.
Which cells a release holds is decided by the ladder (`analysis.disclosure.ladders`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from analysis.measures.columns import Column
from analysis.measures.definition import Definition
from analysis.measures.figures import DateSpan, Figure
from analysis.measures.history import LinkedChild, Rules
from analysis.measures.look_back import LookBack
from analysis.measures.occurred import Named, Occurred, Occurs
from analysis.measures.picture import Picture
from models.register import Role

Kinds = frozenset[str]
CONCERN: Kinds = frozenset({"cse_concern"})
MISSING: Kinds = frozenset({"missing_episode"})
RECORD_OF: Mapping[Role, str] = {
    "interviews": "return_interview",
    "screenings": "screening",
    "responses": "response",
    "lead": "response",
}
"""The kind of record that reports each sort of work."""


def nothing(child: LinkedChild, rules: Rules) -> Iterator[Named]:
    """The occurrences of a measure that counts no children: none."""
    yield from ()


@dataclass(frozen=True, slots=True)
class Count:
    """A count that a release may hold: the distinct children to whom something occurred."""

    name: str
    """The name of the count on the ladder, such as `m7_screened`."""
    words: str
    """What the child experienced, or what was recorded. Pages and files print it."""
    records: Kinds
    """The kinds of record that tell an agency that a counted child is known to it."""
    part_of: tuple[str, ...] = ()
    """Larger counts that include every child of this one, on the same day and by the same agencies."""
    own_records: bool = False
    """Whether a sector's own records decide the count. If so, a sector's figure is counted from those alone. Other
    counts also depend on what somebody else recorded about the sector's children (screened, offered and so on)."""
    duty: Role | None = None
    """The work that the count asks for, if the agency that owes the work need not be the one that reported the child.
    The work is charged to those who owe it (`owes` in the register), not to the sector in whose cell the child counts.
    """
    others_take_away: bool = False
    """Whether other agencies' records can remove a child from the count (seen earlier, screened before). If so, an
    agency cannot tell from its own records which of its children are counted."""
    topic: str = ""
    """The category of signs that the count is about. For a sector that the catalogue expects to see none of them, the
    count is not applicable."""


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
    """Everything about one of M1-M17."""

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
