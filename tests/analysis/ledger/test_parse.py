"""Each field of an accepted event becomes the attribute that analysis reads; what is missing has its default."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from analysis.ledger.identity import own_id
from analysis.ledger.parse import (
    child_record,
    feedback_record,
    heard_on,
    placed_record,
    return_record,
    session_record,
    theme_record,
    tokens,
)
from analysis.ledger.records import FeedbackRecord, ReturnRecord, SessionRecord, ThemeRecord
from analysis.ledger.row import Record, Row, fold

Data = dict[str, Any]
CHILD: Data = {
    "occurred_on": "2026-01-02",
    "recorded_on": "2026-01-05",
    "areas": {"home": "W1", "occurred": "W2", "found": "W3", "missing_from": "W4"},
    "tokens": [{"kind": "nhs", "epoch": 1, "token": "n"}, {"kind": "local", "epoch": 1, "token": "l"}],
    "sex": "F",
    "ethnic_group": "mixed",
    "disability": "yes",
    "age_band": "14-15",
    "placement_group": "kinship",
    "placement_area": "in_area",
}
OF_CHILD: Data = {
    "event_id": "e1",
    "agency": "police",
    "occurred_on": date(2026, 1, 2),
    "recorded_on": date(2026, 1, 5),
    "home": "W1",
    "tokens": (("nhs", "n"), ("local", "l")),
    **{name: CHILD[name] for name in ("sex", "ethnic_group", "disability", "age_band")},
    **{name: CHILD[name] for name in ("placement_group", "placement_area")},
    "link_kinds": {"nhs"},
}
KINDS: dict[str, tuple[Data, Data]] = {
    "cse_concern": (
        {
            "indicators": ["GIFTS_MONEY", "SCHOOL_ABSENCE"],
            "risk": {"level": "serious"},
            "harm_status": "suspected",
            "models": ["peer", "online"],
            "location_type": "hotel_bnb",
            "next_step": "early_help",
        },
        {
            "indicators": {"GIFTS_MONEY", "SCHOOL_ABSENCE"},
            "level": "serious",
            "harm_status": "suspected",
            "models": ("peer", "online"),
            "location_type": "hotel_bnb",
            "next_step": "early_help",
            "occurred_at": "W2",
        },
    ),
    "indicator_observed": (
        {"indicators": ["GIFTS_MONEY"], "location_type": "school_college"},
        {"indicators": {"GIFTS_MONEY"}, "location_type": "school_college", "occurred_at": "W2"},
    ),
    "missing_episode": (
        {
            "hour_band": "18-24",
            "ended_on": "2026-01-03",
            "ended_hour_band": "00-06",
            "duration_band": "6_24h",
            "scheme": "police_2013",
            "status": "missing",
            "missing_from": "care",
            "found_location_type": "friends_home",
        },
        {
            "hour_band": "18-24",
            "ended_on": date(2026, 1, 3),
            "ended_hour_band": "00-06",
            "duration_band": "6_24h",
            "scheme": "police_2013",
            "status": "missing",
            "missing_from": "care",
            "found_at": "W3",
            "found_location_type": "friends_home",
        },
    ),
    "return_interview": (
        {
            "about_event_id": "m1",
            "returned_on": "2026-01-03",
            "state": "completed",
            "offered": "yes",
            "completed": "no",
            "completed_on": "2026-01-04",
            "within_72h": "unknown",
            "provider": "social_worker",
        },
        {
            "about": own_id("m1", "police"),
            "returned_on": date(2026, 1, 3),
            "state": "completed",
            "offered": "yes",
            "completed": "no",
            "completed_on": date(2026, 1, 4),
            "within_72h": "unknown",
            "provider": "social_worker",
        },
    ),
    "screening": (
        {"tool": "kent", "native": "medium", "level": "at_risk", "score": 7, "professional_override": "no"},
        {"tool": "kent", "native": "medium", "level": "at_risk", "score": 7, "professional_override": "no"},
    ),
    "response": (
        {"about_event_id": "m1", "kind": "plan"},
        {"about": own_id("m1", "police"), "kind": "plan"},
    ),
}


def row(short_type: str, data: Data) -> Row:
    return fold(None, Record("e1", 0, short_type, {"agency": "police", "board": "B", **data}, 0, 0, 0))


@pytest.mark.parametrize("short_type", KINDS)
def test_every_field_of_an_event_about_a_child_is_read(short_type: str) -> None:
    given, wanted = KINDS[short_type]
    record = child_record("e1", row(short_type, CHILD | given))
    assert {name: getattr(record, name) for name in OF_CHILD | wanted} == OF_CHILD | wanted


CODED = ("sex", "ethnic_group", "disability", "age_band", "placement_group", "placement_area")


@pytest.mark.parametrize("short_type", KINDS)
def test_what_is_missing_or_of_a_later_contract_stops_nothing(short_type: str) -> None:
    """A code that this program does not know reads as not recorded; without a day of recording it is the event's."""
    wanted = KINDS[short_type][1]
    names = ("about", "occurred_at", "found_at")
    codes = [name for name, value in wanted.items() if isinstance(value, str) and name not in names]
    bare = {"occurred_on": "2026-01-02"}
    later = bare | dict.fromkeys([*CODED, *codes], "of_a_later_contract") | {"risk": {"level": "of_a_later_contract"}}
    for data in (bare, later):
        record = child_record("e1", row(short_type, data))
        assert (record.recorded_on, record.home, record.tokens) == (date(2026, 1, 2), "", ())
        assert {str(getattr(record, name)) for name in (*CODED, *codes)} == {"not_recorded"}
        assert not any(getattr(record, name) for name in wanted if name not in codes)


