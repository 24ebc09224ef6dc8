"""What is stated of a need is how often such needs are true: the curves, and lateness by opportunity."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.training.calibration import NEAREST, Curve, curves, kind_of
from analysis.training.needs import lateness_needs, needs
from analysis.training.released import ReleasedBoard
from models.catalogue import shipped
from tests.analysis.training.test_detection_needs import DUTIES, NOW, PAST, board, cell

INSIDE = st.floats(NEAREST, 1 - NEAREST)
ANY_CURVE = st.builds(Curve, st.floats(-3, 3), st.floats(0.2, 3))


@given(ANY_CURVE, INSIDE, INSIDE)
def test_the_likelier_by_the_model_the_likelier_is_stated(curve: Curve, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert curve.stated(low) <= curve.stated(high)


@given(ANY_CURVE, st.floats(0.05, 0.95))
def test_from_the_least_probability_by_the_model_so_much_is_stated(curve: Curve, stated: float) -> None:
    least = curve.modelled(stated)
    if least > 1:
        assert curve.stated(1.0) < stated
    else:
        assert curve.stated(least) == pytest.approx(stated, abs=1e-6) or least <= NEAREST
        assert curve.stated(min(1.0, least * 1.01)) >= stated - 1e-9


def test_every_kind_of_need_has_a_curve_and_a_need_states_what_it_says() -> None:
    late = {"m2_raised_by_several": 60, "m2_raised_later": 50}
    usual = {"m2_raised_by_several": 60, "m2_raised_later": 10}
    now = board(police=usual, childrens_social_care=late, education=usual)
    found = needs(now, shipped(), board(PAST), DUTIES)
    assert {kind_of(need.moves, need.topic) for need in found} == {"m18", "m18 any", "m2", "m4"}
    assert {"m18", "m18 any", "m2", "m4", "m7"} == set(curves())
    for need in found:
        assert need.probability == round(curves()[kind_of(need.moves, need.topic)].stated(need.modelled), 2)


def in_time(**late: int) -> ReleasedBoard:
    """Of 120 children that each raised with another, how many it raised later."""
    cells = [cell("m2_raised_by_several", sector, 120) for sector in late]
    return ReleasedBoard(NOW, (*cells, *(cell("m2_raised_later", sector, n) for sector, n in late.items())))


def late(found: ReleasedBoard) -> dict[str, float]:
    return {need.sector: need.modelled for need in lateness_needs(found, shipped())}


def test_who_is_expected_to_see_fewer_kinds_of_sign_is_expected_to_be_later() -> None:
    """The catalogue expects 33 kinds of social care, 22 of schools and 17 of police. One share is no one lateness."""
    same = late(in_time(police=60, childrens_social_care=60, education=60))
    assert same["childrens_social_care"] > same["education"] > same["police"]
    kinds = {sector: len(shipped().expected(sector)) for sector in ("police", "childrens_social_care", "education")}
    usual = late(in_time(**{sector: round(120 / (1 + number / 17)) for sector, number in kinds.items()}))
    assert max(usual.values()) < 0.2
    behind = late(in_time(police=60, childrens_social_care=80, education=52))
    assert [sector for sector, modelled in behind.items() if modelled > 0.9] == ["childrens_social_care"]


def test_of_whom_the_catalogue_expects_no_sign_no_lateness_is_said() -> None:
    assert not shipped().expected("other")
    assert "other" not in late(in_time(police=50, childrens_social_care=50, education=50, other=110))
