"""Needs and effects from released cells alone: what is seen, what is refused, and what may not be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analysis.disclosure.kr5 import KR5
from analysis.disclosure.noise import STANDARD, RoundingKeys
from analysis.ledger.records import FeedbackRecord, SessionRecord
from analysis.training.effect import Effect, compare, outcome, programmes, years_of
from analysis.training.needs import needs
from analysis.training.released import ReleasedBoard, ReleasedFigure, chances, middle
from models.catalogue import shipped
from models.releases import CellState

F, LOW, NONE = CellState.FIGURE, CellState.LOW, CellState.NONE


def shown(measure: str, sector: str, value: int | CellState) -> ReleasedFigure:
    if isinstance(value, CellState):
        return ReleasedFigure(measure, sector, value)
    return ReleasedFigure(measure, sector, F, value)


def board(window: str, **sectors: dict[str, int | CellState]) -> ReleasedBoard:
    """`police={"m6_any": 100}` and so on."""
    return ReleasedBoard(window, tuple(shown(m, s, v) for s, cells in sectors.items() for m, v in cells.items()))


def evenly(window: str, **changes: dict[str, int | CellState]) -> ReleasedBoard:
    """Five sectors that record relationships as often as their expected codes would have it, but for the changes."""
    codes = {"police": 4, "childrens_social_care": 5, "education": 6, "health": 1, "youth_justice": 2}
    usual: dict[str, dict[str, int | CellState]] = {
        s: {"m6_any": 200, "m6_relationships": 10 * number} for s, number in codes.items()
    }
    return board(window, **{s: cells | changes.get(s, {}) for s, cells in usual.items()})


@pytest.mark.parametrize(
    ("state", "value", "numbers"),
    [
        (LOW, None, range(10)),
        (F, 10, range(6, 15)),
        (F, 25, range(21, 30)),
        (NONE, None, [0]),
        (CellState.WITHHELD, None, []),
    ],
)
def test_what_a_cell_of_an_older_release_says(state: CellState, value: int | None, numbers: range) -> None:
    assert [n for n, _ in chances(ReleasedFigure("x", "a", state, value, KR5()))] == list(numbers)


def test_a_cell_excludes_no_number_nearby_since_ladder_4() -> None:
    assert [n for n, _ in chances(ReleasedFigure("x", "a", F, 25))] == list(range(8, 43))
    low = dict(chances(ReleasedFigure("x", "a", LOW)))
    assert list(low) == list(range(25))
    assert low[0] > low[8] > low[10] > low[15] > 0
    assert middle(ReleasedFigure("x", "a", LOW)) == pytest.approx(5, abs=0.1)
    assert middle(ReleasedFigure("x", "a", LOW, rule=KR5())) == 4.5


def test_the_likelihood_is_that_of_the_rule_itself() -> None:
    """The rule over many sets of the same size publishes as often as `chances` says."""
    keys = RoundingKeys(b"r" * 32, b"s" * 32)
    for size in (3, 7, 13):
        told = [
            STANDARD.protect(frozenset(f"{run}-{n}" for n in range(size)), "cell", keys).value or 0
            for run in range(4_000)
        ]
        for value in set(told):
            cell = shown("x", "a", value) if value else shown("x", "a", LOW)
            likely = dict(chances(cell)).get(size, 0.0)
            assert told.count(value) / len(told) == pytest.approx(likely, abs=0.03), (size, value)


def test_what_is_no_figure_is_left_out_and_named() -> None:
    concerns: dict[str, dict[str, int | CellState]] = {
        "police": {"m1_children": 100},
        "education": {"m1_children": 80},
        "childrens_social_care": {"m1_children": 90},
        "health": {"m1_children": CellState.NO_RETURN},
    }
    found = needs(board("2025FY", **concerns), shipped(), board("2024FY", **concerns))
    assert {need.sector for need in found} == {"police", "education", "childrens_social_care"}
    assert all("m1_children health: no return" in need.left_out for need in found)
    two = {sector: cells for sector, cells in concerns.items() if sector in ("police", "education")}
    assert needs(board("2025FY", **two), shipped(), board("2024FY", **two)) == []


def session(audience: str, day: date, topic: str = "relationships", number: int = 1) -> SessionRecord:
    return SessionRecord(f"s{number}", "unit", day, audience, (topic,), "frontline", 20, 15, 60)


def test_an_effect_beside_four_untrained_sectors() -> None:
    before, after = evenly("2024FY"), evenly("2025FY", youth_justice={"m6_relationships": 100})
    others = ["police", "childrens_social_care", "education", "health"]
    found = compare(before, after, "youth_justice", "relationships", others)
    assert isinstance(found, Effect)
    assert found.low < 5.0 < found.high
    assert found.clear
    nothing = compare(before, evenly("2025FY"), "youth_justice", "relationships", others)
    assert isinstance(nothing, Effect)
    assert not nothing.clear


def test_noise_is_in_the_interval() -> None:
    """What was clear of rounded figures need not be of figures with noise: the same change, more doubt."""
    years = evenly("2024FY"), evenly("2025FY", youth_justice={"m6_relationships": 60})
    older = tuple(ReleasedBoard(year.window, tuple(replace(cell, rule=KR5()) for cell in year.cells)) for year in years)
    others = ["police", "childrens_social_care", "education", "health"]
    noisy, rounded = (
        compare(before, after, "youth_justice", "relationships", others) for before, after in (years, older)
    )
    assert isinstance(noisy, Effect)
    assert isinstance(rounded, Effect)
    assert noisy.ratio == rounded.ratio
    assert noisy.low < rounded.low
    assert rounded.high < noisy.high


def test_no_change_is_seldom_taken_for_one() -> None:
    """Five sectors of which nothing changed but what chance records, and the rule's noise: 1 in 20 at most is clear."""
    chance, keys, found = np.random.default_rng(5), RoundingKeys(b"r" * 32, b"s" * 32), []
    sectors = ("police", "childrens_social_care", "education", "health", "youth_justice")
    for run in range(400):
        years = [
            board(year, **{s: {"m6_any": 200, "m6_relationships": _released(chance, keys, f"{run} {year} {s}")}
                           for s in sectors})
            for year in ("2024FY", "2025FY")
        ]  # fmt: skip
        told = compare(years[0], years[1], "youth_justice", "relationships", sectors[:4])
        found += [told.clear] if isinstance(told, Effect) else []
    assert len(found) > 300
    assert sum(found) / len(found) <= 0.05


