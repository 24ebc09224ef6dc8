"""Needs by detection share, by a sector's own past and by lateness: what is found, what is not said, who is charged."""

from __future__ import annotations

from itertools import pairwise
from math import comb, log

import numpy as np
import pytest

from analysis.disclosure.noise import STANDARD
from analysis.training.detection import Detection, WeighedDetection, usual_range
from analysis.training.needs import LIKELY, NOT_NEEDS, WORTH_ASKING, Need, listed, needs
from analysis.training.posterior import GRID, Expectation, Verdict, judged, shares, shares_of_whole
from analysis.training.released import ReleasedBoard, ReleasedFigure
from models.catalogue import shipped
from models.register import Duties
from models.releases import CellState

F, LOW = CellState.FIGURE, CellState.LOW
SECTORS = ("police", "childrens_social_care", "education", "health", "youth_justice")
TOPICS = ("relationships", "online", "health", "behaviour", "vulnerability", "material", "missing")
DUTIES = Duties((("observe", frozenset(SECTORS[2:])), ("screenings", frozenset(("childrens_social_care",)))))
SOME = GRID[10::40]
NOW, PAST = "2025FY", "2024FY"


def cell(measure: str, sector: str, number: int) -> ReleasedFigure:
    """A number as a release may show it, moved by nothing."""
    shown = STANDARD.shown(number)
    return ReleasedFigure(measure, sector, shown.state, shown.value)


def board(window: str = NOW, children: int = 80, share: float = 0.6, **more: dict[str, int]) -> ReleasedBoard:
    """Five sectors that recorded three fifths in every topic they are expected to see, but for `more`."""
    cells: dict[tuple[str, str], int] = {}
    for sector in SECTORS:
        for topic in ("any", *TOPICS):
            if topic == "any" or shipped().expected(sector, topic):
                cells[f"m18_recorded_{topic}", sector] = round(children * share)
                cells[f"m18_missed_{topic}", sector] = round(children * (1 - share))
        cells["m1_children", sector] = children
    cells |= {(measure, sector): n for sector, own in more.items() for measure, n in own.items()}
    return ReleasedBoard(window, tuple(cell(measure, sector, n) for (measure, sector), n in cells.items()))


def blind(topic: str, recorded: int = 5, missed: int = 75) -> dict[str, int]:
    return {f"m18_recorded_{topic}": recorded, f"m18_missed_{topic}": missed}


def told(found: list[Need], moves: str = "m18") -> set[tuple[str, str]]:
    return {(need.sector, need.topic) for need in listed(found) if need.moves == moves}


def test_the_likelihood_is_the_noise_and_the_binomial_law_summed_over_every_pair_of_numbers() -> None:
    one, other = ReleasedFigure("x", "a", F, 20), ReleasedFigure("y", "a", LOW)
    expected = np.array(
        [
            sum(
                STANDARD.likelihood(20, r) * STANDARD.likelihood(None, n) * comb(r + n, r) * share**r * (1 - share) ** n
                for r in range(50)
                for n in range(40)
            )
            for share in SOME
        ]
    )
    found = shares(one, other)[10::40]
    assert found / found[3] == pytest.approx(expected / expected[3], rel=1e-3, abs=1e-6)


def test_the_likelihood_of_a_part_of_a_whole_is_too() -> None:
    part, whole = ReleasedFigure("x", "a", F, 15), ReleasedFigure("y", "a", F, 25)
    expected = np.array(
        [
            sum(
                STANDARD.likelihood(15, n)
                * STANDARD.likelihood(25, of)
                * comb(of, n)
                * share**n
                * (1 - share) ** (of - n)
                for of in range(70)
                for n in range(of + 1)
            )
            for share in SOME
        ]
    )
    found = shares_of_whole(part, whole)[10::40]
    assert found / found[3] == pytest.approx(expected / expected[3], rel=1e-3, abs=1e-6)


def test_large_numbers_stay_within_what_a_float_holds() -> None:
    found = shares(ReleasedFigure("x", "a", F, 900), ReleasedFigure("y", "a", F, 600))
    assert np.isfinite(found).all()
    assert GRID[int(found.argmax())] == pytest.approx(0.6, abs=0.01)


def test_a_sure_share_far_below_is_sure_and_one_as_expected_is_not() -> None:
    expected = Expectation.of_logit(0.4, 0.01)
    low = judged(shares(ReleasedFigure("x", "a", F, 20), ReleasedFigure("y", "a", F, 180)), expected, 20)
    usual = judged(shares(ReleasedFigure("x", "a", F, 120), ReleasedFigure("y", "a", F, 80)), expected, 20)
    assert low.below > 0.99
    assert low.low <= low.ratio <= low.high < 0.5
    assert usual.below < 0.05


def test_a_gap_of_one_sector_in_one_topic_is_likely_and_nothing_else_is_said() -> None:
    found = needs(board(health=blind("vulnerability")), shipped(), None, DUTIES)
    assert told(found) == {("health", "vulnerability")}
    first = found[0]
    assert (first.sector, first.topic, first.standing, first.rank) == ("health", "vulnerability", "likely", 1)
    assert first.probability >= LIKELY
    assert dict(first.evidence)["m18_missed_vulnerability"] == "75"


