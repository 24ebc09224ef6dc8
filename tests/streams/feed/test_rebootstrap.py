"""A client whose brokers have all gone finds the others, at the addresses that it was started with."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.structs import BrokerMetadata

from demo.processes import free_port
from streams.feed import rebootstrap


async def knows_again(bootstrap: str) -> set[str]:
    """The brokers that a client knows after those it knew have gone; addresses."""
    client: Any = AIOKafkaClient(bootstrap_servers=bootstrap)
    await client.bootstrap()
    try:
        gone = BrokerMetadata(99, "127.0.0.1", free_port(), None)
        client.cluster._brokers = {99: gone}
        for _ in range(2):
            await client.force_metadata_update()
        return {f"{one.host}:{one.port}" for one in client.cluster.brokers()}
    finally:
        await client.close()


@pytest.mark.kafka
def test_a_client_that_knows_only_a_broker_that_is_gone_asks_the_addresses_it_was_given(
    kafka_broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AIOKafkaClient, "_metadata_update", rebootstrap._asked)
    assert kafka_broker not in asyncio.run(knows_again(kafka_broker)), "aiokafka has mended it: drop this module"
    rebootstrap.install()
    rebootstrap.install()
    assert asyncio.run(knows_again(kafka_broker)) == {kafka_broker}
