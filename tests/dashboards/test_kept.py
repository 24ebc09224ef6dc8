"""What the pages keep in memory is never out of date, whoever changed what, and never more than it may be."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from dashboards.life import changes
from dashboards.life.states import DecisionReason
from dashboards.queries import conclusions
from dashboards.queries.documents import documents
from dashboards.queries.opened import KEPT, Kept
from dashboards.registry import RegisterReader
from dashboards.upkeep import Upkeep
from models.store import ReleaseRow, make_engine, writing
from tests.dashboards.conftest import Visit, store
from tests.dashboards.ladder_3 import ladder_3
from tests.models.store.factories import BOARD, make_release, wire

YEAR = f"{BOARD}.2025FY.l3"
TRAINING = f"/boards/{BOARD}/training"


@pytest.fixture
def filled(sqlite: Engine) -> Engine:
    """Two years, with detection shares."""
    store(sqlite, ladder_3("2024FY", detection=True), ladder_3("2025FY", detection=True))
    return sqlite


def test_a_document_is_parsed_once_and_the_oldest_go_first() -> None:
    bodies = [wire(make_release(window)) for window in ("2025Q2", "2025Q3", "2025Q4")]
    kept = Kept(most_bytes=len(bodies[0]) + len(bodies[1]))
    first, second = (kept.open(body) for body in bodies[:2])
    assert kept.open(bytes(bodies[0])) is first
    assert (first.release.window, second.release.window, kept.parsed) == ("2025Q2", "2025Q3", 2)
    kept.open(bodies[2])
    assert kept.open(bodies[0]) is first
    assert kept.open(bodies[1]) is not second


def test_what_another_process_withdraws_is_gone_from_the_next_page(filled: Engine, visit: Visit) -> None:
    client, elsewhere = visit(filled), make_engine(str(filled.url))
    assert "data-topic" in client.get(TRAINING).text
    for year in ("2024FY", "2025FY"):
        changes.withdraw(elsewhere, f"{BOARD}.{year}.l3", "beth", DecisionReason.WRONG_RETURN)
    elsewhere.dispose()
    assert "data-topic" not in client.get(TRAINING).text


def test_other_bytes_under_the_same_name_are_another_document(filled: Engine) -> None:
    def conclusion() -> object:
        register = RegisterReader(Path("demo/register")).current()
        with filled.connect() as connection:
            return conclusions.of_board(documents(connection, BOARD), register, register.board_by_code[BOARD])

    before = conclusion()
    assert conclusion() is before
    other = ladder_3("2025FY")
    with writing(filled).begin() as connection:
        connection.execute(update(ReleaseRow).where(ReleaseRow.release_id == YEAR).values(body=wire(other)))
    assert conclusion() != before


def test_a_document_can_be_read_after_the_page_has_given_its_connection_back(filled: Engine) -> None:
    with filled.connect() as connection:
        found = documents(connection, BOARD)
    assert found.shown["2024FY"].window == "2024FY"
    assert "2023FY" not in found.shown
    with pytest.raises(KeyError):
        found.shown["2023FY"]


def test_conclusions_are_there_before_anybody_asks_and_again_after_a_change(
    filled: Engine, register_dir: Path, visit: Visit
) -> None:
    conclusions.forget()
    KEPT.forget()
    parsed, upkeep = KEPT.parsed, Upkeep(filled, RegisterReader(register_dir))
    assert upkeep.look()
    assert not upkeep.look()
    assert KEPT.parsed == parsed + 2
    visit(filled).get(TRAINING)
    assert KEPT.parsed == parsed + 2
    changes.withdraw(filled, YEAR, "beth", DecisionReason.WRONG_RETURN)
    assert upkeep.look()
    path = next(register_dir.glob("register-*.yaml"))
    path.write_text(path.read_text("utf-8").replace("owes: [interviews, screenings, ", "owes: [interviews, "), "utf-8")
    assert upkeep.look()
