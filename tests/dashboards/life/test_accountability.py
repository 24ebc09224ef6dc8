"""Anchors find a log that was made anew; the breach report names every release that was out, and who had it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, delete, text

from dashboards.__main__ import main
from dashboards.life import changes
from dashboards.life.anchor import Anchor, AnchorError, add_anchor, read_anchors
from dashboards.life.breach import report
from dashboards.life.changes import ReadingKind, note_reading
from dashboards.life.states import DecisionReason, LifeState
from models.store import AuditRow, audit, writing
from models.store.audit import START, AuditEntry, Head
from tests.dashboards.conftest import store
from tests.dashboards.life.test_changes import NEW, OLD, request
from tests.models.store.factories import make_release


def run(engine: Engine, *arguments: str) -> Result:
    """Run one command on a database."""
    url = engine.url.render_as_string(hide_password=False)
    return CliRunner().invoke(main, [*arguments, "--database-url", url])


@pytest.fixture
def lived(sqlite: Engine) -> Engine:
    """Two approved releases that rita asked for; one was read and taken."""
    store(sqlite, make_release("2025Q4"), make_release("2026Q1"), state=LifeState.BUILT)
    request(sqlite, "rita")
    changes.approve(sqlite, OLD, "amir")
    changes.approve(sqlite, NEW, "amir")
    note_reading(sqlite, ReadingKind.VIEW, NEW, who="dora")
    note_reading(sqlite, ReadingKind.DOWNLOAD, NEW, "csv", who="dora")
    note_reading(sqlite, ReadingKind.DOWNLOAD, NEW, "pdf", who="dora")
    return sqlite


def make_anew(engine: Engine, number: int) -> None:
    """What the database's owner could do: take the guard away, drop a row, and make every later hash fit again."""
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_log_no_update"))
        connection.execute(text("DROP TRIGGER audit_log_no_delete"))
        rows = [AuditEntry(*row) for row in connection.execute(text("SELECT * FROM audit_log ORDER BY number"))]
        rows = [entry._replace(at=datetime.fromisoformat(str(entry.at)).replace(tzinfo=UTC)) for entry in rows]
        connection.execute(delete(AuditRow))
        previous = START
        for new, entry in enumerate([one for one in rows if one.number != number], 1):
            entry = entry._replace(number=new, previous=previous)
            previous = entry.expected_hash()
            connection.execute(AuditRow.__table__.insert().values(entry._replace(hash=previous)._asdict()))  # type: ignore[attr-defined]


