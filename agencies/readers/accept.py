"""The last look at an event's fields before it may be a row: accepted dates, their order, the contract itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import orjson
from pydantic import ValidationError

from models.contract.events import DATA_CLASSES
from models.contract.refusals import Refusal, from_validation
from models.register import Board

# Stands in for what minting adds, so that the rest can be validated by the contract's own models.
_PLACEHOLDERS: dict[str, object] = {
    "event_id": "a" * 40,
    "revision": 0,
    "agency": "check",
    "board": "X00000000",
    "agreement_id": "check",
}
_DATE_FIELDS = (
    "occurred_on", "held_on", "recorded_on", "ended_on", "returned_on", "offered_on", "completed_on", "opened_on",
    "closed_on",
    "submitted_on",
)  # fmt: skip
_IN_ORDER = (("occurred_on", "ended_on", "end-before-start"), ("opened_on", "closed_on", "end-before-start"))
_USUALLY_IN_ORDER = (
    ("returned_on", "completed_on", "interview-before-return"),
    ("occurred_on", "recorded_on", "recorded-before-event"),
    ("held_on", "recorded_on", "recorded-before-event"),
)


@dataclass(frozen=True, slots=True)
class Window:
    """The dates an event may have; no `first` means no floor."""

    first: date | None
    last: date

    def refusals(self, fields: Mapping[str, object]) -> list[Refusal]:
        """`date-window` for every date outside, as the intake will say too: so no date field can hold a birthday."""
        first, last = (self.first.isoformat() if self.first else ""), self.last.isoformat()
        found = [
            Refusal("date-window", name)
            for name in _DATE_FIELDS
            if isinstance(value := fields.get(name), str) and not first <= value <= last
        ]
        period = fields.get("period")
        if isinstance(period, str) and not first[:4] <= period[:4] <= last[:4]:
            found.append(Refusal("date-window", "period"))
        return found


def window(board: Board | None, today: date) -> Window:
    """Accepted dates of a board on a day: from `accept_from`, else today less retention, to tomorrow."""
    if board is None:
        return Window(None, today + timedelta(days=1))
    return Window(*board.accepted_dates(today))


def order_refusals(fields: Mapping[str, object]) -> list[Refusal]:
    """Dates that cannot be in this order."""
    return [Refusal(rule, later) for earlier, later, rule in _IN_ORDER if _reversed(fields, earlier, later)]


def order_warnings(fields: Mapping[str, object]) -> list[Refusal]:
    """Dates that are rarely in this order and worth a look."""
    return [Refusal(rule, later) for earlier, later, rule in _USUALLY_IN_ORDER if _reversed(fields, earlier, later)]


def _reversed(fields: Mapping[str, object], earlier: str, later: str) -> bool:
    first, second = fields.get(earlier), fields.get(later)
    return isinstance(first, str) and isinstance(second, str) and second < first


def contract_refusals(event_type: str, fields: Mapping[str, object]) -> list[Refusal]:
    """What the contract's model would say of the event, ids aside."""
    try:
        DATA_CLASSES[event_type].model_validate_json(orjson.dumps({**fields, **_PLACEHOLDERS}))
    except ValidationError as error:
        return from_validation(error)
    return []
