"""Settings of the sink: `YPSEM_…` variables, each also a command-line option."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.service.transport import Transport


class Settings(Transport, BaseSettings):
    """Where things are, and how patient the sink is; defaults suit one machine."""

    model_config = SettingsConfigDict(env_prefix="YPSEM_", extra="ignore", hide_input_in_errors=True)

    bootstrap: str = "127.0.0.1:9092"
    """Kafka, `host:port[,host:port]`."""
    database_url: str = "sqlite:///var/ypsem.db"
    """SQLAlchemy URL: `sqlite:///file` or `postgresql://user@host/name`."""
    register_dir: Path = Field(default=Path("register"), validation_alias="YPSEM_REGISTER")
    """Directory of the register's dated files."""
    metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Port of /metrics, /live and /ready; 0 for none."""
    metrics_host: str = "127.0.0.1"
    """Address those are served on; a container sets 0.0.0.0 behind its own network."""
    sink_start_wait_seconds: Annotated[float, Field(ge=0)] = 300
    """How long to wait at start for the database, the broker and the topics."""
    sink_poll_ms: Annotated[int, Field(ge=1, le=60_000)] = 500
    """How long one turn waits for records."""
    sink_lease_seconds: Annotated[int, Field(ge=3, le=3600)] = 30
    """How long the right to write lasts if the sink that holds it dies."""
    sink_broker_timeout_seconds: Annotated[float, Field(gt=0)] = 30
    """How long to wait for the broker to acknowledge a dead letter or a request."""
