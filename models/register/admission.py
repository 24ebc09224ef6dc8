"""Whether the register lets an event in that the contract has understood: one rule for every door.

Rule ids are explained in docs/rules.md. The register is the authority on who may send what for whom; the door (a topic,
a credential) is the authority on who sent it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from models.contract.events import ChildEvent, Common, Erasure, Event, SubmissionReturn, Withdrawal
from models.contract.fields import Areas, repeated_tokens
from models.contract.periods import bounds
from models.contract.refusals import Refusal
from models.register.types import Board, Register


@dataclass(frozen=True, slots=True)
class Admission:
    """What is asked of an event besides the contract, on one day."""

    register: Register
    now: datetime
    today: date
    epochs: Collection[int] | None = None
    """Key epochs that intake has gate keys of; None where that is not known: every door but intake itself."""

    def refusals(self, agency: str, event: Event) -> Iterator[Refusal]:
        """Why an event that came in as `agency` may not go on, the first reason first; none when it may."""
        data = event.data
        if data.agency != agency:
            # It is another's: what else may be wrong with it is not this sender's business.
            yield Refusal("agency-not-topic", "data.agency")
            return
        yield from consistency(event)
        if event.time > self.now + timedelta(days=1):
            yield Refusal("time-in-future", "time")
        board = self.register.board_by_code.get(data.board)
        known = self.register.agency_by_id.get(agency)
        if board is None or known is None or data.board not in known.boards:
            yield Refusal("board-not-registered", "data.board")
            return
        if not self._agreed(data):
            yield Refusal("no-agreement", "data.agreement_id")
        earliest, latest = board.accepted_dates(self.today)
        if event.time.date() < earliest:
            # When it was published is no older than what may be published; a date of birth would be.
            yield Refusal("date-window", "time")
        yield from _date_breaches(data, earliest, latest)
        if isinstance(data, ChildEvent):
            yield from _child_breaches(data, board)
        if isinstance(data, ChildEvent | Erasure):
            yield from self._token_breaches(data)

    def _agreed(self, data: Common) -> bool:
        agreement = self.register.agreement_by_id.get(data.agreement_id)
        if agreement is None or agreement.agency != data.agency or data.board not in agreement.boards:
            return False
        # What was shared may be taken back or erased after the agreement has ended: that above all.
        ended = agreement.active_to is not None and agreement.active_to < self.today
        return agreement.active_from <= self.today and (not ended or isinstance(data, Withdrawal | Erasure))

    def _token_breaches(self, data: ChildEvent | Erasure) -> Iterator[Refusal]:
        repeated = set(repeated_tokens(data.tokens))
        for index, token in enumerate(data.tokens):
            if not token.token.startswith("lt_"):
                yield Refusal("token-stage", f"data.tokens[{index}].token")
            if index in repeated:
                yield Refusal("token-repeated", f"data.tokens[{index}].kind")
        # Last, as only intake can say it: what every door knows is said first by each.
        for index, token in enumerate(data.tokens):
            if self.epochs is not None and token.epoch not in self.epochs:
                yield Refusal("token-epoch", f"data.tokens[{index}].epoch")


def consistency(event: Event) -> Iterator[Refusal]:
    """The envelope's source and id say what the data say: asked without a register too."""
    if event.source != f"/agencies/{event.data.agency}":
        yield Refusal("source-mismatch", "source")
    if event.id != f"{event.data.event_id}.{event.data.revision}":
        yield Refusal("id-mismatch", "id")


def _date_breaches(data: Common, earliest: date, latest: date) -> Iterator[Refusal]:
    """Accepted dates lie between the board's floor and tomorrow, so none can hold a birthday."""
    for name in _date_fields(type(data)):
        day = getattr(data, name)
        if day is not None and not earliest <= day <= latest:
            yield Refusal("date-window", f"data.{name}")
    if isinstance(data, SubmissionReturn) and not earliest.year <= bounds(data.period)[0].year <= latest.year:
        yield Refusal("date-window", "data.period")


@cache
def _date_fields(model: type[Common]) -> tuple[str, ...]:
    return tuple(name for name, info in model.model_fields.items() if info.annotation in (date, date | None))


def _child_breaches(data: ChildEvent, board: Board) -> Iterator[Refusal]:
    for role in Areas.model_fields:
        code = getattr(data.areas, role)
        if code is not None and code not in board.area_codes:
            yield Refusal("area-not-in-board", f"data.areas.{role}")
    ended = getattr(data, "ended_on", None)
    if ended is not None and ended < data.occurred_on:
        yield Refusal("end-before-start", "data.ended_on")
