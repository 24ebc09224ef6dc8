"""Where an agency's accepted records stand (decision 11).

accepted = current + superseded + duplicate + withdrawn.
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
    def accepted(self) -> int:
        """What the classes add up to."""
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
