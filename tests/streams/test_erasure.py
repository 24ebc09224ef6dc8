"""Erasure and retention in the ledger: nothing is left, nothing brings it back, and every record stays counted."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from aiokafka import ConsumerRecord
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.ledger.balance import Account
from analysis.ledger.row import MOST_VERSIONS, Row, encode
from models.contract import topics
from models.contract.dead_letters import DeadLetter
from models.contract.receipts import IntakeReceipt, LedgerReceipt
from models.contract.tokens import child_token
from models.releases import SubmissionState
from models.releases.requests import RequestErase, RequestRemove
from streams.intake.chunk import handle
from streams.ledger.accepted import PREFIX
from streams.ledger.caused import Caused
from streams.ledger.fold import Ledger
from streams.ledger.homes import record_of
from streams.ledger.marks import Marks
from streams.ledger.state import LedgerState
from tests.factories import BOARD, CARE, OTHER_BOARD, POLICE, an_event_id, an_own_id, event, register, token, wire
from tests.streams.test_decide import GATE, RULES
from tests.streams.test_intake_chunk import raw

AT = datetime(2026, 5, 11, 9, tzinfo=UTC)
TODAY = AT.date()
PARTITION = 3


class Held:
    """A ledger over plain dicts, and what it was given."""

    def __init__(self) -> None:
        self.rows: dict[bytes, bytes] = {}
        self.marked: dict[bytes, bytes] = {}
        self.homes: dict[bytes, bytes] = {}
        self.ledger = Ledger(register(), LedgerState(self.rows), Marks(self.marked), self.homes)

    def fold(
        self, *records: ConsumerRecord[Any, Any], today: date = TODAY, passed: dict[int, str] | None = None
    ) -> Caused:
        return self.ledger.fold(list(records), passed or {}, AT, today)

    def receipt(self, agency: str = POLICE) -> LedgerReceipt:
        """What the agency would be told now."""
        caused = Caused()
        self.ledger.close(caused, {(BOARD, agency)}, self.ledger.state.returns(), AT)
        return LedgerReceipt.model_validate_json(caused.outs[-1].value or b"", strict=False)

    def account(self, agency: str = POLICE) -> Account:
        """Where the agency's records stand, exactly."""
        self.receipt(agency)
        account = self.ledger.account((BOARD, agency))
        assert account.closes, f"{account.difference} accepted records stand in no class"
        return account

    def everything(self) -> bytes:
        """Every byte the ledger keeps."""
        return b"\n".join(
            part for kept in (self.rows, self.marked, self.homes) for pair in kept.items() for part in pair
        )


def accepted(
    *documents: dict[str, Any], agency: str = POLICE, first: int = 0, generation: int = 0
) -> list[ConsumerRecord[Any, Any]]:
    """What intake makes of raw events, at the raw offsets of their order from `first` on."""
    done = handle(agency, [raw(first + i, wire(d)) for i, d in enumerate(documents)], RULES, generation=generation)
    refused = [
        r
        for o in done.outs
        if o.topic == topics.receipts(agency)
        for r in IntakeReceipt.model_validate_json(o.value or b"", strict=False).refused
    ]
    assert not refused, refused
    outs = [o for o in done.outs if o.topic == topics.ACCEPTED]
    return [
        ConsumerRecord(o.topic, o.partition, i, o.timestamp_ms or 0, 0, o.key, o.value, None, 0, 0, o.headers)
        for i, o in enumerate(outs)
    ]


def erasure(record: str = "erasure", **data: Any) -> dict[str, Any]:
    return event("erasure", record=record, **data)


def stream() -> list[dict[str, Any]]:
    """Two children of the police's, revisions, withdrawals, a copy, and the erasure of the first child by token.

    Of the child's events one was withdrawn since, and one was another child's after all.
    """
    first = event(record="1", child="gone")
    return [
        first,
        first,
        event(record="1", child="gone", revision=1, sex="F"),
        event("cse_concern", record="2", child="gone"),
        event(record="3", child="stays"),
        event("withdrawal", record="4"),
        event(record="5", child=None),
        event(record="6", child="gone"),
        event("withdrawal", record="6", revision=1),
        event(record="7", child="gone"),
        event(record="7", child="stays", revision=1),
        erasure(tokens=[token("gone")], event_ids=[an_event_id("5")], reason="request"),
    ]


LINK = child_token(GATE, "nhs", token("gone")["token"])


