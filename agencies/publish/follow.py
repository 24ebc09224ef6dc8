"""Reads the agency's receipts topic until every published message is accounted for."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from pydantic import TypeAdapter, ValidationError

from agencies.outbox import Outbox, confirmations
from agencies.publish.broker import NetClients, problem
from agencies.settings import KafkaSettings
from models.contract.receipts import IntakeReceipt, LedgerReceipt, Receipt
from models.contract.topics import receipts

_RECEIPT: TypeAdapter[IntakeReceipt | LedgerReceipt] = TypeAdapter(Receipt)


PATIENCE = 2.0
"""Seconds without a receipt after which what is there has been read."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Where all messages of this outbox stand at intake and in the ledger."""

    accepted: int
    undecided: int
    refused: Counter[str] = field(default_factory=Counter)
    ledger: tuple[LedgerReceipt, ...] = ()
    removed: int = 0
    """Accepted, counted once, and past the board's retention since."""
    warned: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(rule, place) -> accepted messages with something that was dropped and looks like an identifier."""

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "accepted": self.accepted,
            "refused": dict(sorted(self.refused.items())),
            "undecided": self.undecided,
            "removed": self.removed,
            "warnings": [{"rule": rule, "path": path, "count": n} for (rule, path), n in sorted(self.warned.items())],
            "ledger": [receipt.model_dump(mode="json", exclude={"kind", "agency"}) for receipt in self.ledger],
        }

    def lines(self) -> Iterator[str]:
        """For people; figures of the agency's own records."""
        yield f"intake: {self.accepted} accepted, {self.refused.total()} refused, {self.undecided} not decided yet"
        for rule, n in sorted(self.refused.items()):
            yield f"  refused by {rule}: {n}"
        for (rule, path), n in sorted(self.warned.items()):
            yield f"  accepted, but the {path.strip('()')} looks like {rule}: {n}; it was dropped, do not send it"
        for board in self.ledger:
            yield (
                f"ledger, board {board.board}: {board.current} current, {board.superseded} superseded, "
                f"{board.duplicate} duplicate, {board.withdrawn} withdrawn"
                + f", {board.erased} erased" * bool(board.erased)
                + f", {board.skipped} skipped by operations" * bool(board.skipped)
            )
        if self.removed:
            yield f"ledger: {self.removed} no longer kept (older than the board's retention)"


class Source(Protocol):
    """New receipts since a position."""

    def poll(self, seconds: float) -> tuple[list[IntakeReceipt | LedgerReceipt], int]:
        """Receipts that arrived within so many seconds, and the position after them."""
        ...


def standing(outbox: Outbox) -> Followed:
    """What the outbox knows already."""
    return Followed(
        confirmations.accepted(outbox),
        confirmations.undecided(outbox),
        confirmations.refused_by_rule(outbox),
        tuple(confirmations.ledger(outbox)),
        confirmations.removed(outbox),
        confirmations.warned(outbox),
    )


def follow(outbox: Outbox, source: Source, seconds: float) -> Followed:
    """Take receipts in until nothing is undecided and the ledger has counted it, or the time is up.

    With no time given it takes in what is there.
    """
    deadline = time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        found, position = source.poll(min(0.5, left) if left > 0 else PATIENCE)
        if found:
            confirmations.take_in(outbox, found, position)
        elif left <= 0 or _settled(standing(outbox)):
            return standing(outbox)


def _settled(now: Followed) -> bool:
    counted = sum(one.counted for one in now.ledger)
    return now.undecided == 0 and counted + now.removed >= now.accepted


class KafkaReceipts:
    """The receipts topic from a position on; without a consumer group, which an agency may not need rights for."""

    def __init__(self, bootstrap: str, agency: str, settings: KafkaSettings, position: int) -> None:
        """Raises `agencies.publish.broker.BrokerProblem` when no broker answers."""
        self._topic, self._bootstrap = receipts(agency), bootstrap
        self._at = TopicPartition(self._topic, 0)
        clients = NetClients()
        try:
            self._consumer = KafkaConsumer(
                kafka_client=clients,
                bootstrap_servers=bootstrap.split(","),
                client_id=f"ypsem-{agency}",
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                metrics_enabled=False,
                bootstrap_timeout_ms=int(settings.connect_seconds * 1000),
                **settings.connection(),
            )
            self._consumer.assign([self._at])
            end = self._consumer.end_offsets([self._at])[self._at]
            self._position = position if position <= end else 0  # a younger topic than the outbox remembers
            self._consumer.seek(self._at, self._position)
        except (KafkaError, OSError, ValueError) as error:
            clients.close()
            raise problem(error, bootstrap, self._topic) from None

    def __enter__(self) -> KafkaReceipts:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close(autocommit=False)

    def poll(self, seconds: float) -> tuple[list[IntakeReceipt | LedgerReceipt], int]:
        """See `Source.poll`; a record that is no receipt is passed over."""
        found: list[IntakeReceipt | LedgerReceipt] = []
        try:
            batches = self._consumer.poll(timeout_ms=int(seconds * 1000))
        except KafkaError as error:
            raise problem(error, self._bootstrap, self._topic) from None
        for record in (record for batch in batches.values() for record in batch):
            self._position = record.offset + 1
            try:
                found.append(_RECEIPT.validate_json(record.value or b""))
            except ValidationError:
                continue
        return found, self._position
