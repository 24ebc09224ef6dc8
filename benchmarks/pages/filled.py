"""A store with years of releases for many boards, and what stands beside them: returns, signals, actions, the log."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, Engine, insert

from benchmarks.pages import copies
from dashboards.life.states import LifeState
from models.contract.periods import quarters_between
from models.register import Register, load_register
from models.releases import Release
from models.service import clock
from models.signals.signal import Recurrence
from models.store import (
    ReleaseApprovalRow,
    ReleaseCellRow,
    ReleaseRow,
    ReleaseStateRow,
    ServiceStateRow,
    SignalRow,
    SubmissionRow,
    audit,
    upgrade,
    writing,
)
from models.store.actions import Source, close, new_action_id, open_action, tell

ACTIONS_A_YEAR, SIGNALS_A_YEAR, ACTS_A_YEAR = 12, 8, 200
OPEN_ACTIONS, OPEN_SIGNALS = 6, 3
"""Of one board. The acts are rows of the audit log, which is kept for six years."""
LOG_YEARS = 6


def write_register(folder: Path, boards: int) -> Register:
    """The register of so many boards, written where the pages read it."""
    content = copies.register(boards)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"register-{content['version']}.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "utf-8")
    return load_register(folder, clock.today())


def fill(engine: Engine, register: Register, two_years: list[Release], years: int) -> None:
    """Make the tables, and fill them for every board of the register."""
    upgrade(engine)
    with writing(engine).begin() as connection:
        connection.execute(insert(ServiceStateRow).values(name="sink", value="caught_up", updated_at=clock.now()))
        for number, board in enumerate(register.boards, 1):
            for release in copies.releases(two_years, number, years):
                _store(connection, release)
            _beside(connection, register, board.code, years)
            _log(connection, board.code, min(years, LOG_YEARS))


def _store(connection: Connection, release: Release) -> None:
    """A release as the sink stores it, approved by two people."""
    at = release.cut_off + timedelta(days=1)
    row = release.model_dump(include=set(ReleaseRow.__table__.columns.keys()))
    row |= {"body": release.model_dump_json().encode(), "received_at": at, "src_offset": 0}
    connection.execute(insert(ReleaseRow).values(**row))
    cells = [{"release_id": release.release_id, **cell.model_dump()} for cell in release.cells]
    connection.execute(insert(ReleaseCellRow), cells)
    state = {"release_id": release.release_id, "state": LifeState.APPROVED.value, "since": at}
    connection.execute(insert(ReleaseStateRow).values(**state))
    for who in ("sub:one", "sub:two"):
        approved = {"release_id": release.release_id, "principal": who, "approved_at": at}
        connection.execute(insert(ReleaseApprovalRow).values(**approved))


def _beside(connection: Connection, register: Register, board: str, years: int) -> None:
    """Returns of every agency, signals and actions, of which the newest are open."""
    today, agencies = clock.today(), register.agencies_of(board)
    first = date(today.year - years, today.month, 1)
    returned = [
        {"board": board, "agency": agency.id, "period": quarter, "submitted_on": today, "received_at": clock.now(),
         "on_time": True, "src_offset": 0}
        for agency in agencies
        for quarter in quarters_between(first, today)
    ]  # fmt: skip
    connection.execute(insert(SubmissionRow), returned)
    wards = [ward.code for ward in next(one for one in register.boards if one.code == board).wards]
    for number in range(SIGNALS_A_YEAR * years):
        opened = today - timedelta(days=365 * number // SIGNALS_A_YEAR)
        closed = opened + timedelta(days=60) if number >= OPEN_SIGNALS else None
        days = {"starts_on": opened - timedelta(days=28), "ends_on": opened, "opened_on": opened, "updated_on": opened}
        signal: dict[str, Any] = {
            "signal_id": f"{board}.{number}",
            "board": board,
            "kind": "cse_concern",
            "agency": None,
        }
        signal |= {"areas": wards[number % len(wards)], "recurrence": Recurrence.ONE_TO_FIVE.value, "src_offset": 0}
        connection.execute(insert(SignalRow).values(**signal, **days, closed_on=closed))
    for number in range(ACTIONS_A_YEAR * years):
        opened = today - timedelta(days=365 * (number + 1) // ACTIONS_A_YEAR)
        action, owner = new_action_id(), agencies[number % len(agencies)].id
        open_action(
            connection, "chair", board=board, source=Source.AUDIT, owner=owner, action_id=action,
            title="Synthetic: look at what was found", opened_on=opened, due_on=opened + timedelta(days=90),
        )  # fmt: skip
        tell(connection, "chair", action, [owner], opened)
        if number >= OPEN_ACTIONS:
            close(connection, "chair", action, opened + timedelta(days=60))


def _log(connection: Connection, board: str, years: int) -> None:
    """Readings of a board's pages, by several people."""
    for number in range(ACTS_A_YEAR * years):
        audit.append(connection, f"sub:{number % 9}", "read", board, "overview")
