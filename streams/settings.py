"""Settings of the stream processes; every one is an environment variable `YPSEM_…` and is checked at start."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from models.service.settings import BrokerSettings, ServiceSettings
from models.service.transport import Transport


class StreamSettings(Transport, BrokerSettings, ServiceSettings):
    """What intake and ledger need to know besides; with `--role all` the ledger gets the next metrics port."""

    keys: Path = Path("keys")
    """Key files of this process: `gate-<epoch>.key` for intake; `record.key`, `rounding.key` for ledger."""
    datadir: Path = Path("var/streams")
    """Working directory: what was being handled when a process died. Tables are kept in memory."""
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
