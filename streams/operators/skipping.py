"""Passes one record over, once, and only one that nobody has handled: what is said must be what happened.

A record that was handled is in the figures, and a skip of it would have the pages say that it is missing from them. The
group's commit tells late that a record was handled; receipts and dead letters tell at once, so those are looked at too.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any, Protocol

from pydantic import ValidationError

from models.contract import dead_letters, topics
from models.contract.receipts import IntakeReceipt
from models.operations.remedies import Skip
from streams.outputs import Out
from streams.standing import Standing, out

PASSED_OVER = frozenset({"skipped", "quarantined"})


class SkipBroker(Protocol):
    """What this needs of a broker."""

    def limits(self, topic: str, partition: int) -> tuple[int, int] | None:
        """First offset and end of a partition."""
        ...

    def committed(self, group: str, topic: str, partition: int) -> int:
        """The next offset a group will read."""
        ...

    def read(self, topic: str) -> Iterable[Any]:
        """Every record of a topic."""
        ...

    def confirm(self, outs: list[Out]) -> None:
        """Send, and wait for the broker's word."""
        ...


class Done(Enum):
    """What became of the wish."""

    SKIPPED = "every worker passes over it from now on"
    ALREADY = "it was passed over before; nothing changed"
    NO_RECORD = "there is no such record"
    HANDLED = "that record was already handled: there is nothing to skip"
    TOO_LATE = "that record was handled at the same moment; the skip was withdrawn"


def skip_record(broker: SkipBroker, remedy: Skip, group: str, agency: str | None) -> Done:
    """Say the remedy, unless it stands or comes too late; `agency` is whose raw topic it is, None for our own topics.

    A worker may handle the record while this runs. The record is looked at once more after the skip was written, and
    the skip is withdrawn if so; what is left is a worker that had begun the very chunk and sends it after that look.
    """
    standing = Standing()
    for record in broker.read(topics.REMEDIES):
        standing.read(record.value)
    if remedy.offset in standing.passed_over(remedy.topic, remedy.partition):
        return Done.ALREADY
    limits = broker.limits(remedy.topic, remedy.partition)
    if limits is None or not limits[0] <= remedy.offset < limits[1]:
        return Done.NO_RECORD
    if _handled(broker, remedy, group, agency):
        return Done.HANDLED
    broker.confirm([out(remedy)])
    if _handled(broker, remedy, group, agency):
        broker.confirm([out(remedy.model_copy(update={"lifted": True}))])
        return Done.TOO_LATE
    return Done.SKIPPED


def _handled(broker: SkipBroker, remedy: Skip, group: str, agency: str | None) -> bool:
    if agency is not None:
        rules = _rules_in_receipts(broker.read(topics.receipts(agency)), remedy.partition, remedy.offset)
    else:
        rules = _lettered(broker.read(topics.DEAD_LETTERS), remedy)
    if rules:
        return not rules <= PASSED_OVER
    return broker.committed(group, remedy.topic, remedy.partition) > remedy.offset


def _rules_in_receipts(receipts: Iterable[Any], partition: int, offset: int) -> set[str]:
    """What the receipts say of one record of an agency: the rules it was refused by, `accepted` if it was."""
    found: set[str] = set()
    for record in receipts:
        if not (record.key or b"").startswith(f"intake|{partition}|".encode()):
            continue
        try:
            receipt = IntakeReceipt.model_validate_json(record.value or b"", strict=False)
        except ValidationError:
            continue
        if any(first <= offset <= last for first, last in receipt.accepted):
            found.add("accepted")
        found |= {one.rule for one in receipt.refused if one.offset == offset}
    return found


def _lettered(letters: Iterable[Any], remedy: Skip) -> set[str]:
    """The rules of the dead letters about one record."""
    found: set[str] = set()
    for record in letters:
        letter = dead_letters.read(record.value)
        if letter is None:
            continue
        if (letter.topic, letter.partition, letter.offset) == (remedy.topic, remedy.partition, remedy.offset):
            found.add(letter.rule)
    return found
