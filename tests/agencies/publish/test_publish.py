"""What publishing a file does to what the broker holds: corrections, deletions, moves, rotation, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agencies.keys import destroy, load_keys, rotate_link
from agencies.mint import Minter
from agencies.outbox import Outbox, confirmations
from agencies.publish.plan import Plan
from agencies.publish.receipt import Receipt
from agencies.publish.run import Complete, NeedsYes, publish_rows
from agencies.rows import CanonicalRow, DuplicateRow, RefusedRow, Row, SkippedRow
from models.contract.events import EVENT
from models.contract.receipts import IntakeReceipt, RefusedRecord
from models.contract.refusals import Refusal
from models.service import clock
from tests.agencies.support import OTHER_WARD, YEAR, Log, minter, publish, row
from tests.factories import BOARD, OTHER_BOARD, POLICE, event, wire


@pytest.fixture
def by(tmp_path: Path) -> Minter:
    return minter(tmp_path)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path / "outbox.sqlite") as opened:
        yield opened


TWENTY = [row(str(n), number=n) for n in range(20)]


def test_a_file_published_twice_changes_nothing(outbox: Outbox, by: Minter) -> None:
    log = Log()
    first = publish(outbox, log, TWENTY, by)
    second = publish(outbox, log, reversed(TWENTY), by, YEAR)
    assert (first.rows_read, first.new, first.published, first.unchanged) == (20, 20, 20, 0)
    assert (second.rows_read, second.new, second.revised, second.withdrawn, second.published) == (20, 0, 0, 0, 0)
    assert second.unchanged == 20
    assert len(log.live()) == len(log.values) == 20
    assert {key for key, _ in log.values} == {BOARD.encode()}


def test_correcting_a_start_date_revises_the_event(outbox: Outbox, by: Minter) -> None:
    log = Log()
    publish(outbox, log, [row()], by)
    receipt = publish(outbox, log, [row(occurred_on="2026-02-01")], by)
    assert (receipt.new, receipt.revised, receipt.published) == (0, 1, 1)
    (live,) = log.live().values()
    assert (live["revision"], live["occurred_on"]) == (1, "2026-02-01")


def test_correcting_a_start_date_that_is_part_of_the_key_replaces_the_event(outbox: Outbox, by: Minter) -> None:
    log = Log()
    wrong = row("child 5|2026-02-03", occurred_on="2026-02-03")
    right = row("child 5|2026-02-01", occurred_on="2026-02-01")
    publish(outbox, log, [*TWENTY, wrong], by)
    receipt = publish(outbox, log, [*TWENTY, right], by, YEAR)
    assert (receipt.new, receipt.withdrawn, receipt.unchanged) == (1, 1, 20)
    assert sorted(data["occurred_on"] for data in log.live().values()).count("2026-02-01") == 1
    assert len(log.live()) == 21


def test_a_row_gone_from_a_complete_file_is_withdrawn_and_one_that_returns_gets_a_higher_revision(
    outbox: Outbox, by: Minter
) -> None:
    log, shown = Log(), list[Plan]()
    publish(outbox, log, TWENTY, by)
    assert publish(outbox, log, TWENTY[1:], by).withdrawn == 0
    receipt = publish(outbox, log, TWENTY[1:], by, YEAR, show=shown.append)
    assert (receipt.withdrawn, receipt.unchanged) == (1, 19)
    assert shown[0].gone_by_type_and_month() == [("missing_episode", "2026-02", 1)]
    assert len(log.live()) == 19
    withdrawal = log.events()[-1]
    assert withdrawal["type"] == "ypsem.withdrawal.v1"
    assert withdrawal["data"].keys() == {"event_id", "revision", "agency", "board", "agreement_id"}
    assert publish(outbox, log, TWENTY[1:], by, YEAR).withdrawn == 0
    receipt = publish(outbox, log, TWENTY, by, YEAR)
    assert (receipt.revised, receipt.unchanged) == (1, 19)
    assert log.live()[withdrawal["data"]["event_id"]]["revision"] == 2


def test_complete_speaks_only_for_its_days_its_kind_of_file_and_its_board(
    outbox: Outbox, by: Minter, tmp_path: Path
) -> None:
    log = Log()
    rows = [row("in"), row("before", occurred_on="2025-03-31"), row("after", occurred_on="2026-04-01")]
    publish(outbox, log, [*rows, row("first", occurred_on="2025-04-01"), row("last", occurred_on="2026-03-31")], by)
    publish(outbox, log, [row("elsewhere", ward=OTHER_WARD)], by)
    other_board = minter(tmp_path, keys=by.keys, board=OTHER_BOARD)
    assert publish(outbox, log, [], other_board, YEAR, yes=True).withdrawn == 1
    assert publish(outbox, log, [], by, YEAR, yes=True).withdrawn == 3
    assert sorted(data["occurred_on"] for data in log.live().values()) == ["2025-03-31", "2026-04-01"]


def test_events_of_another_kind_of_file_are_not_withdrawn(outbox: Outbox, by: Minter) -> None:
    log = Log()
    publish(outbox, log, TWENTY, by)
    receipt = Receipt(POLICE)
    publish_rows([], by, outbox, receipt, source="mapped-csv/another", complete=YEAR, yes=True)
    assert receipt.withdrawn == 0


def test_more_than_a_tenth_needs_yes_and_nothing_is_published_without(outbox: Outbox, by: Minter) -> None:
    log = Log()
    publish(outbox, log, TWENTY, by)
    with pytest.raises(NeedsYes, match="3 of 20"):
        publish(outbox, log, [*TWENTY[3:], row("new")], by, YEAR)
    assert len(log.values) == 20
    assert outbox.pending() == 0
    assert publish(outbox, log, TWENTY[2:], by, YEAR).withdrawn == 2
    assert publish(outbox, log, TWENTY[5:], by, YEAR, yes=True).withdrawn == 3


def test_a_row_refused_now_does_not_withdraw_what_was_published(outbox: Outbox, by: Minter) -> None:
    log = Log()
    publish(outbox, log, TWENTY, by)
    now_refused = row("0", status="no such status")
    receipt = publish(outbox, log, [now_refused, *TWENTY[1:]], by, YEAR)
    assert (receipt.rows_refused, receipt.withdrawn, receipt.unchanged) == (1, 0, 19)
    assert receipt.refused == {"schema.enum": 1}
    assert len(log.live()) == 20


def test_a_refused_row_of_unknown_record_makes_withdrawing_ask(outbox: Outbox, by: Minter) -> None:
    log = Log()
    publish(outbox, log, TWENTY, by)
    unreadable = RefusedRow(7, (Refusal("1004", "occurred_on"), Refusal("564", "occurred_on")))
    with pytest.raises(NeedsYes, match="1 rows were refused"):
        publish(outbox, log, [unreadable, *TWENTY[1:]], by, YEAR)
    assert publish(outbox, log, [unreadable, *TWENTY], by, YEAR).withdrawn == 0
    receipt = publish(outbox, log, [unreadable, *TWENTY[1:]], by, YEAR, yes=True)
    assert (receipt.withdrawn, receipt.rows_refused) == (1, 1)
    assert receipt.refused == {"1004": 1, "564": 1}


def test_moving_board_withdraws_the_old_event_before_the_new_one(outbox: Outbox, by: Minter) -> None:
    log = Log()
    publish(outbox, log, TWENTY, by)
    moved = [row("0", ward=OTHER_WARD), *TWENTY[1:]]
    receipt = publish(outbox, log, moved, by)
    assert (receipt.new, receipt.withdrawn, receipt.unchanged) == (1, 1, 19)
    old, new = log.events()[-2:]
    assert (old["type"], old["data"]["board"]) == ("ypsem.withdrawal.v1", BOARD)
    assert (new["type"], new["data"]["board"], new["data"]["revision"]) == (
        "ypsem.missing_episode.v1", OTHER_BOARD, 0,
    )  # fmt: skip
    assert old["data"]["event_id"] != new["data"]["event_id"]
    assert [key for key, _ in log.values[-2:]] == [BOARD.encode(), OTHER_BOARD.encode()]
    again = publish(outbox, log, moved, by)
    assert (again.withdrawn, again.published, again.unchanged) == (0, 0, 20)
    back = publish(outbox, log, TWENTY, by)
    assert (back.revised, back.withdrawn) == (1, 1)
    assert log.live()[old["data"]["event_id"]]["revision"] == 2
    assert len(log.live()) == 20


def test_an_agency_of_two_boards_returns_the_same_period_to_both(outbox: Outbox, by: Minter, tmp_path: Path) -> None:
    """A return is a statement to one board: it does not move, as a record of a child does."""
    log = Log()
    told = row(
        "2026Q1", ward=None, event_type="ypsem.submission_return.v1", identifiers={}, period="2026Q1",
        submitted_on="2026-04-10",
    )  # fmt: skip
    fields = {name: value for name, value in told.fields.items() if name not in ("occurred_on", "status")}
    first, other = (minter(tmp_path, keys=by.keys, board=board) for board in (BOARD, OTHER_BOARD))
    for _ in range(2):
        for board in (first, other):
            assert publish(outbox, log, [replace(told, fields=fields)], board).withdrawn == 0
    assert sorted(data["board"] for data in log.live().values()) == [BOARD, OTHER_BOARD]
    assert {data["revision"] for data in log.live().values()} == {0}
    assert len(log.values) == 2


def test_the_new_board_is_not_told_before_the_old_one_was(outbox: Outbox, by: Minter) -> None:
    log = Log()
    publish(outbox, log, [row()], by)
    log.takes = 0
    publish(outbox, log, [row(ward=OTHER_WARD)], by)
    log.takes = 1
    publish(outbox, log, [], by)
    assert [event["type"] for event in log.events()][1:] == ["ypsem.withdrawal.v1", "ypsem.missing_episode.v1"]


def test_rotating_the_link_key_keeps_ids_and_revises_to_new_tokens(outbox: Outbox, by: Minter, tmp_path: Path) -> None:
    log = Log()
    publish(outbox, log, TWENTY, by)
    before = log.live()
    rotate_link(tmp_path)
    receipt = publish(outbox, log, TWENTY, minter(tmp_path, keys=load_keys(tmp_path)), YEAR)
    assert (receipt.new, receipt.revised, receipt.withdrawn) == (0, 20, 0)
    after = log.live()
    assert after.keys() == before.keys()
    assert {data["revision"] for data in after.values()} == {1}
    assert epochs(after) == {1, 2}, "both, while the older key is there"
    assert tokens(before, "nhs") <= tokens(after, "nhs")
    destroy(tmp_path, "link", 1)
    receipt = publish(outbox, log, TWENTY, minter(tmp_path, keys=load_keys(tmp_path)), YEAR)
    assert (receipt.new, receipt.revised, receipt.withdrawn) == (0, 20, 0)
    ended = log.live()
    assert epochs(ended) == {2}
    assert not tokens(before, "nhs") & tokens(ended, "nhs")
    assert tokens(ended, "nhs") < tokens(after, "nhs")


def epochs(events: dict[str, dict[str, Any]]) -> set[int]:
    """Epochs of all tokens of these events."""
    return {token["epoch"] for data in events.values() for token in data["tokens"]}


def tokens(events: dict[str, dict[str, Any]], kind: str) -> set[str]:
    """All tokens of one kind."""
    return {token["token"] for data in events.values() for token in data["tokens"] if token["kind"] == kind}


def test_the_last_row_of_a_record_counts(outbox: Outbox, by: Minter) -> None:
    log = Log()
    rows: list[Row] = [row(police_grade="low"), DuplicateRow(3, 2), SkippedRow(4), row(number=5, police_grade="high")]
    receipt = publish(outbox, log, rows, by)
    assert (receipt.rows_read, receipt.duplicates, receipt.skipped, receipt.repeated) == (4, 1, 1, 1)
    assert [data["police_grade"] for data in log.live().values()] == ["high"]


def test_a_line_of_two_events_is_one_row_read_and_one_refused(outbox: Outbox, by: Minter) -> None:
    concern = replace(row(number=2), event_type="ypsem.cse_concern.v1", fields={"occurred_on": "2026-02-03"})
    rows = [row(number=2), concern, row("2", 3, ward=None), row("2x", 3, ward=None)]
    receipt = publish(outbox, Log(), rows, by)
    assert (receipt.rows_read, receipt.rows_refused, receipt.new) == (2, 1, 2)
    assert receipt.refused == {"board-unknown": 1}


def test_a_record_in_two_boards_of_one_file_is_the_last_ones(outbox: Outbox, by: Minter) -> None:
    log = Log()
    publish(outbox, log, [row(), row(number=3, ward=OTHER_WARD)], by)
    assert [data["board"] for data in log.live().values()] == [OTHER_BOARD]


def test_what_intake_refused_goes_out_again(outbox: Outbox, by: Minter) -> None:
    log = Log()
    publish(outbox, log, [row("1"), row("2")], by)
    refused = RefusedRecord(offset=0, rule="no-agreement", path="data.agreement_id")
    taken = IntakeReceipt(agency=POLICE, partition=0, accepted=((1, 1),), refused=(refused,), at=clock.now())
    confirmations.take_in(outbox, [taken], 1)
    receipt = publish(outbox, log, [row("1"), row("2")], by)
    assert (receipt.revised, receipt.unchanged) == (1, 1)
    assert publish(outbox, log, [row("1"), row("2")], by).unchanged == 2


def test_spooled_messages_go_out_first_and_once(outbox: Outbox, by: Minter) -> None:
    log = Log(takes=0)
    assert publish(outbox, log, [row("1")], by).spooled == 1
    assert publish(outbox, log, [row("1", police_grade="high")], by).spooled == 2
    log.takes = None
    assert publish(outbox, log, [row("2")], by).published == 3
    assert [e["data"]["revision"] for e in log.events()] == [0, 1, 0]


def canonical(**changes: object) -> CanonicalRow:
    return CanonicalRow(1, EVENT.validate_json(wire(event(**changes))))  # type: ignore[arg-type]


def test_canonical_events_keep_their_revisions(outbox: Outbox, by: Minter) -> None:
    log = Log()
    publish(outbox, log, [canonical(revision=3, police_grade="high"), canonical(revision=2)], by)
    assert [e["data"]["revision"] for e in log.events()] == [3]
    assert publish(outbox, log, [canonical(revision=2, police_grade="low")], by).unchanged == 1
    assert publish(outbox, log, [canonical(revision=3, police_grade="high")], by).unchanged == 1
    assert publish(outbox, log, [canonical(revision=3, police_grade="low")], by).revised == 1
    assert [e["data"]["revision"] for e in log.events()] == [3, 4]


def test_canonical_withdrawals_withdraw(outbox: Outbox, by: Minter) -> None:
    log = Log()
    taken_back = event("withdrawal", revision=1)
    gone = CanonicalRow(2, EVENT.validate_json(wire(taken_back)))
    assert publish(outbox, log, [canonical()], by).new == 1
    receipt = publish(outbox, log, [gone], by)
    assert (receipt.withdrawn, receipt.new, receipt.revised) == (1, 0, 0)
    assert publish(outbox, log, [gone], by).unchanged == 1
    assert log.live() == {}
    assert outbox.in_scope("mapped-csv/test", None, date(2020, 1, 1), date(2030, 1, 1)) == []


def test_nothing_of_a_source_record_is_in_the_outbox(outbox: Outbox, by: Minter, tmp_path: Path) -> None:
    identifiers = {"nhs": "9990000018", "upn": "B801200005001", "demog": "smith|a|2010-01-01|F", "local": "LOCAL-77"}
    publish(outbox, Log(takes=0), [row("RECORD-KEY-1", identifiers=identifiers)], by)
    outbox.close()
    stored = (tmp_path / "outbox.sqlite").read_bytes()
    assert b"ypsem.missing_episode.v1" in stored
    assert not [value for value in ("RECORD-KEY-1", *identifiers.values()) if value.encode() in stored]


def test_the_ten_per_cent_is_of_what_complete_speaks_for(outbox: Outbox, by: Minter) -> None:
    log = Log()
    publish(outbox, log, [*TWENTY, row("lone", occurred_on="2025-05-05")], by)
    with pytest.raises(NeedsYes, match="1 of 1"):
        publish(outbox, log, TWENTY, by, Complete(date(2025, 5, 1), date(2025, 5, 31)))
