"""Words of needs and programmes: what a reader is told, and that nothing is called what it is not."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest

from analysis.shown.training import Training, training
from dashboards.training.needs import by_when, less_words, range_words, rank_words
from dashboards.training.programmes import programme_rows
from dashboards.training.view import training_page
from models.catalogue import shipped
from models.contract.codes import IndicatorCategory, Sector
from tests.analysis.shown.test_training import release, session

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("rank", "shared", "words"),
    [(1, False, "first"), (1, True, "joint first"), (3, False, "third"), (12, True, "joint 12th")],
)
def test_ranks_are_words(rank: int, shared: bool, words: str) -> None:
    assert rank_words(rank, shared) == words


@pytest.mark.parametrize(
    ("low", "ratio", "high", "words", "between"),
    [
        (0.35, 0.43, 0.52, "57% less", "48% to 65% less"),
        (0.9, 1.0, 1.1, "as much", "10% less to 10% more"),
        (1.05, 1.2, 1.4, "20% more", "5% more to 40% more"),
    ],
)
def test_a_multiple_is_told_as_less_or_more(low: float, ratio: float, high: float, words: str, between: str) -> None:
    assert (less_words(ratio), range_words(low, high)) == (words, between)


@pytest.mark.parametrize(
    ("today", "by", "figures"),
    [
        (date(2026, 5, 1), "5 July 2026", "April 2026 to March 2027"),
        (date(2026, 11, 29), "6 July 2027", "April 2027 to March 2028"),
    ],
)
def test_it_says_by_when_training_can_be_seen_to_work(today: date, by: str, figures: str) -> None:
    assert by_when(today).startswith(f"What is trained by {by} can show in the figures of {figures}.")


def found(*sessions: object, education: int = 120) -> Training:
    """Education misses relationships in the first year; then it records what the others do, or `education`."""
    shown = {"2024FY": release("2024FY", education=10), "2025FY": release("2025FY", sessions, education=education)}  # type: ignore[arg-type]
    made = training(shown, shipped())
    assert made is not None
    return made


def test_what_changed_is_told_with_its_comparison_and_drawn() -> None:
    (row,) = programme_rows(found(session(date(2025, 4, 7))))
    assert (row.result, row.answered) == ("changed", "Yes: likely")
    assert "times what the sectors that were not trained would lead us to expect" in row.said
    assert "It does not mean more harm." in row.said
    picture = ElementTree.fromstring(str(row.picture))  # noqa: S314 - we drew it
    said = picture.findtext("desc") or ""
    assert said.startswith("Education, trained: before: 5% (10 of 200 children), after: 60% (120 of 200 children); ")
    assert "Police, not trained: before: 40% (80 of 200 children)" in said


def test_four_things_can_be_said_of_a_programme_and_each_has_its_reason() -> None:
    rows = {
        row.title: row
        for row in programme_rows(
            found(
                session(date(2025, 4, 7)),
                session(date(2025, 11, 3), Sector.POLICE),
                session(date(2025, 4, 7), Sector.HEALTH, topics=(IndicatorCategory.GENERAL,)),
            )
        )
    }
    assert {row.result for row in rows.values()} == {"changed", "too early", "cannot tell"}
    early = rows["Police, signs about relationships"]
    assert (early.result, early.said) == ("too early", "Needs figures to March 2027.")
    assert rows["Health, in general"].said == "General training aims at no one figure."
    assert not rows["Health, in general"].picture


def test_a_sector_without_a_figure_is_told_why_and_never_that_it_is_too_small() -> None:
    (row,) = programme_rows(found(session(date(2025, 4, 7), Sector.HOUSING)))
    assert (row.result, row.said) == (
        "cannot tell",
        "It is not expected to see these signs, so it has no figure that could move.",
    )
    assert not row.not_proof
    assert not row.picture


def test_a_change_within_chance_is_not_called_one() -> None:
    (row,) = programme_rows(found(session(date(2025, 4, 7), Sector.SOCIAL_CARE)))
    assert row.result == "no clear change"
    assert "That is within error and chance." in row.said
    assert row.answered == "No"


def test_the_page_says_first_who_needs_what_and_what_changed() -> None:
    page = training_page(found(session(date(2025, 4, 7)), education=10), TODAY)
    assert page.findings[0].startswith("Training needs in April 2025 to March 2026: likely for education")
    assert page.findings[1] == "One programme: none clearly changed what is recorded, 1 cannot be told."
    assert page.needs[0].rank == "first"
    assert page.more_needs == ""
    assert "One need was named" in page.answers[1][1]


def test_no_word_of_the_page_is_a_code() -> None:
    page = training_page(found(session(date(2025, 4, 7)), education=10), TODAY)
    said = [*page.findings, *page.noticed]
    said += [text for pair in (*page.answers, *page.not_needs) for text in pair]
    said += [text for n in page.needs for text in (n.sector, n.about, n.measure, n.aim, n.rests_on, *n.left_out)]
    said += [text for p in page.programmes for text in (p.title, p.said, p.priority)]
    words = " ".join(said)
    for code in ("m18", "M18", "M6", "2025FY", "1=", "_"):
        assert code not in words
