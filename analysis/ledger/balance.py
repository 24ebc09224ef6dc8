"""Where an agency's accepted records of one board stand, and whether they are all accounted for.

accepted = current + superseded + duplicate + withdrawn + erased + expired + skipped. The left side is counted apart
from the right one, by the places of the records (`analysis.ledger.offsets`).
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.ledger.row import Row


@dataclass(slots=True)
class Balance:
    """Counts of one agency's own accepted records for one board."""

    current: int = 0
    superseded: int = 0
    duplicate: int = 0
    withdrawn: int = 0
    conflicts: int = 0

    @property
    def records(self) -> int:
        """The records of all rows."""
        return self.current + self.superseded + self.duplicate + self.withdrawn

    def add(self, row: Row, sign: int = 1) -> None:
        """Count a row in (or, with `sign=-1`, out again).

        Of a row's records, one stands (current, or withdrawn), each other distinct version is superseded, and
        every further record is a duplicate of a version already seen.
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
    """The whole of an agency's accepted records of one board. Exact: it stays in the ledger tier."""

    accepted: int
    """Counted by the places of the records."""
    rows: Balance
    erased: int = 0
    """Records of erased events, erasures themselves included."""
    expired: int = 0
    """Records whose retention has ended."""
    skipped: int = 0
    """Records that operations skipped, or that were quarantined."""

    @property
    def difference(self) -> int:
        """Accepted records that stand in no class; less than 0 where records stand in two, or were never accepted."""
        return self.accepted - self.rows.records - self.erased - self.expired - self.skipped

    @property
    def closes(self) -> bool:
        """Whether every accepted record stands in one class, and nothing else does."""
        return self.difference == 0
