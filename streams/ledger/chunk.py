"""One chunk of accepted records -> what the ledger says about it: balances and submission states."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from analysis.ledger.balance import Account
from analysis.ledger.row import Row
from analysis.returns import due_on
from models.contract import topics
from models.contract.fields import size_class
from models.contract.receipts import LedgerReceipt
from models.register import Register
from models.releases import SubmissionState
from streams.outputs import Out


def balance_receipt(board: str, agency: str, account: Account, through: Iterable[tuple[int, int]], at: datetime) -> Out:
    """The agency's records of one board, as they now stand: absolute, so a repetition changes nothing."""
    rows = account.rows
    receipt = LedgerReceipt(
        agency=agency,
        board=board,
        accepted=size_class(account.accepted),
        current=rows.current,
        superseded=rows.superseded,
        duplicate=rows.duplicate,
        withdrawn=rows.withdrawn,
        erased=size_class(account.erased),
        expired=size_class(account.expired),
        skipped=account.skipped,
        closes=account.closes,
        through=tuple(through),
        conflicts=rows.conflicts,
        at=at,
    )
    return Out(topics.receipts(agency), 0, f"ledger|{board}".encode(), receipt.model_dump_json().encode())


def submission_states(rows: Iterable[Row], register: Register) -> list[Out]:
    """The state of each submission return among these rows (a withdrawn one is not among them)."""
    return [_submission(row, register) for row in rows if row.short_type == "submission_return"]


def _submission(row: Row, register: Register) -> Out:
    period = str(row.data["period"])
    received = datetime.fromtimestamp(row.first_ms / 1000, UTC).replace(microsecond=0)
    submitted = date.fromisoformat(row.data["submitted_on"])
    agency = register.agency_by_id.get(row.agency)
    due = due_on(period, agency.returns_due_days if agency else 0)
    state = SubmissionState(
        agency=row.agency,
        board=row.board,
        period=period,
        submitted_on=submitted,
        received_at=received,
        on_time=submitted <= due,
    )
    key = f"{row.board}|{row.agency}|{period}".encode()
    return Out(topics.SUBMISSIONS, 0, key, state.model_dump_json().encode())


def taken_back(board: str, agency: str, period: str, at: datetime) -> Out:
    """A return that stands no more: withdrawn, moved to another period, or erased."""
    state = SubmissionState(
        agency=agency, board=board, period=period, submitted_on=at.date(), received_at=at, on_time=False, withdrawn=True
    )
    return Out(topics.SUBMISSIONS, 0, f"{board}|{agency}|{period}".encode(), state.model_dump_json().encode())
