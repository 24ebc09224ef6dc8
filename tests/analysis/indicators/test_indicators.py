"""Prevalence, pairs and trend by small ledgers; SERAF as reported; and no output that could carry a child."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from analysis import silence, themes
from analysis.indicators import prevalence, screening
from analysis.indicators.screening import SerafForm, seraf_category, seraf_disagrees, seraf_total
from analysis.measures import linkage
from analysis.measures.exact import all_figures
from analysis.measures.figures import DateSpan, Figure
from analysis.measures.m14 import Action
from analysis.measures.registry import DEFINITIONS
from analysis.training import detection, effect, needs, posterior, released
from tests.analysis.measures.ledger import board

Q1 = DateSpan(date(2026, 1, 1), date(2026, 4, 1))


def seen(child: str, day: str, *codes: str, by: str = "schools") -> dict[str, Any]:
    return {"type": "seen", "by": by, "child": child, "day": date.fromisoformat(day), "indicators": list(codes)}


def named(figures: list[Figure]) -> dict[str, Figure]:
    return {figure.group: figure for figure in figures}


LEDGER = [
    seen("a", "2026-01-05", "DRUGS", "ALCOHOL"),
    seen("a", "2026-02-05", "DRUGS", by="health"),
    seen("b", "2026-02-05", "DRUGS"),
    seen("b", "2026-03-05", "GIFTS_MONEY"),
    seen("c", "2025-12-31", "ALCOHOL"),
]


def test_prevalence_counts_children_not_records() -> None:
    found = named(prevalence.prevalence(board(LEDGER), Q1))
    assert found["DRUGS"].counts == {"children": 2, "of": 2}
    assert found["ALCOHOL"].counts == {"children": 1, "of": 2}
    assert found["STI"].counts == {"children": 0, "of": 2}


def test_pairs_are_over_children_and_lift_is_against_chance() -> None:
    found = named(prevalence.together(board(LEDGER), Q1))
    assert set(found) == {"ALCOHOL DRUGS", "DRUGS GIFTS_MONEY"}
    assert found["ALCOHOL DRUGS"].counts == {"children": 1, "with_first": 1, "with_second": 2, "of": 2}
    assert found["ALCOHOL DRUGS"].value == pytest.approx(1.0)


def test_the_trend_is_of_eight_quarters_to_the_window() -> None:
    found = named(prevalence.trend(board(LEDGER), Q1))
    assert found["ALCOHOL 2025Q4"].counts["children"] == 1
    assert found["DRUGS 2026Q1"].counts["children"] == 2
    assert len([name for name in found if name.startswith("DRUGS ")]) == 8


def test_native_outcomes_stand_beside_the_harmonised_level() -> None:
    told: dict[str, Any] = {"type": "screening", "by": "care", "tool": "kent", "native": "high", "level": "serious"}
    events = [told | {"child": child, "day": date(2026, 1, 5)} for child in ("a", "b")]
    assert named(screening.outcomes(board(events), Q1))["kent high serious"].counts == {"screenings": 2}


@pytest.mark.parametrize(
    ("form", "total", "category"),
    [
        (SerafForm(), 0, "category_1"),
        (SerafForm(vulnerability=5), 5, "category_1"),
        (SerafForm(vulnerability=5, moderate=1), 6, "category_2"),
        (SerafForm(vulnerability=4, significant_both=1), 10, "category_2"),
        (SerafForm(significant_now=2, moderate=1), 11, "category_3"),
        (SerafForm(significant_now=3, moderate=1), 16, "category_4"),
        (SerafForm(significant_before=1), 1, "category_1"),
    ],
)
def test_seraf_vectors(form: SerafForm, total: int, category: str) -> None:
    """The sums of docs/domain.md#seraf, and the one column they leave out."""
    assert seraf_total(form) == total
    assert seraf_category(total) == category


