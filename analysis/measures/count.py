"""A count that a release may hold, and the kinds of record that counts rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
