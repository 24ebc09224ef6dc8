"""The demo's score of its signals: what is of the planted rise, what is elsewhere, and when that is too much."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import insert

from demo.signals import Score, score, silence_has_come
from models.register import load_register
from models.signals import Signal
from models.store import SignalRow, make_engine, upgrade
from tests.models.store.factories import make_signal, make_silence

ROOT = Path(__file__).parents[2]


def test_signals_are_scored_against_the_planted_truth(tmp_path: Path) -> None:
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps({"planted": {"rise_ward": "X05000018", "rise_from": "2025-11-01"}}))
    engine = make_engine(f"sqlite:///{tmp_path / 'store.db'}")
    upgrade(engine)
    assert not silence_has_come(engine)
    early = make_signal(
        "X05000018", date(2025, 6, 2), starts_on=date(2025, 4, 28), ends_on=date(2025, 6, 1), kind="missing",
        signal_id="X08000001.missing.X05000018.2025-06-02",
    )  # fmt: skip
    with engine.begin() as connection:
        for at, signal in enumerate((make_signal(), make_signal("X05000001"), early, make_silence())):
            row = signal.model_dump(exclude={"areas"}) | {"src_offset": at}
            row["areas"] = " ".join(signal.areas) if isinstance(signal, Signal) else ""
            connection.execute(insert(SignalRow).values(**row))
    found = score(engine, truth)
    engine.dispose()
    assert found == Score({"agency_silent": 1, "cse_concern": 2, "missing": 1}, 4, 1, 2)
    assert found.total == 4
    assert not found.found, "two elsewhere are more than a year should give"
    assert replace(found, elsewhere=1).found
    assert not replace(found, of_the_rise=0, elsewhere=0).found


def test_the_registers_neighbours_are_those_of_the_map() -> None:
    outlines = json.loads((ROOT / "demo" / "geometry" / "aldermere-2024.geojson").read_text("utf-8"))
    drawn = {feature["id"]: sorted(feature["properties"]["neighbours"]) for feature in outlines["features"]}
    assert {w.code: sorted(w.neighbours) for w in load_register(ROOT / "demo" / "register").boards[0].wards} == drawn
