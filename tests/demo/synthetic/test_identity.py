"""Invented identifiers hold by the public check-digit rules, in ranges that no real child has."""

from __future__ import annotations

import pytest
from stdnum.gb import nhs, upn

from demo.synthetic import identity
from demo.synthetic.world import World


def test_every_child_has_a_valid_test_range_number_of_their_own(world: World) -> None:
    numbers = [child.nhs for child in world.children]
    assert len(set(numbers)) == len(numbers) > 2_000
    assert all(number.startswith("999") and nhs.is_valid(number) for number in numbers)


def test_every_pupil_number_holds_and_is_of_no_real_authority(world: World) -> None:
    numbers = [child.upn for child in world.children]
    assert len(set(numbers)) == len(numbers)
    assert all(number[1:4] == identity.UPN_AUTHORITY for number in numbers)
    # stdnum also checks that the authority exists, which here it must not: the letter is checked on its own.
    assert all(number[0] == upn.calc_check_digit(number[1:]) for number in numbers)


@pytest.mark.parametrize("number", [1, 17, 940, 2_500])
def test_a_mistyped_number_fails_its_check(number: int) -> None:
    good = identity.nhs_number(number)
    assert not nhs.is_valid(identity.broken_nhs_number(good))


def test_names_say_that_they_are_synthetic(world: World) -> None:
    assert all(child.surname.endswith("-Synthetic") for child in world.children)
