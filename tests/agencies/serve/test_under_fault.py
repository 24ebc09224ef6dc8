"""The central intake when the broker is away, when it is full, when it is asked to stop, and when it is killed."""

from __future__ import annotations

import json
import random
import signal
import socket
from pathlib import Path

import pytest
from kafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaTimeoutError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from agencies.publish import broker
from demo.processes import free_port
from models.contract.topics import RAW_PARTITIONS, raw
from tests.agencies.serve.killing import confirmed_or_sent_again
from tests.agencies.serve.support import JSON, Gateway, on_topic, request
from tests.conftest import KafkaCluster
from tests.factories import CARE, POLICE, SCHOOLS, event, wire
from tests.support.topics import make_topics
from tests.support.waiting import poll_until, unique

pytestmark = pytest.mark.slow


@pytest.mark.kafka
def test_an_agency_without_a_topic_stops_nobody_else(tmp_path: Path, kafka_cluster: KafkaCluster) -> None:
    environment = {"YPSEM_KAFKA_CONNECT_SECONDS": "2"}
    with Gateway(tmp_path, kafka_cluster().bootstrap, environment=environment) as gateway:
        make_topics(gateway.bootstrap, {raw(POLICE): RAW_PARTITIONS, raw(CARE): RAW_PARTITIONS})
        poll_until(lambda: gateway.watched("/ready").status == 200, 15)
        for _ in range(3):
            alone = gateway.send("/v1/events", wire(event(record=unique("a"), agency=SCHOOLS)), agency=SCHOOLS)
            assert (alone.status, alone.headers["retry-after"]) == (503, "5")
            for agency in (POLICE, CARE):
                body = wire(event(record=unique("a"), agency=agency))
                assert gateway.watched("/ready").status == 200
                assert gateway.send("/v1/events", body, agency=agency).status == 202
        # Asked about its own topic again and again it is spared: one look at the broker in two seconds.
        assert "shows no topic" in gateway.log()
        assert "refused this agency's topic a moment ago" in gateway.log()
        make_topics(gateway.bootstrap, {raw(SCHOOLS): RAW_PARTITIONS})
        body = wire(event(record=unique("a"), agency=SCHOOLS))
        poll_until(lambda: gateway.send("/v1/events", body, agency=SCHOOLS).status == 202, 20)


@pytest.mark.parametrize(
    ("error", "one_topic"),
    [(TopicAuthorizationFailedError(), True), (UnknownTopicOrPartitionError(), True), (KafkaTimeoutError(), False),
     (ClusterAuthorizationFailedError(), False), (SaslAuthenticationFailedError(), False), (OSError(), False)],
    ids=lambda given: type(given).__name__,
)  # fmt: skip
def test_only_what_is_about_a_topic_is_one_agencys(error: Exception, one_topic: bool) -> None:
    assert broker.problem(error, "127.0.0.1:9", raw(POLICE)).one_topic is one_topic


class SlowRequest:
    """A request whose body is not finished until `finish`."""

    def __init__(self, gateway: Gateway, agency: str = POLICE) -> None:
        body = wire(event(record=unique("slow"), agency=agency))
        head = (
            f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.tokens[agency]}\r\n"
            f"Content-Type: {JSON}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._rest = body[10:]
        self.connection = socket.create_connection(("127.0.0.1", gateway.port), 30)
        self.connection.sendall(head.encode() + body[:10])

    def finish(self) -> int:
        """Send the rest; the status that comes back."""
        self.connection.sendall(self._rest)
        answer = self.connection.recv(4096)
        self.connection.close()
        return int(answer.split()[1])


def in_flight(gateway: Gateway) -> float:
    """The gauge, as a scrape sees it."""
    text = gateway.watched("/metrics").body.decode()
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith("ypsem_gateway_in_flight"))


def test_without_a_broker_it_is_503_and_says_when_to_come_again(tmp_path: Path) -> None:
    environment = {"YPSEM_KAFKA_CONNECT_SECONDS": "1"}
    with Gateway(tmp_path, f"127.0.0.1:{free_port()}", environment=environment) as gateway:
        answer = gateway.send("/v1/events", wire(event()))
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) > 0
        assert gateway.batch([event()]).status == 503
        assert gateway.send("/v1/events", wire(event(sex="Kanarie"))).status == 422, "what is wrong is said at once"
        assert gateway.watched("/live").status == 200
        assert gateway.watched("/ready").status == 503
        assert "no acknowledgement from the broker" in gateway.log()


@pytest.mark.embedded
def test_a_full_house_is_429_for_the_one_who_fills_it(tmp_path: Path, fresh_embedded_broker: str) -> None:
    gateway = Gateway(tmp_path, fresh_embedded_broker, environment={"YPSEM_KAFKA_IDEMPOTENCE": "false"})
    gateway.make_topics()
    gateway.start("--max-in-flight", "4")
    with gateway:
        slow = SlowRequest(gateway)
        poll_until(lambda: in_flight(gateway) == 1, 10)
        answer = gateway.send("/v1/events", wire(event()))
        assert answer.status == 429
        assert int(answer.headers["retry-after"]) > 0
        assert gateway.send("/v1/events", wire(event(agency=CARE)), agency=CARE).status == 202
        assert slow.finish() == 202
        assert gateway.send("/v1/events", wire(event())).status == 202
        assert in_flight(gateway) == 0


@pytest.mark.embedded
def test_asked_to_stop_it_finishes_what_is_under_way(tmp_path: Path, fresh_embedded_broker: str) -> None:
    gateway = Gateway(tmp_path, fresh_embedded_broker, environment={"YPSEM_KAFKA_IDEMPOTENCE": "false"})
    gateway.make_topics()
    child = gateway.start()
    with gateway:
        slow = SlowRequest(gateway)
        poll_until(lambda: in_flight(gateway) == 1, 10)
        child.send(signal.SIGTERM)

        def refused() -> bool:
            try:
                return request(gateway.port, "GET", "/v1/openapi.json", timeout=2).status == 0
            except OSError:
                return True

        poll_until(refused, 10, "nobody new is let in")
        assert slow.finish() == 202
        assert child.wait(20) == 0
    (record,) = on_topic(fresh_embedded_broker, POLICE)
    assert json.loads(record.value)["data"]["event_id"]


@pytest.mark.kafka
def test_killed_at_any_moment_it_never_said_202_for_what_the_broker_lacks(
    tmp_path: Path, kafka_cluster: KafkaCluster
) -> None:
    gateway = Gateway(tmp_path, kafka_cluster().bootstrap)
    gateway.make_topics()
    rng = random.Random(11)
    kills = 2
    with gateway:
        # The first one warms up: producer, metadata.
        assert gateway.batch([event(record=unique("a"))]).status == 202
        ran = confirmed_or_sent_again(gateway, rng, kills=kills, batches=4, events=100)
    records = on_topic(gateway.bootstrap, POLICE)
    identities = [(json.loads(r.value)["id"], r.value) for r in records]
    assert ran.kills == kills
    assert ran.confirmed == 4
    assert ran.ids <= {identity for identity, _ in identities}, "202 was said for what is not there"
    assert len({value for _, value in identities}) == len({identity for identity, _ in identities})
    assert ran.lost_answers, "no kill hit a request: the test has shown nothing"
