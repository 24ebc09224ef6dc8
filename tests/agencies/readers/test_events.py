"""Canonical JSON lines: valid events pass as they are, everything else is refused by rule and path."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agencies.readers import UnreadableFile
from agencies.readers.events import checked
from agencies.readers.reading import Reading
from agencies.readers.summary import summarise
from agencies.rows import CanonicalRow, DuplicateRow
from models.contract.events import EVENT
from models.contract.refusals import Refusal
from models.register import Register
from models.register.dates import accepted_dates
from tests.agencies.readers.support import TODAY, reading, refused
from tests.factories import BOARD, event, register, wire

REGISTER = register()
NHS = Refusal("identifier.nhs-number", "(attribute)")


def events(folder: Path, *lines: dict[str, Any] | str, **options: Any) -> Reading:
    """A reading of a JSON-lines file."""
    path = folder / "events.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return reading(path, "events", **options)


def dry_run(found: Reading, known: Register | None = REGISTER, board: str | None = None) -> Reading:
    """The reading as `check` looks at it."""
    window_of = known.board_by_code[board] if known and board else None
    return checked(found, accepted_dates(window_of, TODAY), known, datetime(2026, 5, 11, 12, tzinfo=UTC), TODAY)


@pytest.mark.parametrize(
    "kind",
    ["missing_episode", "cse_concern", "screening", "training_session", "submission_return", "indicator_observed"],
)
def test_valid_events_pass(tmp_path: Path, kind: str) -> None:
    row = events(tmp_path, event(kind)).rows[0]
    assert isinstance(row, CanonicalRow)
    assert row.event.type == f"ypsem.{kind}.v1"


def test_blank_lines_and_repeats(tmp_path: Path) -> None:
    found = events(tmp_path, event(), "", event(), event(record="2"))
    assert [type(row).__name__ for row in found] == ["CanonicalRow", "DuplicateRow", "CanonicalRow"]
    assert found.rows[1] == DuplicateRow(3, 1)


@pytest.mark.parametrize(
    ("changes", "rule", "path"),
    [
        ({"sex": "female"}, "schema.enum", "data.sex"),
        ({"surname": "CANARY"}, "schema.extra_forbidden", "data.<unknown>"),
        ({"occurred_on": "2027-01-01"}, "date-window", "data.occurred_on"),
        ({"tokens": [{"kind": "nhs", "epoch": 1, "token": "ct_" + "a" * 40}]}, "token-stage", "data.tokens[0].token"),
        ({"agreement_id": "dsa-9434765919"}, "no-agreement", "data.agreement_id"),
        ({"agency": "another-agency"}, "source-mismatch", "source"),
        ({"revision": 3}, "id-mismatch", "id"),
    ],
)
def test_refusals(tmp_path: Path, changes: dict[str, Any], rule: str, path: str) -> None:
    broken = event()
    broken["data"] |= changes
    found = dry_run(events(tmp_path, event(), broken))
    assert (rule, path) in refused(found, 1)
    assert "CANARY" not in repr(found)


def test_lines_that_are_no_json_are_refused_and_a_file_without_any_is_unreadable(tmp_path: Path) -> None:
    found = events(tmp_path, "{broken", "[]", event(), "x" * 70000)
    assert refused(found, 0) == [("not-json", "(whole message)")]
    assert refused(found, 1) == [("schema.dict_type", "(whole message)")]
    assert refused(found, 3) == [("too-large", "(whole message)")]
    with pytest.raises(UnreadableFile) as error:
        events(tmp_path, "CANARY,CANARY")
    assert error.value.rule == "not-json"
    assert "CANARY" not in str(error.value)


def test_the_boards_floor(tmp_path: Path) -> None:
    old = events(tmp_path, event(occurred_on="2020-01-01"))
    assert isinstance(dry_run(old, None).rows[0], CanonicalRow)
    assert refused(dry_run(old)) == [("date-window", "data.occurred_on")]
    assert refused(dry_run(old, board=BOARD)) == [("date-window", "data.occurred_on")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"agreement_id": "dsa-9434765919"}, ("identifier.nhs-number", "data.agreement_id")),
        ({"agency": "team-9434765919"}, ("identifier.nhs-number", "data.agency")),
        ({"occurred_on": "2027-01-01"}, ("date-window", "occurred_on")),
    ],
)
def test_without_a_register_names_are_looked_at_as_any_text(
    tmp_path: Path, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert expected in refused(dry_run(events(tmp_path, event(**changes)), None))


def test_what_is_dropped_is_a_warning(tmp_path: Path) -> None:
    found = events(tmp_path, event() | {"patient": "943 476 5919", "traceparent": "00-" + "1" * 32})
    assert found.rows == [CanonicalRow(1, EVENT.validate_json(wire(event())), (NHS,))]
    assert "943 476" not in repr(found)
    summary = summarise(dry_run(found), "events")
    assert (summary.publishable, list(summary.warnings_by_rule)) == (1, [NHS.rule])
