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
from models.releases.written import WRITTEN
from tests.attacks.canaries import Hit, allowed
from tests.operations.files import ROOT, tables

PAGE = (ROOT / "docs" / "protection.md").read_text("utf-8")
TEXT = re.sub(r"\s+", " ", PAGE)
OLDER = {CellState.NONE, CellState.ONE_TO_NINE, CellState.WITHHELD}


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


def test_every_state_is_written_as_the_code_writes_it() -> None:
    rows = tables(PAGE, "## States of a cell")
    said = [(row[1], row[2]) for row in rows if row[3] == "yes"]
    written = [(f"`{one.word}`", f"`{one.in_files}`") for state, one in WRITTEN.items() if state not in OLDER]
    assert said == [("`25`", "`25`"), *written]
    old = [WRITTEN[state] for state in WRITTEN if state in OLDER]
    assert [re.findall(r"`([^`]+)`", cell) for cell in rows[-1][1:3]] == [
        [one.word for one in old],
        [one.in_files for one in old],
    ]


def test_nothing_in_a_file_means_what_the_governments_shorthand_does_not() -> None:
    """[u] is low reliability and [low] rounds to nought: neither is a state of ours."""
    meanings = {"x": CellState.NO_RETURN, "z": CellState.NOT_APPLICABLE, "c": CellState.WITHHELD}
    for state, one in WRITTEN.items():
        for mark in re.findall(r"\[(\w+)\]", one.in_files):
            assert meanings[mark] is state


def test_the_table_says_where_the_attacks_allow_a_token() -> None:
    rows = {row[0]: row[1] for row in tables(PAGE, "## Where what may be found")}
    assert rows["`lt` tokens"] == "outboxes, raw topics"
    assert rows["`ct` tokens"] == "the accepted topic, the ledger and its changelogs"
    raw, accepted = f"topic:{topics.raw('met-police')}", f"topic:{topics.ACCEPTED}"
    may = {(surface, token) for surface in (raw, accepted, "outbox:x", "file:log") for token in ("lt", "ct")
           if allowed(Hit(surface, token, "token"))}  # fmt: skip
    assert may == {(raw, "lt"), ("outbox:x", "lt"), (accepted, "ct")}
    assert allowed(Hit(f"topic:{topics.LEDGER_CHANGELOG}", "ct", "token"))
