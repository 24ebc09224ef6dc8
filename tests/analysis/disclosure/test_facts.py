"""The facts of a board: which records count for all agencies together, and which for a sector, with who knows them."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.disclosure.cells import CellKey
from analysis.disclosure.facts import facts_of
from analysis.disclosure.knowns import known_by, knowns_of
from analysis.disclosure.ladders import LADDERS
from analysis.measures.children import view
from tests.analysis.disclosure.ledgers import INSIDERS, RULES, SHAPE
from tests.analysis.measures.ledger import rows as short_rows

CARE, POLICE = "childrens_social_care", "police"
MISSING = [
    {"type": "missing", "by": by, "child": "c", "day": day, "ended_on": day}
    for by, day in (("police", "2024-05-10"), ("police", "2024-05-20"), ("care", "2024-06-01"))
]
PLAN = {"type": "response", "by": "care", "child": "c", "day": "2024-06-02", "kind": "plan"}
TOLD = {
    **{"type": "interview", "by": "interviews", "child": "c", "day": "2024-05-11", "returned_on": "2024-05-10"},
    **{"state": "completed", "within_72h": "yes"},
}


def counted(events: list[dict[str, Any]], *names: str) -> set[tuple[str, str, tuple[str, ...] | None]]:
    """Measure, sector and who knows it, for each fact of some counts."""
    seen = view(short_rows(events).items(), None, SHAPE.sector_of)
    return {(fact.measure, fact.sector, fact.known_to) for fact in facts_of(seen, RULES, frozenset(names), INSIDERS)}


def test_a_sectors_own_records_decide_some_counts_and_all_records_the_others() -> None:
    """Of three episodes, two are the police's and one is care's: neither sector by itself has the third of a child."""
    found = {fact[:2] for fact in counted([*MISSING, PLAN], "m9_children", "m10_children", "m10_responded")}
    assert found == {
        ("m9_children", ""), ("m9_children", POLICE), ("m9_children", CARE),
        ("m10_children", ""),
        ("m10_responded", ""), ("m10_responded", CARE),
    }  # fmt: skip


def test_who_knows_a_child_from_another_sectors_records_knows_it_in_this_sectors_cells_too() -> None:
    """The interviewer was told of the return from the episode that the police reported."""
    those = ("care", "early-help", "interviews", "police")
    assert counted([MISSING[0]], "m9_children") == {
        ("m9_children", "", ("police",)),
        ("m9_children", POLICE, ("police",)),
    }
    assert counted([MISSING[0], TOLD], "m9_children") == {
        ("m9_children", "", those),
        ("m9_children", POLICE, those),
    }


def test_a_sector_counts_an_episode_in_the_month_of_its_own_report() -> None:
    """All agencies together count it in the month in which the first report has it begin, whoever made that."""
    reports = [
        {"type": "missing", "by": by, "child": "c", "day": day, "ended_on": "2024-06-02"}
        for by, day in (("police", "2024-05-31"), ("care", "2024-06-01"))
    ]
    seen = view(short_rows(reports).items(), None, SHAPE.sector_of)
    facts = facts_of(seen, RULES, frozenset({"m9_children"}), INSIDERS)
    assert {(fact.sector, fact.window) for fact in facts} == {
        ("", "2024-05"), (POLICE, "2024-05"), (CARE, "2024-06")
    }  # fmt: skip
    assert {fact.known_to for fact in facts if fact.sector == CARE} == {("care", "early-help")}


def test_a_view_without_sectors_is_refused_unless_it_is_empty() -> None:
    assert facts_of(view([], None), RULES) == []
    with pytest.raises(ValueError, match="no sectors"):
        facts_of(view(short_rows(MISSING).items(), None), RULES)


@pytest.mark.parametrize(("ladder", "repeat"), [(3, 1), (4, None)])
def test_up_to_ladder_3_a_sectors_cells_held_what_all_records_made_of_its_reports(
    ladder: int, repeat: int | None
) -> None:
    """So care knew of a repeat child in its sector's cell, by the police's two episodes before its own."""
    seen = view(short_rows(MISSING).items(), None, SHAPE.sector_of)
    found = knowns_of(known_by(seen, SHAPE, RULES, LADDERS[ladder], INSIDERS), "care").counts()
    board = CellKey("m9_children", "2024FY", "board", SHAPE.board, f"sector:{CARE}")
    assert found[board] == found[board._replace(who="any")] == 1
    assert found.get(board._replace(measure="m10_children")) == repeat