@pytest.mark.parametrize(
    ("tool", "score", "native", "override", "wrong"),
    [
        ("seraf_2013_6m", 11, "category_3", "no", False),
        ("seraf_2013_6m", 11, "category_2", "no", True),
        ("seraf_2016_3m", 11, "category_4", "yes", False),
        ("seraf_2013_6m", None, "category_4", "no", False),
        ("kent", 11, "category_1", "no", False),
    ],
)
def test_seraf_is_checked_as_reported(tool: str, score: int | None, native: str, override: str, wrong: bool) -> None:
    assert seraf_disagrees(tool, score, native, override) is wrong


def test_a_score_that_was_not_reported_is_never_made() -> None:
    events = [
        {"type": "screening", "by": "care", "child": "a", "day": date(2026, 1, 5)}
        | {"tool": "seraf_2013_6m", "native": "category_4"},
        seen("a", "2026-01-05", "CTRL_ADULT", "GIFTS_MONEY", "ONLINE_GROOM"),
    ]
    assert screening.seraf_check(board(events), Q1).counts == {"screenings": 1, "score_and_category": 0, "disagree": 0}


OUTPUTS = (
    Figure, linkage.Pair, silence.Silent, Action, needs.Need, effect.Outcome, effect.Effect, effect.Trend,
    effect.Programme, released.ReleasedBoard, released.ReleasedFigure, posterior.Verdict,
    detection.Detection, type(DEFINITIONS[0]),
)  # fmt: skip
PLAIN = {str, int, float, bool, type(None), date}
FORBIDDEN_FIELDS = {"token", "tokens", "child", "children", "link", "links", "event_id", "event_ids", "about_event_id"}


def leaves(annotation: object) -> set[object]:
    """Every plain type an annotation can hold, through containers, unions and dataclasses."""
    origin = get_origin(annotation)
    if origin is Literal or annotation is Ellipsis:
        return set()
    if origin in (Union, types.UnionType) or (
        isinstance(origin, type) and issubclass(origin, (tuple, frozenset, Mapping))
    ):
        return set().union(*(leaves(part) for part in get_args(annotation)))
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        hints = get_type_hints(annotation)
        own = {field.name for field in dataclasses.fields(annotation)}
        assert not own & FORBIDDEN_FIELDS, annotation
        return set().union(*(leaves(hint) for name, hint in hints.items() if name in own))
    if isinstance(annotation, type) and issubclass(annotation, str):
        return {str}
    return {annotation}


@pytest.mark.parametrize("output", OUTPUTS)
def test_no_output_type_holds_a_child_a_row_or_an_event(output: type) -> None:
    assert leaves(output) <= PLAIN


def test_the_walk_would_find_one() -> None:
    from analysis.measures.picture import Picture

    with pytest.raises((AssertionError, NameError)):
        assert leaves(Picture) <= PLAIN


def test_no_output_carries_a_token_or_an_event_id() -> None:
    canary = "ct_" + "abcdefghijklmnop" * 2 + "abcdefgh"
    events = [
        {**event, "child": f"nhs:{canary}", "id": f"canaryevent{number}"}
        for number, event in enumerate(
            [
                *LEDGER,
                {"type": "concern", "by": "police", "day": date(2026, 1, 9), "risk": {"level": "serious"}},
                {"type": "missing", "by": "police", "day": date(2026, 1, 9), "ended_on": date(2026, 1, 10)},
                {"type": "screening", "by": "care", "day": date(2026, 1, 9), "level": "serious"},
                {"type": "response", "by": "care", "day": date(2026, 1, 9), "kind": "plan"},
            ]
        )
    ]
    seen_board = board(events)
    told: list[Figure] = [f for figures in all_figures(seen_board, Q1).values() for f in figures]
    told += prevalence.prevalence(seen_board, Q1) + prevalence.together(seen_board, Q1)
    told += screening.outcomes(seen_board, Q1) + linkage.figures(seen_board) + themes.themes(seen_board, Q1)
    text = json.dumps([figure.json() for figure in told]) + repr(seen_board)
    assert told[0].counts["children"] == 1
    assert canary not in text
    assert "canaryevent" not in text
