"""Cells that are empty for a reason everyone knows: from register, catalogue and returns, never from a count."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.stated import stated
from analysis.measures.history import Rules
from analysis.release import LADDER
from models.catalogue import shipped
from models.register import Register
from models.releases import CellState
from tests.factories import BOARD, CARE, POLICE, SCHOOLS, register


def sending(**kinds: list[str] | None) -> Register:
    """The tests' register, with what agencies send."""
    document: dict[str, Any] = register().model_dump(mode="json")
    for agency in document["agencies"]:
        agency["child_records"] = kinds.get(agency["sector"])
    return Register.model_validate(document)


def states(of: Register, *silent: str, window: str = "2025FY") -> dict[tuple[str, str], CellState]:
    """(measure, sector) -> state, of cells of the whole board without an indicator."""
    shape = Shape.of(of, of.board_by_code[BOARD], ())
    found = stated(LADDER.grid(window, shape), shape, of, Rules(), silent)
    return {(k.measure, k.who.removeprefix("sector:")): s for k, s in found.items() if k.level == "board"}


def test_a_sector_that_sends_no_such_record_is_not_recorded() -> None:
    found = states(sending(education=["cse_concern", "indicator_observed"]))
    assert found["m9_children", "education"] is CellState.NOT_RECORDED
    assert found["m8_returned", "education"] is CellState.NOT_RECORDED
    assert ("m1_children", "education") not in found
    assert ("m18_missed_any", "education") not in found, "it sends signs, which are contacts"
    assert ("m9_children", "police") not in found


def test_nothing_about_children_at_all() -> None:
    found = states(sending(education=[]))
    asked = {m for m in LADDER.measures if ("board", "year", "sector") in {
        (r.level, r.window, r.split) for r in LADDER.rungs if m in r.measures}}  # fmt: skip
    told = {m for (m, who), state in found.items() if who == "education" and state is not CellState.NOT_APPLICABLE}
    assert {m for m in asked if not m.startswith(("m6_", "m18_"))} <= told
    assert {"m6_any", "m18_recorded_any", "m18_missed_any"} <= told


def test_without_a_word_in_the_register_every_record_may_come() -> None:
    assert {s for (_, _), s in states(register()).items()} <= {CellState.NOT_APPLICABLE}


def test_a_category_that_nobody_there_is_expected_to_see_is_not_applicable() -> None:
    found = states(register())
    expected = shipped().expected
    for sector in ("police", "childrens_social_care", "education"):
        for category in shipped().categories:
            absent = found.get((f"m6_{category}", sector)) is CellState.NOT_APPLICABLE
            assert absent == (not expected(sector, category))
    assert ("m6_any", "police") not in found


@pytest.mark.parametrize("window", ["2026Q1", "2025FY"])
def test_who_returned_nothing_shows_no_return_in_every_cell(window: str) -> None:
    """It was "not recorded" where its agreement names no such record."""
    found = states(sending(education=["indicator_observed"]), "education", window=window)
    own = {state for (_, sector), state in found.items() if sector == "education"}
    assert own == {CellState.NO_RETURN}
    assert {m for m, sector in found if sector == "education"} == {
        m for rung in LADDER.rungs for m in rung.measures
        if (rung.level, rung.split, rung.window) == ("board", "sector", "quarter" if window == "2026Q1" else "year")
    }  # fmt: skip
    assert ("m1_children", "any") not in found


def test_who_holds_the_interviews_is_not_asked_by_a_table_of_who_reported_the_episode() -> None:
    """It was "not recorded" in M8, which holds what it records: interviews."""
    found = states(sending(education=["return_interview"]))
    assert found["m8_completed", "education"] is found["m8_returned", "education"] is CellState.NOT_APPLICABLE
    assert found["m9_children", "education"] is found["m7_screened", "education"] is CellState.NOT_RECORDED
    screened = states(sending(education=["screening", "response"]))
    assert screened["m7_screened", "education"] is screened["m10_responded", "education"] is CellState.NOT_APPLICABLE
    assert screened["m1_children", "education"] is CellState.NOT_RECORDED


def test_two_agencies_of_a_sector_must_both_not_send_it() -> None:
    document = sending(police=["cse_concern"]).model_dump(mode="json")
    for agency in document["agencies"]:
        agency["sector"] = "police" if agency["id"] in (POLICE, SCHOOLS) else agency["sector"]
    assert ("m9_children", "police") not in states(Register.model_validate(document))
    for agency in document["agencies"]:
        agency["child_records"] = None if agency["id"] == CARE else ["cse_concern"]
    assert states(Register.model_validate(document))["m9_children", "police"] is CellState.NOT_RECORDED


def test_totals_and_areas_of_the_whole_board_are_never_stated() -> None:
    of = sending(police=[], education=[], childrens_social_care=[])
    shape = Shape.of(of, of.board_by_code[BOARD], ("GIFTS_MONEY",))
    found = stated(LADDER.grid("2025FY", shape), shape, of, Rules(), ("police",))
    assert all(key.who != "any" for key in found)
    assert CellKey("m9_children", "2025FY", "town", f"{BOARD}-T1", "sector:police") in found
