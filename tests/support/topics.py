"""Makes topics on a test broker, and waits until a client can see them."""

from __future__ import annotations

from collections.abc import Mapping

from kafka.admin import KafkaAdminClient


def make_topics(bootstrap: str, topics: Mapping[str, int], config: Mapping[str, str] | None = None) -> None:
    """Create topics (name -> partitions) with the broker's number of copies; an existing one raises."""
    wanted = {name: {"num_partitions": n, "configs": dict(config or {})} for name, n in topics.items()}
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        admin.create_topics(wanted, wait_for_metadata=True)
    finally:
        admin.close()
