"""Settings of the stream processes; every one is an environment variable `YPSEM_…` and is checked at start."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.service.transport import Transport


class StreamSettings(Transport, BaseSettings):
    """What intake and ledger need to know; defaults suit one machine."""

    model_config = SettingsConfigDict(env_prefix="YPSEM_", extra="ignore", populate_by_name=True)

    bootstrap: str = "127.0.0.1:9092"
    """Brokers, `host:port[,host:port…]`."""
    register_dir: Path = Field(default=Path("demo/register"), validation_alias="YPSEM_REGISTER")
    """Directory of register-YYYY-MM-DD.yaml files."""
    keys: Path = Path("keys")
    """Key files of this process: `gate-<epoch>.key` for intake; `record.key`, `rounding.key` for ledger."""
    datadir: Path = Path("var/streams")
    """Working directory: what was being handled when a process died. Tables are kept in memory."""
    metrics_port: int = Field(default=0, ge=0, le=65535)
    """Port of /metrics, /live and /ready; 0 means none. With `--role all` the ledger gets the next."""
    metrics_host: str = "127.0.0.1"
    """Address those are served on; a container sets 0.0.0.0 behind its own network."""
    chunk: int = Field(default=1000, ge=1, le=10_000)
    """Most records of one partition handed to an agent at once."""
    compression: Literal["none", "gzip", "snappy", "lz4", "zstd"] = "lz4"
    idempotent: bool = True
    """Idempotent producer; off only for the embedded broker, which does not have it."""
    replication: int = Field(default=1, ge=1, le=5)
    session_timeout: float = Field(default=45.0, ge=1.0)
    """Seconds without a heartbeat before the group gives this worker's partitions to another."""
    give_up_after: float = Field(default=120.0, ge=1.0)
    """Seconds to retry the broker in place before the process ends (exit 70) for its supervisor to restart."""
    poison_limit: int = Field(default=500, ge=10, le=1_000_000)
    """Refused records, among an agency's latest and more than half of them, at which its raw topic is held."""
    parent_pid: int = Field(default=0, ge=0)
    """Set by `--role all`: the process ends when this parent is gone."""
    schedule_seconds: float = Field(default=60.0, ge=0.2)
    """How often the ledger looks for windows whose cut-off has passed."""