def test_what_hotspots_need_is_where_the_child_was_and_when() -> None:
    places = {"cse_concern": "W2", "indicator_observed": "W2", "missing_episode": "W4"}
    for short_type, area in places.items():
        stored = row(short_type, CHILD)
        both = (("nhs", "n"), ("local", "l"))
        assert placed_record(stored) == (both, area, date(2026, 1, 2), date(2026, 1, 5))
        assert tokens(stored) == both
        bare = placed_record(row(short_type, {"occurred_on": "2026-01-02"}))
        assert bare == ((), "", date(2026, 1, 2), date(2026, 1, 2))


@pytest.mark.parametrize("days", [("recorded_on", "occurred_on"), ("submitted_on",), ("occurred_on",), ("held_on",)])
def test_an_agency_is_heard_on_the_day_of_recording_before_any_other(days: tuple[str, ...]) -> None:
    data = {name: f"2026-01-0{number}" for number, name in enumerate(days, 1)}
    assert heard_on(row("missing_episode", data)) == date(2026, 1, 1)


def test_returns_sessions_evaluations_and_themes_are_read_whole() -> None:
    sent = {"period": "2025Q4", "submitted_on": "2026-01-09"}
    assert return_record(row("submission_return", sent)) == ReturnRecord("police", "2025Q4", date(2026, 1, 9), False)
    assert return_record(row("submission_return", sent | {"nil": True})).nil
    held = {"held_on": "2026-01-09", "topics": ["health", "online"]}
    more = {"audience": "education", "role_group": "leads", "places": 20, "attended": 12, "in_scope": 40}
    session = ("e1", "police", date(2026, 1, 9))
    assert session_record("e1", row("training_session", held | more)) == SessionRecord(
        *session, "education", ("health", "online"), "leads", 20, 12, 40
    )
    assert session_record("e1", row("training_session", held)) == SessionRecord(
        *session, "not_recorded", ("health", "online"), "not_recorded", None, None, None
    )
    stage = {"held_on": "2026-01-09", "about_event_id": "s", "stage": "after", "answered": 9, "mean_score": 7.1}
    assert feedback_record(row("training_feedback", stage)) == FeedbackRecord(
        own_id("s", "police"), date(2026, 1, 9), "after", 9, 7.1
    )
    named = {"held_on": "2026-01-09", "voice": "children", "themes": ["trust", "time"]}
    assert theme_record(row("theme_return", named | {"people": 6})) == ThemeRecord(
        date(2026, 1, 9), "children", ("trust", "time"), 6
    )
    assert theme_record(row("theme_return", named)).people is None
