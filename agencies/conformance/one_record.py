"""What can be said of each record alone: which records a point is about, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from agencies.conformance.facts import JudgeFacts, Problem
from agencies.conformance.wire import WireRecord
from agencies.refuse import scan
from models.contract.events import MAX_BYTES, Envelope
from models.contract.fields import ChildToken
from models.contract.refusals import Refusal
from models.contract.warned import ATTRIBUTE, HEADER, MESSAGE_KEY, warned_by
from models.register.admission import epoch_refusals, time_refusals, token_refusals, tokens_of

_DAY_MS = 86_400_000
_OWN = frozenset(Envelope.model_fields) | {"type", "data"}


def every(records: Sequence[WireRecord]) -> Sequence[WireRecord]:
    """All of them."""
    return records


def of_mode(mode: str) -> Callable[[Sequence[WireRecord]], Sequence[WireRecord]]:
    """Those in `structured` or in `binary` mode that have a value."""
    return lambda records: [seen for seen in records if seen.value and seen.mode == mode]


def readable(records: Sequence[WireRecord]) -> Sequence[WireRecord]:
    """Those with a JSON object in them."""
    return [seen for seen in records if seen.document is not None]


def valid(records: Sequence[WireRecord]) -> Sequence[WireRecord]:
    """Those that are events of the contract."""
    return [seen for seen in records if seen.event is not None]


def with_tokens(records: Sequence[WireRecord]) -> Sequence[WireRecord]:
    """Events with a child token."""
    return [seen for seen in records if _tokens(seen)]


def stamped_by_client(records: Sequence[WireRecord]) -> Sequence[WireRecord]:
    """Those whose timestamp the producer chose."""
    return [seen for seen in records if not seen.by_broker]


def _whole(seen: WireRecord) -> Mapping[str, Any]:
    return seen.document or {}


def _data(seen: WireRecord) -> Mapping[str, Any]:
    data = _whole(seen).get("data")
    return data if isinstance(data, dict) else {}


def _tokens(seen: WireRecord) -> Sequence[ChildToken]:
    return tokens_of(seen.event.data) if seen.event is not None else ()


def without_value(records: Sequence[WireRecord], _: JudgeFacts) -> Iterator[Problem]:
    """Tombstones and empty values."""
    return ((seen, "empty") for seen in records if not seen.value)


def too_large(records: Sequence[WireRecord], _: JudgeFacts) -> Iterator[Problem]:
    """Values above the limit."""
    return ((seen, "too-large") for seen in records if len(seen.value or b"") > MAX_BYTES)


def no_event(records: Sequence[WireRecord], _: JudgeFacts) -> Iterator[Problem]:
    """What is no event of the contract."""
    return ((seen, f"{seen.refusal.rule} {seen.refusal.path}") for seen in records if seen.refusal is not None)


def another_source(records: Sequence[WireRecord], facts: JudgeFacts) -> Iterator[Problem]:
    """Events that say that they are another agency's."""
    for seen in records:
        if _data(seen).get("agency") != facts.agency:
            yield seen, "agency-not-topic data.agency"
        if _whole(seen).get("source") != f"/agencies/{facts.agency}":
            yield seen, "source-mismatch source"


def wrong_ids(records: Sequence[WireRecord], _: JudgeFacts) -> Iterator[Problem]:
    """Ids in another form, or that do not agree."""
    for seen in records:
        event_id, revision = _data(seen).get("event_id"), _data(seen).get("revision")
        if not re.fullmatch(r"[a-p]{40}", str(event_id)):
            yield seen, "schema.string_pattern_mismatch data.event_id"
        elif _whole(seen).get("id") != f"{event_id}.{revision}":
            yield seen, "id-mismatch id"


def identifiers(records: Sequence[WireRecord], _: JudgeFacts) -> Iterator[Problem]:
    """What looks like an identifier in an event."""
    for seen in records:
        for refusal in scan(_data(seen)):
            yield seen, f"{refusal.rule} data.{refusal.path}"


def identifiers_beside(records: Sequence[WireRecord], _: JudgeFacts) -> Iterator[Problem]:
    """What looks like an identifier in a key, a header or an attribute that the contract has no use for."""
    for seen in records:
        beside = [(name, text) for name, text in seen.headers if not name.lower().startswith("ce_")]
        found = warned_by(HEADER, beside)
        found += warned_by(ATTRIBUTE, ((name, value) for name, value in _whole(seen).items() if name not in _OWN))
        if seen.key:
            found += warned_by(MESSAGE_KEY, [("", seen.key)])
        for warning in found:
            yield seen, f"{warning.rule} {warning.path}"


def ahead(records: Sequence[WireRecord], facts: JudgeFacts) -> Iterator[Problem]:
    """Events from the future."""
    for seen in records:
        if seen.event is not None:
            yield from _problems(seen, time_refusals(seen.event, facts.now))


def far_stamps(records: Sequence[WireRecord], facts: JudgeFacts) -> Iterator[Problem]:
    """Timestamps of the client that are not of today; retention may go by them."""
    now_ms = facts.now.timestamp() * 1000
    return ((seen, "more than a day from now") for seen in records if abs(seen.timestamp_ms - now_ms) > _DAY_MS)


def wrong_tokens(records: Sequence[WireRecord], _: JudgeFacts) -> Iterator[Problem]:
    """Tokens of intake's stage, and tokens that may not stand beside others."""
    for seen in records:
        yield from _problems(seen, token_refusals(_tokens(seen)), "data.")


def other_epochs(records: Sequence[WireRecord], facts: JudgeFacts) -> Iterator[Problem]:
    """Tokens that intake has no key for."""
    for seen in records:
        yield from _problems(seen, epoch_refusals(_tokens(seen), facts.epochs), "data.")


def not_registered(records: Sequence[WireRecord], facts: JudgeFacts) -> Iterator[Problem]:
    """What the register does not allow."""
    for seen in records:
        yield from _problems(seen, facts.register(seen) if facts.register is not None else ())


def _problems(seen: WireRecord, refusals: Iterable[Refusal], within: str = "") -> Iterator[Problem]:
    return ((seen, f"{refusal.rule} {within}{refusal.path}") for refusal in refusals)
