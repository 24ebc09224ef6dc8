"""Metrics as a side release: inject exactly one event of a chosen ward and see which series move.

Figures of one event, scraped every few seconds, are an exact release if any of them depends on where the event was.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping

from kafka import KafkaProducer
from prometheus_client.parser import text_string_to_metric_families

from models.contract import topics
from tests.factories import BOARD, event
from tests.support.pace import patience
from tests.support.waiting import poll_until

REST = 6.0
"""Seconds without a move on a free machine. The schedule of the run turns every second."""

Series = tuple[str, str, tuple[tuple[str, str], ...]]
"""Process, metric, labels."""
CHOSEN = {
    "a ward": {"short_type": "missing_episode", "areas": {"home": "X05000001"}},
    "another ward and child": {"short_type": "missing_episode", "areas": {"home": "X05000002"}},
    "another kind": {"short_type": "cse_concern", "areas": {"home": "X05000001"}},
}
"""Events that differ in what nobody may learn."""
GLOBAL = {
    "ypsem_streams_records_total", "ypsem_streams_chunk_records_bucket", "ypsem_streams_chunk_records_count",
    "ypsem_streams_chunk_records_sum", "ypsem_ledger_rows",
}  # fmt: skip
"""Counts over all agencies and boards: what an event may move by one."""
LAST: tuple[Series, ...] = (
    ("intake", "ypsem_streams_records_total", (("outcome", "accepted"), ("topic", "raw"))),
    ("ledger", "ypsem_streams_records_total", (("outcome", "folded"), ("topic", "accepted"))),
    ("ledger", "ypsem_ledger_rows", ()),
)
"""What each process counts last of an event. Intake counts it after sending it, so the ledger may be there first."""


def series(texts: Mapping[str, str]) -> dict[Series, float]:
    """Every sample of every process, but times and the interpreter's own."""
    found = {}
    for process, text in texts.items():
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                own = not sample.name.startswith(("python_", "process_"))
                if own and not any(word in sample.name for word in ("_seconds", "timestamp", "_created", "_lag_")):
                    found[process, sample.name, tuple(sorted(sample.labels.items()))] = sample.value
    return found


def moved(before: Mapping[Series, float], after: Mapping[Series, float]) -> dict[Series, float]:
    """The series that are different, by how much."""
    return {one: value - before.get(one, 0) for one, value in after.items() if value != before.get(one, 0)}


def at_rest(scrape: Callable[[], Mapping[str, str]]) -> dict[Series, float]:
    """The series once none has moved for a while: what comes on schedule is not to be taken for an event's doing."""
    last, since = series(scrape()), time.monotonic()

    def still() -> dict[Series, float] | None:
        nonlocal last, since
        now = series(scrape())
        if now != last:
            last, since = now, time.monotonic()
        return last if time.monotonic() - since >= patience(REST) else None

    return poll_until(still, 240, "no process counts anything any more")


def inject(bootstrap: str, agency: str, scrape: Callable[[], Mapping[str, str]]) -> dict[str, dict[Series, float]]:
    """Send one event after another to the raw topic; returns what each moved once every process had counted it."""
    found: dict[str, dict[Series, float]] = {}
    producer = KafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=False)
    try:
        for name, about in CHOSEN.items():
            before = series(scrape()) if found else at_rest(scrape)
            fields = {
                "agency": agency,
                "agreement_id": "dsa-test",
                "record": f"injected {name}",
                "child": name,
                **about,
            }
            producer.send(topics.raw(agency), key=BOARD.encode(), value=json.dumps(event(**fields)).encode())  # type: ignore[arg-type]
            producer.flush(30)

            def there(before: Mapping[Series, float] = before) -> dict[Series, float] | None:
                now = series(scrape())
                return now if all(now.get(one, 0) == before.get(one, 0) + 1 for one in LAST) else None

            found[name] = moved(before, poll_until(there, 30, f"intake and the ledger have counted {name}"))
    finally:
        producer.close()
    return found
