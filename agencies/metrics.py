"""A metrics file for node_exporter's textfile collector: whether publishing still happens, never how many events."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from models.service import clock
from models.service.atomic import write_whole


def write_metrics(path: Path, pending: int, exit_code: int) -> None:
    """Replace the file at `path` (a name ending in .prom) in one step; raises `models.service.atomic.NotWritten`."""
    registry = CollectorRegistry()
    Gauge("ypsem_agency_last_run_timestamp_seconds", "When publish or drain last ended", registry=registry).set(
        clock.now().timestamp()
    )
    Gauge("ypsem_agency_outbox_pending_messages", "Messages the broker has not acknowledged", registry=registry).set(
        pending
    )
    Gauge("ypsem_agency_last_run_exit_code", "0 good, 1 some rows refused, 2 not usable", registry=registry).set(
        exit_code
    )
    write_whole(path, generate_latest(registry), mode=0o644)
