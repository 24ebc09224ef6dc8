"""A sink over a real database and the embedded broker.

kafka-python is imported inside the fixtures: pytest loads this file before it knows which warnings to let pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine

from tests.models.store.factories import DATABASES, database

if TYPE_CHECKING:
    from consumers.sink import Sink
    from tests.consumers.hand import Topics

REGISTER = Path(__file__).parents[2] / "demo" / "register"


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A migrated empty database, of each kind in turn."""
    with database(request.param, request) as engine:
        yield engine


@pytest.fixture
def sqlite(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A migrated empty SQLite database."""
    with database("sqlite", request) as engine:
        yield engine


@pytest.fixture
def kafka(fresh_embedded_broker: str) -> Iterator[Topics]:
    """The sink's topics, empty, on an embedded broker of the test's own."""
    from tests.consumers.hand import Topics

    found = Topics(fresh_embedded_broker)
    yield found
    found.close()


MakeSink = Callable[..., "Sink"]


@pytest.fixture
def make_sink(kafka: Topics) -> Iterator[MakeSink]:
    """Makes connected sinks over a database, and closes them."""
    from consumers.broker import Broker
    from consumers.sink import Sink

    made: list[Sink] = []

    def make(engine: Engine, prepare: bool = True, lease_seconds: int = 30) -> Sink:
        broker = Broker(kafka.bootstrap, timeout=10)
        broker.connect()
        made.append(Sink(engine, broker, REGISTER, lease_seconds=lease_seconds, poll_ms=200))
        if prepare:
            made[-1].prepare()
        return made[-1]

    yield make
    for sink in made:
        sink.close()