def check(held: Held) -> None:
    """Nothing of the first child is left, and every accepted record is counted once."""
    kept = held.everything()
    assert LINK.encode() not in kept
    for record in ("1", "2", "5", "6", "7", "erasure"):
        assert an_event_id(record).encode() not in kept
    assert {e for e, _ in held.ledger.state.rows_of(BOARD)} == {an_own_id("3"), an_own_id("4")}
    receipt = held.receipt()
    assert (receipt.current, receipt.superseded, receipt.duplicate, receipt.withdrawn) == (1, 0, 0, 1)
    assert (held.account().erased, held.account().accepted) == (10, 12)


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_in_any_order_and_with_any_repetition_the_end_is_the_same(rng: random.Random, sizes: list[int]) -> None:
    records = accepted(*stream())
    order = records + rng.choices(records, k=rng.randrange(6))
    rng.shuffle(order)
    held = Held()
    while order:
        size = sizes[len(order) % len(sizes)]
        held.fold(*order[:size])
        order = order[size:]
        if rng.random() < 0.3:
            held.ledger.rebuild()
    check(held)


LATER_TIME = {"time": "2026-05-02T10:00:00Z"}
"""A day after everything else, the erasures among it, was published."""


def published_later() -> list[dict[str, Any]]:
    """What the agency says of the child after its erasure: a new event, and one that was another child's so far."""
    return [
        event(record="new", child="gone") | LATER_TIME,
        event(record="8", child="stays"),
        event(record="8", child="gone", revision=1) | LATER_TIME,
    ]


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_what_was_published_after_an_erasure_stays_in_any_order_and_after_any_replay(
    rng: random.Random, sizes: list[int]
) -> None:
    records = accepted(*stream(), *published_later())
    order = records + rng.choices(records, k=rng.randrange(6)) + records[-4:-3] * rng.randrange(3)
    rng.shuffle(order)
    held = Held()
    while order:
        size = sizes[len(order) % len(sizes)]
        held.fold(*order[:size])
        order = order[size:]
        if rng.random() < 0.3:
            held.ledger.rebuild()
    rows = dict(held.ledger.state.rows_of(BOARD))
    assert set(rows) == {an_own_id(record) for record in ("3", "4", "8", "new")}
    receipt = held.receipt()
    assert (receipt.current, receipt.superseded, receipt.duplicate, receipt.withdrawn) == (3, 1, 0, 1)
    assert (held.account().erased, held.account().accepted) == (10, 15)


def test_an_agencys_erasure_that_is_read_again_leaves_what_was_published_since() -> None:
    held = Held()
    held.fold(*accepted(*stream()[:-1]))
    asked = datetime(2026, 5, 1, 12, tzinfo=UTC)
    request = RequestErase(request_id="e-1", board=BOARD, agency=POLICE, requested_at=asked)
    held.ledger.erase_agency(request, PARTITION, AT, TODAY)
    held.fold(*accepted(event(record="new", child="gone") | LATER_TIME, first=100))
    held.ledger.erase_agency(request, PARTITION, AT, TODAY)
    assert [own for own, _ in held.ledger.state.rows_of(BOARD)] == [an_own_id("new")]


def test_a_row_that_does_not_say_when_it_was_published_is_reached_by_every_erasure() -> None:
    """As an earlier version stored it: rather too much is erased than a child's event kept."""
    held, records = Held(), accepted(event(record="1", child="gone") | LATER_TIME, erasure(tokens=[token("gone")]))
    held.fold(records[0])
    [(key, value)] = held.rows.items()
    held.rows[key] = orjson.dumps(orjson.loads(value)[:8])
    held.ledger.rebuild()
    held.fold(records[1])
    assert held.rows == {}


def test_every_accepted_record_of_the_erased_gets_a_null() -> None:
    held, records = Held(), accepted(*stream())
    held.fold(*records[:-1])
    caused = held.fold(records[-1])
    nulls = {o.key for o in caused.outs if o.topic == topics.ACCEPTED}
    assert all(o.value is None and o.partition == PARTITION for o in caused.outs if o.topic == topics.ACCEPTED)
    assert nulls == {r.key for i, r in enumerate(records) if i not in (4, 5)}
    again = held.fold(records[0])
    assert [o.key for o in again.outs if o.topic == topics.ACCEPTED] == [records[0].key]


def test_an_agency_erases_its_own_events_only() -> None:
    held = Held()
    theirs = event(record="care", agency=CARE, child="gone")
    held.fold(*accepted(theirs, agency=CARE))
    held.fold(*accepted(erasure(tokens=[token("gone")], event_ids=[an_event_id("care")])))
    assert [e for e, _ in held.ledger.state.rows_of(BOARD)] == [an_own_id("care", CARE)]
    assert LINK.encode() in held.everything()


