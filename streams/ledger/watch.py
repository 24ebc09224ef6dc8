"""Tells operators about the ledger itself: accounts that do not close, and event ids that several agencies use."""

from __future__ import annotations

import logging

from streams import metrics
from streams.ledger.fold import Ledger

log = logging.getLogger(__name__)


class LedgerWatch:
    """Sets the gauges, and logs once what is new. Log lines name agencies and boards, metrics never do."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._open: set[tuple[str, str]] = set()
        self._copied: set[tuple[str, ...]] = set()

    def look(self) -> None:
        """After every change of the ledger; costs a sum for each agency of each board."""
        accounts = self._ledger.accounts()
        unbalanced = {pair for pair, account in accounts.items() if not account.closes}
        metrics.OPEN_BALANCES.set(len(unbalanced))
        for board, agency in sorted(unbalanced - self._open):
            log.error(
                "balance-open: some records accepted from %s for board %s are counted in no class, or in two; "
                "run `python -m streams balances` to see which",
                agency,
                board,
            )
        for board, agency in sorted(self._open - unbalanced):
            log.warning("balance-closed: the records accepted from %s for board %s add up again", agency, board)
        self._open = unbalanced
        shared = self._ledger.state.shared
        metrics.SHARED_EVENT_IDS.set(len(shared))
        for agencies in sorted({tuple(sorted(using)) for using in shared.values()} - self._copied):
            self._copied.add(agencies)
            log.error(
                "event-key-copied: %s use the same event ids. Each agency's events are kept apart, and none is lost; "
                "see docs/runbook.md",
                " and ".join(agencies),
            )
