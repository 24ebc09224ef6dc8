"""The sink's metrics. `topic` is a family, never an agency; nothing here counts children."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from models.service import certificates
from models.store.trouble import Trouble

CERTIFICATE_NOT_AFTER = certificates.NOT_AFTER

RECORDS = Counter(
    "ypsem_sink_records_total", "Records read and decided, by topic family and outcome.", ["topic", "outcome"]
)
"""Counted once the transaction that holds them is committed."""

LAG = Gauge("ypsem_sink_lag_records", "Records between the sink and the end of the topic.", ["topic"])
LAST_POLL = Gauge("ypsem_sink_last_poll_timestamp_seconds", "When the sink last finished a turn, Unix time.")
DB_ERRORS = Counter("ypsem_sink_db_errors_total", "Turns that failed because of the database; each is tried again.")
DB_TROUBLE = Gauge(
    "ypsem_sink_database_trouble",
    "1 while the last turn failed for this: full, read_only, locked, down, other.",
    ["outcome"],
)
BROKER_ERRORS = Counter(
    "ypsem_sink_broker_errors_total", "Turns that failed because of the broker; each is tried again."
)
REQUESTS = Counter("ypsem_sink_requests_published_total", "Reviewers' requests passed on to the ledger.")
BOARDS_HELD = Gauge("ypsem_sink_boards_held", "Boards whose requests wait because the register does not list them.")


def show_trouble(now: Trouble | None) -> None:
    """Show the database's trouble; None means that it has none."""
    for code in Trouble:
        DB_TROUBLE.labels(code.value).set(code is now)


show_trouble(None)
