"""Erasure on real Kafka: after compaction nothing of the child is in any topic, in SQL, a log or the outbox."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient

from models.contract import topics
from models.contract.tokens import child_token, derive_key
from models.operations.remedies import REMEDY, Removal
from models.operations.topic_specs import all_topics
from models.service.keyfiles import write_key
from models.store import make_engine
from streams.intake.app import PURPOSE
from tests.conftest import KafkaCluster
from tests.dashboards.conftest import browser, signed_in
from tests.dashboards.html import Page
from tests.factories import BOARD, CARE, POLICE, SCHOOLS, an_event_id, an_own_id, event, token, wire
from tests.kafka.compaction import BROKER, everything, forgotten, hurry
from tests.kafka.road import AGENCIES, Services, account, database, ledger_rows, publish, read_all, settled
from tests.support.waiting import poll_until


def lines(*records: tuple[str, str | None]) -> list[bytes]:
    """Events of the police's, one a line: (record, child)."""
    return [wire(event(record=record, child=child)) for record, child in records]


def ct(child: str) -> bytes:
    """The token that the ledger knows a child by."""
    gate = derive_key(b"g" * 32, f"1|{PURPOSE}|v1")
    return child_token(gate, "nhs", token(child)["token"]).encode()


@pytest.mark.slow
def test_after_erasure_and_compaction_nothing_is_left(kafka_cluster: KafkaCluster, tmp_path: Path) -> None:
    bootstrap = kafka_cluster(properties=BROKER).bootstrap
    services = Services(bootstrap, tmp_path / "run", database(tmp_path))
    specs = all_topics(AGENCIES)
    keys = tmp_path / "agency-keys"
    for name, purpose, epoch in (("link-1", "link", 1), ("event-id", "event-id", 0), ("local", "local", 0)):
        write_key(keys / f"{name}.key", purpose, epoch)
    export, childs = tmp_path / "export.jsonl", tmp_path / "child.jsonl"
    export.write_bytes(b"\n".join(lines(("1", "gone"), ("2", "gone"), ("3", "stays"), ("4", "stays"))))
    childs.write_bytes(b"\n".join(lines(("1", "gone"))))
    agency = {"YPSEM_KEYS": str(keys), "YPSEM_OUTBOX": str(tmp_path / "outbox.sqlite")}
    of_agency = ("--agency", POLICE, "--format", "events", "--wait", "60", "--json")
    secrets = [
        ct("gone"),
        str(token("gone")["token"]).encode(),
        *(an_event_id(r).encode() for r in ("1", "2", "care", "s")),
    ]

    def at_agency(*command: str) -> None:
        ours = services.environment
        services.environment = ours | agency
        services.run("agencies", *command)
        services.environment = ours

    with services.start("streams", "worker") as worker, services.start("consumers", "sink"):
        at_agency("publish", str(export), *of_agency)
        publish(bootstrap, [(CARE, wire(event(agency=CARE, record="care", child="gone")))], "none")
        publish(bootstrap, [(SCHOOLS, wire(event(agency=SCHOOLS, record="s", child="other")))], "none")
        settled(bootstrap, 6, 60)
        found = everything(bootstrap, specs)
        assert all(secret in found for secret in secrets), "or there would be nothing to erase"

        at_agency("erase", str(childs), *of_agency, "--yes")
        publish(bootstrap, [(CARE, wire(event("erasure", agency=CARE, record="e", tokens=[token("gone")])))], "none")
        services.run("consumers", "request-erasure", "--board", BOARD, "--agency", SCHOOLS, "--as", "ig1", "--yes")
        kept = {an_own_id("3"), an_own_id("4")}
        poll_until(lambda: ledger_rows(bootstrap).keys() == kept, 60, "the ledger has forgotten")
        # One message to each of the police's two boards for the tokens, and one for the event ids.
        total = 6 + 3 + 1
        assert settled(bootstrap, total, 30).ledger["erased"] == 4 + 4
        told = {"erase": 3 + 1, "erase.agency": 1}
        poll_until(lambda: audited(tmp_path / "sink.db") == told, 30, "the audit log has what was removed")
        assert stages_on_the_page(services) == 3, "of the children's erasures those of this board, by their stage alone"
        # The export still holds the child: it stays away.
        at_agency("publish", str(export), *of_agency)
        worker.stop()

    # A replay of everything, raw topics and accepted topic, brings nothing back.
    from_the_beginning(bootstrap)
    with services.start("streams", "worker"):
        poll_until(lambda: caught_up(bootstrap), 60, "all is read again")
        assert ledger_rows(bootstrap).keys() == kept
        assert account(bootstrap).settled(total)
        assert removals(bootstrap) == {"erasure-child": 3 + 1, "erasure-agency": 1}, "told once, and never again"

    hurry(bootstrap, specs)
    forgotten(bootstrap, specs, secrets, 60)
    assert ct("stays") in everything(bootstrap, specs), "compaction took too much"
    for path in (tmp_path / "sink.db", tmp_path / "outbox.sqlite"):
        with sqlite3.connect(path) as database_:
            dump = "\n".join(line for line in database_.iterdump() if 'INTO "messages"' not in line).encode()
        database_.close()
        assert dump
        assert not any(secret in dump for secret in secrets)
    with sqlite3.connect(tmp_path / "outbox.sqlite") as outbox:
        left = outbox.execute("SELECT count(*) FROM messages WHERE CAST(payload AS TEXT) LIKE '%lt_%'").fetchone()[0]
    outbox.close()
    assert left == 2 + 2, "the other child's events, and for a while the erasures themselves"
    written = services.logs().encode()
    assert not any(secret in written for secret in secrets)


