"""The register refuses what would misroute an event, and the newest one in force is read."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from models.register import Register, RegisterError, load_register
from tests.factories import BOARD, OTHER_BOARD, register


def document() -> dict[str, object]:
    loaded: dict[str, object] = register().model_dump(mode="json")
    return loaded


def save(folder: Path, day: str, **changes: object) -> None:
    (folder / f"register-{day}.yaml").write_text(yaml.safe_dump(document() | {"version": day} | changes))


def test_the_newest_in_force_is_read(tmp_path: Path) -> None:
    save(tmp_path, "2024-04-01")
    save(tmp_path, "2025-04-01")
    assert load_register(tmp_path, date(2025, 3, 31)).version == date(2024, 4, 1)
    assert load_register(tmp_path, date(2025, 4, 1)).version == date(2025, 4, 1)
    assert load_register(tmp_path).version == date(2025, 4, 1)


def of_two_authorities(*codes: str) -> dict[str, object]:
    """The test's register, whose first board covers these."""
    changed = document()
    changed["boards"][0]["authorities"] = list(codes)  # type: ignore[index]
    return changed


def test_a_board_may_cover_several_local_authorities() -> None:
    assert Register.model_validate(document()).board_by_code[BOARD].covers == (BOARD,)
    loaded = Register.model_validate(of_two_authorities(BOARD, "X06000002"))
    assert loaded.board_by_code[BOARD].covers == (BOARD, "X06000002")
    # Nothing else depends on it: its areas are those that it lists.
    assert loaded.board_of_ward == register().board_of_ward


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        (["X06000002"], "a board's own code, X08000001, is one of them"),
        ([BOARD, BOARD], "local authority listed twice"),
        ([BOARD, OTHER_BOARD], "local authority listed twice"),
        ([BOARD, "Anytown"], "should match pattern"),
        ([], "at least 1 item"),
    ],
)
def test_authorities_that_cannot_be_are_refused(codes: list[str], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Register.model_validate(of_two_authorities(*codes))


def test_none_in_force_says_so(tmp_path: Path) -> None:
    save(tmp_path, "2024-04-01")
    with pytest.raises(RegisterError, match="in force on 2024-03-31"):
        load_register(tmp_path, date(2024, 3, 31))


def test_a_name_that_disagrees_with_its_version_is_refused(tmp_path: Path) -> None:
    save(tmp_path, "2024-04-01", version="2024-05-01")
    with pytest.raises(RegisterError, match="its name says 2024-04-01"):
        load_register(tmp_path)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda d: d["boards"].append(d["boards"][0]), "board listed twice"),
        (lambda d: d["boards"][0].update(partition=12), "less than 12"),
        (lambda d: d["agencies"][0].update(boards=["X08000009"]), "are not in the register"),
        (lambda d: d["agreements"][0].update(agency="nobody"), "not in the register"),
        (lambda d: d["boards"][0]["wards"][0].update(town="X08000001-T9"), "town that is not listed"),
        (lambda d: d["boards"][0].update(surprise=1), "Extra inputs"),
        (
            lambda d: d["boards"][0].update(
                clusters_below_ten={"accepted_by": "The board", "accepted_on": "2024-04-02"}
            ),
            "accepted after the day this register begins",
        ),
        (
            lambda d: d["boards"][0].update(
                clusters_below_ten={"accepted_by": "7 people", "accepted_on": "2024-03-01"}
            ),
            "should match pattern",
        ),
        (lambda d: d["boards"][0].update(case_route="ring 01234 567890"), "should match pattern"),
    ],
)
def test_inconsistent_registers_are_refused(spoil: object, message: str) -> None:
    changed = document()
    spoil(changed)  # type: ignore[operator]
    with pytest.raises(ValidationError, match=message):
        Register.model_validate(changed)


ACCEPTED = {"accepted_by": "The safeguarding board", "accepted_on": "2024-03-01"}
ROUTE = "The weekly exploitation meeting at the front door"


@pytest.mark.parametrize(
    ("decided", "loads"),
    [
        ({}, False),
        ({"clusters_below_ten": ACCEPTED}, False),
        ({"case_route": ROUTE}, False),
        ({"clusters_below_ten": ACCEPTED, "case_route": ROUTE}, True),
    ],
)
def test_a_register_of_real_boards_names_who_accepted_and_the_route(
    tmp_path: Path, decided: dict[str, object], loads: bool
) -> None:
    """The second board has decided: the first is named alone, with what to add and to which file."""
    boards = register().model_dump(mode="json")["boards"]
    boards[0] |= decided
    boards[1] |= {"clusters_below_ten": ACCEPTED, "case_route": ROUTE}
    save(tmp_path, "2024-04-01", boards=boards)
    assert load_register(tmp_path).synthetic
    save(tmp_path, "2024-04-01", boards=boards, synthetic=False)
    if loads:
        accepted = load_register(tmp_path).boards[0].clusters_below_ten
        assert accepted is not None
        assert accepted.accepted_by == "The safeguarding board"
        return
    with pytest.raises(RegisterError) as refused:
        load_register(tmp_path)
    assert str(refused.value) == (
        f"{tmp_path / 'register-2024-04-01.yaml'}: boards X08000001: add `clusters_below_ten: {{accepted_by: a role or "
        "body, accepted_on: YYYY-MM-DD}`, who accepted that clusters of fewer than ten children are seen and not "
        "shown, and `case_route:`, where agencies compare notes on single children (docs/running.md); only a register "
        "that is `synthetic: true` may leave them out"
    )


@pytest.mark.parametrize(
    ("today", "first"),
    [("2026-05-11", "2024-01-11"), ("2026-06-30", "2024-02-29"), ("2026-05-31", "2024-01-31")],
)
def test_accepted_dates_go_back_by_calendar_months_and_end_tomorrow(today: str, first: str) -> None:
    day = date.fromisoformat(today)
    board = register().board_by_code[BOARD]
    assert board.accepted_dates(day) == (date.fromisoformat(first), day + timedelta(days=1))


def test_who_knows_what_is_checked() -> None:
    """What an agency sees of others' work is one of four roles, and systems are shared with other agencies."""
    content = document()
    agencies = content["agencies"]
    assert isinstance(agencies, list)
    agencies[0] |= {"knows": ["interviews", "lead"], "shares_system_with": [agencies[1]["id"]]}
    read = Register.model_validate(content).agencies[0]
    assert (read.knows, read.shares_system_with) == (("interviews", "lead"), (agencies[1]["id"],))
    assert Register.model_validate(content).agencies[1].knows == ()
    for field, value, message in (
        ("knows", ["everything"], "interviews"),
        ("shares_system_with", ["nobody"], "not in the register"),
        ("shares_system_with", [agencies[0]["id"]], "names the agency itself"),
    ):
        spoiled = content | {"agencies": [agencies[0] | {field: value}, *agencies[1:]]}
        with pytest.raises(ValidationError, match=message):
            Register.model_validate(spoiled)
