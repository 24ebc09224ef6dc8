"""Every metric of the stream processes; labels hold topic families and closed codes, never an agency (decision 19)."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

RECORDS = Counter(
    "ypsem_streams_records_total",
    "Records handled by an agent, by topic family and outcome (accepted, refused, folded, ...).",
    ("topic", "outcome"),
)
REFUSED = Counter("ypsem_streams_refused_total", "Raw records refused, by rule.", ("rule",))
RATE_ALARM = Counter(
    "ypsem_intake_rate_alarm_total",
    "Days on which one agency sent far more distinct tokens than on its other days; the log says which.",
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
LAG = Gauge("ypsem_streams_lag_records", "Records between the committed offset and the log end, by family.", ("topic",))
LEDGER_ROWS = Gauge("ypsem_ledger_rows", "Rows in this worker's ledger table (events, not children).")
RELEASES_BUILT = Counter("ypsem_releases_built_total", "Releases built, or re-emitted as stored.", ("outcome",))
LAST_TURN = Gauge("ypsem_streams_last_turn_timestamp_seconds", "When the process last turned its loop.")
READY = Gauge("ypsem_streams_ready", "1 once partitions are assigned and tables recovered.")
