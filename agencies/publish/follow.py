"""Reads the agency's receipts topic until every published message is accounted for; sends again what was never read."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from pydantic import TypeAdapter, ValidationError

from agencies.outbox import Outbox, confirmations
from agencies.outbox.confirmations import NOTHING_GONE, Gone
from agencies.publish.broker import NetClients, problem
from agencies.publish.deliver import Delivery
from agencies.settings import KafkaSettings
from models.contract.receipts import LedgerReceipt, Receipt
from models.contract.topics import receipts

_RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)


PATIENCE = 2.0
"""Seconds without a receipt after which what is there has been read."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Where all messages of this outbox stand at intake and in the ledger."""

    accepted: int
    undecided: int
    refused: Counter[str] = field(default_factory=Counter)
    ledger: tuple[LedgerReceipt, ...] = ()
    not_in_ledger: int = 0
    """Accepted by intake; the ledger has not taken them in yet."""
    published_again: int = 0
    """Sent again in this run: the broker had them, and the service never read them."""
    waiting_again: int = 0
    """Never read by the service, and not sent again yet."""
    gone: Gone = NOTHING_GONE
    """Never read by the service, and not kept here any more."""
    not_sent: str | None = None
    """Why some wait that were to be sent again."""
    warned: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(rule, place) -> accepted messages with something that was dropped and looks like an identifier."""

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "accepted": self.accepted,
            "refused": dict(sorted(self.refused.items())),
            "undecided": self.undecided,
            "not_in_ledger_yet": self.not_in_ledger,
            "published_again": self.published_again,
            "waiting_to_be_published_again": self.waiting_again,
            "never_read_and_gone": self.gone._asdict(),
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
                + f", {board.erased} erased" * (board.erased == "10 or more")
                + f", {board.expired} no longer kept" * (board.expired == "10 or more")
                + f", {board.skipped} skipped by operations" * bool(board.skipped)
            )
            if not board.closes:
                yield f"ledger, board {board.board}: not every record is accounted for; operations have an alert"
        if self.not_in_ledger:
            yield f"ledger: {self.not_in_ledger} accepted, but not in it yet"
        yield from self.never_read_lines()

    def never_read_lines(self) -> Iterator[str]:
        """What the service had never read: sent again, waiting, or not kept here any more."""
        if self.published_again:
            yield f"{self.published_again} published again: the service never read them"
        if self.waiting_again:
            yield (
                f"{self.waiting_again} wait to be published again, because the service never read them"
                + f": {self.not_sent}" * bool(self.not_sent)
                + "; run `python -m agencies drain`"
            )
        if self.gone.events:
            yield (
                f"{self.gone.events} cannot be published again: the service never read them, a later revision took "
                "their place here, and that one was refused. Mend what it was refused for and publish your export again"
            )
        if self.gone.erasures:
            yield (
                f"{self.gone.erasures} erasures cannot be published again: the service never read them, and they are "
                "no longer kept here. Run `python -m agencies erase` again with the child's rows"
            )


class ReceiptSource(Protocol):
    """New receipts since a position."""

    def poll(self, seconds: float) -> tuple[list[Receipt], int]:
        """Receipts that arrived within so many seconds, and the position after them."""
        ...


def standing(outbox: Outbox) -> Followed:
    """What the outbox knows already."""
    return Followed(
        confirmations.accepted(outbox),
        confirmations.undecided(outbox),
        confirmations.refused_by_rule(outbox),
        tuple(confirmations.ledger(outbox)),
        confirmations.not_in_ledger(outbox),
        waiting_again=confirmations.waiting_again(outbox),
        gone=confirmations.gone(outbox),
        warned=confirmations.warned(outbox),
    )


def follow(outbox: Outbox, source: ReceiptSource, seconds: float) -> Followed:
    """Take receipts in until nothing is undecided and the ledger has taken it in, or the time is up.

    Ends as soon as it knows that something has to be sent again. With no time given it takes in what is there.
    """
    deadline = time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        found, position = source.poll(min(0.5, left) if left > 0 else PATIENCE)
        if found:
            confirmations.take_in(outbox, found, position)
        elif left <= 0 or confirmations.waiting_again(outbox) or _settled(standing(outbox)):
            return standing(outbox)


def follow_and_send(outbox: Outbox, source: ReceiptSource, send: Callable[[], Delivery], seconds: float) -> Followed:
    """Follow, send again what the service never read, and go on following until the time is up.

    `send` delivers what is pending. What it does not get through stays pending, and is named in the result.
    """
    deadline = time.monotonic() + seconds
    again = 0
    while True:
        now = follow(outbox, source, max(0.0, deadline - time.monotonic()))
        if not now.waiting_again:
            return replace(now, published_again=again)
        delivery = send()
        again += delivery.again
        if delivery.problem is not None or time.monotonic() >= deadline:
            why = None if delivery.problem is None else str(delivery.problem)
            return replace(standing(outbox), published_again=again, not_sent=why)


def _settled(now: Followed) -> bool:
    return now.undecided == 0 and now.not_in_ledger == 0


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
                isolation_level="read_committed",
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

    def poll(self, seconds: float) -> tuple[list[Receipt], int]:
        """See `Source.poll`; a record that is no receipt is passed over."""
        found: list[Receipt] = []
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
