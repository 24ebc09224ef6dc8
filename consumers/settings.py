"""Settings of the sink: `YPSEM_…` variables, each also a command-line option."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from models.service.settings import BrokerSettings, DatabaseSettings, ServiceSettings
from models.service.transport import Transport


class SinkSettings(Transport, BrokerSettings, DatabaseSettings, ServiceSettings):
    """The sink's time limits, besides the settings that services share."""

    sink_start_wait_seconds: Annotated[float, Field(ge=0)] = 300
    """How long to wait at start for the database, the broker and the topics."""
    sink_poll_ms: Annotated[int, Field(ge=1, le=60_000)] = 500
    """How long one turn waits for records."""
    sink_lease_seconds: Annotated[int, Field(ge=3, le=3600)] = 30
    """How long the right to write lasts if the sink that holds it dies."""
    sink_broker_timeout_seconds: Annotated[float, Field(gt=0)] = 30
    """How long to wait for the broker to acknowledge a dead letter or a request."""
