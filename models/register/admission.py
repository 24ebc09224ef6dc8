"""Checks an event against the register: who may send it, for which board, with which dates and areas.

An agency's tool calls `content` for the events that it makes, and `refusals` for those that came whole. The HTTP intake
and the stream's intake call `refusals`. Rule ids are explained in docs/rules.md. The register decides who may send what
for whom; the entry point (a topic, a credential) decides who sent it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.contract.events import ChildEvent, Common, Erasure, Event, Withdrawal
from models.contract.fields import Areas, ChildToken, repeated_tokens
from models.contract.refusals import Refusal
from models.register import dates
from models.register.types import Board, Register

AHEAD = timedelta(days=1)
"""How far an event's `time` may be ahead of our clock."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What is checked of an event besides the contract, on one day."""

    register: Register
    now: datetime
    today: date
    epochs: Collection[int] | None = None
    """Key epochs that intake has gate keys for; None where that is not known, which is everywhere but in intake."""

    def refusals(self, agency: str, event: Event) -> Iterator[Refusal]:
        """Why an event that came in as `agency` may not go on, the first reason first; none when it may."""
        data = event.data
        if data.agency != agency:
            # It is another agency's, so this sender learns nothing more about it.
            yield Refusal("agency-not-topic", "data.agency")
            return
        yield from consistency(event)
        yield from time_refusals(event, self.now)
        board = self.register.board_by_code.get(data.board)
        known = self.register.agency_by_id.get(agency)
        if board is None or known is None or data.board not in known.boards:
            yield Refusal("board-not-registered", "data.board")
            return
        if not self._agreed(data):
            yield Refusal("no-agreement", "data.agreement_id")
        if event.time.date() < board.accepted_dates(self.today)[0]:
            # `time` is never before the first accepted date. So it cannot hold a date of birth.
            yield Refusal("date-window", "time")
        yield from _in_data(self.content(data, board))
        # Last, because only intake can check it: what all can check comes first everywhere.
        if self.epochs is not None:
            yield from _in_data(epoch_refusals(tokens_of(data), self.epochs))

    def content(self, data: Common, board: Board) -> Iterator[Refusal]:
        """What is wrong with an event's data, whoever sends it and whenever; paths are within the data."""
        value_of = dates.of_event(data)
        yield from dates.window_refusals(type(data), value_of, dates.accepted_dates(board, self.today))
        if isinstance(data, ChildEvent):
            yield from _area_refusals(data.areas, board)
        yield from dates.order_refusals(value_of)
        yield from token_refusals(tokens_of(data))

    def _agreed(self, data: Common) -> bool:
        agreement = self.register.agreement_by_id.get(data.agreement_id)
        if agreement is None or agreement.agency != data.agency or data.board not in agreement.boards:
            return False
        # Events may be withdrawn or erased after the agreement has ended: then above all.
        if isinstance(data, Withdrawal | Erasure):
            return agreement.began(self.today)
        return agreement.in_force(self.today)


def consistency(event: Event) -> Iterator[Refusal]:
    """Refusals if the envelope's source or id disagrees with its data; needs no register."""
    if event.source != f"/agencies/{event.data.agency}":
        yield Refusal("source-mismatch", "source")
    if event.id != f"{event.data.event_id}.{event.data.revision}":
        yield Refusal("id-mismatch", "id")


def time_refusals(event: Event, now: datetime) -> Iterator[Refusal]:
    """A refusal if the time of publishing is too far ahead of our clock."""
    if event.time > now + AHEAD:
        yield Refusal("time-in-future", "time")


def tokens_of(data: Common) -> Sequence[ChildToken]:
    """An event's tokens; most types have none."""
    return data.tokens if isinstance(data, ChildEvent | Erasure) else ()


def token_refusals(tokens: Sequence[ChildToken]) -> Iterator[Refusal]:
    """Tokens that were not made by an agency, or that may not be together in one event."""
    repeated = set(repeated_tokens(tokens))
    for index, token in enumerate(tokens):
        if not token.token.startswith("lt_"):
            yield Refusal("token-stage", f"tokens[{index}].token")
        if index in repeated:
            yield Refusal("token-repeated", f"tokens[{index}].kind")


def epoch_refusals(tokens: Sequence[ChildToken], epochs: Collection[int]) -> Iterator[Refusal]:
    """Tokens of epochs that intake has no key for."""
    for index, token in enumerate(tokens):
        if token.epoch not in epochs:
            yield Refusal("token-epoch", f"tokens[{index}].epoch")


def _area_refusals(areas: Areas, board: Board) -> Iterator[Refusal]:
    for role in Areas.model_fields:
        code = getattr(areas, role)
        if code is not None and code not in board.area_codes:
            yield Refusal("area-not-in-board", f"areas.{role}")


def _in_data(refusals: Iterator[Refusal]) -> Iterator[Refusal]:
    return (Refusal(refusal.rule, f"data.{refusal.path}") for refusal in refusals)