def _released(chance: np.random.Generator, keys: RoundingKeys, cell: str) -> int | CellState:
    told = STANDARD.protect(frozenset(map(str, range(chance.poisson(30)))), cell, keys)
    return told.value or LOW


@pytest.mark.parametrize(
    ("changes", "others", "reason"),
    [
        ({}, ["police"], "only one other sector"),
        ({"police": {"m6_relationships": LOW}}, ["police", "education"], "only one other sector"),
        ({"youth_justice": {"m6_any": LOW}}, ["police", "health", "education"], "own figures"),
    ],
)
def test_an_effect_is_refused(changes: dict[str, dict[str, int | CellState]], others: list[str], reason: str) -> None:
    found = compare(evenly("2024FY"), evenly("2025FY", **changes), "youth_justice", "relationships", others)
    assert isinstance(found, str)
    assert reason in found


def test_the_whole_story_of_a_programme() -> None:
    sessions = [session("youth_justice", date(2025, 5, 20)), session("youth_justice", date(2025, 6, 24), number=2)]
    sessions.append(session("police", date(2025, 6, 1), number=3))
    feedback = [
        FeedbackRecord("s1", date(2025, 5, 20), "before", 10, 4.0),
        FeedbackRecord("s2", date(2025, 6, 24), "after", 10, 8.0),
    ]
    boards = {"2024FY": evenly("2024FY"), "2025FY": evenly("2025FY", youth_justice={"m6_relationships": 60})}
    ours = next(p for p in programmes(sessions) if p.sector == "youth_justice")
    assert years_of(ours) == ("2024FY", "2025FY")
    found = outcome(ours, sessions, feedback, boards, shipped())
    assert found.confidence == {"before": (10, 4.0), "after": (10, 8.0)}
    assert (ours.attended, ours.reach) == (30, 0.25)
    assert found.trend.ratio == pytest.approx(3.0)
    broken = outcome(ours, sessions, feedback, boards, shipped(), apart={max(boards)})
    assert broken.effect is None
    assert broken.refused == "the series of figures breaks between the two years"
    assert broken.trend.ratio is None, "the two years are not compared in any way"
    assert found.effect is not None
    assert "police" not in found.effect.compared


def test_too_late_in_the_year_waits_for_the_next_release() -> None:
    late = programmes([session("health", date(2025, 9, 13))])[0]
    assert years_of(late) == ("2024FY", "2026FY")
    found = outcome(late, [], [], {"2024FY": evenly("2024FY"), "2025FY": evenly("2025FY")}, shipped())
    assert found.effect is None
    assert (found.refused, found.waits_for) == ("2026FY is not released", "2026FY")
