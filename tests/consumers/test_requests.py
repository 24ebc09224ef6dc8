"""Requests: stored first, published to their board's partition, marked only when acknowledged."""

from __future__ import annotations

import logging
from collections.abc import Callable
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select, update

from consumers.__main__ import main
from consumers.broker import Broker, BrokerError
from consumers.requests import add_release_request
from models.contract import topics
from models.releases import RequestBuild
from models.store import RequestRow
from tests.consumers.conftest import REGISTER, MakeSink
from tests.consumers.hand import Topics
from tests.models.store.factories import BOARD

PARTITION = 3
"""The board's, in the demo's register."""


def unpublished(engine: Engine) -> list[str]:
    """Ids of the requests not yet published."""
    with engine.connect() as connection:
        return list(
            connection.execute(select(RequestRow.request_id).where(RequestRow.published_at.is_(None))).scalars()
        )


def test_a_request_is_published_once_to_its_boards_partition(
    engine: Engine, kafka: Topics, make_sink: MakeSink
) -> None:
    first = add_release_request(engine, BOARD, ["2026Q1", "2025Q4"], "a.reviewer")
    second = add_release_request(engine, BOARD, [], "a.reviewer")
    sink = make_sink(engine)
    sink.turn()
    sink.turn()
    found = [RequestBuild.model_validate_json(v) for v in kafka.read(topics.REQUESTS, 2, partition=PARTITION)]
    assert {(r.request_id, r.board, r.windows) for r in found} == {
        (first, BOARD, ("2026Q1", "2025Q4")),
        (second, BOARD, ()),
    }
    assert unpublished(engine) == []


def test_a_request_not_acknowledged_stays_and_goes_out_later(
    sqlite: Engine, kafka: Topics, make_sink: MakeSink
) -> None:
    request_id = add_release_request(sqlite, BOARD, [], "a.reviewer")
    sink = make_sink(sqlite)

    def refuse(*_: object, **__: object) -> Callable[[], None]:
        def acknowledged() -> None:
            raise BrokerError("not acknowledged")

        return acknowledged

    with patch.object(Broker, "send", refuse), pytest.raises(BrokerError):
        sink.turn()
    assert unpublished(sqlite) == [request_id]
    sink.turn()
    assert unpublished(sqlite) == []
    assert len(kafka.read(topics.REQUESTS, 1, partition=PARTITION)) == 1


def test_a_request_for_an_unknown_board_waits_and_holds_up_no_other(
    sqlite: Engine, kafka: Topics, make_sink: MakeSink, caplog: pytest.LogCaptureFixture
) -> None:
    strange = add_release_request(sqlite, "X08999999", [], "a.reviewer")
    known = add_release_request(sqlite, BOARD, [], "a.reviewer")
    sink = make_sink(sqlite)
    sink.turn()
    sink.turn()
    assert unpublished(sqlite) == [strange]
    assert caplog.text.count("board X08999999 wait") == 1
    (value,) = kafka.read(topics.REQUESTS, 1, partition=PARTITION)
    assert RequestBuild.model_validate_json(value).request_id == known


def test_who_asked_is_kept_in_sql_and_never_published_or_logged(
    sqlite: Engine, kafka: Topics, make_sink: MakeSink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="consumers")
    add_release_request(sqlite, BOARD, [], "canary.name")
    make_sink(sqlite).turn()
    assert b"canary" not in kafka.read(topics.REQUESTS, 1, partition=PARTITION)[0]
    assert "canary" not in caplog.text
    with sqlite.begin() as connection:
        assert connection.execute(select(RequestRow.requested_by)).scalar_one() == "canary.name"
        connection.execute(update(RequestRow).values(requested_by="gone"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--board", "X08999999", "--as", "a.reviewer"], "not in the register"),
        (["--board", BOARD, "--as", "A Person's Name"], "user name"),
        (["--board", BOARD, "--window", "last-week", "--as", "a.reviewer"], "a window is a quarter"),
        (["--board", BOARD, "--window", "2024FY2", "--as", "a.reviewer"], "releases quarters and years"),
        (["--board", BOARD, "--window", "2026-01", "--as", "a.reviewer"], "not 2026-01"),
    ],
)
def test_the_command_refuses_what_could_not_be_built(sqlite: Engine, arguments: list[str], said: str) -> None:
    places = ["--database-url", str(sqlite.url), "--register", str(REGISTER)]
    answer = CliRunner().invoke(main, ["request-release", *arguments, *places])
    assert answer.exit_code == 2
    assert said in answer.output
    assert unpublished(sqlite) == []


def test_the_command_stores_a_request(sqlite: Engine) -> None:
    places = ["--database-url", str(sqlite.url), "--register", str(REGISTER)]
    asked = ["request-release", "--board", BOARD, "--window", "2026Q1", "--as", "a.reviewer", *places]
    answer = CliRunner().invoke(main, asked)
    assert answer.exit_code == 0
    (request_id,) = unpublished(sqlite)
    assert request_id in answer.output
