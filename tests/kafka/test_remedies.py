"""On real Kafka: a bad record or a bad agency stops nobody, people can undo it, every record is accounted for."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from analysis.ledger.identity import own_id
from models.contract import topics
from models.contract.dead_letters import DeadLetter
from models.operations.remedies import Skip
from models.service.clock import now
from models.store import make_engine, upgrade
from streams.operators import broker as operators_broker
from streams.operators.broker import NoBroker, OperatorsBroker
from streams.operators.skipping import skip_record
from streams.settings import StreamSettings
from tests.conftest import KafkaCluster
from tests.dashboards.conftest import browser, signed_in
from tests.dashboards.filling import fill
from tests.dashboards.html import Page
from tests.factories import BOARD, POLICE, SCHOOLS, an_event_id, event, wire
from tests.kafka.road import (
    Accounted,
    Services,
    account,
    as_batch,
    batch,
    database,
    ledger_rows,
    load,
    publish,
    read_all,
    settled,
)
from tests.support.waiting import poll_until

LIMIT = 60


def good(agency: str, start: int, count: int) -> list[tuple[str, bytes]]:
    """Sound events with records of their own."""
    return [
        (agency, wire(event(agency=agency, record=f"{agency}-{n}", child=None))) for n in range(start, start + count)
    ]


def of(found: Accounted, agency: str) -> tuple[int, int]:
    """(accepted, refused) of one agency."""
    return sum(at[0] == agency for at in found.accepted), sum(at[0] == agency for at in found.refused)


@pytest.mark.slow
@pytest.mark.batch
def test_a_flood_of_poison_holds_one_agency_and_the_others_go_on(kafka_cluster: KafkaCluster, tmp_path: Path) -> None:
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    services.environment |= {"YPSEM_POISON_LIMIT": str(LIMIT), "YPSEM_CHUNK": "20"}
    rng = random.Random(5)
    poison = [(SCHOOLS, b"{" + str(rng.random()).encode()) for _ in range(3000)]
    with services.start("streams", "worker") as worker, services.start("consumers", "sink"):
        publish(bootstrap, poison, "none")
        worker.wait_for_line("held: the raw topic of aldermere-schools", 120)
        publish(bootstrap, good(POLICE, 0, 300), "lz4")
        poll_until(lambda: of(account(bootstrap), POLICE) == (300, 0), 120, "the others go on")
        refused = of(account(bootstrap), SCHOOLS)[1]
        assert LIMIT <= refused < len(poison) / 2
        worker.kill()
    refused = of(account(bootstrap), SCHOOLS)[1]
    # It is held across restarts and rebalances: by state, not by a process's memory.
    with services.start("streams", "worker"), services.start("streams", "worker"), services.start("consumers", "sink"):
        publish(bootstrap, good(POLICE, 300, 300), "lz4")
        poll_until(lambda: of(account(bootstrap), POLICE) == (600, 0), 120, "the others go on")
        still = of(account(bootstrap), SCHOOLS)[1]
        assert still == refused
        engine = create_engine(services.database_url)
        query = text("SELECT topic, active FROM remedies WHERE kind = 'hold'")
        held = poll_until(lambda: rows if (rows := list(_rows(engine, query))) else None, 20, "SQL says so")
        assert held == [(topics.raw(SCHOOLS), 1)]
        # An operator lets it go on. The killed worker had not committed, so what it had refused comes again first, and
        # trips the limit again; every further word goes a limit further.
        poll_until(lambda: _resumed_until(services, bootstrap, still), 120, "it is read again")
        audit = text("SELECT who, action, subject FROM audit_log ORDER BY number")
        acts = poll_until(lambda: r if len(r := list(_rows(engine, audit))) >= 2 else None, 20, "the audit log")
        assert acts[:2] == [("worker", "hold", SCHOOLS), ("op1", "resume", SCHOOLS)]
        engine.dispose()


def _resumed_until(services: Services, bootstrap: str, before: int) -> bool:
    if of(account(bootstrap), SCHOOLS)[1] > before:
        return True
    services.run("streams", "resume", "--agency", SCHOOLS, "--as", "op1")
    return False


def _rows(engine: object, query: object) -> list[tuple[object, ...]]:
    with engine.connect() as connection:  # type: ignore[attr-defined]
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.slow
@pytest.mark.batch
@pytest.mark.parametrize("how", ["raise", "kill"])
def test_a_record_that_ends_the_worker_three_times_is_quarantined_and_redriven(
    kafka_cluster: KafkaCluster, tmp_path: Path, how: str
) -> None:
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    messages = load(seed=6, events=400)
    culprit = an_event_id("the culprit")
    messages.insert(200, (POLICE, wire(event(record="the culprit"))))
    publish(bootstrap, messages, "lz4")
    with services.start("streams", "worker", "--role", "ledger"), services.start("consumers", "sink"):
        faulty = ("tests.kafka.faulty_intake", culprit, how, "worker", "--role", "intake")
        for _ in range(5):
            with services.start(*faulty) as intake:
                done = poll_until(
                    lambda child=intake: (
                        child.exit_code is not None  # type: ignore[misc]
                        or account(bootstrap).settled(len(messages))
                    ),
                    120,
                    "it dies, or goes on",
                )
                assert done
                if intake.exit_code is None:
                    break
        else:
            raise AssertionError("it never got past the record: " + services.logs()[-3000:])
        found = account(bootstrap)
        assert list(found.refused.values()).count("quarantined") == 1
        letters = [
            DeadLetter.model_validate_json(r.value, strict=False) for r in read_all(bootstrap, topics.DEAD_LETTERS)
        ]
        [letter] = {(x.topic, x.partition, x.offset) for x in letters if x.rule == "quarantined"}
        assert letter[0] == topics.raw(POLICE)
        assert as_batch(ledger_rows(bootstrap)) == batch(bootstrap, found.accepted)
        assert culprit not in services.logs()
        with services.start("streams", "worker", "--role", "intake"):
            # The fault is mended: the record is let through, and a second time changes nothing.
            for _ in range(2):
                services.run("streams", "redrive", "--rule", "quarantined", "--since", "2026-05-01")
                found = settled(bootstrap, len(messages), 30)
                assert list(found.refused.values()).count("quarantined") == 0
                assert as_batch(ledger_rows(bootstrap)) == batch(bootstrap, found.accepted)
        assert ledger_rows(bootstrap)[own_id(culprit, POLICE)].records == 1
        engine = create_engine(services.database_url)
        acts = text("SELECT action FROM audit_log WHERE action IN ('quarantine', 'lift') ORDER BY number")
        poll_until(lambda: _rows(engine, acts) == [("quarantine",), ("lift",)], 20, "the audit log has both")
        engine.dispose()


@pytest.mark.slow
def test_an_operator_skips_a_record_and_the_figures_say_so(kafka_cluster: KafkaCluster, tmp_path: Path) -> None:
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    publish(bootstrap, good(POLICE, 0, 40), "none")
    raw = topics.raw(POLICE)
    at = [(r.partition, r.offset) for r in read_all(bootstrap, raw)]
    partition, offset = at[7]
    place = ("--topic", raw, "--partition", str(partition), "--offset", str(offset))
    with services.start("streams", "skip", *place, "--reason", "Ask John Smith on 07700 900123") as refused:
        assert refused.wait(30) == 2
        assert "John" not in refused.tail()
    services.run("streams", "skip", *place, "--reason", "Known fault, see the ticket", "--as", "op1")
    with services.start("streams", "worker"), services.start("consumers", "sink"):
        found = settled(bootstrap, 40, 120)
        assert found.refused == {(POLICE, partition, offset): "skipped"}
        # The same on the accepted topic: the ledger counts it apart, so that the balance still holds.
        engine = create_engine(services.database_url)
        query = text('SELECT rule, active, reason, "by" FROM remedies')
        rows = poll_until(lambda: r if (r := _rows(engine, query)) else None, 20, "SQL has it")
        assert rows == [("skipped", 1, "Known fault, see the ticket", "op1")]
        engine.dispose()
        again = services.start("streams", "skip", *place, "--reason", "Said twice", "--as", "op2")
        with again:
            assert again.wait(30) == 0, again.tail()
            assert "passed over before" in again.tail()
        late = services.start("streams", "skip", "--topic", raw, "--partition", str(partition), "--offset", "0",
                              "--reason", "too late")  # fmt: skip
        with late:
            assert late.wait(30) == 1


@pytest.mark.slow
def test_from_the_pages_a_request_is_skipped_by_two_people_and_answered_once_one_has_it_redriven(
    kafka_cluster: KafkaCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agency's erasure, which stays undone while it is passed over, and is done after. Nobody is at a terminal."""
    bootstrap = kafka_cluster().bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    monkeypatch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", services.environment["YPSEM_CLOCK_OFFSET_SECONDS"])
    publish(bootstrap, [*good(POLICE, 0, 20), *good(SCHOOLS, 20, 20)], "none")
    engine = make_engine(services.database_url)
    upgrade(engine)
    registers = Path(services.environment["YPSEM_REGISTER"])
    gil = browser(engine, registers, signed_in(engine, "information-governance:*", subject="gil"))
    oda, ole = (browser(engine, registers, signed_in(engine, "operations:*", subject=who)) for who in ("oda", "ole"))

    def stage(page: str = "/operations") -> str:
        return Page((gil if "erasures" in page else oda).get(page).text).tables[0][1][-1]

    erasures = f"/boards/{BOARD}/erasures"
    assert fill(gil, f"{erasures}/ask", agency=SCHOOLS, again=SCHOOLS).status_code == 303
    with services.start("consumers", "sink"), services.start("streams", "operations"):
        [asked] = poll_until(lambda: read_all(bootstrap, topics.REQUESTS), 30, "it is passed on")
        # Nobody has ever been in a group of this cluster: that is "nothing was read", not "nobody answers".
        typed = {"topic": topics.REQUESTS, "partition": str(asked.partition), "offset": str(asked.offset)}
        assert fill(oda, "/operations/skip", **typed, reason="cannot_wait", text="").status_code == 303
        [confirm] = {a["href"] for a in Page(ole.get("/operations").text).having("a") if "/confirm" in a["href"]}
        assert fill(ole, confirm).status_code == 303
        poll_until(lambda: stage() == "Done", 30, "it is answered")
        with services.start("streams", "worker"):
            settled(bootstrap, 40, 120)
            poll_until(lambda: "skipped" in rules(bootstrap), 30, "it is passed over")
            assert len(ledger_rows(bootstrap)) == 40
            assert stage(erasures) == "With the ledger, which has not said yet that it is done"
            day = {"since-day": "1", "since-month": "5", "since-year": "2026"}
            fill(oda, "/operations/redrive", rule="skipped", **day, agency="", reason="skip_undone", text="")
            poll_until(lambda: len(ledger_rows(bootstrap)) == 20, 30, "it is carried out")
            assert {row.agency for row in ledger_rows(bootstrap).values()} == {POLICE}
            poll_until(lambda: stage() == "Done", 30, "the redrive is answered")
            poll_until(lambda: stage(erasures).startswith("Done: the ledger removed it"), 30, "its stage moves")
    engine.dispose()


