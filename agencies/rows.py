"""What a reader makes of one line of an export, before any key is used.

A line gives one or more `SourceRow` (a missing report with an interview gives two), or is refused, or repeats an
earlier line. Identifiers live here for a moment only: `agencies.mint` turns them into tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.contract.events import Event
from models.contract.refusals import Refusal


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One event to be, generalised: `fields` are those of the event's `data` class that describe it.

    `fields` holds JSON values (ISO date strings, enum codes) and has no `event_id`, `revision`, `agency`, `board`,
    `agreement_id` or `tokens`: minting adds those.
    """

    number: int
    """Line of the file as a person counts them, header included (spreadsheets: row number)."""
    event_type: str
    """`ypsem.missing_episode.v1`"""
    record_key: str = field(repr=False)
    """The source record's own key: never leaves; a keyed hash of it becomes the event id."""
    fields: Mapping[str, object] = field(repr=False)
    identifiers: Mapping[str, str] = field(repr=False)
    """Token kind (`nhs`, `upn`, `demog`, `local`) -> normalised identifier."""
    ward: str | None = None
    """Ward code the board is found by; None when the source has none."""
    about: tuple[str, str] | None = field(default=None, repr=False)
    """(event type, record key) of the event this one is about, for `about_event_id`."""
    warnings: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A line that will not be published, by rule and field, never by value."""

    number: int
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """A line that repeats an earlier one, whole."""

    number: int
    first: int


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A line that is no event of ours: a mapping's conditions match none of its events (a CPOMS log about bullying)."""

    number: int


@dataclass(frozen=True, slots=True)
class CanonicalRow:
    """A line of format `events`: an event that already has its tokens, valid by the contract; sent as it is."""

    number: int
    event: Event = field(repr=False)
    warnings: tuple[Refusal, ...] = ()
    """What was dropped beside it and looks like an identifier."""


# For whoever consumes these: SkippedRow and CanonicalRow came after the first three. Every line read gives one
# RefusedRow, DuplicateRow, SkippedRow or CanonicalRow, or one or more SourceRow with the same number.
Row = SourceRow | RefusedRow | DuplicateRow | SkippedRow | CanonicalRow
