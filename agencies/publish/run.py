"""Publishing one file, step by step: mint its rows, plan, ask where a person must decide, record, deliver."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from agencies.errors import AgencyError
from agencies.mint import WITHDRAWAL, Minted, Minter, NotMinted, envelope
from agencies.outbox import Changes, Outbox, Outgoing, Stored, Takeback
from agencies.outbox.erasures import is_erased
from agencies.publish.plan import Plan, Revised, make_plan
from agencies.publish.receipt import Receipt
from agencies.rows import CanonicalRow, DuplicateRow, RefusedRow, Row, SkippedRow
from models.contract import tokens
from models.service import clock
from models.service.exits import NOT_ALL


class NeedsYes(AgencyError):
    """A complete file would withdraw so much, or so uncertainly, that a person has to say `--yes`."""

    exit_code = NOT_ALL


@dataclass(frozen=True, slots=True)
class Complete:
    """The days a file is the whole truth for, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Minting:
    """The rows of a file, minted, with what a complete file has to know about those that were not."""

    events: list[Minted]
    kept: set[str]
    """Record digests of rows refused after reading."""
    unidentified: int
    """Rows refused in reading: which record they belong to is not known."""


def mint_rows(rows: Iterable[Row], minter: Minter, receipt: Receipt) -> Minting:
    """Mint every row and count it into the receipt: rows, not the one or more events each gives."""
    events: list[Minted] = []
    kept: set[str] = set()
    numbers: set[int] = set()
    refused: set[tuple[int, str]] = set()
    unidentified = 0
    for row in rows:
        numbers.add(row.number)
        if isinstance(row, DuplicateRow):
            receipt.duplicates += 1
        elif isinstance(row, RefusedRow):
            unidentified += 1
            refused.update((row.number, refusal.rule) for refusal in row.refusals)
        elif isinstance(row, SkippedRow):
            receipt.skipped += 1
        else:
            made = minter.accept(row) if isinstance(row, CanonicalRow) else minter.mint(row)
            receipt.warnings.update(warning.rule for warning in row.warnings)
            if isinstance(made, NotMinted):
                kept.add(made.record_digest)
                refused.update((row.number, refusal.rule) for refusal in made.refusals)
            else:
                events.append(made)
    receipt.rows_read, receipt.rows_refused = len(numbers), len({number for number, _ in refused})
    receipt.refused.update(rule for _, rule in refused)
    return Minting(events, kept, unidentified)


def plan_file(outbox: Outbox, minting: Minting, source: str, board: str | None, complete: Complete | None) -> Plan:
    """Compare the minted file with the outbox; with `complete`, also find what is no longer in it."""
    scope: list[Stored] = []
    if complete is not None:
        scope = outbox.in_scope(source, board, complete.first, complete.last)
    stored = outbox.of_records({event.record_digest for event in minting.events})
    return make_plan(minting.events, stored, scope, minting.kept)


def ask(plan: Plan, minting: Minting, yes: bool) -> None:
    """Raise `NeedsYes` when withdrawing needs a person's word and it was not given."""
    if yes or not plan.gone:
        return
    if plan.too_many_gone:
        raise NeedsYes(
            f"{len(plan.gone)} of {plan.in_scope} events would be withdrawn, more than 10 %; nothing was published. "
            "If the file is complete, run it again with --yes"
        )
    if minting.unidentified:
        raise NeedsYes(
            f"{minting.unidentified} rows were refused and cannot be matched with what was published before: some of "
            f"the {len(plan.gone)} events to withdraw may be theirs; nothing was published. "
            "Mend those rows, or run it again with --yes"
        )


def record(outbox: Outbox, minter: Minter, plan: Plan, source: str) -> None:
    """Write the plan into the outbox as one transaction; from here on nothing can be lost."""
    at = clock.now()
    withdraw = []
    for stored in (*plan.moved, *plan.gone):
        data = minter.withdrawal(stored.event_id, stored.board)
        payload = envelope(minter.agency, WITHDRAWAL, data, stored.revision + 1, at)
        withdraw.append(Takeback(stored.event_id, stored.board, stored.revision + 1, payload))
    publish = [_outgoing(minter.agency, item, at) for item in plan.publish]
    outbox.record(Changes(tuple(withdraw), tuple(publish), source, at.isoformat()))


def _outgoing(agency: str, item: Revised, at: datetime) -> Outgoing:
    event, before = item.event, item.before
    takes_back = item.takes_back
    return Outgoing(
        event.event_id,
        event.record_digest,
        before.event_type if takes_back and before else event.event_type,
        event.board,
        before.day if takes_back and before else event.day.isoformat(),
        item.revision,
        None if takes_back else event.content_hash,
        envelope(agency, event.event_type, event.data, item.revision, at),
    )


def publish_rows(
    rows: Iterable[Row],
    minter: Minter,
    outbox: Outbox,
    receipt: Receipt,
    *,
    source: str,
    complete: Complete | None = None,
    yes: bool = False,
    show: Callable[[Plan], None] = lambda _: None,
) -> Plan:
    """All but the delivery: after it the outbox's queue holds what the file changes.

    `show` sees the plan before anything is asked or recorded. Raises `NeedsYes`, and has then changed nothing.
    """
    outbox.belongs_to(minter.agency, key_check(minter))
    minting = _without_erased(mint_rows(rows, minter, receipt), outbox, receipt)
    plan = plan_file(outbox, minting, source, minter.board, complete)
    show(plan)
    ask(plan, minting, yes)
    record(outbox, minter, plan, source)
    receipt.new, receipt.revised, receipt.unchanged = plan.new, plan.revised, plan.unchanged
    receipt.withdrawn, receipt.repeated = plan.withdrawn, plan.repeated
    return plan


def _without_erased(minting: Minting, outbox: Outbox, receipt: Receipt) -> Minting:
    """Records that were erased do not go out again, though the export may still hold them."""
    kept = [event for event in minting.events if not is_erased(outbox, event.record_digest)]
    receipt.erased = len(minting.events) - len(kept)
    return replace(minting, events=kept)


def key_check(minter: Minter) -> str:
    """A keyed value by which the outbox knows its event-id key again, without holding it."""
    return tokens.event_id(minter.keys.record, "key-check", "", "")
