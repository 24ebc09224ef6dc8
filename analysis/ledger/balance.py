"""Balance and account: the class of each accepted record of an agency and board, and whether the classes add up.

accepted = current + superseded + duplicate + withdrawn + erased + expired + skipped. The left side is counted
independently of the right side, by the coordinates of the records (`analysis.ledger.offsets`).
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.ledger.row import Row


@dataclass(slots=True)
class Balance:
    """How many accepted records of one agency and board are in each class. `conflicts` is a further count, no class."""

    current: int = 0
    superseded: int = 0
    duplicate: int = 0
    withdrawn: int = 0
    conflicts: int = 0

    @property
    def records(self) -> int:
        """The number of records of all rows that were counted."""
        return self.current + self.superseded + self.duplicate + self.withdrawn

    def add(self, row: Row, sign: int = 1) -> None:
        """Add the records of a row (with `sign=-1`: subtract them).

        One record of a row is current or withdrawn. Each other distinct version is superseded. Every further record
        is a duplicate of a known version.
        """
        versions = len(row.versions)
        if row.withdrawn:
            self.withdrawn += sign
        else:
            self.current += sign
        self.superseded += sign * (versions - 1)
        self.duplicate += sign * (row.records - versions)
        self.conflicts += sign * row.conflicts


@dataclass(frozen=True, slots=True)
class Account:
    """All accepted records of an agency and board against their classes. Exact, so it stays in the ledger tier."""

    accepted: int
    """Accepted records, counted by their coordinates."""
    rows: Balance
    erased: int = 0
    """Records of erased events, including the erasures themselves."""
    expired: int = 0
    """Records whose retention has ended."""
    skipped: int = 0
    """Records that operations skipped or quarantined."""

    @property
    def difference(self) -> int:
        """Accepted records that are in no class. Negative if records are in two classes, or were never accepted."""
        return self.accepted - self.rows.records - self.erased - self.expired - self.skipped

    @property
    def closes(self) -> bool:
        """Whether the accepted records equal the sum of all classes."""
        return self.difference == 0
