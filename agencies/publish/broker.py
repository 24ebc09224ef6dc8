"""Kafka as the publisher sees it: one producer with every acknowledgement awaited, and what its errors mean."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Sequence
from typing import Any, Protocol, Self

from kafka import KafkaProducer
from kafka.errors import (
    AuthorizationError,
    IllegalStateError,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
    UnsupportedSaslMechanismError,
)
from kafka.net.compat import KafkaNetClient

from agencies.errors import AgencyError
from agencies.outbox import Queued, Sent
from agencies.settings import KafkaSettings
from models.contract.topics import raw

CONTENT_TYPE = ("content-type", b"application/cloudevents+json")

DECISIVE = (SaslAuthenticationFailedError, UnsupportedSaslMechanismError, AuthorizationError, ssl.SSLError)
"""What trying again does not mend."""


class _Overheard(logging.Handler):
    """Keeps the decisive error kafka-python logged: it goes on trying, and ends in a mere timeout.

    Its lines go nowhere else: debug lines hold keys and values, warnings repeat what the receipt says.
    """

    decisive: Exception | None = None
    hung_up = False
    """The last connection was made and then ended by the broker, as it does right after refusing a login."""

    def forget(self) -> None:
        """Start afresh, for another connection."""
        self.decisive, self.hung_up = None, False

    def emit(self, record: logging.LogRecord) -> None:
        """Look for an error among what the line is about."""
        for one in record.args if isinstance(record.args, tuple) else ():
            if isinstance(one, DECISIVE):
                self.decisive = one
            elif isinstance(one, KafkaConnectionError):
                self.hung_up = "disconnected" in str(one)


_overheard = _Overheard()
logging.getLogger("kafka").addHandler(_overheard)
logging.getLogger("kafka").propagate = False


class BrokerProblem(AgencyError):
    """The broker did not take everything; `refused` when it will not until someone changes something, `one_topic` when
    it is about this agency's topic or the rights to it, and says nothing of the broker."""

    def __init__(self, says: str, *, refused: bool = False, one_topic: bool = False) -> None:
        """`says` is shown to the operator: no value from any event."""
        super().__init__(says)
        self.refused, self.one_topic = refused, one_topic


class NetClients:
    """Makes kafka-python's network clients and remembers them, to close what a failed constructor leaves open."""

    def __init__(self) -> None:
        self._made: list[KafkaNetClient] = []

    def __call__(self, **settings: Any) -> KafkaNetClient:
        """A network client: this object is the `kafka_client` of a producer or consumer."""
        self._made.append(KafkaNetClient(**settings))
        return self._made[-1]

    def close(self) -> None:
        """Close every one; safe to repeat."""
        for client in self._made:
            client.close()


class Sender(Protocol):
    """Sends one batch and returns where each acknowledged message lies."""

    def send(self, batch: Sequence[Queued]) -> tuple[list[Sent], BrokerProblem | None]:
        """Block until every message is acknowledged or given up; never raises for a broker that is away."""
        ...


class KafkaSender:
    """A producer for one agency's raw topic; raises `BrokerProblem` when no broker answers."""

    def __init__(self, bootstrap: str, agency: str, settings: KafkaSettings) -> None:
        self._topic = raw(agency)
        self._settings = settings
        _overheard.forget()
        compression = None if settings.compression == "none" else settings.compression
        clients = NetClients()
        try:
            self._producer = KafkaProducer(
                kafka_client=clients,
                bootstrap_servers=bootstrap.split(","),
                client_id=f"ypsem-{agency}",
                acks="all",
                enable_idempotence=settings.idempotence,
                max_in_flight_requests_per_connection=5 if settings.idempotence else 1,
                compression_type=compression,
                linger_ms=5,
                batch_size=64 * 1024,
                allow_auto_create_topics=False,
                metrics_enabled=False,
                bootstrap_timeout_ms=int(settings.connect_seconds * 1000),
                max_block_ms=int(settings.connect_seconds * 1000),
                request_timeout_ms=int(min(30, settings.delivery_seconds / 2) * 1000),
                delivery_timeout_ms=int(settings.delivery_seconds * 1000),
                **settings.connection(),
            )
        except (KafkaError, OSError, ValueError) as error:
            clients.close()
            raise problem(error, bootstrap, self._topic, connecting=True) from None
        self._bootstrap = bootstrap

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close(timeout=2)
        # What was overheard was about this topic or login: another sender's mere timeout is not explained by it.
        _overheard.forget()

    def send(self, batch: Sequence[Queued]) -> tuple[list[Sent], BrokerProblem | None]:
        """See `Sender.send`; bounded by `delivery_seconds`."""
        futures = []
        failure: Exception | None = None
        for queued in batch:
            try:
                futures.append(
                    self._producer.send(
                        self._topic, value=queued.payload, key=queued.board.encode(), headers=[CONTENT_TYPE]
                    )
                )
            except KafkaError as error:
                failure = error
                if isinstance(error, KafkaTimeoutError):  # the broker answered before, so it is about the topic
                    failure = UnknownTopicOrPartitionError()
                break
        sent: list[Sent] = []
        try:
            self._producer.flush(timeout=self._settings.delivery_seconds + 5)
        except KafkaError as error:
            failure = failure or error
        for queued, future in zip(batch, futures, strict=False):
            try:
                placed = future.get(timeout=0.1)
                sent.append(Sent(queued.seq, placed.partition, placed.offset))
            except KafkaError as error:
                failure = failure or error
        return sent, None if failure is None else problem(failure, self._bootstrap, self._topic)


def problem(error: Exception, bootstrap: str, topic: str, *, connecting: bool = False) -> BrokerProblem:
    """An error of the client library in one line an operator can act on; `connecting` when nothing worked yet."""
    if isinstance(error, KafkaTimeoutError) and _overheard.decisive is not None:
        error = _overheard.decisive
    name = type(error).__name__
    if connecting and isinstance(error, KafkaTimeoutError) and _overheard.hung_up:
        return BrokerProblem(
            "the broker hung up: it did not accept the login, or expects another security_protocol; "
            "check --kafka-config",
            refused=True,
        )
    if isinstance(error, SaslAuthenticationFailedError | UnsupportedSaslMechanismError):
        return BrokerProblem(f"the broker did not accept the login ({name}); check --kafka-config", refused=True)
    if isinstance(error, AuthorizationError):
        says = f"the broker gives this login no access to {topic} ({name}); ask operations"
        return BrokerProblem(says, refused=True, one_topic=isinstance(error, TopicAuthorizationFailedError))
    if isinstance(error, ssl.SSLError):
        return BrokerProblem(f"no safe connection to {bootstrap} ({name}); check ssl_cafile", refused=True)
    if isinstance(error, ValueError | IllegalStateError):
        return BrokerProblem(f"the broker settings cannot be used ({name}); check --kafka-config", refused=True)
    if isinstance(error, UnknownTopicOrPartitionError):
        return BrokerProblem(f"the broker at {bootstrap} shows no topic {topic} yet; ask operations", one_topic=True)
    return BrokerProblem(f"no acknowledgement from the broker at {bootstrap} ({name})")
