"""The comparison finds what is lost or doubled; otherwise a table of zeros would prove nothing."""

from __future__ import annotations

import pytest

from analysis.ledger.balance import Account, Balance
from analysis.ledger.identity import own_id
from analysis.ledger.row import Record, Row, encode, fold
from models.contract.receipts import LedgerReceipt
from models.service import clock
from streams.ledger.accepted import AcceptedPlaces
from streams.ledger.chunk import balance_receipt
from tests.factories import BOARD, event, wire
from tests.faults.books import Books, Difference
from tests.faults.families import all_faults
from tests.faults.registry import Row as TableRow
from tests.faults.runner import table
from tests.faults.told import Told
from tests.test_layout import ROOT

Place = tuple[str, int, int]
AGENCY = "aldermere-police"


def told_and_rows() -> tuple[Told, Books, dict[str, Row]]:
    """Three events, one revised and one sent twice, and a cut-off message, all of it as it should be."""
    told, books = Told(), Books("127.0.0.1:1")
    rows: dict[str, Row] = {}
    sent = [("1", 0), ("1", 1), ("2", 0), ("2", 0), ("3", 0)]
    accepted = AcceptedPlaces(books.marks)
    for offset, (record, revision) in enumerate(sent):
        document = event(record=record, revision=revision, sex="FM"[revision], child=record)
        told.note((AGENCY, 0, offset), wire(document), False)
        books.accepted.add((AGENCY, 0, offset))
        data = {k: v for k, v in document["data"].items() if k not in ("event_id", "revision")}
        made = Record(document["data"]["event_id"], revision, "missing_episode", data, 0, offset, 0)
        rows[made.own_id] = fold(rows.get(made.own_id), made)
        accepted.take(made)
    told.note((AGENCY, 0, 9), b'{"cut', True)
    books.refused[AGENCY, 0, 9] = "schema.json_invalid"
    accepted.write({BOARD})
    recount(books, rows)
    return told, books, rows


def in_tables(books: Books, rows: dict[str, Row]) -> None:
    """The rows as the ledger stores them."""
    books.rows = {own.encode(): encode(row) for own, row in rows.items()}


def recount(books: Books, rows: dict[str, Row]) -> None:
    """The ledger's receipt of these rows."""
    balance = Balance()
    for row in rows.values():
        balance.add(row)
    out = balance_receipt(BOARD, AGENCY, Account(balance.records, balance), (), clock.now())
    books.balances[AGENCY, BOARD] = LedgerReceipt.model_validate_json(out.value or b"", strict=False)
    in_tables(books, rows)


def compared(change: str) -> Difference:
    told, books, rows = told_and_rows()
    first, second, third = rows
    if change == "a row is gone":
        del rows[third]
    elif change == "an old version stands":
        rows[first].revision, rows[first].data["sex"] = 0, "F"
    elif change == "a record is counted twice":
        rows[second].records += 1
    elif change == "a row of nothing":
        rows[own_id("p" * 40, AGENCY)] = rows[third]
    elif change == "no receipt":
        books.accepted.remove((AGENCY, 0, 4))
    elif change == "a receipt for nothing":
        books.accepted.add((AGENCY, 3, 4))
    elif change == "poison is not refused":
        books.refused.clear()
    elif change == "the balance is short":
        books.balances[AGENCY, BOARD] = books.balances[AGENCY, BOARD].model_copy(update={"current": 2})
    elif change == "the ledger says that it does not close":
        books.balances[AGENCY, BOARD] = books.balances[AGENCY, BOARD].model_copy(update={"closes": False})
    in_tables(books, rows)
    return books.compare(told, rows)


def test_what_is_as_it_should_be_is_not_complained_about() -> None:
    found = compared("nothing")
    assert (found.lost, found.doubled, dict(found.notes)) == (0, 0, {})
    told, books, _ = told_and_rows()
    assert books.settled(told)


LOSSES = ["a row is gone", "an old version stands", "no receipt", "poison is not refused", "the balance is short"]
LOSSES += ["the ledger says that it does not close"]


@pytest.mark.parametrize("change", LOSSES)
def test_a_loss_is_found(change: str) -> None:
    found = compared(change)
    assert found.lost > 0
    assert found.doubled == 0


@pytest.mark.parametrize("change", ["a record is counted twice", "a row of nothing", "a receipt for nothing"])
def test_a_double_count_is_found(change: str) -> None:
    found = compared(change)
    assert found.doubled > 0
    assert found.lost == 0


def test_a_fault_that_never_took_hold_is_no_success() -> None:
    good = TableRow("real", times=1, events=5)
    idle = TableRow("idle", times=0, events=5)
    assert good.good
    assert not idle.good
    assert "1 of 2 faults" in table([good, idle])


def test_every_fault_has_its_chapter_in_the_runbook() -> None:
    headings = {
        line[3:] for line in (ROOT / "docs" / "runbook.md").read_text("utf-8").splitlines() if line[:3] == "## "
    }
    assert {fault.chapter for fault in all_faults()} <= headings


def test_a_record_that_was_let_through_does_not_stand_for_one_that_is_still_on_its_way() -> None:
    told, books, _ = told_and_rows()
    books.refused[AGENCY, 0, 0] = "skipped"
    assert books.settled(told)
    told.note((AGENCY, 0, 20), wire(event(record="20")), False)
    assert not books.settled(told)
    books.accepted.add((AGENCY, 0, 20))
    assert not books.settled(told)


def test_what_was_deleted_before_it_was_read_is_a_loss_until_it_is_sent_again() -> None:
    told, books, rows = told_and_rows()
    message = wire(event(record="30"))
    told.note((AGENCY, 1, 7), message, False)
    told.gone((AGENCY, 1, 7), message)
    assert books.settled(told)
    found = books.compare(told, rows)
    assert (found.lost, found.doubled) == (1, 0)
    assert found.notes == {"deleted before it was read, and not sent again": 1}
    told.note((AGENCY, 1, 9), message, False)
    assert told.owed.total() == 0
    assert not books.settled(told)
    assert books.compare(told, rows).lost > 0


def test_a_copy_of_what_was_deleted_leaves_the_other_records_of_its_event() -> None:
    told, _, rows = told_and_rows()
    message = wire(event(record="1", revision=1, sex="M", child="1"))
    told.note((AGENCY, 1, 7), message, False)
    told.gone((AGENCY, 1, 7), message)
    assert {own: one.records for own, one in told.events.items()} == {own: row.records for own, row in rows.items()}
    assert told.owed.total() == 1


def test_a_log_that_was_cut_owes_what_nobody_read_and_reads_the_rest_again() -> None:
    """Six were there, two are left. Places are used again, so an earlier receipt says nothing about them."""
    told, books, rows = told_and_rows()
    had = dict(enumerate(wire(event(record="1", revision=r, sex="FM"[r], child="1")) for r in (0, 1)))
    unread = wire(event(record="30"))
    told.note((AGENCY, 0, 5), unread, False)
    lay = {(AGENCY, 0, n): value for n, value in (had | {5: unread}).items()}
    left = {place: value for place, value in lay.items() if place[2] < 2}
    told.cut(lay, left, books.accepted)
    books.cut({(AGENCY, 0)})
    assert told.valid == left.keys()
    assert told.owed.total() == 1
    assert not books.settled(told), "what is left has not been read again"
    assert books.accepted_before == 5
    books.accepted |= left.keys()
    assert not books.settled(told), "that is in no receipt of the ledger yet"
    found = books.compare(told, rows)
    assert found.notes["deleted before it was read, and not sent again"] == 1
    assert found.notes["records of an event"] == 2
    assert found.doubled == 0
