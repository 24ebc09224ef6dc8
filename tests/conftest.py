"""Fixtures that every test may use: brokers and databases of its own.

What is missing on a machine is skipped aloud, and under CI=true fails.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import URL, make_url

from demo.brokers.apache import ApacheKafka
from demo.brokers.embedded import BrokerMissing, EmbeddedBroker
from demo.brokers.jars import class_path, java
from tests.support.lanes import LaneReport, missing
from tests.support.postgres import PostgresMissing, empty_database, running_server

THIRD_PARTY_WARNINGS = [
    # kafka-python reads its schemas by a function that 3.11 deprecated (and 3.13 took back).
    r"(read|open)_text is deprecated:DeprecationWarning:(kafka\.|importlib\.resources\.).*",
    # kafka-python forgets a socket that was still connecting, to a broker just killed, when its client is closed.
    r"unclosed <socket\.socket:ResourceWarning",
]
"""Message, category and module, each with a reason; everything else stays an error."""

hypothesis.settings.register_profile("ypsem", deadline=None)  # a loaded machine is slow, not wrong
hypothesis.settings.load_profile("ypsem")

KafkaCluster = Callable[..., ApacheKafka]


def pytest_configure(config: pytest.Config) -> None:
    """Add the summary of lanes, and let pass what a library of ours is warned about and we cannot mend."""
    for ignored in THIRD_PARTY_WARNINGS:
        config.addinivalue_line("filterwarnings", f"ignore:{ignored}")
    config.pluginmanager.register(LaneReport(), "ypsem-lanes")
    # Workers that hash strings differently walk a set in different orders, and a run whose workers find their tests
    # in different orders ends before it begins. One seed a run, another for the next, so that such code is still found.
    os.environ.setdefault("PYTHONHASHSEED", str(random.SystemRandom().randrange(2**32)))


def pytest_report_header() -> str:
    """The hash seed that the workers share, to repeat a run."""
    return f"PYTHONHASHSEED={os.environ['PYTHONHASHSEED']}"


@pytest.fixture(scope="session")
def embedded_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`host:port` of an embedded broker that the whole session shares: use names of your own (`unique`)."""
    yield from _embedded(tmp_path_factory.mktemp("embedded"))


@pytest.fixture
def fresh_embedded_broker(tmp_path: Path) -> Iterator[str]:
    """`host:port` of an embedded broker for one test, for topics whose names are fixed (0.3 s)."""
    yield from _embedded(tmp_path / "embedded")


def _embedded(folder: Path) -> Iterator[str]:
    with ExitStack() as stack:
        try:
            broker = stack.enter_context(EmbeddedBroker(folder))
        except BrokerMissing as error:
            pytest.skip(str(error))
        yield broker.bootstrap


@pytest.fixture(scope="session")
def kafka_jars() -> None:
    """Java and Apache Kafka's jars are here; otherwise skip, or fail under CI=true."""
    try:
        java()
        class_path()
    except BrokerMissing as error:
        missing(str(error))


@pytest.fixture(scope="session")
def kafka_broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`host:port` of a real Apache Kafka broker that the whole session shares: use names of your own (`unique`).

    `YPSEM_TEST_KAFKA` names a running one to use instead.
    """
    if running := os.environ.get("YPSEM_TEST_KAFKA"):
        yield running
        return
    request.getfixturevalue("kafka_jars")
    with ApacheKafka(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker.bootstrap


@pytest.fixture
def kafka_cluster(kafka_jars: None, tmp_path: Path) -> Iterator[KafkaCluster]:
    """Starts real Kafka clusters for one test: `kafka_cluster(brokers=1, properties=None)`, 2 to 6 s each.

    For tests that stop or kill brokers, change their settings, or need topics whose names are fixed.
    """
    with ExitStack() as stack:
        made: list[ApacheKafka] = []

        def make(brokers: int = 1, properties: dict[str, str] | None = None) -> ApacheKafka:
            made.append(ApacheKafka(tmp_path / f"kafka-{len(made)}", brokers, properties))
            return stack.enter_context(made[-1])

        yield make


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """Maintenance URL of a PostgreSQL server; `YPSEM_TEST_POSTGRES` names a running one to use instead."""
    if running := os.environ.get("YPSEM_TEST_POSTGRES"):
        yield make_url(running)
        return
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_server())
        except PostgresMissing as error:
            missing(str(error))
        yield server


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """SQLAlchemy URL of an empty PostgreSQL database, for one test."""
    with empty_database(postgres_server) as url:
        yield url
