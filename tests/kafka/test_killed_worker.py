"""SIGKILL in mid-stream, again and again: the final ledger equals the batch recomputation, nothing lost or doubled."""

from __future__ import annotations

import random
import threading
from functools import partial
from pathlib import Path

import pytest

from models.contract import topics
from tests.conftest import KafkaCluster
from tests.kafka.road import Services, account, as_batch, batch, database, ledger_rows, load, publish, read_all
from tests.support.waiting import poll_until

KILLS = 4


def _feed(bootstrap: str, messages: list[tuple[str, bytes]]) -> None:
    for part in range(40):
        publish(bootstrap, messages[part::40], "lz4")


def _rows_written(bootstrap: str) -> int:
    return len(read_all(bootstrap, topics.LEDGER_CHANGELOG))


def _more_than(bootstrap: str, rows: int) -> bool:
    return _rows_written(bootstrap) > rows


@pytest.mark.slow
def test_a_worker_killed_mid_stream_loses_and_doubles_nothing(kafka_cluster: KafkaCluster, tmp_path: Path) -> None:
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    messages = load(seed=2, events=40_000)
    rng = random.Random(3)
    feeding = threading.Thread(target=_feed, args=(bootstrap, messages))
    feeding.start()
    progress: list[int] = []
    for _ in range(KILLS):
        with services.start("streams", "worker") as worker:
            enough = _rows_written(bootstrap) + rng.randrange(1500, 4000)
            poll_until(partial(_more_than, bootstrap, enough), 90, "rows are written")
            worker.kill()
        progress.append(sum(account(bootstrap).ledger.values()))
    feeding.join()
    with services.start("streams", "worker") as worker:
        accounted = poll_until(
            lambda: found if (found := account(bootstrap)).settled(len(messages)) else None, 150, "all is accounted for"
        )
        assert worker.exit_code is None
    assert progress[0] < len(accounted.accepted), "no kill came mid-stream, so this proved nothing"
    assert as_batch(ledger_rows(bootstrap)) == batch(bootstrap, accounted.accepted)
