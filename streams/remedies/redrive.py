"""Lets records through that were refused under a rule since mended.

It may run beside the intake, and run twice: an accepted record carries the raw coordinates it came from, so a second
copy of it is a replay, which changes nothing; and of two receipts about one record the one that accepts stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from pydantic import ValidationError

from models.contract import topics
from models.contract.receipts import DeadLetter, IntakeReceipt
from models.operations.remedies import Skip
from models.service.clock import LONDON
from streams.intake.chunk import handle, spelt
from streams.intake.decide import Rules
from streams.outputs import Out
from streams.remedies.standing import Standing, out

OWN = (topics.ACCEPTED, topics.REQUESTS)
"""Topics whose records the ledger passed over: sent again as they were, nothing is decided about them."""
NEVER: Mapping[tuple[str, int], int] = {}
AT_ONCE = 1_000
"""Records of one receipt: one that names very many would be larger than the broker takes."""


class Broker(Protocol):
    """What this needs of a broker."""

    def at(self, topic: str, partition: int, offsets: list[int]) -> Iterable[Any]:
        """The records at these offsets that are still there."""
        ...

    def confirm(self, outs: list[Out]) -> None:
        """Send, and wait for the broker's word."""
        ...


@dataclass
class Redriven:
    """What became of the records that a rule had refused."""

    letters: int = 0
    """Distinct records with a dead letter under the rule."""
    gone: int = 0
    """No longer in their topic."""
    forwarded: int = 0
    refused: int = 0
    """Still refused, by whatever rule."""


def letters_of(records: Iterable[Any], rule: str, since: date, agency: str | None) -> dict[tuple[str, int], list[int]]:
    """(topic, partition) -> offsets with a dead letter under the rule, dated that London day or later.

    With an agency only those of its raw topic: whose a record on our own topics is, its dead letter does not say.
    """
    found: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for record in records:
        try:
            letter = DeadLetter.model_validate_json(record.value or b"", strict=False)
        except ValidationError:
            continue
        ours = letter.topic in OWN or topics.family(letter.topic) == "raw"
        wanted = ours and (agency is None or letter.topic == topics.raw(agency))
        if wanted and letter.rule == rule and letter.at.astimezone(LONDON).date() >= since:
            found[letter.topic, letter.partition].add(letter.offset)
    return {place: sorted(offsets) for place, offsets in found.items()}


def redrive(
    broker: Broker,
    letters: dict[tuple[str, int], list[int]],
    agencies: dict[str, str],
    rules: Callable[[], Rules],
    standing: Standing,
    by: str,
    at: datetime,
    cuts: Mapping[tuple[str, int], int] = NEVER,
) -> Redriven:
    """Decide the records again and forward what is accepted now; what `standing` passes over is lifted with it.

    `agencies` is raw topic -> agency; `rules` is asked only when a raw record has to be decided, as it needs the gate
    key. `cuts` says how often each raw log was found cut, as records' places have it. Forwarded first, told after:
    killed in between, it can be repeated.
    """
    done = Redriven(letters=sum(map(len, letters.values())))
    for topic, partition, offsets in _portions(letters):
        records = [record for record in broker.at(topic, partition, offsets) if record.value is not None]
        done.gone += len(offsets) - len(records)
        told: list[Out] = []
        if topic in OWN:
            passed = [_again(record) for record in records]
            through = {record.offset for record in records}
        elif topic in agencies and records:
            handled = handle(agencies[topic], records, rules(), generation=cuts.get((topic, partition), 0))
            passed = [one for one in handled.outs if one.topic == topics.ACCEPTED]
            receipt = handled.outs[-1]
            told, through = _told(receipt)
        else:
            continue
        done.forwarded += len(passed)
        done.refused += len(records) - len(passed)
        broker.confirm(passed)
        passed_over = sorted(through & standing.passed_over(topic, partition).keys())
        told += [out(_lifted(topic, partition, offset, by, at)) for offset in passed_over]
        broker.confirm(told)
    return done


def _portions(letters: dict[tuple[str, int], list[int]]) -> Iterator[tuple[str, int, list[int]]]:
    for (topic, partition), offsets in sorted(letters.items()):
        for start in range(0, len(offsets), AT_ONCE):
            yield topic, partition, offsets[start : start + AT_ONCE]


def _again(record: Any) -> Out:
    """A record as it is, at the end of its partition, with the time it came."""
    headers = tuple((name, bytes(value)) for name, value in record.headers)
    return Out(record.topic, record.partition, record.key, record.value, record.timestamp, headers)


def _told(receipt: Out) -> tuple[list[Out], set[int]]:
    """The receipt without what is still refused, which the agency knows; and the offsets it accepts."""
    said = IntakeReceipt.model_validate_json(receipt.value or b"", strict=False).model_copy(update={"refused": ()})
    through = {offset for first, last in said.accepted for offset in range(first, last + 1)}
    told = [Out(receipt.topic, receipt.partition, receipt.key, spelt(said))] if through else []
    return told, through


def _lifted(topic: str, partition: int, offset: int, by: str, at: datetime) -> Skip:
    return Skip(topic=topic, partition=partition, offset=offset, rule="skipped", by=by, at=at, lifted=True)
