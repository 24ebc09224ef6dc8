"""What a measure is, as data: docs/measures.md, the pages' methods text and `analysis measures` all print this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Why = Literal["unlinked", "late", "not returned", "not recorded"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """One thing the measure cannot know, and which way it moves the figure."""

    why: Why
    effect: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One of M1-M17 (docs/domain.md#measures). Times are London dates, windows half open [start, end)."""

    number: int
    title: str
    question: str
    """What the board asks with it."""
    numerator: str
    denominator: str
    window: str
    unit: str
    splits: str
    """By what exact figures are split inside the ledger; `released` says what of it leaves."""
    source: str
    """Paragraphs of the 2015 review, and guidance."""
    released: str
    """Level and period of what may leave the ledger tier."""
    reading: str
    """How to read it, and how not to."""
    unknowns: tuple[Unknown, ...]

    @property
    def id(self) -> str:
        """`m7`."""
        return f"m{self.number}"


UNLINKED = Unknown(
    "unlinked",
    "An event without a child token is in no figure, so that every count of children is at the least what it says.",
)
LATE = Unknown(
    "late",
    "Records that arrive after the cut-off count only in windows that close later: recent windows are a little low.",
)
NOT_RETURNED = Unknown(
    "not returned",
    "An agency that has not returned looks like one that saw nothing. Read M5 first.",
)