def test_an_anchor_is_added_each_time_and_checked_the_next(lived: Engine, tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    for number in (1, 2):
        done = run(lived, "audit", "anchor", str(file))
        assert done.exit_code == 0, done.output
        assert len(read_anchors(file)) == number
        note_reading(lived, ReadingKind.VIEW, NEW, who="dora")
    assert file.read_text().splitlines()[-1] == done.stdout.strip()
    assert "contains the 2 heads" in run(lived, "audit", "anchor", "--check", str(file)).stdout
    assert len(read_anchors(file)) == 2


def test_a_log_made_anew_holds_by_itself_and_not_against_its_anchors(lived: Engine, tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    assert run(lived, "audit", "anchor", str(file)).exit_code == 0
    with lived.connect() as connection:
        last_view = connection.execute(text("SELECT max(number) FROM audit_log")).scalar_one() - 2
    make_anew(lived, last_view)
    assert run(lived, "audit", "verify").exit_code == 0, "without an anchor nobody notices"
    done = run(lived, "audit", "anchor", str(file))
    assert done.exit_code == 1
    assert "audit.head-differs" in done.stderr
    assert len(read_anchors(file)) == 1


def test_a_file_of_something_else_is_not_written_to(lived: Engine, tmp_path: Path) -> None:
    file = tmp_path / "other"
    for content in ("notes\n", "2026-05-11T10:00:00+00:00 1:abc\n"):
        file.write_text(content)
        assert run(lived, "audit", "anchor", str(file)).exit_code == 2
        assert file.read_text() == content
    assert run(lived, "audit", "anchor", str(tmp_path / "no" / "folder")).exit_code == 2


def test_an_anchor_is_read_as_it_was_written(tmp_path: Path) -> None:
    anchor = Anchor(datetime(2026, 5, 11, 10, tzinfo=UTC), Head(7, "ab" * 32))
    add_anchor(tmp_path / "anchors", anchor)
    assert read_anchors(tmp_path / "anchors") == [anchor]
    (tmp_path / "folder").mkdir()
    with pytest.raises(AnchorError):
        read_anchors(tmp_path / "folder")


def reported(engine: Engine, *arguments: str) -> Any:
    return json.loads(run(engine, "breach-report", "--since", "2026-05-11", "--json", *arguments).stdout)


def test_the_report_names_what_was_out_and_who_had_it(lived: Engine) -> None:
    found = reported(lived)
    assert found["log"]["holds"]
    assert found["releases"] == [
        {"release_id": OLD, "state": "superseded", "approved_by": ["amir"], "readers": {}},
        {
            "release_id": NEW,
            "state": "approved",
            "approved_by": ["amir"],
            "readers": {"dora": {"download": 2, "view": 1}},
        },
    ]
    assert found["other_acts"] == {"amir": {"approve": 2, "supersede": 1}}
    text_ = run(lived, "breach-report", "--since", "2026-05-11").stdout
    assert "dora: download 2 times, view 1 times" in text_
    assert "what this report cannot show:" in text_


def at(day: int, action: str, subject: str, detail: str = "", who: str = "amir") -> AuditEntry:
    return AuditEntry(day, datetime(2026, 5, day, tzinfo=UTC), who, action, subject, detail, "", "")


LOG = [
    at(1, "approve", OLD, "approved"),
    at(3, "withdraw", OLD, "protection"),
    at(5, "approve", NEW, "approved_once"),
    at(7, "approve", NEW, "approved", "bo"),
    at(9, "view", NEW, "", "dora"),
]


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        (1, 20, {OLD: "withdrawn", NEW: "approved"}),
        (2, 4, {OLD: "withdrawn"}),
        (2, 3, {OLD: "approved"}),
        (4, 6, {}),
        (5, 7, {}),
        (6, 8, {NEW: "approved"}),
        (10, 20, {NEW: "approved"}),
    ],
)
def test_a_release_counts_while_it_could_be_seen(since: int, until: int, wanted: dict[str, str]) -> None:
    """One withdrawn within the period was out at its beginning; one approved once was seen by nobody."""
    start = datetime(2026, 5, 1, tzinfo=UTC) - timedelta(days=1)
    found = report(LOG, start + timedelta(days=since), start + timedelta(days=until))
    assert {one.release_id: str(one.state) for one in found.exposed} == wanted


def test_readers_outside_of_the_period_are_left_out() -> None:
    found = report(LOG, datetime(2026, 5, 10, tzinfo=UTC), datetime(2026, 5, 20, tzinfo=UTC))
    assert [one.readers for one in found.exposed] == [{}]


def test_a_log_that_does_not_hold_is_said_first_and_ends_with_1(lived: Engine) -> None:
    with lived.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_log_no_update"))
        connection.execute(text("UPDATE audit_log SET who = 'other' WHERE number = 2"))
    done = run(lived, "breach-report", "--since", "2026-05-11")
    assert done.exit_code == 1
    assert done.stdout.startswith("THE AUDIT LOG DOES NOT HOLD: audit.row-changed")


def test_the_period_is_not_empty(lived: Engine) -> None:
    done = run(lived, "breach-report", "--since", "2026-05-11", "--until", "2026-05-11")
    assert done.exit_code == 2


def test_withdrawn_releases_and_their_reasons_stay_in_the_report(lived: Engine) -> None:
    changes.withdraw(lived, NEW, "amir", DecisionReason.PROTECTION)
    assert {one["release_id"]: one["state"] for one in reported(lived)["releases"]}[NEW] == "withdrawn"


def test_what_the_ledger_removed_is_listed_in_words(lived: Engine) -> None:
    assert run(lived, "audit", "removals").stdout == ""
    with writing(lived).begin() as connection:
        audit.append(connection, "ledger", "erase", "X08000001:3:1234")
        audit.append(connection, "ledger", "erase.agency", "X08000001:aldermere-police", "10 or more")
        audit.append(connection, "ledger", "remove", "X08000001", "before 2024-01-11, fewer than 10")
        audit.append(connection, "rita", "request", "X08000001")
    lines = run(lived, "audit", "removals").stdout.splitlines()
    assert [line.split("UTC  ")[1] for line in lines] == [
        "X08000001:3:1234  a child's events, at their agency's request",
        "X08000001:aldermere-police  all that an agency sent  10 or more",
        "X08000001  past its retention  before 2024-01-11, fewer than 10",
    ]
    assert run(lived, "audit", "removals", "--since", "2026-05-11").stdout.splitlines() == lines
    assert run(lived, "audit", "removals", "--since", "2999-01-01").stdout == ""
    assert (
        "  ledger: erase 1 times, erase.agency 1 times, remove 1 times"
        in run(lived, "breach-report", "--since", "2026-05-11").stdout.splitlines()
    )
