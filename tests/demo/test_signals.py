"""The demo's score of its signals: what is of the planted rise, what is elsewhere, and when that is too much."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import insert

from demo.boards import two_boards
from demo.signals import Score, score, silence_has_come
from models.signals import Signal
from models.store import SignalRow, make_engine, upgrade
from tests.models.store.factories import BOARD, make_signal, make_silence

OTHER = "X08000002"
PLANTED = {"rise_ward": "X05000018", "rise_from": "2025-11-01", "rise_to": "2026-02-28"}


def test_signals_of_a_board_are_scored_against_what_was_planted_there(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'store.db'}")
    upgrade(engine)
    assert not silence_has_come(engine, [BOARD])
    early = make_signal(
        "X05000018", date(2025, 6, 2), starts_on=date(2025, 4, 28), ends_on=date(2025, 6, 1), kind="missing",
        signal_id="X08000001.missing.X05000018.2025-06-02",
    )  # fmt: skip
    of_town = make_signal("X08000001-T5")
    late = make_signal("X05000018", date(2026, 4, 13), starts_on=date(2026, 3, 16), ends_on=date(2026, 4, 12))
    with engine.begin() as connection:
        told = (make_signal(), make_signal("X05000001"), early, make_silence(), of_town, late)
        for at, signal in enumerate(told):
            row = signal.model_dump(exclude={"areas"}) | {"src_offset": at}
            row["areas"] = " ".join(signal.areas) if isinstance(signal, Signal) else ""
            connection.execute(insert(SignalRow).values(**row))
    register = two_boards()
    found, other = (score(engine, register.board_by_code[board], PLANTED) for board in (BOARD, OTHER))
    assert silence_has_come(engine, [BOARD])
    assert not silence_has_come(engine, [BOARD, OTHER]), "the other board's is still to come"
    engine.dispose()
    silent = frozenset({make_silence().agency})
    assert found == Score({"agency_silent": 1, "cse_concern": 4, "missing": 1}, 6, 2, 3, silent)
    assert other == Score({}, 0, 0, 0, frozenset())
    assert found.total == 6
    assert not found.found, "three elsewhere are more than a year should give"
    assert replace(found, elsewhere=1).found
    assert not replace(found, of_the_rise=0, elsewhere=0).found
