"""The attacks on ladder 3: outsider, every agency and every pair, on small boards where most cells are low."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analysis.disclosure.algebra import system_of
from analysis.disclosure.audit import Auditor
from analysis.disclosure.build import candidate as make_candidate
from analysis.disclosure.cells import Shape
from analysis.disclosure.counting import attribute, tally
from analysis.disclosure.facts import facts_of, homes_of
from analysis.disclosure.gate import attackers_of, gate
from analysis.disclosure.ladder_next import NEXT
from analysis.measures.picture import picture
from analysis.measures.registry import MEASURES
from analysis.measures.released import RELEASED
from analysis.measures.setting import Setting
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
        (0.3, ["2025FY"]),
        pytest.param(0.1, ["2025Q2", "2025Q3", "2025Q4", "2026Q1", "2025FY"], marks=pytest.mark.batch),
    ],
)
def test_no_one_and_no_pair_proves_a_small_group(tmp_path: Path, scale: float, windows: list[str]) -> None:
    """About 150 and 450 children a year in all streams; eight indicators, so that the year is audited in seconds."""
    generate(tmp_path / "exports", scale=scale)
    (tmp_path / "keys").mkdir()
    register = load_register(REGISTER)
    board = register.boards[0]
    rows = synthetic_rows(tmp_path / "exports", tmp_path / "keys")
    seen = picture(rows.items(), Setting.of(register, board, date(2026, 5, 12)))
    codes = ("ALCOHOL", "CTRL_ADULT", "DRUGS", "GANG_ASSOC", "GIFTS_MONEY", "ONLINE_GROOM", "STI", "UNK_VEHICLE")
    shape = Shape.of(register, board, codes)
    facts = facts_of(seen.seen, seen.setting.rules, {**MEASURES, **RELEASED})
    counted = tally(attribute(facts, shape, homes_of(seen.seen, shape)), shape)
    made = make_candidate(counted, NEXT, windows, boards.keys(1), "2026-04-29")
    gated = gate(made)
    system = system_of([replace(made, cells=gated.cells).published()], shape)
    auditor = Auditor(system.system, worlds=system.worlds(NEXT))
    proofs = []
    for group in attackers_of(shape.sector_of, 2):
        report = auditor.audit(system.knowledge(group, counted.known, made.cut_off))
        proofs += [f"{report.attacker}: {failure}" for failure in report.failures]
        proofs += ["contradictory"] * report.contradictory
    assert proofs == []
