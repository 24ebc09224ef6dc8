"""The ledger's books: rows, marks and homes of this worker's boards, and what must hold of them after every change."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from analysis.ledger.balance import Account
from analysis.ledger.row import Record, was_counted
from models.register import Register
from models.releases.requests import RequestErase, RequestRemove
from streams.errors import WorkerError
from streams.ledger.accepted import Pair
from streams.ledger.accounts import account, accounts
from streams.ledger.caused import Caused
from streams.ledger.chunk import balance_receipt, taken_back
from streams.ledger.erasing import Erasing
from streams.ledger.marks import Marks
from streams.ledger.removal import day_of, of_request
from streams.ledger.state import LedgerState, Return
from streams.standing import Standing
from streams.standing import out as remedy_out

log = logging.getLogger(__name__)


class UnreadableRow(WorkerError):
    """A row of a table that the ledger did not write; the message names the table."""


@dataclass
class Books:
    """The tables, and the register's rules about them."""

    register: Register
    state: LedgerState
    marks: Marks
    homes: MutableMapping[bytes, bytes] = field(default_factory=dict)
    """Settled home areas (`streams.ledger.homes`): they go with the last event of their child."""
    standing: Standing = field(default_factory=Standing)
    """Knows which removals have been announced already."""

    def __post_init__(self) -> None:
        self.erasing = Erasing(self.state, self.marks, self.homes)

    def rebuild(self) -> None:
        """Derive everything in memory anew; called after every recovery. Raises `UnreadableRow`."""
        for table, rebuild in (("events", self.state.rebuild), ("marks", self.marks.rebuild)):
            try:
                rebuild()
            except (ValueError, KeyError, TypeError, IndexError, AttributeError):
                log.critical(
                    "table-unreadable: table %s holds a row that this version cannot read; see docs/runbook.md", table
                )
                raise UnreadableRow(table) from None

    def account(self, pair: Pair) -> Account:
        """Where the accepted records of an agency stand, by board and agency."""
        return account(self.state, self.marks, pair)

    def accounts(self) -> dict[Pair, Account]:
        """Every account of this worker's boards."""
        return accounts(self.state, self.marks)

    def is_too_old(self, data: Mapping[str, object], first_ms: int, today: date) -> bool:
        """Whether the board no longer keeps it: then it does not come back from an old record either."""
        board = self.register.board_by_code.get(str(data["board"]))
        return board is not None and day_of(data, first_ms) < board.accepted_dates(today)[0]

    def counts(self, record: Record) -> bool:
        """Whether the record at this place stands in a class already: it was folded, or erased, before."""
        row = self.state.get(record.own_id)
        if row is not None and was_counted(row.seen.get(record.raw_partition, []), record.raw_offset):
            return True
        return self.marks.has_erased(record)

    def announce(self, caused: Caused, request: RequestErase | RequestRemove, events: int) -> None:
        """Leave a word that lasts, once: read again after a crash a request finds less than it had found."""
        removal = of_request(request, events)
        if not self.standing.has_announced(removal):
            caused.outs.append(remedy_out(removal))

    def close(self, caused: Caused, pairs: Iterable[Pair], returned: Iterable[Return], at: datetime) -> None:
        """Add what follows from a change: of the returns that stood before or were read, those that stand no more
        (a process that ended in between may have said that one is there), and the agencies' balances.

        Nulls get the time that the records beside them have, by our clocks and not by the broker's: segments are
        closed by their records' times, and those of one topic have to be of one clock.
        """
        pairs = sorted(pairs)
        stamp = int(at.timestamp() * 1000)
        caused.outs = [replace(out, timestamp_ms=stamp) if out.value is None else out for out in caused.outs]
        gone = sorted(set(returned) - self.state.returns().keys())
        caused.first += [taken_back(*one, at) for one in gone]
        self.marks.accepted.write({board for board, _ in pairs})
        for pair in pairs:
            caused.outs.append(balance_receipt(*pair, self.account(pair), self.marks.accepted.through(pair), at))
