"""What can be said of each record alone: which records a point is about, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from agencies.conformance.told import Problem, Told
from agencies.conformance.wire import Seen
from agencies.refuse import scan
from models.contract.events import MAX_BYTES, Envelope
from models.contract.fields import ChildToken, repeated_tokens
from models.contract.warned import ATTRIBUTE, HEADER, MESSAGE_KEY, warned_by

_DAY_MS = 86_400_000
_OWN = frozenset(Envelope.model_fields) | {"type", "data"}


def every(records: Sequence[Seen]) -> Sequence[Seen]:
    """All of them."""
    return records


def of_mode(mode: str) -> Callable[[Sequence[Seen]], Sequence[Seen]]:
    """Those in `structured` or in `binary` mode that have a value."""
    return lambda records: [seen for seen in records if seen.value and seen.mode == mode]


def readable(records: Sequence[Seen]) -> Sequence[Seen]:
    """Those with a JSON object in them."""
    return [seen for seen in records if seen.document is not None]


def valid(records: Sequence[Seen]) -> Sequence[Seen]:
    """Those that are events of the contract."""
    return [seen for seen in records if seen.event is not None]


def with_tokens(records: Sequence[Seen]) -> Sequence[Seen]:
    """Events with a child token."""
    return [seen for seen in records if _tokens(seen)]


def stamped_by_client(records: Sequence[Seen]) -> Sequence[Seen]:
    """Those whose timestamp the producer chose."""
    return [seen for seen in records if not seen.by_broker]


def _whole(seen: Seen) -> Mapping[str, Any]:
    return seen.document or {}


def _data(seen: Seen) -> Mapping[str, Any]:
    data = _whole(seen).get("data")
    return data if isinstance(data, dict) else {}


def _tokens(seen: Seen) -> Sequence[ChildToken]:
    return getattr(seen.event.data, "tokens", ()) if seen.event is not None else ()


def without_value(records: Sequence[Seen], _: Told) -> Iterator[Problem]:
    """Tombstones and empty values."""
    return ((seen, "empty") for seen in records if not seen.value)


def too_large(records: Sequence[Seen], _: Told) -> Iterator[Problem]:
    """Values above the limit."""
    return ((seen, "too-large") for seen in records if len(seen.value or b"") > MAX_BYTES)


def no_event(records: Sequence[Seen], _: Told) -> Iterator[Problem]:
    """What is no event of the contract."""
    return ((seen, f"{seen.refusal.rule} {seen.refusal.path}") for seen in records if seen.refusal is not None)


def another_source(records: Sequence[Seen], told: Told) -> Iterator[Problem]:
    """Events that say that they are another agency's."""
    for seen in records:
        if _data(seen).get("agency") != told.agency:
            yield seen, "agency-not-topic data.agency"
        if _whole(seen).get("source") != f"/agencies/{told.agency}":
            yield seen, "source-mismatch source"


def wrong_ids(records: Sequence[Seen], _: Told) -> Iterator[Problem]:
    """Ids in another form, or that do not agree."""
    for seen in records:
        event_id, revision = _data(seen).get("event_id"), _data(seen).get("revision")
        if not re.fullmatch(r"[a-p]{40}", str(event_id)):
            yield seen, "schema.string_pattern_mismatch data.event_id"
        elif _whole(seen).get("id") != f"{event_id}.{revision}":
            yield seen, "id-mismatch id"


def identifiers(records: Sequence[Seen], _: Told) -> Iterator[Problem]:
    """What looks like an identifier in an event."""
    for seen in records:
        for refusal in scan(_data(seen)):
            yield seen, f"{refusal.rule} data.{refusal.path}"


def identifiers_beside(records: Sequence[Seen], _: Told) -> Iterator[Problem]:
    """What looks like an identifier in a key, a header or an attribute that the contract has no use for."""
    for seen in records:
        beside = [(name, text) for name, text in seen.headers if not name.lower().startswith("ce_")]
        found = warned_by(HEADER, beside)
        found += warned_by(ATTRIBUTE, ((name, value) for name, value in _whole(seen).items() if name not in _OWN))
        if seen.key:
            found += warned_by(MESSAGE_KEY, [("", seen.key)])
        for warning in found:
            yield seen, f"{warning.rule} {warning.path}"


def ahead(records: Sequence[Seen], told: Told) -> Iterator[Problem]:
    """Events from the future."""
    for seen in records:
        if seen.event is not None and seen.event.time > told.now + timedelta(days=1):
            yield seen, "time-in-future time"


def far_stamps(records: Sequence[Seen], told: Told) -> Iterator[Problem]:
    """Timestamps of the client that are not of today; retention may go by them."""
    now_ms = told.now.timestamp() * 1000
    return ((seen, "more than a day from now") for seen in records if abs(seen.timestamp_ms - now_ms) > _DAY_MS)


def wrong_tokens(records: Sequence[Seen], _: Told) -> Iterator[Problem]:
    """Tokens of intake's stage, and tokens that may not stand beside others."""
    for seen in records:
        for index, token in enumerate(_tokens(seen)):
            if not token.token.startswith("lt_"):
                yield seen, f"token-stage data.tokens[{index}].token"
        for index in repeated_tokens(_tokens(seen)):
            yield seen, f"token-repeated data.tokens[{index}].kind"


def other_epochs(records: Sequence[Seen], told: Told) -> Iterator[Problem]:
    """Tokens that intake has no key for."""
    for seen in records:
        for index, token in enumerate(_tokens(seen)):
            if token.epoch not in told.epochs:
                yield seen, f"token-epoch data.tokens[{index}].epoch"


def not_registered(records: Sequence[Seen], told: Told) -> Iterator[Problem]:
    """What the register does not allow."""
    for seen in records:
        for refusal in told.register(seen) if told.register is not None else ():
            yield seen, f"{refusal.rule} {refusal.path}"
