"""The ledger's storage: the Faust table of rows, and balances and boards derived from it in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, MutableMapping

from analysis.ledger.balance import Balance
from analysis.ledger.identity import OwnId, is_own_id, own_id, split
from analysis.ledger.row import Record, Row, decode, encode, fold, is_full

Return = tuple[str, str, str]
"""Board, agency and period of a submission return."""


class LedgerState:
    """Rows by agency and event id over any `bytes -> bytes` mapping (a Faust table, or a dict in tests).

    Every key touched by a chunk is rewritten, changed or not: after a crash the changelog is then complete up to the
    committed offset (docs/faust.md#tables-changelogs-and-recovery).
    """

    def __init__(self, table: MutableMapping[bytes, bytes]) -> None:
        self._table = table
        self.balances: dict[tuple[str, str], Balance] = {}
        self._board_keys: dict[str, set[bytes]] = {}
        self._returned: dict[bytes, Return] = {}
        self._agencies: set[str] = set()
        self.shared: dict[str, set[str]] = {}
        """Event id -> agencies, of ids that several agencies use: one of them has a copy of another's key."""

    def rebuild(self) -> None:
        """Derive balances and boards anew; called after every recovery, as rows of lost partitions are gone.

        Raises `ValueError` for a row under an event id alone, as an older version kept it: which of its records are
        whose it cannot say. Such a ledger is built anew from the accepted topic (docs/runbook.md).
        """
        self.balances.clear()
        self._board_keys.clear()
        self._returned.clear()
        self.shared.clear()
        self._agencies.clear()
        for key, value in self._table.items():
            if not is_own_id(key):
                raise ValueError
            row = decode(value)
            self._count(key, row)
            self._agencies.add(row.agency)
        for key in self._table:
            self._note_shared(key)

    def apply(
        self,
        records: Iterable[Record],
        repeated: set[tuple[OwnId, int]] | None = None,
        left_out: list[Record] | None = None,
    ) -> dict[bytes, Row]:
        """Fold records in and write each touched row once; returns the rows as they now stand.

        `repeated` takes in (own id, revision) of those whose revision was there before, `left_out` those that an
        event with too many versions does not take.
        """
        touched: dict[bytes, Row] = {}
        for record in records:
            key = record.own_id.encode()
            row = touched.get(key)
            if row is None:
                stored = self._table.get(key)
                row = decode(stored) if stored is not None else None
                if row is not None:
                    self.balances[row.board, row.agency].add(row, -1)
            if row is not None and left_out is not None and is_full(row, record):
                touched[key] = row
                left_out.append(record)
                continue
            if repeated is not None and row is not None and any(n == record.revision for n, _ in row.versions):
                repeated.add((record.own_id, record.revision))
            touched[key] = fold(row, record)
        for key, row in touched.items():
            is_new = key not in self._table
            self._table[key] = encode(row)
            self._count(key, row)
            if is_new:
                self._agencies.add(row.agency)
                self._note_shared(key)
        return touched

    def _note_shared(self, key: bytes) -> None:
        event_id, agency = split(key.decode())
        others = {o for o in self._agencies if o != agency and own_id(event_id, o).encode() in self._table}
        if others:
            self.shared[event_id] = {agency, *others}

    def _count(self, key: bytes, row: Row) -> None:
        self.balances.setdefault((row.board, row.agency), Balance()).add(row)
        self._board_keys.setdefault(row.board, set()).add(key)
        if row.short_type == "submission_return":
            self._returned[key] = row.board, row.agency, str(row.data["period"])
        else:
            self._returned.pop(key, None)

    def get(self, own: OwnId) -> Row | None:
        """The row of an agency's event, if there is one."""
        stored = self._table.get(own.encode())
        return decode(stored) if stored is not None else None

    def remove(self, own: OwnId) -> Row | None:
        """Take a row out for good (a tombstone in the changelog); returns it, or None if there was none."""
        key, row = own.encode(), self.get(own)
        if row is not None:
            del self._table[key]
            self.balances[row.board, row.agency].add(row, -1)
            self._board_keys[row.board].discard(key)
            self._returned.pop(key, None)
            if self.shared:
                self._forget_shared(*split(own))
        return row

    def _forget_shared(self, event_id: str, agency: str) -> None:
        using = self.shared.get(event_id, set())
        using.discard(agency)
        if len(using) == 1:
            del self.shared[event_id]

    def returns(self) -> dict[Return, int]:
        """(board, agency, period) -> how many standing submission returns say so."""
        return Counter(self._returned.values())

    def rows_of(self, board: str) -> Iterator[tuple[OwnId, Row]]:
        """Every row of a board, by own id."""
        for key in sorted(self._board_keys.get(board, ())):
            yield key.decode(), decode(self._table[key])

    def stored_rows_of(self, board: str) -> list[tuple[bytes, bytes]]:
        """A copy of a board's rows as stored, by own id; later changes do not show in it."""
        return [(key, self._table[key]) for key in sorted(self._board_keys.get(board, ()))]

    def __len__(self) -> int:
        return sum(map(len, self._board_keys.values()))
