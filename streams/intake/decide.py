"""Whether one raw record is accepted, and what it becomes: pure, never raises on any input.

Rule ids here and the `schema.…` ids of pydantic are explained in docs/rules.md. The register is the authority on
who may send what for whom; the topic is the authority on who sent it (design.md 3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

import orjson
from pydantic import ValidationError

from models.contract.events import EVENT, MAX_BYTES, ChildEvent, Common, Erasure, Event, SubmissionReturn, Withdrawal
from models.contract.fields import Areas, repeated_tokens, token_order
from models.contract.refusals import Refusal, from_validation
from models.contract.tokens import child_token
from models.register import Board, Register
from streams.intake.detect import identifier

_EVENT_ID = re.compile(r"[a-p]{40}")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a decision needs besides the record: the register, the gate keys by epoch, and the time."""

    register: Register
    gate_keys: Mapping[int, bytes] = field(repr=False)
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Accepted:
    """An event to forward: its board's partition, its key and its canonical bytes with `ct_` tokens."""

    partition: int
    key: bytes
    value: bytes = field(repr=False)
    links: tuple[int, ...] = field(default=(), repr=False)
    """Of each `lt_` token a number that only this process can make, for `streams.intake.rate`."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that is not forwarded; `event_id` only if it could be read and has the right form."""

    refusal: Refusal
    event_id: str | None = None
    revision: int | None = None


def decide(
    agency: str,
    value: bytes | None,
    headers: Sequence[tuple[str, bytes]],
    rules: Rules,
    message_key: bytes | None = None,
) -> Accepted | Refused:
    """Accept or refuse one record of an agency's raw topic."""
    if not value:
        return Refused(Refusal("empty", "(whole message)"))
    if len(value) > MAX_BYTES:
        return Refused(Refusal("oversize", "(whole message)"))
    message = _structured(value, headers)
    if message is None:
        return Refused(Refusal("binary-mode", "(whole message)"))
    try:
        event = EVENT.validate_json(message)
    except ValidationError as error:
        return Refused(from_validation(error, limit=1)[0], *_readable_identity(message))
    data = event.data
    refusal = next(_breaches(agency, event, rules), None) or identifier(event, message_key, headers)
    if refusal is not None:
        return Refused(refusal, data.event_id, data.revision)
    board = rules.register.board_by_code[data.board]
    key = f"{data.event_id}|{data.revision}".encode()
    links = tuple(hash(token.token) for token in getattr(data, "tokens", ()))
    return Accepted(board.partition, key, _canonical(event, rules.gate_keys), links)


def _structured(value: bytes, headers: Sequence[tuple[str, bytes]]) -> bytes | None:
    """The message in structured mode; binary mode (attributes in `ce_` headers) is put together first."""
    attributes = {name[3:].lower(): text for name, text in headers if name.lower().startswith("ce_")}
    # Kafka has headers without a value; such an attribute is not there.
    attributes = {name: text for name, text in attributes.items() if text is not None}
    if "specversion" not in attributes:
        return value
    try:
        return orjson.dumps(
            {name: text.decode("ascii") for name, text in attributes.items()} | {"data": orjson.loads(value)}
        )
    except (UnicodeDecodeError, orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
        return None


def _readable_identity(message: bytes) -> tuple[str | None, int | None]:
    """Event id and revision of a message that did not validate, if they have the right form (decision 19)."""
    try:
        data = orjson.loads(message)["data"]
        event_id, revision = data["event_id"], data["revision"]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        return None, None
    if not (isinstance(event_id, str) and _EVENT_ID.fullmatch(event_id)):
        return None, None
    whole = isinstance(revision, int) and not isinstance(revision, bool) and 0 <= revision <= 999_999
    return event_id, revision if whole else None


def _breaches(agency: str, event: Event, rules: Rules) -> Iterator[Refusal]:
    data = event.data
    register = rules.register
    if data.agency != agency:
        yield Refusal("agency-not-topic", "data.agency")
    if event.source != f"/agencies/{data.agency}":
        yield Refusal("source-mismatch", "source")
    if event.id != f"{data.event_id}.{data.revision}":
        yield Refusal("id-mismatch", "id")
    if event.partitionkey not in (None, data.board):
        yield Refusal("partitionkey-mismatch", "partitionkey")
    if event.time > rules.now + timedelta(days=1):
        yield Refusal("time-in-future", "time")
    board = register.board_by_code.get(data.board)
    known = register.agency_by_id.get(agency)
    if board is None or known is None or data.board not in known.boards:
        yield Refusal("board-not-registered", "data.board")
        return
    if not _agreed(data, rules):
        yield Refusal("no-agreement", "data.agreement_id")
    yield from _date_breaches(data, *board.accepted_dates(rules.today))
    if isinstance(data, ChildEvent):
        yield from _child_breaches(data, board)
    if isinstance(data, ChildEvent | Erasure):
        yield from _token_breaches(data, rules.gate_keys)


def _agreed(data: Common, rules: Rules) -> bool:
    agreement = rules.register.agreement_by_id.get(data.agreement_id)
    if agreement is None or agreement.agency != data.agency or data.board not in agreement.boards:
        return False
    # What was shared may be taken back or erased after the agreement has ended: that above all.
    ended = agreement.active_to is not None and agreement.active_to < rules.today
    return agreement.active_from <= rules.today and (not ended or isinstance(data, Withdrawal | Erasure))


def _date_breaches(data: Common, earliest: date, latest: date) -> Iterator[Refusal]:
    """Accepted dates lie between the board's floor and tomorrow (decision 6), so none can hold a birthday."""
    for name in _date_fields(type(data)):
        day = getattr(data, name)
        if day is not None and not earliest <= day <= latest:
            yield Refusal("date-window", f"data.{name}")
    if isinstance(data, SubmissionReturn) and not str(earliest.year) <= data.period[:4] <= str(latest.year):
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


def _token_breaches(data: ChildEvent | Erasure, gate_keys: Mapping[int, bytes]) -> Iterator[Refusal]:
    repeated = set(repeated_tokens(data.tokens))
    for index, token in enumerate(data.tokens):
        if not token.token.startswith("lt_"):
            yield Refusal("token-stage", f"data.tokens[{index}].token")
        if token.epoch not in gate_keys:
            yield Refusal("token-epoch", f"data.tokens[{index}].epoch")
        if index in repeated:
            yield Refusal("token-repeated", f"data.tokens[{index}].kind")


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
