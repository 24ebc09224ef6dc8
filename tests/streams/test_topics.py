"""What `python -m streams topics` would change, from what a broker says is there."""

from __future__ import annotations

from typing import Any

from models.contract.topics import ACCEPTED, PARTITIONS
from models.operations.topic_specs import all_topics
from streams.topics import TopicChange, apply, plan
from tests.factories import POLICE

WANTED = all_topics([POLICE])


class Cluster:
    """A broker's answers, and what it was told."""

    def __init__(self, partitions: int = PARTITIONS, changed: dict[str, str] | None = None) -> None:
        self.told: list[str] = []
        self._partitions = partitions
        self._changed = changed or {}

    def describe_topics(self) -> list[dict[str, Any]]:
        """Every topic, the accepted one with as many partitions as was said."""
        return [
            {"name": s.name, "partitions": [{}] * (self._partitions if s.name == ACCEPTED else s.partitions)}
            for s in WANTED
        ]

    def describe_configs(self, resources: Any, config_filter: str) -> dict[str, dict[str, Any]]:
        """Every setting as wanted, but for the accepted topic's."""
        return {
            "topic": {
                s.name: {
                    name: {"value": self._changed.get(name, value) if s.name == ACCEPTED else value}
                    for name, value in s.config.items()
                }
                for s in WANTED
            }
        }

    def create_topics(self, *_: Any, **__: Any) -> None:
        """Say that it was asked."""
        self.told.append("create")

    def alter_configs(self, resources: list[Any]) -> None:
        """Say which."""
        self.told += [f"set {resource.name}" for resource in resources]


def planned(cluster: Any) -> list[TopicChange]:
    """The plan, carried out."""
    changes = plan(cluster, WANTED)
    apply(cluster, changes, 3)
    return changes


def test_nothing_is_done_where_all_is_as_it_should_be() -> None:
    cluster = Cluster()
    assert planned(cluster) == []
    assert cluster.told == []


def test_another_number_of_partitions_is_left_to_a_person() -> None:
    """Boards map to partitions by number, and Faust stops where a changelog has others than its source."""
    cluster = Cluster(partitions=6)
    assert [(change.spec.name, change.kind) for change in planned(cluster)] == [(ACCEPTED, "refuse")]
    assert cluster.told == []


def test_a_setting_is_put_right_and_the_order_of_a_list_is_no_difference() -> None:
    assert planned(Cluster(changed={"cleanup.policy": "delete,compact"})) == []
    cluster = Cluster(changed={"retention.ms": "1"})
    assert [change.kind for change in planned(cluster)] == ["set"]
    assert cluster.told == [f"set {ACCEPTED}"]
