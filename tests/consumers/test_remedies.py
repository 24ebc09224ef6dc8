"""What operations did about records reaches SQL, its audit log and a sentence on the page; erasure requests go out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from consumers.requests import add_erasure_request
from consumers.store import Outcome, SinkStore
from models.contract import topics
from models.contract.refusals import Refusal
from models.contract.remedies import Hold, Skip
from models.releases.requests import REQUEST, RequestErase
from models.store import RequestRow, SubmissionRow, audit, writing
from models.store.remedies import left_out
from tests.factories import BOARD, CARE, POLICE
from tests.models.store.factories import make_submission

AT = datetime(2026, 5, 11, 9, tzinfo=UTC)
LATER = AT + timedelta(minutes=5)
RAW = topics.raw(POLICE)
Apply = Callable[..., Outcome | Refusal]


@pytest.fixture
def apply(engine: Engine) -> Apply:
    """Stores a record as the sink does, each in a transaction of its own."""
    store, writer = SinkStore(engine), writing(engine)

    def one(parsed: Any, offset: int = 0) -> Outcome | Refusal:
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
        assert apply(remedy) is Outcome.APPLIED
    with engine.connect() as connection:
        assert left_out(connection, [POLICE], 3) == (3, (POLICE,))
        assert left_out(connection, [CARE], 5) == (2, ())
        assert left_out(connection, [], 7) == (0, ())


def test_each_act_is_in_the_audit_log_once(engine: Engine, apply: Apply) -> None:
    first, lifted = skip(1), skip(1, lifted=True, at=LATER)
    assert [apply(r) for r in (first, first, lifted, lifted)] == [
        Outcome.APPLIED, Outcome.UNCHANGED, Outcome.APPLIED, Outcome.UNCHANGED
    ]  # fmt: skip
    assert apply(first) is Outcome.UNCHANGED, "an older word does not undo a newer one"
    assert acts(engine) == [("op1", "skip", f"{POLICE}.v1:0:1"), ("op1", "lift", f"{POLICE}.v1:0:1")]


def test_a_return_that_was_taken_back_is_gone(engine: Engine, apply: Apply) -> None:
    state = make_submission()
    assert apply(state, 5) is Outcome.APPLIED
    assert apply(state.model_copy(update={"withdrawn": True}), 4) is Outcome.UNCHANGED
    assert apply(state.model_copy(update={"withdrawn": True}), 6) is Outcome.APPLIED
    with engine.connect() as connection:
        assert connection.execute(select(SubmissionRow.period)).all() == []
    assert apply(state, 7) is Outcome.APPLIED


def test_an_erasure_request_names_an_agency_and_no_child(engine: Engine) -> None:
    request_id = add_erasure_request(engine, BOARD, POLICE, "ig1")
    with engine.connect() as connection:
        row = connection.execute(select(RequestRow)).one()
    request = REQUEST.validate_json(row.body, strict=False)
    assert isinstance(request, RequestErase)
    assert (request.request_id, request.board, request.agency, row.kind) == (request_id, BOARD, POLICE, "erase_agency")
    assert acts(engine) == [("ig1", "request", BOARD)]
