"""After retention has taken the oldest rows: the log is verified, anchors are compared, and both say what is gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, update

from dashboards.life import changes
from dashboards.life.changes import ReadingKind, note_reading
from dashboards.life.states import DecisionReason, Fault, LifeState
from dashboards.life.verify import LogVerdict, Mismatch, verify
from models.operations.retention import YEAR
from models.store import ReleaseApprovalRow, ReleaseCorrectionRow, ReleaseStateRow, audit, writing
from models.store.audit import Breach
from models.store.audit_retention import remove_past
from tests.dashboards.conftest import TODAY, browser, signed_in, store
from tests.dashboards.filling import words
from tests.dashboards.life.test_accountability import run
from tests.dashboards.life.test_changes import NEW, OLD
from tests.models.store.factories import BOARD, make_cell, make_release

DAYS = 6 * YEAR
OLDEST = f"{BOARD}.2025Q3.l1"
"""Whose acts have all gone from the log: its state and approvals are in their tables alone."""
Lived = tuple[Engine, Path]


@pytest.fixture
def lived(sqlite: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lived:
    """Seven years ago two releases were approved, and the later one corrected; a year ago a third, which superseded it.

    The oldest rows have just gone, and an anchor was kept each time.
    """

    def at(moment: datetime) -> None:
        monkeypatch.setenv("YPSEM_CLOCK_OFFSET_SECONDS", str(int((moment - datetime.now(UTC)).total_seconds())))

    anchors = tmp_path / "heads"
    cells = (make_cell(value=15),)
    store(sqlite, *(make_release(w, cells=cells) for w in ("2025Q3", "2025Q4", "2026Q1")), state=LifeState.BUILT)
    at(TODAY - timedelta(days=7 * YEAR))
    for who in ("sub:amir", "sub:bea"):
        changes.approve(sqlite, OLDEST, who)
    changes.approve(sqlite, OLD, "sub:amir")
    assert run(sqlite, "audit", "anchor", str(anchors)).exit_code == 0
    changes.approve(sqlite, OLD, "sub:bea")
    changes.correct(sqlite, OLD, "sub:bea", Fault.RETURN)
    note_reading(sqlite, ReadingKind.VIEW, OLD, who="sub:dora")
    at(TODAY - timedelta(days=YEAR))
    changes.approve(sqlite, NEW, "sub:amir")
    changes.approve(sqlite, NEW, "sub:bea")
    assert run(sqlite, "audit", "anchor", str(anchors)).exit_code == 0
    at(TODAY)
    assert remove_past(sqlite, DAYS) == 6
    changes.withdraw(sqlite, OLD, "sub:bea", DecisionReason.WRONG_RETURN)
    return sqlite, anchors


def verdict(engine: Engine) -> LogVerdict:
    with writing(engine).begin() as connection:
        return verify(connection, kept_days=DAYS)


def test_the_log_holds_and_everybody_who_asks_is_told_what_is_gone(lived: Lived, register_dir: Path) -> None:
    engine, anchors = lived
    assert verdict(engine).wrong is None
    done = run(engine, "audit", "verify")
    assert done.exit_code == 0, done.stderr
    assert "Rows 1 to 6 were removed by retention on 2026-05-11: they were older than 2190 days." in done.stdout
    compared = run(engine, "audit", "anchor", str(anchors), "--check")
    assert compared.exit_code == 0, compared.stderr
    assert "1 heads of" in compared.stderr
    assert "removed by retention" in compared.stderr
    assert "contains the 1 heads" in compared.stdout
    assert "Rows 1 to 6 were removed" in run(engine, "breach-report", "--since", "2026-01-01").stdout
    gil = browser(engine, register_dir, signed_in(engine, "information-governance:*", subject="gil"))
    page = words(gil.get("/audit/chain"))
    assert "Yes: no row was changed" in page
    assert "Rows 1 to 6, on 11 May 2026" in page


def test_a_longer_time_is_not_forgotten(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YPSEM_AUDIT_YEARS", "7")
    done = run(lived[0], "audit", "verify")
    assert done.exit_code == 1
    assert Breach.EARLY in done.stderr


Tampering = Callable[[], object]
TAMPERED = {
    "an approval that the rest of the log has": (
        delete(ReleaseApprovalRow).where(ReleaseApprovalRow.release_id == NEW), Mismatch.APPROVAL,
    ),
    "a state that the rest of the log has": (
        update(ReleaseStateRow).where(ReleaseStateRow.release_id == OLD).values(state="approved", reason=None),
        Mismatch.STATE,
    ),
    "a notice of today that the log has not": (
        update(ReleaseCorrectionRow).values(corrected_at=TODAY), Mismatch.CORRECTION,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_what_the_tables_say_is_still_held_against_the_rest_of_the_log(name: str, lived: Lived) -> None:
    statement, what = TAMPERED[name]
    with lived[0].begin() as connection:
        connection.execute(statement)
    assert verdict(lived[0]).wrong is what


def test_an_impossible_act_is_still_found(lived: Lived) -> None:
    with writing(lived[0]).begin() as connection:
        audit.append(connection, "sub:amir", "approve", OLD, "approved")
    assert verdict(lived[0]).wrong is Mismatch.IMPOSSIBLE, "it was withdrawn: the rest of the log says so"
