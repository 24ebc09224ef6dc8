"""What would have to change for the topics to be as `models.contract.topics` says, and the doing of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import KafkaError

from models.operations.topic_specs import TopicSpec


@dataclass(frozen=True, slots=True)
class TopicChange:
    """One difference between what is and what should be."""

    spec: TopicSpec
    kind: str
    """`create`, `set` a configuration value, or `refuse`: for a person to settle."""
    text: str


def plan(admin: KafkaAdminClient, wanted: Iterable[TopicSpec]) -> list[TopicChange]:
    """Differences, in topic order; an empty list means that nothing would change."""
    specs = list(wanted)
    existing = {d["name"]: d for d in admin.describe_topics() if not d.get("error_code")}
    configs = _configs(admin, [s.name for s in specs if s.name in existing])
    changes: list[TopicChange] = []
    for spec in specs:
        found = existing.get(spec.name)
        if found is None:
            changes.append(TopicChange(spec, "create", f"create with {spec.partitions} partitions"))
            continue
        have = len(found["partitions"])
        if have != spec.partitions:
            text = f"has {have} partitions, should have {spec.partitions}: boards map to partitions by number"
            changes.append(TopicChange(spec, "refuse", text))
        current = configs.get(spec.name, {})
        for name, value in sorted(spec.config.items()):
            if name in current and set(current[name].split(",")) != set(value.split(",")):
                changes.append(TopicChange(spec, "set", f"set {name}={value} (is {current[name]})"))
    return changes


def _configs(admin: KafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    """Current settings by topic; nothing for a broker that does not tell (the embedded one)."""
    if not names:
        return {}
    try:
        answer = admin.describe_configs(
            [ConfigResource(ConfigResourceType.TOPIC, n) for n in names], config_filter="all"
        )
    except (KafkaError, ValueError):
        return {}
    found: dict[str, dict[str, Any]] = answer.get("topic", {})
    return {
        topic: {key: str(entry["value"]) for key, entry in values.items() if isinstance(entry, dict)}
        for topic, values in found.items()
    }


def apply(admin: KafkaAdminClient, changes: Iterable[TopicChange], replication: int) -> None:
    """Carry out the creations and settings of a plan; raises kafka-python's errors when the broker refuses."""
    todo = list(changes)
    fresh = {
        c.spec.name: {"num_partitions": c.spec.partitions, "replication_factor": replication, "configs": c.spec.config}
        for c in todo
        if c.kind == "create"
    }
    if fresh:
        admin.create_topics(fresh, wait_for_metadata=True)
    settings = {c.spec.name: c.spec.config for c in todo if c.kind == "set"}
    if settings:
        admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, name, configs=config) for name, config in settings.items()]
        )
