"""The outbox file: owner-only, one process, one agency; batches that keep order; payloads that do not linger."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
from pathlib import Path

import pytest

from agencies.outbox import Outbox, OutboxError, Sent, confirmations
from agencies.publish.deliver import deliver
from agencies.publish.follow import follow, standing
from models.contract.receipts import IntakeReceipt, Receipt, RefusedRecord, WarnedRecord
from models.service import clock
from tests.agencies.support import OTHER_WARD, YEAR, Log, minter, publish, row
from tests.factories import BOARD, OTHER_BOARD, POLICE, SCHOOLS, ledger_receipt


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / "outbox.sqlite"


def test_every_file_of_it_is_owner_only(path: Path, tmp_path: Path) -> None:
    with Outbox(path) as outbox:
        publish(outbox, Log(), [row()], minter(tmp_path))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert {"outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite.lock"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_every_commit_is_on_disk(path: Path) -> None:
    with Outbox(path) as outbox:
        assert outbox.read("PRAGMA journal_mode") == [("wal",)]
        assert outbox.read("PRAGMA synchronous") == [(2,)]
        assert outbox.read("PRAGMA secure_delete") == [(1,)]


def test_one_others_can_read_is_refused(path: Path) -> None:
    Outbox(path).close()
    path.chmod(0o640)
    with pytest.raises(OutboxError, match="chmod 600"):
        Outbox(path)


def test_a_file_that_is_no_outbox_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"CHILD,DOB\n" * 200)
    path.chmod(0o600)
    with pytest.raises(OutboxError, match="not an outbox"):
        Outbox(path)
    assert path.read_bytes() == b"CHILD,DOB\n" * 200


def test_one_of_a_later_version_is_refused(path: Path) -> None:
    Outbox(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(OutboxError, match="another version"):
        Outbox(path)


def _hold(path: Path, ready: multiprocessing.synchronize.Event, done: multiprocessing.synchronize.Event) -> None:
    with Outbox(path):
        ready.set()
        done.wait(20)


def test_a_second_process_is_told_to_wait(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(path, ready, done))
    holder.start()
    try:
        assert ready.wait(20)
        with pytest.raises(OutboxError, match="another publish, drain or receipts command"):
            Outbox(path)
    finally:
        done.set()
        holder.join(20)
    Outbox(path).close()


def test_it_belongs_to_one_agency_and_one_event_id_key(path: Path) -> None:
    with Outbox(path) as outbox:
        with pytest.raises(OutboxError, match="run: publish"):
            _ = outbox.agency
        outbox.belongs_to(POLICE, "check")
        outbox.belongs_to(POLICE, "check")
        with pytest.raises(OutboxError, match=f"outbox of {POLICE}"):
            outbox.belongs_to(SCHOOLS, "check")
        with pytest.raises(OutboxError, match="never rotates"):
            outbox.belongs_to(POLICE, "other")


def test_a_batch_never_holds_two_revisions_of_an_event(path: Path, tmp_path: Path) -> None:
    by, away = minter(tmp_path), Log(takes=0)
    with Outbox(path) as outbox:
        publish(outbox, away, [row("1"), row("2")], by)
        publish(outbox, away, [row("1", police_grade="high"), row("3")], by)
        assert [len({q.event_id for q in outbox.next_batch(n)}) for n in (1, 2, 9)] == [1, 2, 2]
        log = Log()
        assert deliver(outbox, log, batch=9).left == 0
    assert [event["data"]["revision"] for event in log.events()] == [0, 0, 1, 0]


def test_a_batch_ends_after_withdrawals(path: Path, tmp_path: Path) -> None:
    by, away = minter(tmp_path), Log(takes=0)
    with Outbox(path) as outbox:
        publish(outbox, Log(), [row("1"), row("2")], by)
        publish(outbox, away, [row("1", ward=OTHER_WARD), row("2", police_grade="low")], by)
        assert [q.withdrawal for q in outbox.next_batch(9)] == [True]


def test_replaced_and_withdrawn_payloads_are_wiped_from_the_file(path: Path, tmp_path: Path) -> None:
    by = minter(tmp_path)
    with Outbox(path) as outbox:
        log = Log()
        publish(outbox, log, [row("1"), row("2")], by)
        tokens = [token["token"].encode() for data in log.live().values() for token in data["tokens"]]
        assert sum(token in path.with_name("outbox.sqlite-wal").read_bytes() for token in tokens) == 4
        publish(outbox, log, [], by, YEAR, yes=True)
        kept = outbox.read("SELECT revision FROM messages WHERE payload IS NOT NULL")
        assert kept == [(1,), (1,)]
    assert not any(token in path.read_bytes() for token in tokens)


def test_a_pending_payload_is_kept_until_it_is_sent(path: Path, tmp_path: Path) -> None:
    by = minter(tmp_path)
    with Outbox(path) as outbox:
        publish(outbox, Log(takes=0), [row("1")], by)
        publish(outbox, Log(takes=0), [row("1", police_grade="high")], by)
        log = Log()
        deliver(outbox, log, batch=9)
        assert outbox.read("SELECT revision FROM messages WHERE payload IS NOT NULL") == [(1,)]
    assert len(log.values) == 2


def test_receipts_mark_what_they_cover_once(path: Path, tmp_path: Path) -> None:
    with Outbox(path) as outbox:
        publish(outbox, Log(), [row(str(n)) for n in range(6)], minter(tmp_path))
        refused = RefusedRecord(offset=3, rule="no-agreement", path="data.agreement_id")
        one = IntakeReceipt(agency=POLICE, partition=0, accepted=((0, 2), (4, 4)), refused=(refused,), at=clock.now())
        other = IntakeReceipt(agency=POLICE, partition=1, accepted=((5, 5),), at=clock.now())
        ledger = ledger_receipt(POLICE, BOARD, 4, through=((0, 4),))
        for _ in range(2):
            confirmations.take_in(outbox, [one, other, ledger], 17)
            assert confirmations.accepted(outbox) == 4
            assert confirmations.undecided(outbox) == 1
            assert confirmations.refused_by_rule(outbox) == {"no-agreement": 1}
            assert confirmations.ledger(outbox) == [ledger]
            assert confirmations.position(outbox) == 17


def test_warnings_are_counted_once_however_often_intake_tells_of_them(path: Path, tmp_path: Path) -> None:
    def told(first: int, last: int, count: int, partition: int = 0) -> IntakeReceipt:
        found = (
            WarnedRecord(first=first, last=last, count=count, rule="identifier.nhs-number", path="(message key)"),
            WarnedRecord(first=first, last=first, count=1, rule="identifier.name", path="(header)"),
        )
        return IntakeReceipt(
            agency=POLICE, partition=partition, accepted=((first, last),), warnings=found, at=clock.now()
        )

    with Outbox(path) as outbox:
        publish(outbox, Log(), [row(str(n)) for n in range(6)], minter(tmp_path))
        for receipts in (
            [told(0, 2, 2)],
            [told(0, 2, 2), told(3, 5, 3)],
            [told(2, 5, 4)],
            [told(7, 9, 1, partition=1)],
        ):
            confirmations.take_in(outbox, list(receipts), 1)
        assert confirmations.warned(outbox) == {
            ("identifier.nhs-number", "(message key)"): 6, ("identifier.name", "(header)"): 3,
        }  # fmt: skip
        now = standing(outbox)
        assert "accepted, but the message key looks like identifier.nhs-number: 6" in "\n".join(now.lines())
        assert now.as_dict()["warnings"] == [
            {"rule": "identifier.name", "path": "(header)", "count": 3},
            {"rule": "identifier.nhs-number", "path": "(message key)", "count": 6},
        ]
        assert now.refused.total() == 0


class Once:
    """Receipts that are there at the first look, and nothing after."""

    def __init__(self, *receipts: Receipt) -> None:
        self.receipts: list[Receipt] = list(receipts)
        self.looks = 0

    def poll(self, seconds: float) -> tuple[list[Receipt], int]:
        self.looks += 1
        assert self.looks < 50, "it waits for what will never come"
        found, self.receipts = self.receipts, []
        return found, 0


def test_waiting_ends_when_the_ledger_is_past_every_accepted_message_whatever_it_still_keeps(
    path: Path, tmp_path: Path
) -> None:
    by = minter(tmp_path)
    with Outbox(path) as outbox:
        publish(outbox, Log(), [row(str(n)) for n in range(6)], by)
        taken = IntakeReceipt(agency=POLICE, partition=0, accepted=((0, 5),), at=clock.now())
        behind = follow(outbox, Once(taken, ledger_receipt(POLICE, BOARD, 4, through=((0, 3),))), 0)
        assert (behind.accepted, behind.not_in_ledger) == (6, 2)
        assert "2 accepted, but not in it yet" in "\n".join(behind.lines())
        # Retention has removed four of them since: they were in the ledger all the same.
        kept = ledger_receipt(POLICE, BOARD, 2, expired="10 or more", through=((0, 5),))
        now = follow(outbox, Once(kept), 3600)
        assert (now.accepted, now.undecided, now.not_in_ledger) == (6, 0, 0)
        assert "10 or more no longer kept" in "\n".join(now.lines())
        publish(outbox, Log(), [row("new")], by)
        with pytest.raises(AssertionError, match="never come"):
            follow(outbox, Once(), 3600)


def test_another_boards_progress_says_nothing_of_this_one(path: Path, tmp_path: Path) -> None:
    with Outbox(path) as outbox:
        publish(outbox, Log(), [row("1")], minter(tmp_path))
        taken = IntakeReceipt(agency=POLICE, partition=0, accepted=((0, 0),), at=clock.now())
        confirmations.take_in(outbox, [taken, ledger_receipt(POLICE, OTHER_BOARD, 9, through=((0, 9),))], 2)
        assert confirmations.not_in_ledger(outbox) == 1


def test_a_ledger_receipt_of_an_older_version_is_left_until_the_next_one(path: Path, tmp_path: Path) -> None:
    with Outbox(path) as outbox:
        publish(outbox, Log(), [row("1")], minter(tmp_path))
        with outbox.transaction() as db:
            old = '{"kind":"ledger","agency":"a","board":"X08000001","current":1,"erased":0}'
            db.execute("INSERT INTO meta VALUES (?, ?)", (f"ledger:{BOARD}", old))
        assert confirmations.ledger(outbox) == []


def test_resending_everything_sends_each_latest_revision_again(path: Path, tmp_path: Path) -> None:
    by, log = minter(tmp_path), Log()
    with Outbox(path) as outbox:
        publish(outbox, log, [row("1"), row("2"), row("3")], by)
        publish(outbox, log, [row("1", police_grade="high"), row("2")], by, YEAR, yes=True)
        again = Log()
        assert outbox.resend_all() == 3
        deliver(outbox, again, batch=9)
    assert again.live() == log.live()
    assert len(again.values) == 3


def test_an_acknowledgement_is_for_that_message_only(path: Path, tmp_path: Path) -> None:
    with Outbox(path) as outbox:
        publish(outbox, Log(takes=0), [row("1"), row("2")], minter(tmp_path))
        first, second = outbox.next_batch(9)
        outbox.acknowledge([Sent(second.seq, 0, 5)])
        assert outbox.next_batch(9) == [first]
