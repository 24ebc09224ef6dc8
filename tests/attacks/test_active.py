"""Agencies that revise, withdraw, erase, time what they send about cut-offs, and ask for releases again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from analysis.disclosure.cells import CellKey
from analysis.disclosure.counting import Tally
from analysis.disclosure.noise import STANDARD, Protected
from analysis.disclosure.odds import Change, best_success, changes, log_ratio, rho
from analysis.ledger.row import Record, fold
from analysis.mechanism.board import CARE, CUT_OFF, POLICE, SentRecord, board_of, life, register, returns, rows, token
from analysis.mechanism.trial import keys_of, least
from analysis.release import LADDER, board_at, build_releases
from tests.attacks import guessing

KINDS = ("cse_concern",)


def concerns(number: int, agency: str = POLICE, name: str = "own", quarter: int = 1) -> list[SentRecord]:
    """A concern each of so many children."""
    children = [token(f"{name}{n}") for n in range(number)]
    return [sent for child in children for sent in life([child], [agency], quarters=(quarter,), kinds=KINDS)]


def test_a_release_asked_for_again_is_the_same_bytes() -> None:
    """So that nothing averages out; that a window is released once is for tests/streams."""
    sent = concerns(14)
    first = [one.model_dump_json() for one in guessing.release(sent, 1)]
    assert [one.model_dump_json() for one in guessing.release(sent[::-1], 1)] == first
    assert [one.model_dump_json() for one in guessing.release(sent, 2)] != first


def test_what_was_withdrawn_again_and_what_came_too_late_changes_nothing() -> None:
    """Whoever sends and withdraws gets the cells that he would have had, of everything."""
    of = register()
    board, kept = board_of(of), [*rows(concerns(14)), *returns()]
    late, back = [], []
    for (own_id, row), (_, other) in zip(rows(concerns(5, name="late")), rows(concerns(5, name="back")), strict=True):
        event, _, agency = own_id.partition("|")
        data = {**row.data, "occurred_on": "2025-07-09"}
        after = int(CUT_OFF.timestamp() * 1000) + 1
        late.append((own_id, fold(None, Record(event, 0, "cse_concern", data, 0, 0, after))))
        taken = Record(event, 1, "withdrawal", {"agency": agency, "board": board.code}, 0, 1, 2)
        back.append(
            (f"{event}b|{agency}", fold(fold(None, Record(event, 0, "cse_concern", other.data, 0, 0, 1)), taken))
        )
    found = [
        build_releases(of, board, guessing.YEAR, board_at(of, board, every, CUT_OFF), keys_of(1), CUT_OFF).releases
        for every in (kept, [*kept, *late], [*kept, *back])
    ]
    assert found[0] == found[1] == found[2]


@pytest.mark.slow
def test_a_child_erased_between_its_quarter_and_its_year() -> None:
    """In the quarter's release and not in the year's: who compares them has two draws, and no difference."""
    own, child = concerns(14), concerns(1, CARE, "theirs")
    before, after = guessing.counted([*own, *child]), guessing.counted(own)
    quarter, year = LADDER.grid("2025Q3", before.shape), LADDER.grid("2025FY", before.shape)
    there = {**changes(before, after, quarter)}
    assert there
    assert not set(there) & set(year)
    right = _right([(before, "2025Q3"), (after, "2025FY")], [(after, "2025Q3"), (after, "2025FY")], there)
    assert least(right, 2 * guessing.KEYS) <= best_success(rho(there.values()))


@pytest.mark.slow
def test_records_held_back_until_after_the_quarter() -> None:
    """The attacker's own come after the quarter's cut-off: the quarter shows the others alone, the year all of them."""
    own, child = concerns(14), concerns(1, CARE, "theirs")
    worlds = {False: ([], own), True: (child, [*own, *child])}
    tallies = {yes: (guessing.counted(first), guessing.counted(later)) for yes, (first, later) in worlds.items()}
    shape = tallies[True][0].shape
    there = changes(tallies[True][0], tallies[False][0], LADDER.grid("2025Q3", shape))
    there |= changes(tallies[True][1], tallies[False][1], LADDER.grid("2025FY", shape))
    plans = {yes: [(first, "2025Q3"), (later, "2025FY")] for yes, (first, later) in tallies.items()}
    right = _right(plans[True], plans[False], there)
    assert least(right, 2 * guessing.KEYS) <= best_success(rho(there.values()))


@pytest.mark.slow
def test_a_correction_of_ones_own_record_moves_ones_own_cells_alone() -> None:
    """Revised: another day, another quarter. What others hold of other children is drawn as before."""
    others = concerns(13, CARE, "theirs")
    for less, more in guessing.pairs([*others, *concerns(3)], [*others, *concerns(3, quarter=2)], ("2025Q3",), keys=50):
        theirs = [key for key in less if key.who == "sector:childrens_social_care"]
        assert {key: less[key] for key in theirs} == {key: more[key] for key in theirs}


@pytest.mark.slow
def test_probing_one_child_in_every_town_quarter_and_indicator_is_one_child() -> None:
    """Homes and days at will: a named child of another agency's, probed with all that one can send about it."""
    child = [token("named")]
    own = [*concerns(13), *life(child, [POLICE])]
    theirs = life(child, [CARE], quarters=(1,), kinds=KINDS)
    game = guessing.play(own, [*own, *theirs], ("2025Q3", "2025FY"))
    assert game.held, f"{game.right} of {game.of} right, {game.permitted} permitted"
    assert {key.who for key in game.differing} <= {"any", "sector:childrens_social_care", "sector:police"}
    assert date(2025, 7, 1) <= min(sent.on for sent in theirs)


Plan = Sequence[tuple[Tally, str]]


def _right(more: Plan, less: Plan, there: dict[CellKey, Change]) -> int:
    """What the guesser gets right of both worlds, under fresh keys."""
    right = 0.0
    for number in range(guessing.KEYS):
        for plan, yes in ((more, True), (less, False)):
            shown: dict[CellKey, Protected] = {}
            for tally, window in plan:
                keys = [key for key in there if key.window == window]
                shown |= {k: STANDARD.protect(tally.children(k), k.label, keys_of(number)) for k in keys}
            told = log_ratio((change, shown[key].value) for key, change in there.items())
            right += 0.5 if told == 0 else (told > 0) is yes
    return int(right)
