"""A finding and a decision, as pages and files show them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FindingKind(StrEnum):
    """Which question of a group a finding answers."""

    NEW = "New"
    CHANGED = "Changed"
    DECIDE = "To decide"
    DOUBT = "To doubt"


@dataclass(frozen=True)
class Finding:
    """One sentence, and where its evidence is."""

    kind: FindingKind
    sentence: str
    path: str
    """Address of the page with the evidence, within this service."""
    link: str
    """Words for the link to it."""
    when: str = ""
    """For a change: the two periods, in words."""

    @property
    def whole(self) -> str:
        """The sentence with its periods, to stand alone."""
        return f"{self.when}. {self.sentence}" if self.when else self.sentence


@dataclass(frozen=True)
class Decision:
    """Something that the group is asked to decide."""

    question: str
    options: tuple[str, ...]
    because: str
    """What speaks for deciding it now, from what is released or recorded."""
    path: str
    link: str


@dataclass(frozen=True)
class Findings:
    """All that a board should know first."""

    new: tuple[Finding, ...]
    changed: tuple[Finding, ...]
    doubts: tuple[Finding, ...]
    decisions: tuple[Decision, ...]
    compared: int
    """How many pairs of figures were looked at for changes."""
    when: str
    """The two periods that were compared, in words; empty where none were."""
    why_none: str = ""
    """Why nothing could be compared; empty where something was."""

    def first(self, most: int = 5) -> tuple[Finding, ...]:
        """The few that stand on top: something of each kind, and no more than `most`."""
        asked = tuple(Finding(FindingKind.DECIDE, one.question, one.path, one.link) for one in self.decisions[:2])
        chosen = [*self.new[:1], *self.changed[:2], *asked[:1], *self.doubts[:1], *asked[1:], *self.new[1:2]]
        order = list(FindingKind)
        return tuple(sorted(chosen[:most], key=lambda one: order.index(one.kind)))
