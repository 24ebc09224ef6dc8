"""The definition of a measure, as data. docs/measures.md, the methods pages and `analysis measures` all print it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Why = Literal["unlinked", "late", "not returned", "not recorded"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that the measure cannot know, and how it moves the figure."""

    why: Why
    effect: str


@dataclass(frozen=True, slots=True)
class Definition:
    """The definition of one measure (docs/domain.md#measures). Dates are London dates; windows are [start, end)."""

    number: int
    title: str
    question: str
    """The board's question that the measure answers."""
    numerator: str
    denominator: str
    window: str
    unit: str
    splits: str
    """How the exact figures are split inside the ledger. `released` says which of them leave it."""
    source: str
    """Where the measure comes from: paragraphs of the 2015 review, and guidance."""
    released: str
    """The levels and periods at which the measure may leave the ledger tier."""
    reading: str
    """How to read the figures, and how not to read them."""
    unknowns: tuple[Unknown, ...]

    @property
    def id(self) -> str:
        """`m7`."""
        return f"m{self.number}"


UNLINKED = Unknown(
    "unlinked",
    "A record that cannot be tied to a child is in no figure, so every count of children is a lower bound.",
)
LATE = Unknown(
    "late",
    "Records that arrive after the cut-off count only in windows that close later: recent windows are a little low.",
)
NOT_RETURNED = Unknown(
    "not returned",
    "An agency that sent no return looks like one that saw nothing. Read M5 first.",
)
