"""What a release carries beside its cells: sessions without who gave them, links without which children."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from analysis.beside import as_records, beside
from analysis.disclosure.noise import RoundingKeys
from analysis.ledger.row import Record, Row, fold
from analysis.training.effect import programmes
from models.releases import Release
from tests.models.store.factories import make_release

KEYS = RoundingKeys.derive(b"r" * 32, b"s" * 32, 1)
CUT_OFF = datetime(2026, 5, 1, tzinfo=UTC)
SECTORS = {"force": "police", "care": "childrens_social_care", "ward": "health"}


def row(kind: str, agency: str = "care", event_id: str = "e", at_ms: int = 1, **data: Any) -> tuple[str, Row]:
    given = {"agency": agency, **data}
    record = Record(event_id, 0, kind, given, 0, 0, at_ms)
    return record.own_id, fold(None, record)


def session(event_id: str, held_on: str, **data: Any) -> tuple[str, Row]:
    given: dict[str, Any] = {"topics": ["online"], "audience": "police", "role_group": "leaders"}
    given |= {"attended": 12, "in_scope": 40}
    return row("training_session", event_id=event_id, held_on=held_on, **(given | data))


def feedback(event_id: str, about: str, stage: str, answered: int, score: float) -> tuple[str, Row]:
    given: dict[str, Any] = {"about_event_id": about, "held_on": "2025-07-01", "stage": stage}
    return row("training_feedback", event_id=event_id, **given, answered=answered, mean_score=score)


def concerns(agency: str, number: int, *kinds: str) -> list[tuple[str, Row]]:
    """One each of so many children."""

    def tokens(number: int) -> list[dict[str, Any]]:
        return [{"kind": kind, "epoch": 1, "token": f"{agency}-{kinds}-{number}"} for kind in kinds]

    return [
        row("cse_concern", agency, f"{agency}-{kinds}-{n}", occurred_on="2025-06-01", tokens=tokens(n))
        for n in range(number)
    ]


def test_sessions_of_the_window_leave_without_id_agency_and_role() -> None:
    rows = [
        session("one", "2025-06-30"),
        session("two", "2025-07-01"),
        feedback("f1", "one", "before", 10, 3.0),
        feedback("f2", "one", "before", 30, 4.0),
        feedback("f3", "one", "after", 4, 9.9),
    ]
    found = beside(rows, SECTORS, CUT_OFF)
    assert [s.held_on.isoformat() for s in found.training("2025Q2")] == ["2025-06-30"]
    assert len(found.training("2025FY")) == 2
    told = found.training("2025Q2")[0].model_dump_json()
    assert "leaders" not in told
    assert "care" not in told
    (answers,) = found.training("2025Q2")[0].feedback  # four answers are close to what each of them said
    assert (answers.stage, answers.answered, answers.mean_tenths) == ("before", 40, 38)


def test_what_came_after_the_cut_off_is_not_there() -> None:
    late = int(CUT_OFF.timestamp() * 1000) + 1
    given: dict[str, Any] = {"topics": ["online"], "audience": "police", "held_on": "2026-03-01"}
    assert beside([row("training_session", at_ms=late, **given)], SECTORS, CUT_OFF).sessions == ()


def test_released_sessions_make_the_programmes_that_the_records_would() -> None:
    rows = [session("one", "2025-06-30"), session("two", "2025-07-07"), feedback("f", "two", "after", 9, 7.5)]
    sessions, told = as_records(beside(rows, SECTORS, CUT_OFF).sessions)
    (programme,) = programmes(sessions)
    assert (programme.sector, programme.topic, programme.attended, programme.reach) == ("police", "online", 24, 0.3)
    assert [(f.about, f.mean_score) for f in told] == [(sessions[1].session, 7.5)]


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (concerns("care", 1000, "nhs"), "90% or more"),
        (concerns("care", 850, "nhs") + concerns("care", 150, "upn"), "80-89%"),
        (concerns("care", 1000, "upn"), "no kind in common"),
        (concerns("care", 1000, "local"), "no kind in common"),
        (concerns("care", 60, "nhs"), "too few events"),
        (concerns("care", 450, "nhs") + concerns("care", 550), "40-49%"),
    ],
)
def test_pairs_are_told_by_their_identifiers_in_classes(theirs: list[tuple[str, Row]], said: str) -> None:
    (pair,) = beside([*concerns("force", 1000, "nhs", "demog"), *theirs], SECTORS, CUT_OFF).links(KEYS)
    assert (pair.one, pair.other, pair.share) == ("childrens_social_care", "police", said)
    assert ("nhs" in pair.kinds) is (said != "no kind in common")


def test_a_child_counts_once_whatever_number_of_events_it_has() -> None:
    once, often = concerns("care", 1000, "nhs"), [*concerns("care", 1000, "nhs"), *_again(40)]
    force = concerns("force", 1000, "nhs")
    assert beside([*force, *once], SECTORS, CUT_OFF).kinds == beside([*force, *often], SECTORS, CUT_OFF).kinds


def _again(number: int) -> list[tuple[str, Row]]:
    """More concerns about one child."""
    (of, one), *_ = concerns("care", 1, "nhs")
    given = {"occurred_on": "2025-07-01", "tokens": one.data["tokens"]}
    assert of
    return [row("cse_concern", "care", f"again-{n}", **given) for n in range(number)]


def test_no_record_shows_by_its_kind_or_where_a_class_begins() -> None:
    """With one child more or less both worlds show the same things, about as often."""
    for less, more in ((0, 1), (19, 20), (499, 500)):
        told: list[Counter[str]] = []
        for number in (less, more):
            rows = [*concerns("force", 1000, "nhs", "upn"), *concerns("care", 1000 - number, "nhs")]
            found = beside([*rows, *concerns("care", number, "upn")], SECTORS, CUT_OFF)
            every = [RoundingKeys.derive(b"a" * 32, b"b" * 32, epoch) for epoch in range(400)]
            told.append(Counter(str(found.links(keys)) for keys in every))
        assert sum((told[0] - told[1]).values()) < 80, (less, told)


def test_an_agencys_own_record_ids_link_it_to_nobody() -> None:
    rows = [*concerns("force", 100, "local"), *concerns("care", 100, "local")]
    (pair,) = beside(rows, SECTORS, CUT_OFF).links(KEYS)
    assert (pair.kinds, pair.share) == ((), "no kind in common")


def test_which_children_both_know_changes_nothing() -> None:
    """The same identifiers, of the same or of other children: only a kind is ever looked at."""
    rows = [*concerns("force", 100, "nhs"), *concerns("care", 100, "nhs")]
    for number, (_, one) in enumerate(rows):
        one.data["tokens"] = [{"kind": "nhs", "epoch": 1, "token": f"child-{number % 100}"}]
    others = [*concerns("force", 100, "nhs"), *concerns("care", 100, "nhs")]
    assert beside(rows, SECTORS, CUT_OFF) == beside(others, SECTORS, CUT_OFF)


def test_a_release_of_before_has_neither() -> None:
    body = make_release().model_dump(mode="json")
    del body["training"], body["links"]
    assert Release.model_validate_json(json.dumps(body)).training == ()
