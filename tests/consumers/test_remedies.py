"""What operations did about records, and what the ledger removed, reaches SQL and its audit log; requests go out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from consumers.records import parse
from consumers.requests import add_erasure_request
from consumers.store import SinkStore, StoreOutcome
from dashboards.life.breach import report
from dashboards.life.verify import verify
from models.contract import topics
from models.contract.refusals import Refusal
from models.operations.remedies import Gap, Hold, Removal, Skip
from models.releases.requests import REQUEST, RequestErase
from models.store import RemedyRow, RequestRow, SubmissionRow, audit, writing
from models.store.remedies import Unread, left_out
from tests.factories import BOARD, CARE, POLICE
from tests.models.store.factories import make_submission

AT = datetime(2026, 5, 11, 9, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
RAW = topics.raw(POLICE)
Apply = Callable[..., StoreOutcome | Refusal]


@pytest.fixture
def apply(engine: Engine) -> Apply:
    """Stores a record as the sink does, each in a transaction of its own."""
    store, writer = SinkStore(engine), writing(engine)

    def one(parsed: Any, offset: int = 0) -> StoreOutcome | Refusal:
        with writer.begin() as connection:
            return store.apply(connection, parsed, b"", offset)

    return one


def skip(offset: int, topic: str = RAW, partition: int = 0, **fields: Any) -> Skip:
    given: dict[str, Any] = {"rule": "skipped", "by": "op1", "at": AT} | fields
    return Skip(topic=topic, partition=partition, offset=offset, **given)


def acts(engine: Engine) -> list[tuple[str, str, str]]:
    with engine.connect() as connection:
        return [(one.who, one.action, one.subject) for one in audit.entries(connection)]


def test_what_is_left_out_of_a_boards_figures_is_counted(engine: Engine, apply: Apply) -> None:
    for remedy in (
        skip(1), skip(2, rule="quarantined", by="worker"), skip(3), skip(3, lifted=True, at=LATER),
        skip(4, topic=topics.ACCEPTED, partition=3), skip(5, topic=topics.ACCEPTED, partition=5),
        skip(6, topic=topics.raw(CARE)), Hold(agency=POLICE, held=True, by="worker", at=AT),
        Hold(agency=CARE, held=True, by="worker", at=AT), Hold(agency=CARE, held=False, by="op1", at=LATER),
    ):  # fmt: skip
        assert apply(remedy) is StoreOutcome.APPLIED
    with engine.connect() as connection:
        assert left_out(connection, [POLICE], 3)[:2] == (3, (POLICE,))
        assert left_out(connection, [CARE], 5)[:2] == (2, ())
        assert left_out(connection, [], 7) == (0, (), ())


def test_each_act_is_in_the_audit_log_once(engine: Engine, apply: Apply) -> None:
    first, lifted = skip(1), skip(1, lifted=True, at=LATER)
    assert [apply(r) for r in (first, first, lifted, lifted)] == [
        StoreOutcome.APPLIED, StoreOutcome.UNCHANGED, StoreOutcome.APPLIED, StoreOutcome.UNCHANGED
    ]  # fmt: skip
    assert apply(first) is StoreOutcome.UNCHANGED, "an older word does not undo a newer one"
    assert acts(engine) == [("op1", "skip", f"{POLICE}.v1:0:1"), ("op1", "lift", f"{POLICE}.v1:0:1")]


CHILDS = Removal(cause="erasure-child", board=BOARD, partition=3, offset=1234, at=AT)
AGENCYS = Removal(cause="erasure-agency", board=BOARD, agency=POLICE, request_id="abc", size="10 or more", at=AT)
OLD = Removal(
    cause="retention", board=BOARD, before=date(2024, 1, 11), request_id="retention-x", size="fewer than 10", at=AT
)


def test_what_was_removed_is_in_the_audit_log_once(engine: Engine, apply: Apply) -> None:
    """Each again, and again by a ledger that was told nothing of its first word and found less."""
    for word in (CHILDS, AGENCYS, OLD):
        assert parse(topics.REMEDIES, word.model_dump_json().encode()) == word
        assert [apply(word), apply(word)] == [StoreOutcome.APPLIED, StoreOutcome.UNCHANGED]
    assert apply(AGENCYS.model_copy(update={"size": "fewer than 10"})) is StoreOutcome.UNCHANGED
    with engine.connect() as connection:
        found = audit.entries(connection)
        assert verify(connection).wrong is None
        kept = connection.execute(select(RemedyRow.kind, RemedyRow.active, RemedyRow.rule, RemedyRow.at)).all()
    assert [(one.who, one.action, one.subject, one.detail) for one in found] == [
        ("ledger", "erase", f"{BOARD}:3:1234", ""),
        ("ledger", "erase.agency", f"{BOARD}:{POLICE}", "10 or more"),
        ("ledger", "remove", BOARD, "before 2024-01-11, fewer than 10"),
    ]
    assert sorted(map(tuple, kept)) == sorted(("removal", False, w.cause, AT) for w in (CHILDS, AGENCYS, OLD))
    day = timedelta(days=1)
    others = report(found, found[0].at - day, found[-1].at + day).others
    assert others == {"ledger": {"erase": 1, "erase.agency": 1, "remove": 1}}


def test_a_later_removal_under_the_same_key_is_another(engine: Engine, apply: Apply) -> None:
    """The accepted topic was made anew, and its offsets begin anew."""
    later = CHILDS.model_copy(update={"at": LATER})
    assert [apply(one) for one in (CHILDS, later, CHILDS)] == [
        StoreOutcome.APPLIED,
        StoreOutcome.APPLIED,
        StoreOutcome.UNCHANGED,
    ]
    assert acts(engine) == [("ledger", "erase", f"{BOARD}:3:1234")] * 2


def test_what_was_removed_is_not_missing_from_the_figures(engine: Engine, apply: Apply) -> None:
    for word in (CHILDS, AGENCYS, OLD):
        assert apply(word) is StoreOutcome.APPLIED
    with engine.connect() as connection:
        assert left_out(connection, [POLICE], 3) == (0, (), ())


def test_a_removal_that_says_more_is_refused_without_its_value() -> None:
    body = CHILDS.model_dump_json().encode()[:-1] + b',"event_id":"%s"}' % (b"a" * 40)
    assert parse(topics.REMEDIES, body) == Refusal("schema.extra_forbidden", "<unknown>.<unknown>")
    body = CHILDS.model_dump_json().replace('"size":null', '"size":"10 or more"').encode()
    assert parse(topics.REMEDIES, body) == Refusal("schema.value_error", "<unknown>")


def test_a_return_that_was_taken_back_is_gone(engine: Engine, apply: Apply) -> None:
    state = make_submission()
    assert apply(state, 5) is StoreOutcome.APPLIED
    assert apply(state.model_copy(update={"withdrawn": True}), 4) is StoreOutcome.UNCHANGED
    assert apply(state.model_copy(update={"withdrawn": True}), 6) is StoreOutcome.APPLIED
    with engine.connect() as connection:
        assert connection.execute(select(SubmissionRow.period)).all() == []
    assert apply(state, 7) is StoreOutcome.APPLIED


def test_an_erasure_request_names_an_agency_and_no_child(engine: Engine) -> None:
    request_id = add_erasure_request(engine, BOARD, POLICE, "ig1")
    with engine.connect() as connection:
        row = connection.execute(select(RequestRow)).one()
    request = REQUEST.validate_json(row.body, strict=False)
    assert isinstance(request, RequestErase)
    assert (request.request_id, request.board, request.agency, row.kind) == (request_id, BOARD, POLICE, "erase_agency")
    assert acts(engine) == [("ig1", "request", BOARD)]


def gap(first: int, last: int, topic: str = RAW, partition: int = 0, **fields: Any) -> Gap:
    given: dict[str, Any] = {"cause": "deleted", "by": "worker", "at": AT} | fields
    return Gap(topic=topic, partition=partition, first=first, last=last, **given)


def test_what_was_never_read_leaves_an_agencys_data_incomplete_until_it_is_closed(engine: Engine, apply: Apply) -> None:
    """The newest word on a gap stands, a closed one is kept, and each word is in the audit log once."""
    words = (
        gap(8, 27), gap(8, 27), gap(8, 30, at=LATER), gap(8, 27),
        gap(3, 4, partition=2, cause="truncated", at=LATER),
        gap(0, 9, topic=topics.ACCEPTED, partition=3, cause="offset-moved"),
    )  # fmt: skip
    assert parse(topics.REMEDIES, words[0].model_dump_json().encode()) == words[0]
    applied, unchanged = StoreOutcome.APPLIED, StoreOutcome.UNCHANGED
    assert [apply(word) for word in words] == [applied, unchanged, applied, unchanged, applied, applied]
    with engine.connect() as connection:
        assert left_out(connection, [POLICE], 3) == (0, (), (Unread(POLICE, LATER), Unread(None, AT)))
        assert left_out(connection, [CARE], 5) == (0, (), ())
    assert [apply(gap(8, 30, at=LATER, closed=True, by="op1")), apply(gap(3, 4, partition=2, closed=True))] == [
        applied, unchanged
    ]  # fmt: skip
    with engine.connect() as connection:
        assert left_out(connection, [POLICE], 4) == (0, (), (Unread(POLICE, LATER),))
        kept = connection.execute(
            select(RemedyRow.offset, RemedyRow.last_offset, RemedyRow.rule, RemedyRow.active)
            .where(RemedyRow.kind == "gap").order_by(RemedyRow.remedy_id)
        ).all()  # fmt: skip
        found = [(one.who, one.action, one.subject, one.detail) for one in audit.entries(connection)]
        assert verify(connection).wrong is None
    assert sorted(map(tuple, kept)) == [
        (0, 9, "offset-moved", True), (3, 4, "truncated", True), (8, 30, "deleted", False)
    ]  # fmt: skip
    assert found == [
        ("worker", "gap", f"{POLICE}.v1:0:8-27", "deleted"),
        ("worker", "gap", f"{POLICE}.v1:0:8-30", "deleted"),
        ("worker", "gap", f"{POLICE}.v1:2:3-4", "truncated"),
        ("worker", "gap", f"{topics.ACCEPTED}:3:0-9", "offset-moved"),
        ("op1", "gap.closed", f"{POLICE}.v1:0:8-30", "deleted"),
    ]


def test_a_gap_and_its_audit_row_are_one_transaction(engine: Engine) -> None:
    store = SinkStore(engine)
    with writing(engine).connect() as connection, connection.begin() as transaction:
        assert store.apply(connection, gap(1, 2), b"", 0) is StoreOutcome.APPLIED
        transaction.rollback()
    with engine.connect() as connection:
        assert (connection.execute(select(RemedyRow.kind)).all(), audit.entries(connection)) == ([], [])
