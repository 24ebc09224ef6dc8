"""One chunk of an agency's raw topic -> the records it causes: accepted, dead letters, one receipt. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aiokafka import ConsumerRecord

from analysis.ledger.coordinates import Origin, header
from models.contract import topics
from models.contract.receipts import IntakeReceipt, RefusedRecord, WarnedRecord
from models.contract.refusals import Refusal
from models.contract.warned import WHOLE
from streams.dead_letters import dead_letter
from streams.feed.coalescing import Chunk
from streams.intake.decide import Accepted, IntakeRules, Refused, decide
from streams.outputs import Out

RAW_HEADER = "raw"
"""Header of an accepted record: its place, as `analysis.ledger.coordinates` writes it, by which the ledger knows a
replay."""

NOTHING: Mapping[int, str] = {}


@dataclass(frozen=True, slots=True)
class Handled:
    """What a chunk causes, and its tally by rule (`accepted` for those that were)."""

    outs: list[Out]
    outcomes: Counter[str]
    links: frozenset[int] = frozenset()
    """The distinct tokens accepted, as `Accepted.links` has them."""
    warned: Counter[str] = field(default_factory=Counter)
    """Accepted records with something dropped beside them that looks like an identifier, by rule."""


def handle(
    agency: str, chunk: Chunk, rules: IntakeRules, passed_over: Mapping[int, str] = NOTHING, generation: int = 0
) -> Handled:
    """Decide every record of a chunk; whatever the records hold, this returns.

    `passed_over` has the offsets (and rules) of records that are not even looked at: see `streams.remedies`.
    `generation` is how often the chunk's log was found cut before: an accepted record's place says so, and nothing that
    the agency or operations are told.
    """
    decided = _Decided(agency, rules.now, generation)
    for record in chunk:
        if (rule := passed_over.get(record.offset)) is not None:
            decided.refuse(record, _passed_over(rule))
            continue
        decision = decide(agency, record.value, record.headers, rules, record.key)
        if isinstance(decision, Accepted):
            decided.accept(record, decision)
        else:
            decided.refuse(record, decision)
    return decided.handled(chunk[0])


class _Decided:
    """The records of one chunk as they are decided, in their order."""

    def __init__(self, agency: str, at: datetime, generation: int) -> None:
        self._agency = agency
        self._at = at
        self._generation = generation
        self._outs: list[Out] = []
        self._outcomes: Counter[str] = Counter()
        self._accepted: list[int] = []
        self._refused: list[RefusedRecord] = []
        self._warned: defaultdict[Refusal, list[int]] = defaultdict(list)
        self._links: set[int] = set()

    def accept(self, record: ConsumerRecord, event: Accepted) -> None:
        """Forward the event, with the place of the record that it came in."""
        place = Origin(record.partition, 0, self._generation).written, record.offset
        headers = ((RAW_HEADER, header(place)),)
        stamp = int(self._at.timestamp() * 1000)
        self._outs.append(
            Out(topics.ACCEPTED, event.partition, event.key, event.value, timestamp_ms=stamp, headers=headers)
        )
        self._accepted.append(record.offset)
        self._links.update(event.links)
        for warning in event.warnings:
            self._warned[warning].append(record.offset)
        self._outcomes["accepted"] += 1

    def refuse(self, record: ConsumerRecord, refused: Refused) -> None:
        """Say where the record lies and why it does not go on, to operations and to the agency."""
        self._outs.append(dead_letter(record, refused.refusal, self._at, refused.event_id))
        self._refused.append(
            RefusedRecord(
                offset=record.offset,
                event_id=refused.event_id,
                revision=refused.revision,
                rule=refused.refusal.rule,
                path=refused.refusal.path,
            )
        )
        self._outcomes[refused.refusal.rule] += 1

    def handled(self, first: ConsumerRecord) -> Handled:
        """Everything that the chunk causes; the receipt comes last. `first` is the chunk's first record."""
        receipt = IntakeReceipt(
            agency=self._agency,
            partition=first.partition,
            accepted=tuple(_ranges(self._accepted)),
            refused=tuple(self._refused),
            warnings=tuple(_warning(warning, offsets) for warning, offsets in sorted(self._warned.items())),
            at=self._at,
        )
        key = f"intake|{first.partition}|{first.offset}".encode()
        receipt_out = Out(topics.receipts(self._agency), 0, key, receipt_body(receipt))
        by_rule: Counter[str] = Counter()
        for warning, offsets in self._warned.items():
            by_rule[warning.rule] += len(offsets)
        return Handled([*self._outs, receipt_out], self._outcomes, frozenset(self._links), by_rule)


def receipt_body(receipt: IntakeReceipt) -> bytes:
    """The receipt's bytes; warnings left out when there is none, so that a tool that does not know them reads it."""
    return receipt.model_dump_json(exclude=None if receipt.warnings else {"warnings"}).encode()


def _warning(warning: Refusal, offsets: list[int]) -> WarnedRecord:
    """One entry however many records: a receipt stays small."""
    return WarnedRecord(first=offsets[0], last=offsets[-1], count=len(offsets), rule=warning.rule, path=warning.path)


def _passed_over(rule: str) -> Refused:
    """By a person, or by a worker that it had ended three times."""
    return Refused(Refusal("quarantined" if rule == "quarantined" else "skipped", WHOLE))


def _ranges(offsets: Iterable[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for offset in offsets:
        if ranges and ranges[-1][1] == offset - 1:
            ranges[-1] = (ranges[-1][0], offset)
        else:
            ranges.append((offset, offset))
    return ranges
