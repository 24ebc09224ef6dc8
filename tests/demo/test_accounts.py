"""The reconciliation adds up when it should, and says so when it does not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.accounts import RunAccount, as_planted, in_words, reconcile, total
from models.contract.receipts import GapReceipt, IntakeReceipt, LedgerReceipt, RefusedRecord
from tests.factories import ledger_receipt

AT = datetime(2026, 5, 11, 9, tzinfo=UTC)
RECEIPT: dict[str, Any] = {
    "rows_read": 0, "rows_refused": 0, "refused": {}, "duplicates": 0, "repeated": 0, "unchanged": 0,
    "withdrawn": 0, "published": 0, "published_earlier_spool": 0,
}  # fmt: skip


def intake(partition: int, *accepted: tuple[int, int], refused: dict[int, str] | None = None) -> IntakeReceipt:
    records = tuple(RefusedRecord(offset=o, rule=rule, path="data") for o, rule in (refused or {}).items())
    return IntakeReceipt(agency="aa", partition=partition, accepted=accepted, refused=records, at=AT)


def ledger(
    current: int, superseded: int = 0, duplicate: int = 0, withdrawn: int = 0, board: str = "X08000001"
) -> LedgerReceipt:
    counts = {"superseded": superseded, "duplicate": duplicate, "withdrawn": withdrawn}
    return ledger_receipt("aa", board, current, **counts)


def account(published: int, *receipts: IntakeReceipt | LedgerReceipt, **row: Any) -> RunAccount:
    made = RunAccount()
    made.agency.add(RECEIPT | {"rows_read": published, "published": published} | row)
    for receipt in receipts:
        made.add(receipt)
    return made


ONE = {"X08000001": 1}
INTAKE, LEDGER = "published = accepted + refused", "accepted = current + superseded + duplicate + withdrawn"
GAP = GapReceipt(agency="aa", partition=0, first=6, last=7, cause="deleted", at=AT)
BALANCED: list[IntakeReceipt | LedgerReceipt] = [
    intake(0, (0, 4), refused={5: "agreement"}),
    intake(1, (0, 1)),
    ledger(4, superseded=1, duplicate=1, withdrawn=1),
]


def test_a_balanced_account_adds_up() -> None:
    found = reconcile({"aa": account(8, *BALANCED)}, {"figure": 3, "low": 2}, ONE, 12.34)
    assert found["ok"]
    assert found["total"]["accepted"] == 7
    assert found["total"]["refused_at_intake_by_rule"] == {"agreement": 1}
    assert found["released_cells"] == {"figure": 3, "low": 2}
    assert found["seconds"] == 12.3
    assert (found["releases"], found["signals"]) == (ONE, {})
    kinds = {"X08000001": {"cse_concern": 2, "agency_silent": 1}, "X08000002": {}}
    told = reconcile({"aa": account(8, *BALANCED)}, {}, ONE, 1, kinds)
    assert told["signals"] == kinds


@pytest.mark.parametrize(
    ("published", "receipts", "broken"),
    [
        (9, BALANCED, INTAKE),
        (7, BALANCED, INTAKE),
        (8, [*BALANCED, ledger(4, superseded=1, duplicate=1)], LEDGER),
        (8, [*BALANCED, ledger(1, board="X08000002")], LEDGER),
        (8, [*BALANCED[:2], BALANCED[2].model_copy(update={"closes": False})], LEDGER),
        (8, [*BALANCED, GAP], "every record was read"),
        (9, [*BALANCED, intake(0, refused={0: "agreement"})], "no record both accepted and refused"),
    ],
)  # fmt: skip
def test_what_does_not_add_up_is_named(published: int, receipts: list[Any], broken: str) -> None:
    found = reconcile({"aa": account(published, *receipts)}, {}, ONE, 1)
    assert not found["ok"]
    assert [name for name, holds in found["adds_up"].items() if not holds] == [broken]


def test_agencies_that_are_wrong_in_opposite_ways_do_not_cancel_out() -> None:
    found = reconcile({"aa": account(9, *BALANCED), "bb": account(7, *BALANCED)}, {}, ONE, 1)
    assert found["total"]["published"] == 16
    assert not found["ok"]


def test_a_file_that_was_misread_is_not_ok() -> None:
    made = account(8, *BALANCED)
    made.agency.misread.append("1-missing.csv")
    found = reconcile({"aa": made}, {}, ONE, 1)
    assert not found["ok"]
    assert not found["adds_up"]["every file was read as it was made"]


def test_a_receipt_is_put_in_the_words_of_the_manifest() -> None:
    receipt = RECEIPT | {"rows_read": 9, "rows_refused": 1, "duplicates": 2, "repeated": 1, "new": 3, "revised": 1}
    assert as_planted(receipt | {"unchanged": 1}) == {"rows": 9, "refused": 1, "duplicates": 3, "events": 5}


@pytest.mark.parametrize(("published", "releases"), [(0, 1), (8, 0)])
def test_a_run_that_published_or_released_nothing_is_not_ok(published: int, releases: int) -> None:
    accounts = {"aa": account(published, *(BALANCED if published else []))}
    assert not reconcile(accounts, {}, {"X08000001": releases, "X08000002": 0}, 1)["ok"]


def test_the_equations_are_put_in_words() -> None:
    assert in_words(account(8, *BALANCED, rows_refused=2).figures()) == [
        "8 rows read, 2 refused at the agencies",
        "8 published = 7 accepted + 1 refused at intake",
        "7 accepted = 4 current + 1 superseded + 1 duplicate + 1 withdrawn",
    ]


def test_files_and_rules_are_summed() -> None:
    made = account(2, rows_refused=1, refused={"1004": 1}, duplicates=1, repeated=2)
    made.agency.add(RECEIPT | {"published": 3, "published_earlier_spool": 4, "refused": {"1004": 1, "565": 1}})
    figures = made.figures()
    assert figures["files"] == 2
    assert figures["published"] == 9
    assert figures["duplicates_at_agency"] == 3
    assert figures["refused_at_agency_by_rule"] == {"1004": 2, "565": 1}
    assert total([figures, figures])["refused_at_agency_by_rule"] == {"1004": 4, "565": 2}


def test_what_is_left_to_account_for_is_counted_down() -> None:
    made = account(8)
    assert made.unaccounted == 8
    made.add(BALANCED[0])
    assert made.unaccounted == 7
    for receipt in BALANCED[1:]:
        made.add(receipt)
    assert made.unaccounted == 0
    assert made.balanced


offsets = st.integers(0, 40)
stretches = st.lists(st.tuples(st.integers(0, 2), offsets, offsets), max_size=12)


@given(stretches)
def test_overlapping_and_repeated_intake_receipts_count_each_record_once(found: list[tuple[int, int, int]]) -> None:
    receipts = [intake(partition, (min(a, b), max(a, b))) for partition, a, b in found]
    made = account(0, *receipts, *receipts)
    expected = {(p, o) for p, a, b in found for o in range(min(a, b), max(a, b) + 1)}
    assert made.intake.accepted_count == len(expected)
