"""The brokers' disks are lost: an encrypted backup brings the ledger back, without what was erased before it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from models.contract import topics
from models.operations.topic_specs import all_topics
from tests.conftest import KafkaCluster
from tests.factories import POLICE, an_own_id, event, token, wire
from tests.kafka.compaction import everything
from tests.kafka.road import AGENCIES, Services, database, ledger_rows, load, publish, settled
from tests.kafka.test_erasure import ct
from tests.kafka.test_gaps import words
from tests.support.waiting import poll_until

EVENTS = 600


def kept(bootstrap: str) -> dict[str, tuple[int, str, object]]:
    """What of the ledger the figures are made from."""
    return {key: (row.revision, row.short_type, row.data) for key, row in ledger_rows(bootstrap).items()}


@pytest.mark.slow
@pytest.mark.batch
def test_the_ledger_comes_back_without_what_was_erased(kafka_cluster: KafkaCluster, tmp_path: Path) -> None:
    certificate, key = tmp_path / "backup.pem", tmp_path / "backup.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=backup"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    first = Services(kafka_cluster().bootstrap, tmp_path / "first", database(tmp_path))
    messages = [*load(seed=9, events=EVENTS), (POLICE, wire(event(record="e1", child="gone")))]
    with first.start("streams", "worker"):
        publish(first.bootstrap, messages, "lz4")
        settled(first.bootstrap, len(messages), 120)
        publish(first.bootstrap, [(POLICE, wire(event("erasure", record="e", tokens=[token("gone")])))], "none")
        settled(first.bootstrap, len(messages) + 1, 120)
        sealed_for = ("--to", str(tmp_path / "off-host"), "--certificate", str(certificate))
        first.run("streams", "backup", *sealed_for, "--metrics-file", str(tmp_path / "backup.prom"))
        before = kept(first.bootstrap)
    [path] = (tmp_path / "off-host").iterdir()
    assert f"ypsem_backup_bytes {float(path.stat().st_size)}\n" in (tmp_path / "backup.prom").read_text()

    second = Services(kafka_cluster().bootstrap, tmp_path / "second", database(tmp_path))
    opening = ("--from", str(path), "--certificate", str(certificate), "--key", str(key))
    second.run("streams", "restore", *opening)
    with second.start("streams", "restore", *opening) as again:
        assert again.wait(60) == 1, "topics that hold something are not restored into"
    with second.start("streams", "worker"):
        # Positions of the lost cluster would have every topic look truncated.
        poll_until(lambda: kept(second.bootstrap) == before, 120, "the ledger is back")
        # What agencies send again, and for the first time, comes at raw offsets that the old records had too.
        later = [(POLICE, wire(event(record=f"new-{n}", child=None))) for n in range(50)]
        publish(second.bootstrap, [*later, (POLICE, wire(event(record="e1", child="gone")))], "none")
        wanted = before.keys() | {an_own_id(f"new-{n}") for n in range(50)}
        poll_until(lambda: ledger_rows(second.bootstrap).keys() == wanted, 120, "new events are counted")
        assert all(row.records == 1 for key, row in ledger_rows(second.bootstrap).items() if key not in before)
    assert not words(second.bootstrap), "a cluster that was restored has no gap to tell"
    held = everything(second.bootstrap, [s for s in all_topics(AGENCIES) if s.name == topics.LEDGER_CHANGELOG])
    assert ct("gone") not in held
