"""Every metric of the stream processes; labels hold topic families and closed codes, never an agency."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from models.service import certificates

CERTIFICATE_NOT_AFTER = certificates.NOT_AFTER

RECORDS = Counter(
    "ypsem_streams_records_total",
    "Records handled by an agent, by topic family and outcome (accepted, refused, folded, ...).",
    ("topic", "outcome"),
)
REFUSED = Counter("ypsem_streams_refused_total", "Raw records refused, by rule.", ("rule",))
WARNED = Counter(
    "ypsem_intake_warned_total",
    "Accepted raw records with a key, header or attribute that was dropped and looks like an identifier, by rule.",
    ("rule",),
)
RATE_ALARM = Counter(
    "ypsem_intake_rate_alarm_total",
    "Days on which one agency sent far more distinct tokens than on its other days; the log says which.",
)
REGISTER_STALE = Gauge(
    "ypsem_streams_register_stale", "1 while the register in force is not the one this worker started with."
)
HELD = Gauge(
    "ypsem_intake_topics_held", "Raw topics that are not read: too much of them was refused. The log says which."
)
QUARANTINED = Gauge(
    "ypsem_streams_quarantined_records",
    "Records that ended a worker again and again, and are passed over until somebody lets them through.",
    ("topic",),
)
"""Of the whole service, as every worker knows it: a counter would end with the process that the record ends."""
GAP_RECORDS = Gauge(
    "ypsem_streams_gap_records",
    "Offsets that the broker acknowledged and nobody read, in gaps that stand open.",
    ("topic",),
)
"""Of the whole service, as every worker knows it."""
PASSED_OVER = Counter(
    "ypsem_streams_passed_over_total", "Records not handled: skipped by a person, or quarantined.", ("topic", "rule")
)
REMOVED = Counter(
    "ypsem_ledger_removed_total", "Events removed from the ledger: by erasure or retention.", ("outcome",)
)
CHUNK_SECONDS = Histogram(
    "ypsem_streams_chunk_seconds",
    "Time from receiving a chunk to the broker's confirmation of everything it caused.",
    ("topic",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
CHUNK_RECORDS = Histogram(
    "ypsem_streams_chunk_records", "Records per chunk.", ("topic",), buckets=(1, 10, 100, 500, 1000, 10_000)
)
OPEN_BALANCES = Gauge(
    "ypsem_ledger_open_balances",
    "Agencies, by board, whose accepted records do not each stand in one class of the ledger; the log says which.",
)
SHARED_EVENT_IDS = Gauge(
    "ypsem_ledger_shared_event_ids",
    "Event ids that more than one agency uses: a key was copied. Each agency's event is its own; the log says which.",
)
LAG = Gauge("ypsem_streams_lag_records", "Records between what is handled and what can be read, by family.", ("topic",))
WAITING = Gauge(
    "ypsem_streams_oldest_waiting_seconds",
    "Seconds that the oldest record not handled yet has been there, as this worker saw it come; held topics left out.",
    ("topic",),
)
LEDGER_ROWS = Gauge("ypsem_ledger_rows", "Rows in this worker's ledger table (events, not children).")
RELEASES_BUILT = Counter("ypsem_releases_built_total", "Releases built, or re-emitted as stored.", ("outcome",))
BUILD_SECONDS = Histogram(
    "ypsem_release_build_seconds",
    "Time to build the releases of one financial year.",
    buckets=(1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800),
)
LAST_TURN = Gauge("ypsem_streams_last_turn_timestamp_seconds", "When the process last turned its loop.")
READY = Gauge("ypsem_streams_ready", "1 once partitions are assigned, tables recovered and the broker within reach.")
BROKER_REACHED = Gauge("ypsem_streams_broker_reached", "1 while the broker answers and confirms what is sent.")
PRODUCE_RETRIES = Counter(
    "ypsem_streams_produce_retries_total", "Times that records were not confirmed and were sent again."
)
CLOCK_AHEAD = Gauge(
    "ypsem_streams_clock_ahead_seconds",
    "By how much the newest accepted record is stamped later than the ledger's own clock: intake's and its differ.",
)
LOOK_SECONDS = Histogram(
    "ypsem_signals_look_seconds",
    "Time of the provisional look at one board that a chunk touched.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5),
)
FULL_SCAN_SECONDS = Histogram(
    "ypsem_signals_full_scan_seconds",
    "Time of the full Monte Carlo of one board, in a thread.",
    buckets=(0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
SIGNALS_TOLD = Counter("ypsem_signals_told_total", "Signal records produced, repetitions included.")
ASKED = Counter(
    "ypsem_operations_requests_total", "Requests of the pages that were carried out or refused.", ("outcome",)
)
