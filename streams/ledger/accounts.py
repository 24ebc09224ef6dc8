"""Accounts from the ledger's rows and marks: one for each agency of each board. For workers and for the command."""

from __future__ import annotations

from analysis.ledger.balance import Account, Balance
from streams.ledger.accepted import Pair
from streams.ledger.marks import Marks
from streams.ledger.state import LedgerState


def account(state: LedgerState, marks: Marks, pair: Pair) -> Account:
    """Where the accepted records of an agency stand, by board and agency."""
    return Account(
        marks.accepted.counts.get(pair, 0),
        state.balances.get(pair, Balance()),
        marks.erased.get(pair, 0),
        marks.accepted.expired.get(pair, 0),
        marks.skipped.get(pair, 0),
    )


def accounts(state: LedgerState, marks: Marks) -> dict[Pair, Account]:
    """Every account, by board and agency in order."""
    pairs = {*marks.accepted.counts, *state.balances, *marks.erased, *marks.skipped}
    return {pair: account(state, marks, pair) for pair in sorted(pairs)}
