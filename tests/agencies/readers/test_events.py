"""Canonical JSON lines: valid events pass as they are, everything else is refused by rule and path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agencies.readers import UnreadableFile
from agencies.readers.reading import Reading
from agencies.rows import CanonicalRow, DuplicateRow
from tests.agencies.readers.support import reading, refused
from tests.factories import BOARD, event


def events(folder: Path, *lines: dict[str, Any] | str, **options: Any) -> Reading:
    """A reading of a JSON-lines file."""
    path = folder / "events.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return reading(path, "events", **options)


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
        ({"occurred_on": "2027-01-01"}, "date-window", "occurred_on"),
        ({"tokens": [{"kind": "nhs", "epoch": 1, "token": "ct_" + "a" * 40}]}, "gate-token", "data.tokens"),
        ({"agreement_id": "dsa-9434765919"}, "identifier.nhs-number", "data.agreement_id"),
        ({"agency": "another-agency"}, "source-mismatch", "source"),
        ({"revision": 3}, "id-mismatch", "id"),
    ],
)
def test_refusals(tmp_path: Path, changes: dict[str, Any], rule: str, path: str) -> None:
    broken = event()
    broken["data"] |= changes
    found = events(tmp_path, event(), broken)
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
    old = event(occurred_on="2020-01-01")
    assert isinstance(events(tmp_path, old).rows[0], CanonicalRow)
    assert refused(events(tmp_path, old, board=BOARD)) == [("date-window", "occurred_on")]
