"""The second line over whole events: clean ones pass, planted identifiers are named by path and never shown."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from models.contract.events import EVENT
from models.contract.refusals import Refusal
from models.contract.scan import scan
from tests import factories

NHS = "9434765919"


def clean() -> dict[str, Any]:
    """A valid missing episode as it goes on the wire."""
    event: dict[str, Any] = factories.event("missing_episode", tokens=[factories.token("synthetic")])
    EVENT.validate_python(event, strict=False)
    return event


def test_a_valid_event_passes() -> None:
    assert scan(clean()) == []


@pytest.mark.parametrize("path", ["occurred_on", "age_band", "event_id", "status", "agreement_id", "source_system"])
@pytest.mark.parametrize("value", [NHS, "QQ123456C", "B70 8SZ", "12/03/2010", "Jane Smith", "510000"])
def test_an_identifier_in_a_string_field_is_found_there(path: str, value: str) -> None:
    event = clean()
    event["data"][path] = value
    found = scan(event)
    assert [refusal.path for refusal in found] == [f"data.{path}"]
    assert value not in str(found)


def test_an_own_form_must_be_whole() -> None:
    for path, value in [
        ("occurred_on", "2026-02-03 510000"),
        ("board", "X08000001-510000"),
        ("event_id", "a" * 40 + "\n"),
    ]:
        event = clean()
        event["data"][path] = value
        assert [refusal.path for refusal in scan(event)] == [f"data.{path}"]


def test_a_date_where_a_code_belongs_is_found() -> None:
    event = clean()
    event["data"]["age_band"] = "2010-02-01"
    assert scan(event) == [Refusal("identifier.date", "data.age_band")]


def test_numbers_are_looked_at_too() -> None:
    event = clean()
    event["data"]["revision"] = int(NHS)
    assert scan(event) == [Refusal("identifier.number", "data.revision")]


def test_list_elements_are_judged_as_their_field() -> None:
    event = clean()
    event["data"]["reasons"] = ["conflict", NHS]
    assert scan(event) == [Refusal("identifier.nhs-number", "data.reasons[1]")]


def test_keys_are_refused_without_being_repeated() -> None:
    for key in ("surname", NHS, "B70 8SZ"):
        event = clean()
        event["data"][key] = "x"
        found = scan(event)
        assert [refusal.path for refusal in found] == ["data.<unknown>"]
        assert key not in str(found)


def test_scanning_changes_nothing() -> None:
    event = clean()
    before = copy.deepcopy(event)
    scan(event)
    assert event == before


def test_what_is_not_json_is_refused() -> None:
    assert scan({"data": {"status": b"M"}}) == [Refusal("identifier.not-json", "data.status")]
