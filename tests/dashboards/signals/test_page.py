"""The page of signals: in words, with the caution and the effort beside them, and no number of children."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine, insert

from analysis.signals.sentences import CAUTION
from models.contract.codes import Sector
from models.releases import SessionHeld
from models.signals import OperationalSignal, Signal
from models.store import SignalRow
from tests.dashboards.conftest import Visit, store
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD, make_release, make_signal, make_silence, make_submission

PATH = f"/boards/{BOARD}/signals"


def put(engine: Engine, *signals: Signal | OperationalSignal) -> None:
    """Put signals where the sink would have put them."""
    with engine.begin() as connection:
        for at, signal in enumerate(signals):
            row = signal.model_dump(exclude={"areas"}) | {"src_offset": at}
            row["areas"] = " ".join(signal.areas) if isinstance(signal, Signal) else ""
            connection.execute(insert(SignalRow).values(**row))


def text(visit: Visit, engine: Engine, path: str = PATH) -> tuple[Page, str]:
    answer = visit(engine).get(path)
    assert answer.status_code == 200
    page = Page(answer.text)
    return page, " ".join(page.text.split())


def test_open_and_closed_signals_are_told_in_words_with_caution_and_effort(engine: Engine, visit: Visit) -> None:
    closed = make_signal("X05000007", date(2026, 1, 5), updated_on=date(2026, 3, 2), closed_on=date(2026, 3, 2))
    put(engine, make_signal(), closed, make_silence())
    returns = make_submission(period="2025Q4"), make_submission("aldermere-health", "2025Q4")
    held = SessionHeld(held_on=date(2025, 11, 3), audience=Sector.HEALTH, topics=(), attended=14)
    release = make_release("2025Q4", ladder_version=3, training=(held, held.model_copy(update={"attended": None})))
    store(engine, release, *returns)
    page, words = text(visit, engine)
    assert CAUTION in words
    assert "call 999" in words
    assert "In Rookhollow ward, more children than usual had a concern about child sexual exploitation" in words
    assert "Aldermere Housing (synthetic) has sent no return" in words
    opened, ended = page.tables
    assert opened[1][0] == "CSE concerns: Rookhollow"
    assert opened[1][2] == (
        "Oct to Dec 2025: 2 of 8 agencies returned; 14 staff came to training "
        "Jan to Mar 2026: 0 of 8 agencies returned; staff trained: not released yet"
    )
    assert opened[1][3].startswith("2 February 2026")
    assert ended[1][0] == "CSE concerns: Gorselode"
    assert ended[1][4] == "2 March 2026"


def test_no_signal_is_not_no_harm(sqlite: Engine, visit: Visit) -> None:
    _, words = text(visit, sqlite)
    assert "That does not mean that nothing is happening" in words
    assert "No agency is silent" in words


def test_what_closed_over_a_year_ago_is_not_shown(sqlite: Engine, visit: Visit) -> None:
    put(sqlite, make_signal(opened=date(2025, 1, 6), updated_on=date(2025, 5, 5), closed_on=date(2025, 5, 5)))
    page, _ = text(visit, sqlite)
    assert page.tables == []


def test_the_boards_page_points_there(sqlite: Engine, visit: Visit) -> None:
    put(sqlite, make_signal(), make_silence())
    page, words = text(visit, sqlite, f"/boards/{BOARD}")
    assert page.having("a", href=PATH)
    assert "CSE concerns: Rookhollow." in words
    assert "An agency has gone silent: Aldermere Housing (synthetic)." in words


def test_a_strange_board_is_not_found(sqlite: Engine, visit: Visit) -> None:
    assert visit(sqlite).get("/boards/X99999999/signals").status_code == 404
