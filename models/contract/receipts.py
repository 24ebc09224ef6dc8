"""What intake and the ledger report to an agency about its records: coordinates, rules and counts, no content."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from models.contract.fields import AgencyId, BoardCode, Closed, EventId, SizeClass

GapCause = Literal["deleted", "truncated", "offset-moved"]
"""Why records were not read: retention or somebody deleted them first; the broker lost them from the end of its log; or
somebody moved the group's committed offset past them."""


class RefusedRecord(Closed):
    """One raw record that intake refused."""

    offset: int
    event_id: EventId | None = None
    revision: int | None = None
    rule: str
    path: str


class WarnedRecord(Closed):
    """Raw records that intake accepted, although something beside the event should not have been sent.

    There is one entry for each rule and place, so a receipt has few of them however many records it covers. The events
    are in the ledger. What was found was dropped: a Kafka key, a header or an attribute outside the contract, which
    looks like an identifier.
    """

    first: int
    """Offset of the first such record in this stretch."""
    last: int
    count: int
    """How many such records this stretch has."""
    rule: str
    path: str
    """`(message key)`, `(header)` or `(attribute)`; never the key, the header or the attribute itself."""


class IntakeReceipt(Closed):
    """What became of one stretch of the agency's raw topic.

    Every offset in `accepted` (inclusive ranges) or in `refused` was decided. Stretches may overlap after a
    restart and then agree, so a reader takes the union. Where one accepts what another refuses (operations let a
    record through after a rule was corrected, or skipped it before), accepted counts: the record is in the ledger.
    """

    kind: Literal["intake"] = "intake"
    agency: AgencyId
    partition: int
    accepted: tuple[tuple[int, int], ...] = ()
    refused: tuple[RefusedRecord, ...] = ()
    warnings: tuple[WarnedRecord, ...] = ()
    at: datetime


class GapReceipt(Closed):
    """Records that the broker acknowledged and intake never read: they are in no figure.

    The agency's tool publishes again what it sent to these offsets. A producer of your own must do the same.
    """

    kind: Literal["gap"] = "gap"
    agency: AgencyId
    partition: int
    first: int
    """First raw offset that was not read."""
    last: int
    """Last raw offset that was not read."""
    cause: GapCause
    at: datetime


class LedgerReceipt(Closed):
    """What became of the agency's accepted records of one board. The newest receipt replaces all earlier ones.

    accepted = current + superseded + duplicate + withdrawn + erased + expired + skipped. The ledger counts the left
    side by the records' coordinates, compares it with the right side, and says in `closes` whether they agree. How many
    records were erased or have expired, and the total that would reveal it, leave the ledger as classes only. These are
    the agency's own records, sent to the agency alone; they are not counts of children.
    """

    kind: Literal["ledger"] = "ledger"
    agency: AgencyId
    board: BoardCode
    accepted: SizeClass
    current: int
    superseded: int
    duplicate: int
    withdrawn: int
    erased: SizeClass = "fewer than 10"
    """Records of erased events, erasures themselves included."""
    expired: SizeClass = "fewer than 10"
    """Records whose retention has ended."""
    skipped: int = 0
    """Accepted records that operations skipped, or that were quarantined, on their way into the ledger."""
    closes: bool
    """Whether every accepted record is in exactly one class. If not, an alert goes to operations, who find out why."""
    through: tuple[tuple[int, int], ...]
    """(raw partition, offset): every accepted record of this board up to there is accounted for."""
    conflicts: int = 0
    """Pairs of records with different contents under one revision, settled by a fixed rule."""
    at: datetime


Receipt = Annotated[IntakeReceipt | LedgerReceipt | GapReceipt, Field(discriminator="kind")]
