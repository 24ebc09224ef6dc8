"""Small ledgers for tests: events in short form to rows, with a board of six agencies and 10,000 residents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from analysis.ledger.row import Record, Row, fold
from analysis.measures.history import Rules
from analysis.measures.picture import Picture, picture
from analysis.measures.setting import BoardSetting
from analysis.returns import ReturnDuty
from models.catalogue import shipped

SECTORS = {
    "police": "police",
    "care": "childrens_social_care",
    "schools": "education",
    "health": "health",
    "yj": "youth_justice",
    "housing": "housing",
}
TYPES = {
    "concern": "cse_concern",
    "seen": "indicator_observed",
    "missing": "missing_episode",
    "interview": "return_interview",
    "return": "submission_return",
    "session": "training_session",
    "feedback": "training_feedback",
    "theme": "theme_return",
}


def setting(known_to: date = date(2026, 5, 12)) -> BoardSetting:
    """The board of the examples: returns are owed from July 2025 and due 20 days after each quarter."""
    return BoardSetting(
        SECTORS,
        dict.fromkeys(SECTORS, ReturnDuty(date(2025, 7, 1), 20)),
        10_000,
        Rules(),
        shipped(),
        known_to,
    )


def records(events: Iterable[Mapping[str, Any]]) -> list[Record]:
    """Events in short form as accepted records; `times: 3` makes three, of children a1 to a3."""
    found: list[Record] = []
    for number, event in enumerate(events):
        for copy in range(1, event.get("times", 1) + 1):
            found.append(_record(dict(event), f"e{number}-{copy}", copy if "times" in event else None, len(found)))
    return found


def _record(event: dict[str, Any], name: str, copy: int | None, offset: int) -> Record:
    short = TYPES.get(event["type"], event["type"])
    name, revision = event.get("id", name), event.get("revision", 0)
    child = event.get("child")
    data = {
        k: _plain(v) for k, v in event.items() if k not in {"type", "by", "child", "day", "id", "revision", "times"}
    }
    if "about" in data:
        data["about_event_id"] = data.pop("about")
    data |= {"agency": event["by"], "board": "X08000001"}
    if "day" in event:
        data["occurred_on"] = _plain(event["day"])
    if child is not None:
        token = child if copy is None else f"{child}{copy}"
        kind, _, value = token.rpartition(":")
        data["tokens"] = [{"kind": kind or "nhs", "epoch": 1, "token": value}]
    return Record(name, revision, short, data, 0, offset, 0)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def rows(events: Iterable[Mapping[str, Any]]) -> dict[str, Row]:
    """The folded ledger."""
    found: dict[str, Row] = {}
    for record in records(events):
        found[record.own_id] = fold(found.get(record.own_id), record)
    return found


def board(events: Iterable[Mapping[str, Any]], known_to: date = date(2026, 5, 12)) -> Picture:
    """The board as measures see it."""
    return picture(rows(events).items(), setting(known_to))
