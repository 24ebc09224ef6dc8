"""The page of signals: in words, with the caution and the effort beside them, and no number of children."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml
from sqlalchemy import Engine, insert

from analysis.signals.sentences import CAUTION
from models.contract.codes import Sector
from models.register import load_register
from models.releases import SessionHeld
from models.signals import OperationalSignal, Signal
from models.store import SignalRow
from tests.dashboards.conftest import Visit, store
from tests.dashboards.html import Page
from tests.models.store.factories import BOARD, make_release, make_signal, make_silence, make_submission

VERSION = "2024-04-01"
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
    assert (
        "One signal about children is open. In Rookhollow ward, more children than usual had a concern about" in words
    )
    assert words.index(CAUTION) < words.index("Signals about children over time"), "the caution comes first"
    assert "It is unlikely to be chance: fewer than one false alarm" in words
    assert "No single agency explains it" in words
    assert "Aldermere Housing (synthetic) has sent no return" in words
    assert "Oct to Dec 2025 2 of 8 agencies sent their return; 14 staff came to training" in words
    assert "Jan to Mar 2026 0 of 8 agencies sent their return; staff trained: not released yet" in words
    assert "Opened 2 February 2026" in words
    assert page.having("a", href=f"/boards/{BOARD}/places/X05000018"), "where children live is another page"
    assert page.having("a", href=f"/boards/{BOARD}/where")
    assert "CSE concerns: Gorselode, closed on 2 March 2026" in words
    assert [svg["class"] for svg in page.having("svg")] == ["picture rows"]
    assert "CSE concerns: Rookhollow: 29 Dec 2025 to 1 Feb 2026; opened 2 Feb 2026, open;" in words


def test_no_signal_is_not_no_harm(sqlite: Engine, visit: Visit) -> None:
    _, words = text(visit, sqlite)
    assert "That does not mean that nothing is happening" in words
    assert "No agency is silent" in words


def test_what_closed_over_a_year_ago_is_not_shown(sqlite: Engine, visit: Visit) -> None:
    put(sqlite, make_signal(opened=date(2025, 1, 6), updated_on=date(2025, 5, 5), closed_on=date(2025, 5, 5)))
    page, _ = text(visit, sqlite)
    assert page.having("svg") == [], "no signal, and no picture of any"


def test_the_boards_page_points_there(sqlite: Engine, visit: Visit) -> None:
    put(sqlite, make_signal(), make_silence())
    page, words = text(visit, sqlite, f"/boards/{BOARD}")
    assert page.having("a", href=PATH)
    assert "CSE concerns: Rookhollow." in words
    assert "An agency has gone silent: Aldermere Housing (synthetic)." in words


def test_a_strange_board_is_not_found(sqlite: Engine, visit: Visit) -> None:
    assert visit(sqlite).get("/boards/X99999999/signals").status_code == 404


def calibrate(folder: Path) -> None:
    """Put a calibration beside the register."""
    digest = load_register(folder).board_by_code[BOARD].places_digest
    own = {
        "children": 1400, "places": digest, "told": 5.0, "rare": 7.0, "by_chance": 0.19, "in_groups": 0.61,
        "boards": 100, "noticeable": [
            {"kind": "missing", "level": "ward", "weeks": 8, "usual": 4.1, "extra": 21},
            {"kind": "missing", "level": "ward", "weeks": 13, "usual": 6.7, "extra": None},
        ],
    }  # fmt: skip
    (folder / f"signals-{VERSION}.yaml").write_text(yaml.safe_dump({BOARD: own}))


def test_it_says_what_could_have_been_noticed(sqlite: Engine, visit: Visit, register_dir: Path) -> None:
    calibrate(register_dir)
    page, words = text(visit, sqlite)
    assert (
        "In a ward of this board about 21 more missing children in 8 weeks would probably, 8 times in 10, have been "
        "noticed. A doubling would not."
    ) in words
    assert "about 1,400 children a year" in words
    assert "chance alone raised 0.19 signals a year; 0.61 where children come in groups" in words
    assert page.tables[0][1] == [
        "Missing children, ward",
        "21 more (about 4 usual)",
        "not even 160 more (about 7 usual)",
    ]


def test_a_board_that_was_not_calibrated_says_so(sqlite: Engine, visit: Visit, register_dir: Path) -> None:
    (register_dir / f"signals-{VERSION}.yaml").unlink(missing_ok=True)
    _, words = text(visit, sqlite)
    assert "has not been worked out for this board" in words
