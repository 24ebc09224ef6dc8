"""The sink's loop: read, store rows and offsets in one transaction, pass requests on. Safe to kill at any point."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from consumers import metrics
from consumers.broker import Broker, BrokerError, Topic, TopicRecord
from consumers.errors import OutOfRange, TopicRecreated
from consumers.lease import Lease
from consumers.records import SINK_TOPICS, parse
from consumers.requests import RequestPublisher
from consumers.store import CONFLICT, SinkStore, StoreOutcome
from models.contract import topics
from models.contract.dead_letters import DeadLetter
from models.contract.refusals import Refusal
from models.service import clock
from models.service.health import Pulse, Reason
from models.store import writing
from models.store.trouble import Trouble, trouble_of

log = logging.getLogger(__name__)

DATABASE_ERRORS: tuple[type[Exception], ...] = (OperationalError, InterfaceError, InternalError, PoolTimeout)
"""What a database that is down, locked or restarting raises; anything else from SQL is a fault in the program."""

ASK_AFTER = 5.0
ASK_WITHIN = 5.0
"""Seconds without a record after which the broker is asked whether it is there, and that it may take to answer."""

BACKOFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class Sink:
    """One sink over one database and one broker; `turn` does everything once."""

    def __init__(
        self, engine: Engine, broker: Broker, register_dir: Path, lease_seconds: int = 30, poll_ms: int = 500
    ) -> None:
        self._engine = writing(engine)
        self._broker = broker
        self._requests = RequestPublisher(self._engine, broker, register_dir)
        self._poll_ms = poll_ms
        self.store = SinkStore(self._engine)
        self.lease = Lease(self._engine, lease_seconds)
        self._lease_renewal = lease_seconds / 3
        self._noted = 0.0
        self._answered_at = time.monotonic()
        self._topics: dict[str, Topic] | None = None
        self._refused = 0

    def prepare(self, from_beginning: bool = False) -> None:
        """Take the lease and find the topics; raises `LeaseHeld`, `NotThere` or `TopicRecreated`."""
        with self._engine.begin() as connection:
            self.lease.take(connection)
        by_name = self._broker.topics(SINK_TOPICS)
        if from_beginning:
            with self._engine.begin() as connection:
                self.lease.take(connection)
                self.store.forget_offsets(connection)
            log.info("stored positions forgotten; reading from the beginning")
        self._place(by_name)

    def turn(self) -> int:
        """One round; returns the number of records decided.

        Nothing is lost or skipped if it raises: the next turn starts again from the offsets in SQL.
        """
        try:
            if self._topics is None:
                if self._refused > 1:
                    # A client that has lost most of its brokers may keep asking those that are gone.
                    self._broker.connect()
                self._place(self._broker.topics(SINK_TOPICS))
            records = self._poll()
            if records:
                self._answered_at = time.monotonic()
                self._commit(records)
            elif time.monotonic() - self._answered_at > ASK_AFTER:
                self._broker.ask(ASK_WITHIN)
                self._answered_at = time.monotonic()
            lag = self._broker.lag()
            self._note(caught_up=not any(lag.values()))
            self._requests.publish(self.lease.take)
            self._requests.publish_remedies(self.lease.take)
            self._refused = 0
        except BrokerError:
            self._refused += 1
            self._topics = None
            raise
        except BaseException:
            self._topics = None
            raise
        for topic, behind in lag.items():
            metrics.LAG.labels(topics.family(topic)).set(behind)
        metrics.LAST_POLL.set(time.time())
        return len(records)

    def close(self) -> None:
        """Give the lease back and close the clients; called at the end, whatever the reason."""
        try:
            self.lease.give_back()
        except DBAPIError:
            log.warning("the lease could not be released; it runs out by itself")
        self._broker.close()

    def _place(self, by_name: dict[str, Topic]) -> None:
        """Set the consumer to the positions in SQL; raises `TopicRecreated` if one belongs to another log."""
        stored = self.store.offsets()
        positions: dict[tuple[str, int], int | None] = {}
        for name, topic in by_name.items():
            for partition in topic.partitions:
                next_offset, topic_id = stored.get((name, partition), (None, None))
                if topic_id is not None and topic.id is not None and topic_id != topic.id:
                    raise TopicRecreated(_recreated(name, partition))
                positions[name, partition] = next_offset
        self._broker.place(positions)
        self._topics = by_name

    def _poll(self) -> list[TopicRecord]:
        try:
            return self._broker.poll(self._poll_ms)
        except OutOfRange:
            # The broker has refused a fetch, so its end offset can be trusted now.
            for (topic, partition), (next_offset, _) in self.store.offsets().items():
                first, end = self._broker.range_of(topic, partition)
                if next_offset > end:
                    raise TopicRecreated(_recreated(topic, partition)) from None
                if next_offset < first:
                    raise TopicRecreated(_deleted(topic, partition)) from None
            log.warning("the broker refused a position that lies within the log; setting it again")
            self._place(self._broker.topics(SINK_TOPICS))
            return []

    def _commit(self, records: list[TopicRecord]) -> None:
        """Rows, dead letters and offsets of one poll: letters acknowledged first, then one SQL transaction."""
        ids = {name: topic.id for name, topic in (self._topics or {}).items()}
        outcomes: list[tuple[str, StoreOutcome]] = []
        waiting: list[Callable[[], None]] = []
        following: dict[tuple[str, int], int] = {}
        with self._engine.begin() as connection:
            self.lease.take(connection)
            for record in records:
                result: StoreOutcome | Refusal
                parsed = parse(record.topic, record.value)
                if isinstance(parsed, Refusal):
                    result = parsed
                else:
                    result = self.store.apply(connection, parsed, record.value or b"", record.offset)
                if isinstance(result, Refusal):
                    waiting.append(self._dead_letter(record, result))
                    result = StoreOutcome.CONFLICT if result == CONFLICT else StoreOutcome.REFUSED
                outcomes.append((topics.family(record.topic), result))
                following[record.topic, record.partition] = record.offset + 1
            for acknowledged in waiting:
                acknowledged()
            self.store.advance(connection, following, ids)
        for family, outcome in outcomes:
            metrics.RECORDS.labels(family, outcome.value).inc()

    def _dead_letter(self, record: TopicRecord, refusal: Refusal) -> Callable[[], None]:
        log.error(
            "record not stored: topic=%s partition=%d offset=%d rule=%s path=%s",
            record.topic, record.partition, record.offset, refusal.rule, refusal.path,
        )  # fmt: skip
        letter = DeadLetter.of(record, refusal, clock.now())
        return self._broker.send(topics.DEAD_LETTERS, letter.key, letter.body)

    def _note(self, caught_up: bool) -> None:
        """Renew the lease and say how far the sink is, a few times per lease; the pages show it."""
        if time.monotonic() - self._noted < self._lease_renewal:
            return
        with self._engine.begin() as connection:
            self.lease.take(connection)
            self.store.note(connection, "sink", "caught_up" if caught_up else "behind")
        self._noted = time.monotonic()


def run(
    sink: Sink, should_stop: Callable[[], bool], wait: Callable[[float], object], pulse: Pulse | None = None
) -> None:
    """Turn until asked to stop; a database or broker that is away is waited for, with growing pauses.

    Raises `SinkStops` when only a person can help, and lets a programming error end the process.
    """
    failing = _Failing(wait)
    while not should_stop():
        failed: Reason | None = None
        try:
            sink.turn()
            failing.over()
        except DATABASE_ERRORS as error:
            metrics.DB_ERRORS.inc()
            failed = failing.again("database", error)
        except BrokerError as error:
            metrics.BROKER_ERRORS.inc()
            failed = failing.again("broker", error)
        if pulse is not None:
            pulse.turned(failed)


REASONS = {
    Trouble.FULL: Reason.DATABASE_FULL,
    Trouble.READ_ONLY: Reason.DATABASE_READ_ONLY,
    Trouble.LOCKED: Reason.DATABASE_LOCKED,
    Trouble.DOWN: Reason.NO_DATABASE,
    Trouble.OTHER: Reason.DATABASE_FAILED,
}


class _Failing:
    """Turns that failed one after the other: pauses that grow, what is wrong, and how long it has been."""

    def __init__(self, wait: Callable[[float], object]) -> None:
        self._wait = wait
        self._failures = 0
        self._since: dict[str, float] = {}

    def again(self, what: str, error: Exception) -> Reason:
        """Log what failed, and wait; returns the reason that `/ready` gives.

        Only the class is logged: an error's text may hold the address, a query or a value.
        """
        trouble = trouble_of(error) if what == "database" else None
        metrics.show_trouble(trouble)
        reason = type(error).__name__ if trouble is None else f"{trouble}, {type(error).__name__}"
        seconds = BACKOFF_SECONDS[min(self._failures, len(BACKOFF_SECONDS) - 1)]
        what_to_do = "" if trouble is None else f": {trouble.words}; nothing is lost"
        log.warning("the %s failed (%s)%s; trying again in %g s", what, reason, what_to_do, seconds)
        self._since.setdefault(what, time.monotonic())
        self._failures += 1
        self._wait(seconds)
        return Reason.NO_BROKER if trouble is None else REASONS[trouble]

    def over(self) -> None:
        """A turn succeeded: log once how long turns had failed before."""
        for what, since in self._since.items():
            log.warning("the %s works again after %.0f s; reading on where it stopped", what, time.monotonic() - since)
        if self._since:
            metrics.show_trouble(None)
        self._since.clear()
        self._failures = 0


def _recreated(topic: str, partition: int) -> str:
    return (
        f"topic {topic}, partition {partition}: the stored position is not in this log, so the topic was recreated. "
        "If that was meant, start once with --from-beginning: stored releases stay, and what the topic holds is read "
        "again. If not, restore the topic or point YPSEM_DATABASE_URL to the database that belongs to it."
    )


def _deleted(topic: str, partition: int) -> str:
    return (
        f"topic {topic}, partition {partition}: records were deleted before the sink read them. Have the ledger send "
        "its releases again, then start once with --from-beginning."
    )
