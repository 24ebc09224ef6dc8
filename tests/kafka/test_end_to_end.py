"""The road end to end on real Kafka and PostgreSQL, fed by librdkafka with its own partitioner and codecs."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from analysis.commands._events import read_events
from analysis.disclosure.cells import CellKey, Shape
from analysis.ledger.identity import own_id
from analysis.release import LADDER
from models.contract import topics
from models.contract.periods import bounds, parts
from tests.conftest import KafkaCluster
from tests.factories import BOARD, register
from tests.kafka.measured import agree, counted, events_file, every_kind, means_what_it_says
from tests.kafka.road import AGENCIES, Services, account, as_batch, batch, ledger_rows, load, publish, read_all
from tests.support.waiting import poll_until

KIND = re.compile("cse_concern|missing_episode")
SHAPE = Shape.of(register(), register().board_by_code[BOARD], ())
WINDOWS = (*parts("2024FY"), *parts("2025FY"), "2024FY", "2025FY")
CELLS = sum(key.level == "board" for window in WINDOWS for key in LADDER.grid(window, SHAPE))


@pytest.mark.slow
def test_agencies_exports_reach_the_database_and_every_event_is_accounted_for(
    kafka_cluster: KafkaCluster, postgres_url: str, tmp_path: Path
) -> None:
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", postgres_url)
    messages = load(seed=1, events=9000) + every_kind(seed=1, events=900)
    messages += messages[::20]  # sent again: a replay changes nothing
    with services.start("streams", "worker") as worker, services.start("consumers", "sink") as sink:
        for codec, part in zip(("zstd", "lz4", "snappy", "gzip"), range(4), strict=True):
            publish(bootstrap, messages[part::4], codec)
        accounted = poll_until(
            lambda: found if (found := account(bootstrap)).settled(len(messages)) else None, 120, "all is accounted for"
        )
        assert as_batch(ledger_rows(bootstrap)) == batch(bootstrap, accounted.accepted)
        assert set(accounted.refused.values()) == {"not-json"}
        assert len(read_all(bootstrap, topics.DEAD_LETTERS)) == len(accounted.refused)

        services.run("consumers", "request-release", "--board", BOARD, "--as", "test")
        engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
        query = text(
            "SELECT r.window, c.measure, c.sector, c.state, c.value FROM releases r JOIN release_cells c "
            "USING (release_id) WHERE c.level = 'board' AND c.indicator = 'any'"
        )

        def cells() -> list[tuple[str, str, str, str, int | None]]:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(query)]

        found = poll_until(lambda: rows if len(rows := cells()) == CELLS else None, 400, "SQL has every cell")
        engine.dispose()
        assert worker.exit_code is None
        assert sink.exit_code is None
    file = events_file(bootstrap, accounted.accepted, tmp_path)
    rows = ledger_rows(bootstrap)
    agree(rows, file, tmp_path / "run" / "register")
    exact, own = counted(read_events(file, BOARD)), exact_counts(bootstrap, accounted.accepted)
    for (window, measure), n in own.items():
        assert len(exact.children(CellKey(measure, window, "board", BOARD))) == n
    assert all(means_what_it_says(exact, *cell) for cell in found)
    assert {measure for _, measure, _, state, _ in found if state == "figure"} >= {
        "m1_children",
        "m7_children",
        "m9_children",
    }
    assert "lt_" not in services.logs()
    assert "ct_" not in services.logs()


def exact_counts(bootstrap: str, accepted: set[tuple[str, int, int]]) -> dict[tuple[str, str], int]:
    """M1, M9 and M10 of the board by quarter, from the raw topics: the load has one token a child, one band a day."""
    newest: dict[str, dict[str, object]] = {}
    for agency in AGENCIES:
        for record in read_all(bootstrap, topics.raw(agency)):
            if (agency, record.partition, record.offset) in accepted:
                document = json.loads(record.value)
                data = document["data"] | {"type": document["type"]}
                event = own_id(data["event_id"], agency)
                if event not in newest or data["revision"] > newest[event]["revision"]:
                    newest[event] = data
    concerns: defaultdict[str, set[date]] = defaultdict(set)
    episodes: defaultdict[str, set[date]] = defaultdict(set)
    for data in newest.values():
        if data["board"] == BOARD and data.get("tokens") and KIND.search(str(data["type"])):
            child = data["tokens"][0]["token"]  # type: ignore[index]
            concern = "cse" in str(data["type"])
            day = date.fromisoformat(str(data["recorded_on" if concern else "occurred_on"]))
            (concerns if concern else episodes)[child].add(day)
    counts: dict[tuple[str, str], int] = {}
    for year, quarter in [(2024, q) for q in (2, 3, 4)] + [(2025, q) for q in (1, 2, 3, 4)] + [(2026, 1)]:
        window = f"{year}Q{quarter}"
        start, end = bounds(window)
        counts[window, "m1_children"] = sum(any(start <= d < end for d in days) for days in concerns.values())
        counts[window, "m9_children"] = sum(any(start <= d < end for d in days) for days in episodes.values())
        # Reports that start on one day, or on neighbouring days without a known hour, are one episode (docs/domain.md).
        counts[window, "m10_children"] = sum(
            _reaches_the_rule(_apart(sorted(days)), start, end) for days in episodes.values()
        )
    return counts


def _reaches_the_rule(starts: list[date], start: date, end: date) -> bool:
    """Whether some start in [start, end) is at least the third within 90 days."""
    return any(
        start <= third < end and (third - first).days < 90 for first, third in zip(starts, starts[2:], strict=False)
    )


def _apart(days: list[date]) -> list[date]:
    return days[:1] + [b for a, b in pairwise(days) if (b - a).days > 1]
