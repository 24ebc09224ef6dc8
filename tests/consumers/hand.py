"""A hand to put records into the sink's topics, and to read what came out."""

from __future__ import annotations

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from models.contract import topics
from models.contract.dead_letters import DeadLetter
from tests.support.topics import make_topics
from tests.support.waiting import poll_until

SINK_TOPICS = {topics.RELEASES: 1, topics.SUBMISSIONS: 1, topics.SIGNALS: 1, topics.REMEDIES: 1}
OTHER_TOPICS = {topics.DEAD_LETTERS: 1, topics.REQUESTS: topics.PARTITIONS}


class Topics:
    """The sink's topics on a broker of the test's own."""

    def __init__(self, bootstrap: str, existing: bool = False) -> None:
        self.bootstrap = bootstrap
        if not existing:
            make_topics(bootstrap, SINK_TOPICS | OTHER_TOPICS)
        self._producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=200)

    def make_anew(self) -> None:
        """Delete the topics the sink reads and make them again, empty, under the same names."""
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            admin.delete_topics(list(SINK_TOPICS))
        finally:
            admin.close()
        make_topics(self.bootstrap, SINK_TOPICS)
        self._producer.close()
        self._producer = KafkaProducer(bootstrap_servers=self.bootstrap, linger_ms=200)

    def delete_before(self, topic: str, offset: int) -> None:
        """Have the broker delete the first records of a topic, as retention would."""
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            admin.delete_records({TopicPartition(topic, 0): offset})
        finally:
            admin.close()

    def put_batch(self, topic: str, values: list[bytes]) -> None:
        """Append records as one batch."""
        sent = [self._producer.send(topic, key=b"any", value=value) for value in values]
        self._producer.flush(timeout=10)
        assert [future.get(timeout=10).offset for future in sent] == list(range(len(values)))

    def put(self, topic: str, *values: bytes | None) -> None:
        """Append records, acknowledged."""
        for value in values:
            sent = self._producer.send(topic, key=b"any", value=value)
            self._producer.flush(timeout=10)
            sent.get(timeout=10)

    def read(self, topic: str, at_least: int, partition: int = 0) -> list[bytes]:
        """The values of a partition, once it has that many."""
        consumer = KafkaConsumer(bootstrap_servers=self.bootstrap, auto_offset_reset="earliest")
        try:
            consumer.assign([TopicPartition(topic, partition)])
            consumer.seek_to_beginning()
            found: list[bytes] = []

            def enough() -> bool:
                for batch in consumer.poll(timeout_ms=200).values():
                    found.extend(record.value for record in batch)
                return len(found) >= at_least

            poll_until(enough, 20, f"{topic} has {at_least} records")
            return found
        finally:
            consumer.close()

    def dead_letters(self, at_least: int) -> list[DeadLetter]:
        """The dead letters, once there are that many."""
        return [DeadLetter.model_validate_json(value) for value in self.read(topics.DEAD_LETTERS, at_least)]

    def close(self) -> None:
        """Close the producer."""
        self._producer.close()
