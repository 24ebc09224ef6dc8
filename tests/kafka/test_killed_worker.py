"""SIGKILL in mid-stream, again and again: the final ledger equals the batch recomputation, nothing lost or doubled."""

from __future__ import annotations

import random
import threading
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import pytest

from models.contract import topics
from tests.conftest import KafkaCluster
from tests.kafka.road import Services, account, as_batch, batch, database, ledger_rows, load, log_end, publish, settled
from tests.support.waiting import poll_until

KILLS = 4
EVENTS = 20_000


def _more_rows_than(bootstrap: str, rows: int) -> bool:
    return log_end(bootstrap, topics.LEDGER_CHANGELOG) > rows


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_worker_killed_mid_stream_loses_and_doubles_nothing(kafka_cluster: KafkaCluster, tmp_path: Path) -> None:
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    messages = load(seed=2, events=EVENTS)
    rng = random.Random(3)
    mid_stream = 0
    for number in range(KILLS):
        # Each round brings its share of events, so that there is always something to cut off.
        feeding = threading.Thread(target=publish, args=(bootstrap, messages[number::KILLS], "lz4"))
        feeding.start()
        # Every other time a second worker joins, so that partitions move in mid-stream, before and by the kill.
        second = services.start("streams", "worker") if number % 2 else nullcontext()
        with services.start("streams", "worker") as worker, second as other:
            enough = log_end(bootstrap, topics.LEDGER_CHANGELOG) + rng.randrange(500, 4000)
            poll_until(partial(_more_rows_than, bootstrap, enough), 180, "rows are written")
            worker.kill()
            if other is not None:
                other.kill()
        feeding.join()
        published = sum(len(messages[n::KILLS]) for n in range(number + 1))
        mid_stream += not account(bootstrap).settled(published)
    assert mid_stream > 0, "no kill came mid-stream, so this proved nothing"
    with services.start("streams", "worker") as worker:
        accounted = settled(bootstrap, len(messages), 240)
        assert worker.exit_code is None
    assert as_batch(ledger_rows(bootstrap)) == batch(bootstrap, accounted.accepted)