def test_what_is_published_of_the_child_later_is_taken_and_under_an_erased_id_never() -> None:
    held = Held()
    held.fold(*accepted(*stream()))
    later = [{**event(record=r, child="gone", revision=9), "time": "2026-05-02T10:00:00Z"} for r in ("new", "1")]
    held.fold(*accepted(*later, first=100))
    assert an_own_id("new") in {e for e, _ in held.ledger.state.rows_of(BOARD)}
    assert an_own_id("1") not in {e for e, _ in held.ledger.state.rows_of(BOARD)}


def test_a_settled_home_goes_with_the_last_event_of_its_child() -> None:
    from analysis.homes import settled

    held = Held()
    held.fold(*accepted(event(record="1", child="gone"), event(record="3", child="stays")))
    held.fold(*accepted(event(record="care", agency=CARE, child="gone"), agency=CARE))
    for child in ("gone", "stays"):
        link = child_token(GATE, "nhs", token(child)["token"])
        held.homes.update([record_of(BOARD, settled("2025FY", "nhs", link, "X05000001", AT.isoformat()))])
    held.fold(*accepted(erasure("a", tokens=[token("gone")])))
    assert len(held.homes) == 2, "another agency still has an event of the child"
    held.fold(*accepted(erasure("b", tokens=[token("gone")], agency=CARE), agency=CARE))
    assert len(held.homes) == 1
    assert LINK.encode() not in held.everything()


def test_all_of_an_agencys_events_go_on_request_and_do_not_come_back() -> None:
    held, records = Held(), accepted(*stream()[:-1], event("submission_return", record="r"))
    held.fold(*records)
    held.fold(*accepted(event(record="care", agency=CARE), agency=CARE))
    request = RequestErase(request_id="e-1", board=BOARD, agency=POLICE, requested_at=AT)
    for _ in range(2):
        caused = held.ledger.erase_agency(request, PARTITION, AT, TODAY)
    assert [row.agency for _, row in held.ledger.state.rows_of(BOARD)] == [CARE]
    held.fold(*records)
    assert [row.agency for _, row in held.ledger.state.rows_of(BOARD)] == [CARE]
    assert (held.account().erased, held.account().accepted) == (12, 12)
    assert caused.removed


def taken_back(caused: Caused) -> list[SubmissionState]:
    states = [SubmissionState.model_validate_json(o.value or b"", strict=False) for o in caused.first]
    assert all(state.withdrawn for state in states)
    return states


def test_a_return_that_is_withdrawn_or_erased_is_no_return_any_more() -> None:
    held = Held()
    returned = event("submission_return", record="r")
    assert held.fold(*accepted(returned)).first == []
    caused = held.fold(*accepted(event("withdrawal", record="r", revision=1)))
    assert [(s.agency, s.period) for s in taken_back(caused)] == [(POLICE, "2026Q1")]
    other = Held()
    other.fold(*accepted(returned))
    assert len(taken_back(other.fold(*accepted(erasure(event_ids=[an_event_id("r")]))))) == 1


def test_a_return_stands_while_another_record_says_the_same() -> None:
    held = Held()
    held.fold(*accepted(event("submission_return", record="r"), event("submission_return", record="s")))
    assert held.fold(*accepted(event("withdrawal", record="r", revision=1))).first == []


def test_retention_removes_rows_and_accepted_records_and_a_replay_brings_none_back() -> None:
    held = Held()
    records = accepted(
        event(record="old", occurred_on="2024-02-01"),
        event(record="new", occurred_on="2026-02-01"),
        event("training_session", record="t", held_on="2024-02-01"),
    )
    held.fold(*records)
    later = TODAY + timedelta(days=60)
    before = register().board_by_code[BOARD].accepted_dates(later)[0]
    request = RequestRemove(request_id="r-1", board=BOARD, before=before, requested_at=AT)
    caused = held.ledger.remove_old(request, PARTITION, AT, later)
    assert [o.key for o in caused.outs if o.topic == topics.ACCEPTED] == sorted(records[i].key for i in (0, 2))
    assert [e for e, _ in held.ledger.state.rows_of(BOARD)] == [an_own_id("new")]
    assert (held.account().expired, held.account().accepted) == (2, 3)
    held.fold(*records, today=later)
    assert [e for e, _ in held.ledger.state.rows_of(BOARD)] == [an_own_id("new")]
    assert (held.account().expired, held.account().accepted) == (2, 3)


def test_marks_end_when_nothing_can_come_back_to_them() -> None:
    held = Held()
    held.fold(*accepted(*stream()))
    for days, left in ((30, 7), (40, 6), (31 * 29, 0)):
        day = TODAY + timedelta(days=days)
        held.ledger.marks.expire(OTHER_BOARD, day, day)
        held.ledger.marks.expire(BOARD, day - timedelta(days=31 * 28), day - timedelta(days=37))
        assert sum(not key.startswith(PREFIX) for key in held.marked) == left
    assert held.account().expired == 10
    held.ledger.rebuild()
    assert (held.account().erased, held.account().expired, held.account().accepted) == (0, 10, 12)


