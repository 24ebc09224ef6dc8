"""What the central intake makes of one event: the contract's and the register's rules, as intake itself asks them.

What goes on is the event written anew from what was understood, so nothing that a lenient reader would pass over
(a key given twice, an attribute that is not ours, odd spelling of numbers or times) reaches a topic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from agencies.errors import RequestError
from agencies.outbox import Queued
from models.contract.events import Event
from models.contract.message import NotUnderstood, read
from models.contract.refusals import Refusal
from models.register import Register
from models.register.admission import Admission


class UnknownAgency(RequestError):
    """The agency of the credential is not in the register of the day."""


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """What became of one event of a request, by its place, rule and path; never a value."""

    index: int
    refusals: tuple[Refusal, ...] = ()
    queued: Queued | None = field(default=None, repr=False)
    """To be sent; None when it was refused."""
    warnings: tuple[Refusal, ...] = ()
    """What was dropped beside it and looks like an identifier."""


@dataclass(frozen=True)
class Checker:
    """Checks events of one agency against the contract and the register of the day; raises `UnknownAgency`."""

    agency: str
    register: Register
    today: date
    now: datetime

    def __post_init__(self) -> None:
        """Refuse to start for an agency that the register does not know."""
        if self.agency not in self.register.agency_by_id:
            raise UnknownAgency

    def check(self, events: Sequence[bytes]) -> list[EventOutcome]:
        """One outcome an event, in order; lines that hold nothing are passed over."""
        admission = Admission(self.register, self.now, self.today)
        return [self._one(index, event, admission) for index, event in enumerate(events) if event.strip()]

    def _one(self, index: int, message: bytes, admission: Admission) -> EventOutcome:
        found = read(message)
        if isinstance(found, NotUnderstood):
            return EventOutcome(index, found.refusals)
        if refusals := tuple(admission.refusals(self.agency, found.event)):
            return EventOutcome(index, refusals)
        return EventOutcome(index, queued=_queued(index, found.event), warnings=found.warnings)


def _queued(index: int, event: Event) -> Queued:
    data = event.data
    payload = event.model_dump_json(exclude_defaults=True).encode()
    return Queued(index, data.event_id, event.type.startswith("ypsem.withdrawal."), data.board, payload)
