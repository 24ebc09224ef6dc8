"""One central intake on an embedded broker, shared by the tests of what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from demo.brokers.embedded import BrokerMissing, EmbeddedBroker

if TYPE_CHECKING:
    from tests.agencies.serve.support import Gateway


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A central intake with a credential for each of the three agencies of the tests' register."""
    # Here, not above: kafka-python warns on import, and pytest knows what to let pass only once it is configured.
    from tests.agencies.serve.support import Gateway

    folder = tmp_path_factory.mktemp("gateway")
    try:
        broker = EmbeddedBroker(folder / "broker")
    except BrokerMissing as error:
        pytest.skip(str(error))
    with broker:
        made = Gateway(folder, broker.bootstrap, environment={"YPSEM_KAFKA_IDEMPOTENCE": "false"})
        made.make_topics()
        with made:
            yield made
