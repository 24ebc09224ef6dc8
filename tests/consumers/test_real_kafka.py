"""What only a real broker shows: positions that are refused, and a broker that goes away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select, update

from consumers.broker import Broker, BrokerError
from consumers.errors import TopicRecreated
from consumers.sink import Sink, run
from demo.brokers.apache import ApacheKafka
from models.contract import topics
from models.store import ReleaseRow, SinkOffsetRow
from tests.conftest import KafkaCluster
from tests.consumers.conftest import REGISTER
from tests.consumers.hand import Topics
from tests.consumers.test_sink import drain
from tests.models.store.factories import make_release, make_submission, wire

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


def connected(engine: Engine, bootstrap: str) -> Sink:
    broker = Broker(bootstrap, timeout=10)
    broker.connect()
    return Sink(engine, broker, REGISTER, poll_ms=200)


def until_stopped(sink: Sink, turns: int = 100) -> Callable[[], None]:
    """Turns the sink, a bounded number of times."""

    def turn() -> None:
        for _ in range(turns):
            sink.turn()

    return turn


def test_the_road_and_the_ways_it_can_end(engine: Engine, kafka_cluster: KafkaCluster) -> None:
    """One cluster for several steps: starting one takes seconds."""
    kafka = Topics(kafka_cluster().bootstrap)
    kafka.put(topics.RELEASES, *(wire(make_release(f"202{n}Q1")) for n in range(3, 6)), b"{}")
    kafka.put(topics.SUBMISSIONS, wire(make_submission()))
    sink = connected(engine, kafka.bootstrap)
    sink.prepare()
    drain(sink, 5)
    assert [letter.offset for letter in kafka.dead_letters(1)] == [3]
    sink.close()

    # A position beyond the end, in a database from before topic ids were kept: the broker refuses the fetch.
    _move(engine, topics.RELEASES, 50)
    sink = connected(engine, kafka.bootstrap)
    sink.prepare()
    with pytest.raises(TopicRecreated, match="recreated"):
        until_stopped(sink)()
    sink.close()

    # A position that retention has overtaken: records were lost to the sink, and it says so.
    kafka.delete_before(topics.RELEASES, 2)
    _move(engine, topics.RELEASES, 1)
    sink = connected(engine, kafka.bootstrap)
    sink.prepare()
    with pytest.raises(TopicRecreated, match="deleted before the sink read them"):
        until_stopped(sink)()
    sink.prepare(from_beginning=True)
    drain(sink, 3)
    sink.close()

    # A topic made anew under the same name.
    kafka.make_anew()
    sink = connected(engine, kafka.bootstrap)
    with pytest.raises(TopicRecreated):
        sink.prepare()
    sink.close()
    kafka.close()


def test_a_broker_that_restarts_is_noticed_and_waited_for(
    sqlite: Engine, kafka_cluster: KafkaCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consumers.sink.ASK_AFTER", 0.2)
    monkeypatch.setattr("consumers.sink.ASK_WITHIN", 2.0)
    cluster: ApacheKafka = kafka_cluster()
    kafka = Topics(cluster.bootstrap)
    kafka.put(topics.RELEASES, wire(make_release("2025Q3")))
    sink = connected(sqlite, kafka.bootstrap)
    sink.prepare()
    drain(sink, 1)
    kafka.close()
    cluster.stop()
    with pytest.raises(BrokerError):
        until_stopped(sink)()
    cluster.start()
    kafka = Topics(cluster.bootstrap, existing=True)
    kafka.put(topics.RELEASES, wire(make_release("2025Q4")))
    turns = iter(range(300))

    def stored() -> bool:
        assert next(turns, None) is not None, "the record was not stored in 300 turns"
        with sqlite.connect() as connection:
            return connection.execute(select(func.count()).select_from(ReleaseRow)).scalar_one() == 2

    run(sink, stored, lambda _: None)
    sink.close()
    kafka.close()


def _move(engine: Engine, topic: str, offset: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            update(SinkOffsetRow).where(SinkOffsetRow.topic == topic).values(next_offset=offset, topic_id=None)
        )
