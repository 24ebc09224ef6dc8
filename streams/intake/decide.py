"""Whether one raw record is accepted, and what it becomes: pure, never raises on any input.

What an event is and who may send it is decided by the rules that every door has: `models.contract.message` and
`models.register.admission`. Here is only what Kafka adds: the topic says who sent it, and the key and all headers but
those of the event (`models.contract.kafka_binding`) are dropped. Rule ids are explained in docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache

from analysis.ledger.identity import accepted_key, own_id
from models.contract.events import MAX_BYTES, ChildEvent, Erasure, Event
from models.contract.fields import token_order
from models.contract.kafka_binding import Headers, message_of
from models.contract.message import NotUnderstood, read
from models.contract.refusals import Refusal
from models.contract.tokens import child_token
from models.contract.warned import HEADER, MESSAGE_KEY, warned_by
from models.register import Register
from models.register.admission import Admission

__all__ = ["MAX_BYTES", "Accepted", "IntakeRules", "Refused", "decide"]


@dataclass(frozen=True)
class IntakeRules:
    """What a decision needs besides the record: the register, the gate keys by epoch, and the time."""

    register: Register
    gate_keys: Mapping[int, bytes] = field(repr=False)
    now: datetime
    today: date

    @cached_property
    def admission(self) -> Admission:
        """The register's rules, with the epochs that intake has keys of."""
        return Admission(self.register, self.now, self.today, frozenset(self.gate_keys))


@dataclass(frozen=True, slots=True)
class Accepted:
    """An event to forward: its board's partition, its key and its canonical bytes with `ct_` tokens."""

    partition: int
    key: bytes
    value: bytes = field(repr=False)
    links: tuple[int, ...] = field(default=(), repr=False)
    """Of each `lt_` token a number that only this process can make, for `streams.intake.rate`."""
    warnings: tuple[Refusal, ...] = ()
    """Rule and place of what was dropped beside it and looks like an identifier."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that is not forwarded; `event_id` only if it could be read and has the right form."""

    refusal: Refusal
    event_id: str | None = None
    revision: int | None = None


def decide(
    agency: str, value: bytes | None, headers: Headers, rules: IntakeRules, message_key: bytes | None = None
) -> Accepted | Refused:
    """Accept or refuse one record of an agency's raw topic."""
    bound = message_of(value, headers)
    understood = read(bound.message, limit=1)
    if isinstance(understood, NotUnderstood):
        return Refused(understood.refusals[0], understood.event_id, understood.revision)
    event = understood.event
    data = event.data
    refusal = next(rules.admission.refusals(agency, event), None)
    if refusal is not None:
        return Refused(refusal, data.event_id, data.revision)
    board = rules.register.board_by_code[data.board]
    key = accepted_key(own_id(data.event_id, agency), data.revision)
    links = tuple(hash(token.token) for token in getattr(data, "tokens", ()))
    warnings = understood.warnings
    if message_key:
        warnings += _warnings_of_key(bytes(message_key))
    if bound.dropped:
        warnings += warned_by(HEADER, bound.dropped)
    return Accepted(board.partition, key, _canonical(event, rules.gate_keys), links, warnings)


@lru_cache(maxsize=4096)
def _warnings_of_key(key: bytes) -> tuple[Refusal, ...]:
    """Clients send few different keys: as a rule the board's code."""
    return warned_by(MESSAGE_KEY, [("", key)])


def _canonical(event: Event, gate_keys: Mapping[int, bytes]) -> bytes:
    """One spelling per content: defaults left out, model field order, tokens re-keyed and sorted."""
    data = event.data
    if not (isinstance(data, ChildEvent | Erasure) and data.tokens):
        return event.model_dump_json(exclude_defaults=True).encode()
    tokens = sorted(data.tokens, key=token_order)
    if tuple(tokens) != data.tokens:
        event = event.model_copy(update={"data": data.model_copy(update={"tokens": tuple(tokens)})})
    text = event.model_dump_json(exclude_defaults=True)
    for token in tokens:
        # A token is 43 characters that nothing else in a closed message can be, and none stands
        # twice, so text replacement is exact.
        text = text.replace(token.token, child_token(gate_keys[token.epoch], token.kind, token.token))
    return text.encode()
