"""One chunk of an agency's raw topic -> the records it causes: accepted, dead letters, one receipt. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analysis.ledger.coordinates import Origin, header
from models.contract import topics
from models.contract.events import MAX_BYTES
from models.contract.receipts import DeadLetter, IntakeReceipt, RefusedRecord, Size, WarnedRecord
from models.contract.refusals import Refusal
from streams.feed.coalescing import Chunk
from streams.intake.decide import Accepted, Refused, Rules, decide
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
    agency: str, chunk: Chunk, rules: Rules, passed_over: Mapping[int, str] = NOTHING, generation: int = 0
) -> Handled:
    """Decide every record of a chunk; whatever the records hold, this returns.

    `passed_over` has the offsets (and rules) of records that are not even looked at: see `streams.remedies`.
    `generation` is how often the chunk's log was found cut before: an accepted record's place says so, and nothing that
    the agency or operations are told.
    """
    outs: list[Out] = []
    accepted: list[int] = []
    refused: list[RefusedRecord] = []
    outcomes: Counter[str] = Counter()
    links: set[int] = set()
    warned: defaultdict[Refusal, list[int]] = defaultdict(list)
    stamp = int(rules.now.timestamp() * 1000)
    for record in chunk:
        if record.offset in passed_over:
            decision: Accepted | Refused = _passed_over(passed_over[record.offset])
        else:
            decision = decide(agency, record.value, record.headers, rules, record.key)
        if isinstance(decision, Accepted):
            place = Origin(record.partition, 0, generation).written, record.offset
            outs.append(
                Out(
                    topics.ACCEPTED,
                    decision.partition,
                    decision.key,
                    decision.value,
                    stamp,
                    ((RAW_HEADER, header(place)),),
                )
            )
            accepted.append(record.offset)
            links.update(decision.links)
            for warning in decision.warnings:
                warned[warning].append(record.offset)
            outcomes["accepted"] += 1
        else:
            outs.append(_dead_letter(record.topic, record.partition, record.offset, record.value, decision, rules))
            refused.append(_refused(record.offset, decision))
            outcomes[decision.refusal.rule] += 1
    receipt = IntakeReceipt(
        agency=agency,
        partition=chunk[0].partition,
        accepted=tuple(_ranges(accepted)),
        refused=tuple(refused),
        warnings=tuple(_warned(warning, offsets) for warning, offsets in sorted(warned.items())),
        at=rules.now,
    )
    key = f"intake|{chunk[0].partition}|{chunk[0].offset}".encode()
    outs.append(Out(topics.receipts(agency), 0, key, spelt(receipt)))
    by_rule: Counter[str] = Counter()
    for warning, offsets in warned.items():
        by_rule[warning.rule] += len(offsets)
    return Handled(outs, outcomes, frozenset(links), by_rule)


def spelt(receipt: IntakeReceipt) -> bytes:
    """The receipt's bytes; warnings left out when there is none, so that a tool that does not know them reads it."""
    return receipt.model_dump_json(exclude=None if receipt.warnings else {"warnings"}).encode()


def _warned(warning: Refusal, offsets: list[int]) -> WarnedRecord:
    """One entry however many records: a receipt stays small."""
    return WarnedRecord(first=offsets[0], last=offsets[-1], count=len(offsets), rule=warning.rule, path=warning.path)


def _passed_over(rule: str) -> Refused:
    """By a person, or by a worker that it had ended three times."""
    if rule == "quarantined":
        return Refused(Refusal("quarantined", "(whole message)"))
    return Refused(Refusal("skipped", "(whole message)"))


def _refused(offset: int, decision: Refused) -> RefusedRecord:
    return RefusedRecord(
        offset=offset,
        event_id=decision.event_id,
        revision=decision.revision,
        rule=decision.refusal.rule,
        path=decision.refusal.path,
    )


def _dead_letter(topic: str, partition: int, offset: int, value: bytes | None, decision: Refused, rules: Rules) -> Out:
    letter = DeadLetter(
        topic=topic,
        partition=partition,
        offset=offset,
        rule=decision.refusal.rule,
        path=decision.refusal.path,
        event_id=decision.event_id,
        size=size_bucket(value),
        at=rules.now,
    )
    key = f"{topic}|{partition}|{offset}".encode()
    return Out(topics.DEAD_LETTERS, 0, key, letter.model_dump_json().encode())


def size_bucket(value: bytes | None) -> Size:
    """How large a message was, coarsely enough to say nothing else."""
    size = len(value or b"")
    limits: tuple[tuple[Size, int], ...] = (("empty", 0), ("small", 1024), ("medium", 8192), ("large", MAX_BYTES))
    for name, limit in limits:
        if size <= limit:
            return name
    return "oversize"


def _ranges(offsets: Iterable[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for offset in offsets:
        if ranges and ranges[-1][1] == offset - 1:
            ranges[-1] = (ranges[-1][0], offset)
        else:
            ranges.append((offset, offset))
    return ranges
