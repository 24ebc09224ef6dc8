"""The last look at the fields of an event to be, before they may be a row: the rules of intake, asked early."""

from __future__ import annotations

from collections.abc import Mapping

from models.contract.drafts import draft_refusals
from models.contract.events import DATA_CLASSES
from models.contract.refusals import Refusal
from models.register import dates
from models.register.dates import AcceptedDates


def refusals(event_type: str, fields: Mapping[str, object], accepted: AcceptedDates) -> list[Refusal]:
    """Dates that are not taken, ends before starts; if there are none, what is not in the form of the contract."""
    return date_refusals(event_type, fields, accepted) or draft_refusals(event_type, fields)


def date_refusals(event_type: str, fields: Mapping[str, object], accepted: AcceptedDates) -> list[Refusal]:
    """Dates that are not taken, and ends before starts."""
    value_of = dates.of_fields(fields)
    return [
        *dates.order_refusals(value_of),
        *dates.window_refusals(DATA_CLASSES[event_type], value_of, accepted),
    ]


def date_warnings(fields: Mapping[str, object]) -> list[Refusal]:
    """Dates that are rarely in this order and worth a look."""
    return list(dates.order_warnings(dates.of_fields(fields)))
