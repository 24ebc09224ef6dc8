"""What was trained, did it reflect the priorities, what changed: from releases alone, and said so where unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

from analysis.shown.training import held, training
from models.catalogue import shipped
from models.contract.codes import FeedbackStage, IndicatorCategory, Sector
from models.releases import Answers, CellState, Release, SessionHeld
from tests.models.store.factories import make_cell, make_release

CODES = {"police": 4, "childrens_social_care": 5, "education": 6, "health": 1, "youth_justice": 2}


def release(window: str, sessions: tuple[SessionHeld, ...] = (), **changed: int | None) -> Release:
    """Five sectors that record three fifths of what others do, but for the changes: those miss relationships."""
    cells = []
    for sector, codes in CODES.items():
        value = changed.get(sector, 20 * codes)
        of: dict[str, Any] = {"state": CellState.FIGURE, "value": value} if value else {"state": CellState.LOW}
        cells += [
            make_cell("m6_any", 200, sector=sector),
            make_cell("m6_relationships", sector=sector, **of),
        ]
        for topic in ("relationships", "health", "behaviour", "disclosure"):
            low = topic == "relationships" and sector in changed
            if shipped().expected(sector, topic):
                cells.append(make_cell(f"m18_recorded_{topic}", None if low else 60, sector=sector))
                cells.append(make_cell(f"m18_missed_{topic}", 100 if low else 40, sector=sector))
        cells += [make_cell("m18_recorded_any", 60, sector=sector), make_cell("m18_missed_any", 40, sector=sector)]
    return make_release(window, tuple(cells), ladder_version=3, training=sessions)


def session(day: date, audience: Sector = Sector.EDUCATION, **fields: Any) -> SessionHeld:
    answers = (Answers(stage=FeedbackStage.BEFORE, answered=10, mean_tenths=40),)
    given: dict[str, Any] = {
        "topics": (IndicatorCategory.RELATIONSHIPS,),
        "attended": 10,
        "in_scope": 40,
        "feedback": answers,
    }
    return SessionHeld(held_on=day, audience=audience, **(given | fields))


def test_a_priority_of_the_year_before_that_was_trained_is_met_and_its_effect_is_told() -> None:
    trained = (session(date(2025, 4, 7)), session(date(2025, 4, 14), Sector.UNKNOWN))
    found = training({"2024FY": release("2024FY", education=10), "2025FY": release("2025FY", trained)}, shipped())
    assert found is not None
    assert found.year == "2025FY"
    (one,) = found.trained
    assert one.was_priority
    assert one.needs_known
    assert (found.priorities_trained, found.without_audience) == (1, 1)
    assert (found.priorities_before[0].sector, found.priorities_before[0].topic) == ("education", "relationships")
    assert one.outcome.effect is not None
    assert one.outcome.effect.low > 1
    assert one.outcome.confidence == {"before": (10, 4.0)}


def test_without_the_year_before_nothing_is_said_of_priorities_or_effects() -> None:
    found = training({"2025FY": release("2025FY", (session(date(2025, 4, 7)),), education=10)}, shipped())
    assert found is not None
    (one,) = found.trained
    assert not one.needs_known
    assert not one.was_priority
    assert (one.outcome.effect, one.outcome.refused) == (None, "2024FY is not released")
    assert found.priorities_before == ()
    assert (found.priorities[0].sector, found.priorities[0].moves) == ("education", "m18")


def test_no_year_no_page() -> None:
    assert training({"2025Q2": release("2025Q2")}, shipped()) is None


def test_a_session_in_a_quarter_and_its_year_is_one() -> None:
    first, second = session(date(2025, 4, 7)), session(date(2026, 4, 7))
    shown = {
        "2025FY": release("2025FY", (first,)),
        "2025Q2": release("2025Q2", (first,)),
        "2026Q2": release("2026Q2", (second,)),
    }
    assert held(shown) == [first, second]