def test_the_same_gap_of_few_children_is_not_said() -> None:
    found = needs(board(children=12, health=blind("vulnerability", 0, 12)), shipped(), None, DUTIES)
    assert told(found) == set()
    none = needs(board(children=6), shipped(), None, DUTIES)
    assert [need for need in none if need.moves == "m18"] == []


def test_a_sector_that_is_low_in_everything_has_a_row_of_its_own_and_no_topic() -> None:
    everything = {name: n for topic in TOPICS for name, n in blind(topic, 16, 64).items()}
    found = needs(board(education={**everything, **blind("any", 16, 64)}), shipped(), None, DUTIES)
    assert told(found) == {("education", "general")}


def test_who_keeps_no_observations_has_no_such_row() -> None:
    found = needs(board(police=blind("any", 16, 64)), shipped(), None, DUTIES)
    assert not [need for need in found if (need.sector, need.topic) == ("police", "general")]


def test_raising_less_than_before_is_found_and_a_gap_that_was_there_before_is_not() -> None:
    fallen = needs(board(education={"m1_children": 25}), shipped(), board(PAST), DUTIES)
    assert told(fallen, "m4") == {("education", "general")}
    standing = needs(
        board(education={"m1_children": 25}), shipped(), board(PAST, education={"m1_children": 25}), DUTIES
    )
    assert told(standing, "m4") == set()


def test_without_the_year_before_nothing_is_said_of_raising_lateness_or_screening() -> None:
    late = {"m2_raised_by_several": 60, "m2_raised_later": 50}
    usual = {"m2_raised_by_several": 60, "m2_raised_later": 10}
    now = board(police=usual, childrens_social_care=late, education=usual)
    assert {need.moves for need in needs(now, shipped(), None, DUTIES)} == {"m18"}
    assert told(needs(now, shipped(), board(PAST), DUTIES), "m2") == {("childrens_social_care", "general")}


def whole(window: str, screened: int) -> ReleasedBoard:
    cells = (cell("m7_children", "any", 200), cell("m7_screened", "any", screened))
    schools = (cell("m7_children", "education", 60), cell("m7_screened", "education", 10))
    return ReleasedBoard(window, (*board(window).cells, *cells, *schools))


def test_screening_is_charged_to_who_owes_it_against_its_own_year_before() -> None:
    """Schools' concerns are seldom screened: that is no need of schools."""
    fallen = needs(whole(NOW, 60), shipped(), whole(PAST, 140), DUTIES)
    assert told(fallen, "m7") == {("childrens_social_care", "general")}
    assert [need.standing for need in fallen if need.moves == "m7"] == ["worth asking"]
    assert told(needs(whole(NOW, 135), shipped(), whole(PAST, 140), DUTIES), "m7") == set()
    assert told(needs(whole(NOW, 60), shipped(), whole(PAST, 140), Duties()), "m7") == set()


def test_missed_opportunities_give_no_need_and_the_reason_is_said() -> None:
    missed = {"m3_seen": 80, "m3_missed": 80}
    found = needs(board(police=missed, education=missed, health=missed), shipped(), board(PAST), DUTIES)
    assert "m3" not in {need.moves for need in found}
    assert {measure for measure, _ in NOT_NEEDS} == {"m3", "m6", "m7"}


def test_coverage_gives_no_need_whatever_it_looks_like() -> None:
    """Nearly every row that rested on it was false in simulated boards."""
    codes = {"police": 4, "childrens_social_care": 5, "education": 6, "health": 1}
    cells = [cell("m6_any", sector, 200) for sector in codes]
    cells += [cell("m6_relationships", s, 0 if s == "education" else 20 * n) for s, n in codes.items()]
    assert needs(ReleasedBoard(NOW, tuple(cells)), shipped(), None, DUTIES) == []


def test_equal_probabilities_share_a_rank_and_the_furthest_below_comes_first() -> None:
    """By what the page shows: two decimals. Digits that nobody sees decide nothing."""
    found = needs(
        board(health=blind("vulnerability", 5, 90), education=blind("online", 5, 60)), shipped(), None, DUTIES
    )
    for one, two in pairwise(found):
        assert (one.rank == two.rank) == ((one.standing, one.probability) == (two.standing, two.probability))
        if one.rank == two.rank:
            assert one.ratio <= two.ratio
    assert all(round(number, 2) == number for n in found for number in (n.probability, n.ratio, n.low, n.high))
    assert WORTH_ASKING < LIKELY


def test_the_usual_range_holds_what_the_others_do_and_is_wider_where_less_is_known() -> None:
    """The grey band on the page: where 8 in 10 sectors like this one would be."""

    def expected(variance: float) -> tuple[float, float]:
        cells = (cell("m18_recorded_any", "a", 60), cell("m18_missed_any", "a", 40))
        detection = Detection("a", "any", *cells, Verdict(1, 1, 1, 0))
        return usual_range(WeighedDetection(detection, Expectation.of_logit(log(1.5), variance), 40.0))

    sure, unsure = expected(0.01), expected(0.5)
    assert sure[0] < 0.6 < sure[1]
    assert unsure[0] < sure[0]
    assert sure[1] < unsure[1]
    assert sure[1] - sure[0] == pytest.approx(2 * 1.28 * (0.24 / 41) ** 0.5, abs=0.05), "the spread of sectors alone"
