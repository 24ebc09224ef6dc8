"""The attacks on the ladder in use, all measures: outsider, every agency and every pair, where most cells are low."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from analysis.disclosure.gate import attackers_of, gate

from analysis.disclosure.algebra import system_of
from analysis.disclosure.audit import Auditor
from analysis.disclosure.build import candidate as make_candidate
from analysis.disclosure.cells import Shape
from analysis.disclosure.counting import attribute, tally
from analysis.disclosure.facts import facts_of, homes_of
from analysis.measures.picture import picture
from analysis.measures.setting import Setting
from analysis.measures.sources import stated
from analysis.release import LADDER
from demo.synthetic.__main__ import generate
from models.register import load_register
from tests.attacks import boards
from tests.demo.synthetic.support import REGISTER
from tests.support.synthetic_ledger import synthetic_rows

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("scale", "windows"),
    [
        (0.1, ["2025FY"]),
        pytest.param(0.3, ["2025FY"], marks=pytest.mark.batch),
        pytest.param(0.1, ["2025Q2", "2025Q3", "2025Q4", "2026Q1", "2025FY"], marks=pytest.mark.batch),
    ],
)
def test_no_one_and_no_pair_proves_a_small_group(tmp_path: Path, scale: float, windows: list[str]) -> None:
    """About 150 and 450 children a year in all streams; eight indicators, so that the year is audited in seconds.

    What sectors do not send or see is read as no information, and as nobody.
    """
    generate(tmp_path / "exports", scale=scale)
    (tmp_path / "keys").mkdir()
    register = load_register(REGISTER)
    board = register.boards[0]
    rows = synthetic_rows(tmp_path / "exports", tmp_path / "keys")
    seen = picture(rows.items(), Setting.of(register, board, date(2026, 5, 12)))
    codes = ("ALCOHOL", "CTRL_ADULT", "DRUGS", "GANG_ASSOC", "GIFTS_MONEY", "ONLINE_GROOM", "STI", "UNK_VEHICLE")
    shape = Shape.of(register, board, codes)
    counted = tally(attribute(facts_of(seen.seen, seen.setting.rules), shape, homes_of(seen.seen, shape)), shape)
    silent = {
        key: state
        for window in windows
        for key, state in stated(LADDER.grid(window, shape), shape, register, seen.setting.catalogue, ()).items()
    }
    made = make_candidate(counted, LADDER, windows, boards.keys(1), "2026-04-29", stated=silent)
    gated = gate(made)
    assert not gated.withheld
    out = replace(made, cells=gated.cells).published()
    proofs = []
    for reading in (out, replace(out, silence_is_none=True)):
        system = system_of([reading], shape)
        auditor = Auditor(system.system, worlds=system.worlds(LADDER))
        for group in attackers_of(shape.sector_of, 2):
            report = auditor.audit(system.knowledge(group, counted.known, made.cut_off))
            proofs += [f"{report.attacker}: {failure}" for failure in report.failures]
            proofs += ["contradictory"] * report.contradictory
    assert proofs == []
