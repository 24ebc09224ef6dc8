"""The commands as an agency runs them, against a broker that is there and one that is not."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from kafka import KafkaProducer

from demo.processes import free_port
from models.contract.receipts import IntakeReceipt, RefusedRecord
from models.contract.topics import raw, receipts
from models.service import clock
from tests.agencies.command_line import Agency, live
from tests.factories import BOARD, ledger_receipt
from tests.support.topics import make_topics

pytestmark = pytest.mark.slow

STARTS = [f"{day:02}/03/2026" for day in range(1, 21)]
ISO = [f"2026-03-{day:02}" for day in range(1, 21)]


@pytest.fixture
def agency(tmp_path: Path, embedded_broker: str) -> Agency:
    return Agency.found(tmp_path, embedded_broker)


@pytest.fixture
def alone(tmp_path: Path) -> Agency:
    """An agency whose broker is away."""
    return Agency.found(tmp_path, f"127.0.0.1:{free_port()}", topics=False)


@pytest.mark.embedded
def test_publishing_a_file_twice_publishes_once(agency: Agency) -> None:
    path = agency.export(STARTS)
    first = json.loads(agency.publish(path, "--json").output)
    again = agency.publish(path, "--json")
    assert again.exit_code == 0, again.output
    assert (first["rows_read"], first["new"], first["published"], first["spooled"]) == (20, 20, 20, 0)
    second = json.loads(again.output)
    assert (second["unchanged"], second["published"]) == (20, 0)
    events = agency.on_topic(20)
    assert live(events) == ISO
    assert {event["key"] for event in events} == {BOARD.encode()}
    assert len({event["partition"] for event in events}) == 1
    assert not any("500000" in str(event) or "2011" in str(event) for event in events)


@pytest.mark.embedded
@pytest.mark.parametrize("compression", ["zstd", "lz4", "gzip", "none"])
def test_every_compression_is_readable(agency: Agency, compression: str) -> None:
    done = agency.publish(agency.export(STARTS), YPSEM_KAFKA_COMPRESSION=compression)
    assert done.exit_code == 0, done.output
    assert live(agency.on_topic(20)) == ISO


@pytest.mark.embedded
def test_without_idempotence_for_brokers_that_lack_it(agency: Agency) -> None:
    done = agency.publish(agency.export(STARTS), YPSEM_KAFKA_IDEMPOTENCE="false", YPSEM_KAFKA_BATCH="3")
    assert done.exit_code == 0, done.output
    assert live(agency.on_topic(20)) == ISO


@pytest.mark.embedded
def test_a_complete_file_withdraws_shows_first_and_asks(agency: Agency) -> None:
    agency.publish(agency.export(STARTS))
    corrected = agency.export(STARTS[1:], "corrected.csv")  # every child moves up: 20 starts become 19 others
    asked = agency.publish(corrected, "--complete", "2026-03-01..2026-03-31")
    assert asked.exit_code == 1
    assert "missing_episode 2026-03: 20" in asked.output
    assert "nothing was published" in asked.output
    assert not any(start in asked.output for start in (*STARTS, *ISO, "500000"))
    done = agency.publish(corrected, "--complete", "2026-03-01..2026-03-31", "--yes", "--json")
    assert json.loads(done.stdout)["withdrawn"] == 20
    assert live(agency.on_topic(59)) == ISO[1:]


def test_while_the_broker_is_away_everything_waits_and_says_so(alone: Agency) -> None:
    done = alone.publish(alone.export(STARTS), YPSEM_KAFKA_CONNECT_SECONDS="0.5")
    assert done.exit_code == 0
    assert "spooled 20" in done.output
    assert "python -m agencies drain" in done.output
    report = json.loads(alone.run("report", "--json").output)
    assert report["events"] == [{"type": "missing_episode", "quarter": "2026Q1", "pending": 20}]


@pytest.mark.embedded
def test_what_waited_is_drained_later_and_once(alone: Agency, embedded_broker: str) -> None:
    alone.publish(alone.export(STARTS), YPSEM_KAFKA_CONNECT_SECONDS="0.5")
    reachable = Agency(alone.folder, embedded_broker, alone.id)
    make_topics(embedded_broker, {raw(alone.id): 4})
    drained = json.loads(reachable.run("drain", "--json").output)
    assert (drained["published_earlier_spool"], drained["spooled"]) == (20, 0)
    again = reachable.run("drain")
    assert again.exit_code == 0, again.output
    assert "0 published" in again.output
    assert live(reachable.on_topic(20)) == ISO


@pytest.mark.embedded
def test_publish_sends_what_waited_first(alone: Agency, embedded_broker: str) -> None:
    alone.publish(alone.export(STARTS[:5]), YPSEM_KAFKA_CONNECT_SECONDS="0.5")
    make_topics(embedded_broker, {raw(alone.id): 4})
    receipt = json.loads(Agency(alone.folder, embedded_broker, alone.id).publish(alone.export(STARTS), "--json").output)
    assert (receipt["published_earlier_spool"], receipt["published"], receipt["unchanged"]) == (5, 15, 5)


@pytest.mark.embedded
def test_waiting_reads_the_receipts_until_all_is_accounted_for(agency: Agency) -> None:
    assert agency.publish(agency.export(STARTS)).exit_code == 0
    events = agency.on_topic(20)
    (partition,) = {event["partition"] for event in events}
    at = clock.now()
    refused = RefusedRecord(offset=events[7]["offset"], rule="no-agreement", path="data.agreement_id")
    stretches = ((events[0]["offset"], events[6]["offset"]), (events[8]["offset"], events[19]["offset"]))
    told = [
        IntakeReceipt(agency=agency.id, partition=partition, accepted=stretches, refused=(refused,), at=at),
        ledger_receipt(agency.id, BOARD, 4, through=((partition, events[4]["offset"]),)),
        ledger_receipt(agency.id, BOARD, 17, superseded=1, duplicate=1, through=((partition, events[19]["offset"]),)),
    ]
    producer = KafkaProducer(bootstrap_servers=agency.bootstrap)
    producer.send(receipts(agency.id), b"not a receipt")
    for receipt in told:
        producer.send(receipts(agency.id), receipt.model_dump_json().encode())
    producer.close()
    first_look = json.loads(agency.run("report", "--json", "--bootstrap", agency.bootstrap).stdout)
    assert first_look["events"] == [{"type": "missing_episode", "quarter": "2026Q1", "confirmed": 19, "refused": 1}]
    assert len(first_look["intake"]["ledger"]) == 1
    done = agency.run("receipts", "--wait", "20")
    assert done.exit_code == 1
    assert "19 accepted, 1 refused, 0 not decided yet" in done.output
    assert "refused by no-agreement: 1" in done.output
    assert f"board {BOARD}: 17 current, 1 superseded, 1 duplicate, 0 withdrawn" in done.output
    report = json.loads(agency.run("report", "--json").output)
    assert report["events"] == [{"type": "missing_episode", "quarter": "2026Q1", "confirmed": 19, "refused": 1}]
    again = json.loads(agency.publish(agency.export(STARTS), "--json").output)
    assert (again["revised"], again["unchanged"]) == (1, 19)


def test_report_shows_the_agencys_own_figures(alone: Agency) -> None:
    alone.publish(alone.export([*STARTS, "31/12/2025"]), YPSEM_KAFKA_CONNECT_SECONDS="0.5")
    shown = alone.run("report").output
    assert "for your agency only" in shown
    assert [line.split() for line in shown.splitlines() if line.startswith("missing_episode")] == [
        ["missing_episode", "2025Q4", "1", "0", "0", "0", "0"],
        ["missing_episode", "2026Q1", "20", "0", "0", "0", "0"],
    ]


def test_report_goes_on_without_the_broker(alone: Agency) -> None:
    alone.publish(alone.export(STARTS), YPSEM_KAFKA_CONNECT_SECONDS="0.5")
    done = alone.run("report", "--bootstrap", alone.bootstrap, YPSEM_KAFKA_CONNECT_SECONDS="0.5")
    assert done.exit_code == 0
    assert "receipts not read" in done.stderr
    assert "missing_episode" in done.stdout


def test_dirty_rows_are_refused_by_rule_and_the_rest_goes_on(alone: Agency) -> None:
    done = alone.publish(alone.export([*STARTS, "31/02/2026"]), "--json", YPSEM_KAFKA_CONNECT_SECONDS="0.5")
    assert done.exit_code == 1
    receipt = json.loads(done.stdout)
    assert (receipt["rows_read"], receipt["rows_refused"], receipt["new"]) == (21, 1, 20)
    assert receipt["refused"] == {"1004": 1}


def test_the_metrics_file_holds_no_event_counts(alone: Agency) -> None:
    path = alone.folder / "ypsem.prom"
    alone.publish(alone.export(STARTS), "--metrics-file", str(path), YPSEM_KAFKA_CONNECT_SECONDS="0.5")
    names = {line.split()[0] for line in path.read_text().splitlines() if not line.startswith("#")}
    assert names == {
        "ypsem_agency_last_run_timestamp_seconds",
        "ypsem_agency_outbox_pending_messages",
        "ypsem_agency_last_run_exit_code",
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"YPSEM_REGISTER": "nowhere"}, "no register-YYYY-MM-DD.yaml"),
        ({"YPSEM_KEYS": "nowhere"}, "keys create"),
        ({"YPSEM_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "SASL needs"),
        ({"YPSEM_KAFKA_COMPRESSION": "squash"}, "compression"),
    ],
)
def test_what_is_missing_is_said_in_one_line(alone: Agency, change: dict[str, str], says: str) -> None:
    done = alone.publish(alone.export(STARTS), **change)
    assert done.exit_code == 2
    assert says in done.output
    assert len(done.output.strip().splitlines()) == 1


def test_a_password_others_can_read_is_refused_and_never_shown(alone: Agency) -> None:
    config = alone.folder / "kafka.conf"
    config.write_text("security_protocol=SASL_SSL\nsasl_password=open sesame\nsasl_mechanism=MAGIC\n")
    shared = alone.publish(alone.export(STARTS), "--kafka-config", str(config))
    config.chmod(stat.S_IRUSR | stat.S_IWUSR)
    wrong = alone.publish(alone.export(STARTS), "--kafka-config", str(config))
    assert (shared.exit_code, wrong.exit_code) == (2, 2)
    assert "chmod 600" in shared.output
    assert "sasl_mechanism" in wrong.output
    assert "sesame" not in shared.output + wrong.output


@pytest.mark.parametrize("period", ["2026-03-01", "2026-03-01..", "2026-04-01..2026-03-01", "March..April"])
def test_a_period_that_is_none_is_wrong_use(alone: Agency, period: str) -> None:
    done = alone.publish(alone.export(STARTS), "--complete", period)
    assert done.exit_code == 2
    assert "--complete" in done.output


def test_another_agencys_outbox_is_refused(alone: Agency, tmp_path_factory: pytest.TempPathFactory) -> None:
    alone.publish(alone.export(STARTS), YPSEM_KAFKA_CONNECT_SECONDS="0.5")
    other = Agency.found(tmp_path_factory.mktemp("other"), alone.bootstrap, topics=False)
    done = other.publish(other.export(STARTS), YPSEM_OUTBOX=str(alone.folder / "outbox.sqlite"))
    assert done.exit_code == 2
    assert f"the outbox of {alone.id}" in done.output


def test_report_before_anything_was_published(alone: Agency) -> None:
    done = alone.run("report")
    assert done.exit_code == 2
    assert "no outbox here" in done.output
    assert not (alone.folder / "outbox.sqlite").exists()
