"""Holds what was accepted against the classes of the ledger, record by record. Pure: topics as they were read come in.

Three accounts of the same records are compared: intake's receipts, the places that the ledger took in, and the rows and
marks in which each of them must stand. A record is named by its place on the agency's raw topic, as the ledger has it
written (`analysis.ledger.coordinates`); receipts have the place as it is on the topic.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field

from analysis.ledger.balance import Account
from analysis.ledger.coordinates import Place, origin
from analysis.ledger.identity import split
from analysis.ledger.offsets import unplaced
from analysis.ledger.row import Row
from models.contract.receipts import GapReceipt, IntakeReceipt
from streams.ledger.accepted import Pair
from streams.ledger.accounts import accounts
from streams.ledger.marks import Marks
from streams.ledger.state import LedgerState


@dataclass(slots=True)
class Statement:
    """One agency's records for one board, and those of them that do not add up."""

    account: Account
    in_no_class: list[Place] = field(default_factory=list)
    """Accepted, and in no row or mark."""
    never_accepted: list[Place] = field(default_factory=list)
    """In a row or mark, and not among what was accepted."""
    in_two_classes: list[Place] = field(default_factory=list)
    many_copies: frozenset[str] = frozenset()
    """Event ids whose row remembers only the newest places: older copies of theirs are in no list here."""


@dataclass(slots=True)
class Balances:
    """Every account of a cluster."""

    statements: dict[Pair, Statement] = field(default_factory=dict)
    """By board and agency."""
    not_in_ledger: dict[str, list[Place]] = field(default_factory=dict)
    """By agency, places as they are on the raw topic: intake accepted it, and the ledger has not taken it in. Normal
    while the ledger is behind."""

    @property
    def close(self) -> bool:
        """Whether every record stands in one class, and none is on its way."""
        return not self.not_in_ledger and all(one.account.closes for one in self.statements.values())


def judge(
    events: MutableMapping[bytes, bytes],
    marks: MutableMapping[bytes, bytes],
    receipts: Iterable[IntakeReceipt | GapReceipt],
) -> Balances:
    """Accounts from the ledger's tables `events` and `marks`, and the workers' receipts in the order of their topics.

    Raises `ValueError` where a table holds a row that this version did not write.
    """
    state, marked = LedgerState(events), Marks(marks)
    state.rebuild()
    marked.rebuild()
    rows: defaultdict[Pair, dict[str, Row]] = defaultdict(dict)
    for board in {board for board, _ in state.balances}:
        for own, row in state.rows_of(board):
            rows[board, row.agency][split(own)[0]] = row
    found = Balances({pair: _statement(pair, one, marked, rows[pair]) for pair, one in accounts(state, marked).items()})
    taken: dict[tuple[str, Place], int] = {}
    for (_, agency), places in marked.accepted.places().items():
        for written, offset in places:
            at = origin(written)
            if at.restores == 0:
                key = agency, (at.partition, offset)
                taken[key] = max(taken.get(key, 0), at.generation)
    missing: defaultdict[str, set[Place]] = defaultdict(set)
    for (agency, place), generation in _least_generations(receipts).items():
        if taken.get((agency, place), -1) < generation:
            missing[agency].add(place)
    found.not_in_ledger = {agency: sorted(places) for agency, places in missing.items()}
    return found


def _least_generations(receipts: Iterable[IntakeReceipt | GapReceipt]) -> dict[tuple[str, Place], int]:
    """(agency, place on the raw topic) -> the generation that an accepted record there has at least.

    Each cut is counted before it is reported; it may be counted and not reported. A place of an earlier log is
    no answer to what is said of the present one.
    """
    found: dict[tuple[str, Place], int] = {}
    cuts: defaultdict[tuple[str, int], set[GapReceipt]] = defaultdict(set)
    for receipt in receipts:
        of = receipt.agency, receipt.partition
        if isinstance(receipt, GapReceipt):
            if receipt.cause == "truncated":
                cuts[of].add(receipt)
            continue
        for first, last in receipt.accepted:
            for offset in range(first, last + 1):
                found[receipt.agency, (receipt.partition, offset)] = len(cuts[of])
    return found


def _statement(pair: Pair, account: Account, marks: Marks, rows: Mapping[str, Row]) -> Statement:
    accepted = marks.accepted
    statement = Statement(account)
    if account.closes:
        return statement
    stands: defaultdict[Place, int] = defaultdict(int)
    for row in rows.values():
        for partition, offsets in row.seen.items():
            for offset in offsets:
                stands[partition, offset] += 1
    for place in [*marks.places_of(pair), *accepted.expired_places(pair)]:
        stands[place] += 1
    was_accepted = accepted.places().get(pair, set())
    statement.in_no_class = sorted(was_accepted - stands.keys())
    statement.never_accepted = sorted(stands.keys() - was_accepted)
    statement.in_two_classes = sorted(place for place, times in stands.items() if times > 1)
    statement.many_copies = frozenset(event_id for event_id, row in rows.items() if unplaced(row.records, row.seen))
    return statement