@pytest.mark.parametrize("rule", ["skipped", "quarantined"])
def test_a_skipped_record_is_counted_apart_until_it_comes_after_all(rule: str) -> None:
    held, [one, other] = Held(), accepted(event(record="1"), event(record="2"))
    caused = held.fold(one, other, passed={1: rule})
    assert [o.topic for o in caused.outs].count(topics.DEAD_LETTERS) == 1
    assert (held.receipt().current, held.receipt().skipped, held.account().accepted) == (1, 1, 2)
    held.fold(other)
    assert (held.receipt().current, held.receipt().skipped, held.account().accepted) == (2, 0, 2)


def test_an_erasure_for_one_board_leaves_the_other_boards_events() -> None:
    held = Held()
    held.fold(*accepted(erasure(tokens=[token("gone")])))
    held.fold(*accepted(event(record="other", child="gone", board=OTHER_BOARD)))
    assert len(list(held.ledger.state.rows_of(OTHER_BOARD))) == 1


def test_a_skipped_record_is_on_the_topic_until_an_erasure_or_retention_comes_to_it() -> None:
    records = accepted(
        event(record="1", child="gone"),
        event(record="2", child="stays", occurred_on="2024-02-01"),
        event(record="3", child="stays"),
        erasure(tokens=[token("gone")]),
    )
    skipped, erased = records[:3], records[3]
    held = Held()
    caused = held.fold(*skipped, passed=dict.fromkeys(range(3), "skipped"))
    assert not [o for o in caused.outs if o.topic == topics.ACCEPTED], "it may be let through after all"
    keys = [o.key for o in held.fold(erased).outs if o.topic == topics.ACCEPTED]
    assert keys == [skipped[0].key, erased.key]
    assert an_event_id("1").encode() not in held.everything()
    assert (held.receipt().skipped, held.account().erased) == (3, 1)
    later = TODAY + timedelta(days=60)
    before = register().board_by_code[BOARD].accepted_dates(later)[0]
    request = RequestRemove(request_id="r-1", board=BOARD, before=before, requested_at=AT)
    caused = held.ledger.remove_old(request, PARTITION, AT, later)
    assert [o.key for o in caused.outs if o.topic == topics.ACCEPTED] == [skipped[1].key]
    assert held.receipt().skipped == 2
    # Let through now, each is where it belongs: erased, too old to be kept, and counted.
    held.fold(*skipped, today=later)
    assert (held.receipt().skipped, held.account().erased, held.receipt().current) == (0, 2, 1)


def test_a_skipped_record_of_no_known_form_stops_nothing() -> None:
    [good] = accepted(event(record="1"))
    document = orjson.loads(good.value)
    document["data"] |= {"occurred_on": "someday", "tokens": 7}
    held = Held()
    strange = ConsumerRecord(
        good.topic, good.partition, 0, good.timestamp, 0, good.key, orjson.dumps(document), None, 0, 0, good.headers
    )
    held.fold(strange, passed={0: "skipped"})
    assert held.receipt().skipped == 1


def test_an_event_with_endless_versions_is_cut_off_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.ledger.row.MOST_VERSIONS", 3)
    versions = [event(record="1", revision=n) for n in range(6)]
    held = Held()
    caused = held.fold(*accepted(*versions[:2]), *accepted(event(record="2"), first=100))
    assert caused.outs[-1].topic == topics.receipts(POLICE)
    for _ in range(2):
        records = accepted(*versions, event(record="2", revision=1))
        caused = held.fold(*records[2:])
        letters = [
            DeadLetter.model_validate_json(o.value or b"") for o in caused.outs if o.topic == topics.DEAD_LETTERS
        ]
        assert [(one.rule, one.offset) for one in letters] == [("too-many-versions", n) for n in (3, 4, 5)]
    row = held.ledger.state.get(an_own_id("1"))
    assert row is not None
    assert (row.revision, len(row.versions)) == (2, 3)
    assert (held.receipt().skipped, held.account().accepted) == (3, 8)


def test_the_most_versions_of_an_event_fit_into_one_record() -> None:
    versions = [(n, "f" * 32) for n in range(999_999 - MOST_VERSIONS, 999_999)]
    row = Row("missing_episode", 1, "f" * 32, {}, 0, MOST_VERSIONS, versions, {})
    assert len(encode(row)) < 512 * 1024 < 1_000_000