def stages_on_the_page(services: Services) -> int:
    """How many erasures of children the board's page says are carried out; it says nothing else of them."""
    engine = make_engine(services.database_url)
    registers = Path(services.environment["YPSEM_REGISTER"])
    gil = browser(engine, registers, signed_in(engine, f"information-governance:{BOARD}", subject="gil"))
    page = Page(gil.get(f"/boards/{BOARD}/erasures").text)
    engine.dispose()
    agencies, children = page.tables
    assert [row[3].split(",")[0] for row in agencies[1:]] == ["Done: the ledger removed it"]
    assert {row[1] for row in children[1:]} == {"Carried out by the ledger"}
    assert all(agency not in cell for row in children for cell in row for agency in AGENCIES)
    return len(children) - 1


def audited(path: Path) -> dict[str, int]:
    """What the ledger did, as the audit log says it: action -> times."""
    with sqlite3.connect(path) as database_:
        found = database_.execute("SELECT action, count(*) FROM audit_log WHERE who = 'ledger' GROUP BY action")
        acts = dict(found.fetchall())
    database_.close()
    return acts


def removals(bootstrap: str) -> Counter[str]:
    """Every word about a removal that is on the remedies topic, copies included: cause -> times."""
    words = [REMEDY.validate_json(record.value, strict=False) for record in read_all(bootstrap, topics.REMEDIES)]
    return Counter(word.cause for word in words if isinstance(word, Removal))


GROUPS = {topics.INTAKE_APP: [topics.raw(agency) for agency in AGENCIES], topics.LEDGER_APP: [topics.ACCEPTED]}


def from_the_beginning(bootstrap: str) -> None:
    """Set both groups back to the first offset of what they read."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        for group, names in GROUPS.items():
            offsets = admin.list_group_offsets({group: None})[group]
            admin.alter_group_offsets(
                group, {at: entry._replace(offset=0) for at, entry in offsets.items() if at.topic in names}
            )
    finally:
        admin.close()


def caught_up(bootstrap: str) -> bool:
    """Whether both groups have committed to the end of every partition they read."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False)
    try:
        for group, names in GROUPS.items():
            committed = admin.list_group_offsets({group: None})[group]
            places = [at for at in committed if at.topic in names]
            ends = consumer.end_offsets(places)
            if any(committed[at].offset < ends[at] for at in places):
                return False
    finally:
        consumer.close()
        admin.close()
    return True
