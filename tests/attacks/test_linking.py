"""Does anybody else hold this child? An agency that sends it under two identifiers, or with a home, tries to find out.

On the rule before (KR5) the first was right 12 of 12 times and the homes 60 of 60.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

import pytest

from analysis.disclosure.cells import CellKey
from analysis.measures.registry import OWN_RECORDS
from analysis.mechanism.board import CARE, HEALTH, POLICE, WARDS, SentRecord, Token, life, token
from tests.attacks import guessing

T = TypeVar("T")
NHS, UPN = token("named"), token("named", "upn")
WINDOWS = ("2025Q3", *guessing.YEAR)
CONCERN = ("cse_concern",)


def concerns(*tokens: Token, agency: str = POLICE, home: str = WARDS[0]) -> list[SentRecord]:
    """One child's concern, under one quarter."""
    return life(tokens, [agency], home=home, quarters=(1,), kinds=CONCERN)


def decoys(number: int = 13) -> list[SentRecord]:
    """Children whom nobody else knows, so that the attacker's own cells stand at the lowest figure."""
    return [sent for n in range(number) for sent in concerns(token(f"decoy{n}"))]


def other(*tokens: Token, home: str = "", agency: str = CARE) -> SentRecord:
    """A record of somebody else's that counts nowhere by itself."""
    return SentRecord(
        agency,
        "response",
        date(2025, 4, 3),
        tokens,
        {"kind": "nfa", **({"areas": {"home": home}} if home else {})},
        name="other",
    )


def own(shown: dict[CellKey, T], sector: str = "sector:police") -> dict[CellKey, T]:
    """What an agency alone in its sector reads of its own records."""
    return {key: cell for key, cell in shown.items() if key.who == sector and key.measure in OWN_RECORDS}


SPLIT = [*decoys(), *concerns(NHS), *concerns(UPN)]
UNKNOWN, KNOWN = [*SPLIT, other(NHS)], [*SPLIT, other(NHS, UPN)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("less", "more"),
    [
        (UNKNOWN, KNOWN),
        (SPLIT, KNOWN),
        ([*decoys(), *concerns(NHS), other(NHS)], [*decoys(), *concerns(NHS), other(NHS, home=WARDS[2])]),
        ([*decoys(), *concerns(NHS)], [*decoys(), *concerns(NHS), *concerns(NHS, agency=HEALTH, home=WARDS[3])]),
    ],
    ids=["linked by another", "held by another", "a home elsewhere", "a concern of another's"],
)
def test_own_cells_are_the_same_whatever_others_hold(less: Sequence[SentRecord], more: Sequence[SentRecord]) -> None:
    """The same bytes, under 200 keys: chance, and not a bit more."""
    compared = 0
    for without, with_it in guessing.pairs(less, more, WINDOWS):
        assert own(without) == own(with_it)
        compared += len(own(without))
    assert compared > 4_000


@pytest.mark.slow
def test_the_whole_board_tells_of_a_link_what_is_permitted_and_no_more() -> None:
    game = guessing.play(UNKNOWN, KNOWN, WINDOWS)
    assert game.held, f"{game.right} of {game.of} right, {game.permitted} permitted"
    assert not own(game.differing)
    assert all(abs(change.before - change.after) == 1 for change in game.differing.values())


@pytest.mark.slow
def test_a_link_between_two_whole_lives_that_one_agency_sent_moves_no_cell() -> None:
    """As much of it as one agency can make: nobody's record makes one of two children that one agency says are two."""
    pads = [sent for n in range(10) for sent in life([token(f"decoy{n}")], [POLICE])]
    halves = [*pads, *life([NHS], [POLICE]), *life([UPN], [POLICE])]
    without, with_it = [*halves, other(NHS)], [*halves, other(NHS, UPN)]
    assert guessing.differing(without, with_it, WINDOWS) == {}
    assert len(guessing.differing(pads, halves, WINDOWS)) > 80, "what could have moved: the two lives themselves do"


@pytest.mark.slow
def test_a_false_link_by_closure_tells_what_is_permitted_of_whether_both_are_there() -> None:
    """The attacker ties two named children together: where both are held, the board counts one for two."""
    both = [token("named-1"), token("named-2")]
    tied = [*decoys(), SentRecord(POLICE, "response", date(2025, 4, 3), tuple(both), {"kind": "nfa"}, name="tie")]
    first, second = (concerns(one, agency=CARE) for one in both)
    assert not own(guessing.differing([*tied, *first], [*tied, *first, *second], WINDOWS))
    game = guessing.play([*decoys(), *first], [*decoys(), *first, *second], WINDOWS)
    assert game.held, f"{game.right} of {game.of} right, {game.permitted} permitted"
    assert game.differing
    for without, with_it in guessing.pairs([*decoys(), *first, *second], [*tied, *first, *second], WINDOWS, keys=20):
        assert own(without) == own(with_it)


def test_one_record_moves_a_cell_by_one_child_however_many_identifiers_are_tied_together() -> None:
    """Two agencies together: one sends a child under twenty identifiers, the other ties them to the child's own.

    Before each of the twenty counted as screened when somebody had screened the child: a proof, for all the noise.
    """
    many = [token(f"guess{n}", "demog") for n in range(20)]
    sent = [one for guess in many for one in concerns(guess)]
    ties = [replace(other(NHS, guess), name=f"tie{n}") for n, guess in enumerate(many)]
    [screening] = life([NHS], [HEALTH], quarters=(1,), kinds=("screening",))
    screening = replace(screening, on=date(2025, 7, 7))
    found = guessing.differing([*sent, *ties], [*sent, *ties, screening], WINDOWS)
    assert any(key.measure == "m7_screened" and key.who == "sector:police" for key in found)
    assert {change.before - change.after for change in found.values()} <= {-1, 1}


@pytest.mark.slow
def test_a_guessed_token_tells_what_is_permitted() -> None:
    """Name and birthday guessed: whether another agency's child has that token."""
    guess = token("guess", "demog")
    tried = [*decoys(), *concerns(NHS, guess)]
    less, more = [*tried, *concerns(token("another"), agency=CARE)], [*tried, *concerns(guess, agency=CARE)]
    game = guessing.play(less, more, WINDOWS)
    assert game.held, f"{game.right} of {game.of} right, {game.permitted} permitted"
    assert all(own(a) == own(b) for a, b in guessing.pairs(less, more, WINDOWS, keys=20))
