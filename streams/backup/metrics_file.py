"""What a backup leaves for node_exporter's textfile collector: when one last succeeded, and how large it was.

A command that runs once cannot be scraped; the file stands until the next success, so a backup that has stopped shows
as a time that grows old. Counts are records of topics, never children.
"""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from models.service.atomic import write_whole

REGISTRY = CollectorRegistry()
LAST_SUCCESS = Gauge(
    "ypsem_backup_last_success_timestamp_seconds", "When a backup was last written whole, Unix time.", registry=REGISTRY
)
RECORDS = Gauge("ypsem_backup_records", "Records of topics in the last backup (not children).", registry=REGISTRY)
BYTES = Gauge("ypsem_backup_bytes", "Size of the last backup, packed and encrypted.", registry=REGISTRY)


def write(path: Path, at: float, records: int, size: int) -> None:
    """Replace the file at `path` (a name ending in .prom) in one step, readable by all. Raises `OSError`."""
    LAST_SUCCESS.set(at)
    RECORDS.set(records)
    BYTES.set(size)
    # The collector runs as a user of its own, and there is nothing secret in it.
    write_whole(path, generate_latest(REGISTRY), mode=0o644)