@pytest.mark.slow
def test_without_a_coordinator_nothing_is_skipped(
    kafka_cluster: KafkaCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not read as a group that has read nothing: a record that was folded would be called skipped."""
    monkeypatch.setattr(operators_broker, "PATIENCE_SECONDS", 2.0)
    # One node cannot make the groups' topic with three copies: it lives, and has no coordinator for anybody.
    bootstrap = kafka_cluster(properties={"offsets.topic.replication.factor": "3"}).bootstrap
    Services(bootstrap, tmp_path / "run", database(tmp_path))
    publish(bootstrap, good(POLICE, 0, 1), "none")
    [record] = read_all(bootstrap, topics.raw(POLICE))
    with OperatorsBroker(StreamSettings(bootstrap=bootstrap)) as broker:
        wish = Skip(
            topic=record.topic, partition=record.partition, offset=record.offset, rule="skipped", by="op1", at=now()
        )
        with pytest.raises(NoBroker, match="CoordinatorNotAvailable"):
            skip_record(broker, wish, topics.INTAKE_APP, POLICE)
        assert read_all(bootstrap, topics.REMEDIES) == []
        assert [r.offset for r in broker.at(record.topic, record.partition, [record.offset])] == [record.offset]


def rules(bootstrap: str) -> list[str]:
    """The rules of all dead letters."""
    found = read_all(bootstrap, topics.DEAD_LETTERS)
    return [DeadLetter.model_validate_json(record.value, strict=False).rule for record in found]
