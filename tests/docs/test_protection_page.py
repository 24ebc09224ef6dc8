"""docs/protection.md gives the same numbers, marks and places as the code."""

from __future__ import annotations

import re

from agencies.generalise import SMALLEST_CELL
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import STANDARD
from analysis.signals.gate import FEWEST_CHILDREN
from models.contract import topics
from models.register.types import Board
from models.releases import CellState
from tests.attacks.canaries import Hit, allowed
from tests.operations.files import ROOT, tables

PAGE = (ROOT / "docs" / "protection.md").read_text("utf-8")
TEXT = re.sub(r"\s+", " ", PAGE)
MARKS = {
    CellState.LOW: "`<10`, `[low]`",
    CellState.NO_RETURN: "`[x]`",
    CellState.NOT_RECORDED: "`[u]`",
    CellState.NOT_APPLICABLE: "`[z]`",
}


def test_the_rule_has_its_numbers() -> None:
    assert f"a discrete Gaussian of standard deviation {STANDARD.deviation}, to the nearest {STANDARD.base}" in TEXT
    assert f"below {STANDARD.lowest} it is `<{STANDARD.lowest}`" in TEXT
    assert LADDERS[max(LADDERS)].most_indicators == 6
    assert "A child counts under six indicators at most" in TEXT


def test_the_settings_have_their_numbers() -> None:
    assert f"the end of the window plus {Board.model_fields['cut_off_days'].default} days" in TEXT
    assert f"A ward with fewer than {SMALLEST_CELL} under-18s" in TEXT
    assert FEWEST_CHILDREN == 10
    assert "only if the rise, and ten children, remain whichever one agency is left out" in TEXT


def test_every_state_has_its_mark() -> None:
    marks = [row[1] for row in tables(PAGE, "## States of a cell") if row[2] == "yes"]
    assert marks == ["`25`", *MARKS.values()]
    older = {CellState.NONE, CellState.ONE_TO_NINE, CellState.WITHHELD}
    assert {CellState.FIGURE, *MARKS, *older} == set(CellState)


def test_the_table_says_where_the_attacks_allow_a_token() -> None:
    rows = {row[0]: row[1] for row in tables(PAGE, "## Where what may be found")}
    assert rows["`lt` tokens"] == "outboxes, raw topics"
    assert rows["`ct` tokens"] == "the accepted topic, the ledger and its changelogs"
    raw, accepted = f"topic:{topics.raw('met-police')}", f"topic:{topics.ACCEPTED}"
    may = {(surface, token) for surface in (raw, accepted, "outbox:x", "file:log") for token in ("lt", "ct")
           if allowed(Hit(surface, token, "token"))}  # fmt: skip
    assert may == {(raw, "lt"), ("outbox:x", "lt"), (accepted, "ct")}
    assert allowed(Hit(f"topic:{topics.LEDGER_CHANGELOG}", "ct", "token"))
