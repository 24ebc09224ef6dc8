"""Lets records through that were refused under a rule since mended.

It may run beside the intake, and run twice: an accepted record carries the raw coordinates it came from, so a second
copy of it is a replay, which changes nothing; and of two receipts about one record the one that accepts stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from models.contract import dead_letters, topics
from models.contract.receipts import IntakeReceipt
from models.operations.remedies import Skip
from models.service.clock import LONDON
from streams.intake.chunk import handle, receipt_body
from streams.intake.decide import IntakeRules
from streams.outputs import Out
from streams.standing import Standing, out

OWN = (topics.ACCEPTED, topics.REQUESTS)
"""Topics whose records the ledger passed over: sent again as they were, nothing is decided about them."""
AT_ONCE = 1_000
"""Records of one receipt: one that names very many would be larger than the broker takes."""


class RedriveBroker(Protocol):
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
        letter = dead_letters.read(record.value)
        if letter is None:
            continue
        ours = letter.topic in OWN or topics.family(letter.topic) == "raw"
        wanted = ours and (agency is None or letter.topic == topics.raw(agency))
        if wanted and letter.rule == rule and letter.at.astimezone(LONDON).date() >= since:
            found[letter.topic, letter.partition].add(letter.offset)
    return {place: sorted(offsets) for place, offsets in found.items()}


@dataclass(frozen=True, kw_only=True)
class Redriver:
    """Decides records again and forwards what is accepted now; what `standing` passes over is lifted with it.

    Forwarded first, reported after: killed in between, it can be repeated.
    """

    broker: RedriveBroker
    agencies: Mapping[str, str]
    """Raw topic -> agency."""
    rules: Callable[[], IntakeRules]
    """Asked only when a raw record has to be decided, as it needs the gate key."""
    standing: Standing
    by: str
    """User name of who does it."""
    at: datetime
    cuts: Mapping[tuple[str, int], int] = field(default_factory=dict)
    """How often each raw log was found cut, as records' places have it."""

    def redrive(self, letters: Mapping[tuple[str, int], list[int]]) -> Redriven:
        """Do it for all of these: (topic, partition) -> offsets."""
        done = Redriven(letters=sum(map(len, letters.values())))
        for topic, partition, offsets in _portions(letters):
            records = [one for one in self.broker.at(topic, partition, offsets) if one.value is not None]
            done.gone += len(offsets) - len(records)
            if topic in OWN or (topic in self.agencies and records):
                passed = self._pass_on(topic, partition, records)
                done.forwarded += passed
                done.refused += len(records) - passed
        return done

    def _pass_on(self, topic: str, partition: int, records: list[Any]) -> int:
        """Forward those that may go on, then correct what was reported of them; returns how many went on."""
        corrections: list[Out] = []
        if topic in OWN:
            passed = [_again(record) for record in records]
            through = {record.offset for record in records}
        else:
            generation = self.cuts.get((topic, partition), 0)
            handled = handle(self.agencies[topic], records, self.rules(), generation=generation)
            passed = [one for one in handled.outs if one.topic == topics.ACCEPTED]
            corrections, through = _receipt_without_refusals(handled.outs[-1])
        self.broker.confirm(passed)
        passed_over = sorted(through & self.standing.passed_over(topic, partition).keys())
        corrections += [out(_lifted(topic, partition, offset, self.by, self.at)) for offset in passed_over]
        self.broker.confirm(corrections)
        return len(passed)


def _portions(letters: Mapping[tuple[str, int], list[int]]) -> Iterator[tuple[str, int, list[int]]]:
    for (topic, partition), offsets in sorted(letters.items()):
        for start in range(0, len(offsets), AT_ONCE):
            yield topic, partition, offsets[start : start + AT_ONCE]


def _again(record: Any) -> Out:
    """A record as it is, at the end of its partition, with the time it came."""
    headers = tuple((name, bytes(value)) for name, value in record.headers)
    return Out(record.topic, record.partition, record.key, record.value, timestamp_ms=record.timestamp, headers=headers)


def _receipt_without_refusals(receipt: Out) -> tuple[list[Out], set[int]]:
    """The receipt without what is still refused, which the agency knows; and the offsets it accepts."""
    said = IntakeReceipt.model_validate_json(receipt.value or b"", strict=False).model_copy(update={"refused": ()})
    through = {offset for first, last in said.accepted for offset in range(first, last + 1)}
    corrected = [Out(receipt.topic, receipt.partition, receipt.key, receipt_body(said))] if through else []
    return corrected, through


def _lifted(topic: str, partition: int, offset: int, by: str, at: datetime) -> Skip:
    return Skip(topic=topic, partition=partition, offset=offset, rule="skipped", by=by, at=at, lifted=True)
