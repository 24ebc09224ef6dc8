"""An account: every accepted record is in one class, and nothing is in any class of an account that is empty."""

from __future__ import annotations

from analysis.ledger.balance import Account, Balance
from analysis.ledger.row import fold
from tests.analysis.ledger.test_row import a_record


def test_every_record_of_a_row_is_in_one_class() -> None:
    row = None
    for offset, revision in enumerate((0, 0, 1)):
        row = fold(row, a_record(revision, offset))
    assert row is not None
    balance = Balance()
    assert balance.records == 0
    balance.add(row)
    assert (balance.current, balance.superseded, balance.duplicate, balance.withdrawn) == (1, 1, 1, 0)
    assert balance.records == 3


def test_an_account_closes_when_all_accepted_records_are_in_a_class() -> None:
    assert Account(0, Balance()).closes
    rows = Balance(current=3, superseded=1)
    assert Account(4, rows).closes
    assert Account(9, rows).difference == 5
    assert Account(9, rows, erased=1, expired=2, skipped=2).closes
    assert Account(9, rows, erased=2, expired=2, skipped=2).difference == -1
