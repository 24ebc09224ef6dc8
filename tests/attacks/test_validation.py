"""The validation of disclosure control, as `make validate-disclosure` runs it, on one small board."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.disclosure.ladders import LADDERS
from benchmarks.release_boards import FEW, LATE, YEARS, batch, board
from benchmarks.release_sectors import SPLIT
from benchmarks.release_validation import BY, main, validate
from models.contract.periods import parts

pytestmark = pytest.mark.slow


def test_two_years_of_a_board_are_released_attacked_and_reported(tmp_path: Path) -> None:
    arguments = ["--boards", "1", "--first-seed", "2", "--checkpoints", str(tmp_path), "--out", str(tmp_path / "r.md")]
    first = CliRunner().invoke(main, arguments)
    assert first.exit_code == 0, first.output
    assert "board 2, 20 children a year: 3 releases" in first.stdout
    report = (tmp_path / "r.md").read_text("utf-8")
    assert "Boards run: 1 of 1" in report
    assert "Disclosures: 0 by the audit and 0 by another attack" in report
    assert "0 releases refused" in report
    again = CliRunner().invoke(main, arguments)
    assert "board 2" not in again.stdout, "a board that was run is not run again"
    (file,) = tmp_path.glob("*.json")
    content = json.loads(file.read_text("utf-8"))
    assert all(content[how][f"{by}: attacks"] > 0 for how in ("audit", "attack") for by in BY)
    assert content["contradictory"] == 0, "figures that cannot be so prove nothing"
    content["attack"]["one agency: proofs"] = 1
    file.write_text(json.dumps(content), "utf-8")
    disclosed = CliRunner().invoke(main, [*arguments, "--report-only"])
    assert disclosed.exit_code == 1
    assert "- seed 2, 20 a year: 0 and 1" in (tmp_path / "r.md").read_text("utf-8")


def test_a_batch_has_all_sizes_and_the_same_seed_gives_the_same_board() -> None:
    sizes = [children for _, children in batch(100)]
    assert (len(sizes), sizes[0], sizes[-1]) == (100, 20, 4000)
    assert sizes == sorted(sizes)
    one, again = board(7, 60, "quarters_and_years"), board(7, 60)
    assert one.facts == again.facts
    share = len(one.late) / len(one.facts)
    assert 0 < share < 3 * LATE
    assert not board(8, 60).late
    year, more = one.tally(YEARS[0]), 0
    for window in parts(YEARS[0]):
        quarter = one.tally(window)
        cells = [key for key in LADDERS[4].grid(window, one.shape) if quarter.children(key)]
        assert all(quarter.children(key) <= year.children(key) for key in cells), "the year sees what its quarter saw"
        more += sum(quarter.children(key) < year.children(key) for key in cells)
    assert more > 0, "and what came late for it"


def test_a_board_with_few_children_releases_years_and_a_pair_that_sees_what_came_late_for_the_first() -> None:
    few = board(7, 250)
    assert (few.schedule, board(7, FEW).schedule) == ("years_and_pairs_of_years", "quarters_and_years")
    assert few.candidates == (("2024FY",), ("2025FY", "2024FY2"))
    grid = LADDERS[4].of(few.schedule).grid("2024FY", few.shape)
    first, pair, again = few.tally("2024FY"), few.tally("2024FY2"), few.tally("2024FY", at="2025FY")
    both = [(key, key._replace(window="2024FY2")) for key in grid]
    assert all(first.children(year) <= again.children(year) <= pair.children(two) for year, two in both)
    assert sum(first.children(year) < again.children(year) for year, _ in both) > 0
    assert not few.tally("2025FY").children(grid[0]), "of another window nothing is counted"


def test_a_board_with_quarters_is_attacked_by_the_year() -> None:
    found = validate(2, 20, "quarters_and_years")
    assert found.releases == 10
    assert found.contradictory == 0
    assert sum(found.audit[f"{by}: proofs"] + found.attack[f"{by}: proofs"] for by in BY) == 0


def test_sectors_link_by_their_own_tokens_and_roles_know_more_than_they_report() -> None:
    one = board(2, 300)
    whole = {fact.child for fact in one.facts if not fact.sector}
    halves = {fact.child for fact in one.facts if fact.sector} - whole
    assert 0 < len(halves) < 4 * SPLIT * len(whole) * len(one.shape.sectors)
    without, of = one.tally(YEARS[0]), LADDERS[4].grid(YEARS[0], one.shape)
    for role in one.roles:
        begins = [key for key in of if key.measure == role.begins]
        assert any(without.known(key, [role.agency]) >= len(without.children(key)) * role.share * 0.8 for key in begins)
    there = [key for key in of if key.who == "sector:sector-0" and key.measure == "m8_completed"]
    assert sum(without.known(key, [one.roles[1].agency]) for key in there) > 0, "the interviewer is of another sector"
