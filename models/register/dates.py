"""Which dates an event may have, and in which order: one rule for reading, making and accepting events.

Use `of_event` for a whole event, and `of_fields` for fields that will become one. Paths are within the event's data.
Rule ids are explained in docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from models.contract.events import Common
from models.contract.refusals import Refusal
from models.register.types import Board

ValueOf = Callable[[str], object]
"""A field's value by its name: a date, its ISO form, or None."""

IN_ORDER = (("occurred_on", "ended_on"), ("opened_on", "closed_on"))
"""The second may not be before the first (`end-before-start`)."""
USUALLY_IN_ORDER = (
    ("returned_on", "completed_on", "interview-before-return"),
    ("occurred_on", "recorded_on", "recorded-before-event"),
    ("held_on", "recorded_on", "recorded-before-event"),
)
"""The second is rarely before the first: worth a look, and no reason to refuse."""


def of_event(data: Common) -> ValueOf:
    """The fields of an event."""
    return lambda name: getattr(data, name, None)


def of_fields(fields: Mapping[str, object]) -> ValueOf:
    """Fields as JSON has them."""
    return fields.get


@dataclass(frozen=True, slots=True)
class AcceptedDates:
    """The first and the last accepted date; without a `first`, no date is too early."""

    first: date | None
    last: date

    def take(self, day: date) -> bool:
        """Whether an event may have this date."""
        return (self.first is None or self.first <= day) and day <= self.last

    def take_period(self, period: str) -> bool:
        """Whether a return may be for this period: some date in its calendar year is accepted."""
        return (self.first is None or str(self.first.year) <= period[:4]) and period[:4] <= str(self.last.year)


def accepted_dates(board: Board | None, today: date) -> AcceptedDates:
    """The dates that a board accepts on a day; where no board is known, no date is too early."""
    if board is None:
        return AcceptedDates(None, today + timedelta(days=1))
    return AcceptedDates(*board.accepted_dates(today))


def window_refusals(kind: type[Common], value_of: ValueOf, accepted: AcceptedDates) -> Iterator[Refusal]:
    """`date-window` for every date outside the accepted ones, so that no date field can hold a date of birth."""
    for name in date_fields(kind):
        day = _day(value_of(name))
        if day is not None and not accepted.take(day):
            yield Refusal("date-window", name)
    period = value_of("period")
    if isinstance(period, str) and not accepted.take_period(period):
        yield Refusal("date-window", "period")


def order_refusals(value_of: ValueOf) -> Iterator[Refusal]:
    """Ends that are before their starts."""
    return (Refusal("end-before-start", later) for earlier, later in IN_ORDER if _reversed(value_of, earlier, later))


def order_warnings(value_of: ValueOf) -> Iterator[Refusal]:
    """Dates that are rarely in this order."""
    return (Refusal(rule, later) for earlier, later, rule in USUALLY_IN_ORDER if _reversed(value_of, earlier, later))


@cache
def date_fields(kind: type[Common]) -> tuple[str, ...]:
    """Every field of a type of event that is a date, found from the contract."""
    return tuple(name for name, info in kind.model_fields.items() if info.annotation in (date, date | None))


def _reversed(value_of: ValueOf, earlier: str, later: str) -> bool:
    first, second = _day(value_of(earlier)), _day(value_of(later))
    return first is not None and second is not None and second < first


def _day(value: object) -> date | None:
    """The date, or None for anything else, which the contract refuses."""
    if not isinstance(value, str):
        return value if isinstance(value, date) else None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
