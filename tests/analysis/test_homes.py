"""Settled homes: one record a token, found again whatever the link id has become."""

from __future__ import annotations

from analysis.disclosure.counting import Fact
from analysis.homes import homes_held, newly_settled, settled
from analysis.measures.children import BoardView
from analysis.measures.history import LinkedChild
from analysis.returns import Returns

YEAR = "2025FY"
EARLY, LATE = "2026-01-29T00:00:00+00:00", "2026-05-01T00:00:00+00:00"


def seen(**children: set[tuple[str, str]]) -> BoardView:
    return BoardView({link: LinkedChild(tokens=tokens) for link, tokens in children.items()}, 0, 0, Returns(()))


def test_a_child_keeps_its_home_when_it_gets_another_token_and_with_it_another_link_id() -> None:
    first = newly_settled(seen(u1={("upn", "u1")}), [Fact("m9_children", "u1", "2026-01", "W1", "police")], [], EARLY)
    assert homes_held(seen(n1={("nhs", "n1"), ("upn", "u1")}), first) == {("n1", YEAR): "W1"}


def test_of_two_children_that_turn_out_to_be_one_the_home_settled_first_holds() -> None:
    held = [settled(YEAR, "nhs", "n1", "W1", LATE), settled(YEAR, "upn", "u1", "W2", EARLY)]
    assert homes_held(seen(n1={("nhs", "n1"), ("upn", "u1")}), held) == {("n1", YEAR): "W2"}


def test_settled_at_once_the_first_token_by_kind_and_alphabet_decides() -> None:
    held = [settled(YEAR, "upn", "a", "W1", EARLY), settled(YEAR, "nhs", "z", "W2", EARLY)]
    both = seen(z={("nhs", "z"), ("upn", "a")})
    assert homes_held(both, held) == homes_held(both, held[::-1]) == {("z", YEAR): "W2"}


def test_when_they_fall_apart_again_each_has_its_own_home() -> None:
    held = [settled(YEAR, "nhs", "n1", "W1", LATE), settled(YEAR, "upn", "u1", "W2", EARLY)]
    merged = [Fact("m9_children", "n1", "2026-01", "W2", "police")]
    assert newly_settled(seen(n1={("nhs", "n1"), ("upn", "u1")}), merged, held, LATE) == [], "records are not rewritten"
    apart = homes_held(seen(n1={("nhs", "n1")}, u1={("upn", "u1")}), held)
    assert apart == {("n1", YEAR): "W1", ("u1", YEAR): "W2"}


def test_elsewhere_is_settled_too_and_a_year_is_not_the_next() -> None:
    child = seen(n1={("nhs", "n1")})
    facts = [Fact("m9_children", "n1", "2026-01", "ZZ", "police"), Fact("m9_children", "n1", "2026-05", "W1", "police")]
    records = newly_settled(child, facts, [], EARLY)
    assert homes_held(child, records) == {("n1", "2025FY"): "ZZ", ("n1", "2026FY"): "W1"}
    assert homes_held(seen(other={("nhs", "n2")}), records) == {}
