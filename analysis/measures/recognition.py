"""When a child's exploitation was recognised, and what had been seen before: shared by the measures that ask it.

A recognition is a CSE concern or a completed screening, on the day it happened (`occurred_on`), not that of its entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from analysis.measures.history import Child, Event
from models.register import Role

HIGH = frozenset({"significant", "serious"})
LED = frozenset({"plan", "lead_professional"})
"""Responses that a lead practitioner makes."""


def concerns(child: Child) -> list[Event]:
    """CSE concerns by day."""
    return child.events.get("cse_concern", [])


def screenings(child: Child) -> list[Event]:
    """Screenings by day."""
    return child.events.get("screening", [])


def recognitions(child: Child) -> Iterator[Event]:
    """Concerns and screenings, in no order."""
    yield from concerns(child)
    yield from screenings(child)


def level(event: Event) -> str:
    """The harmonised level of a concern or screening (the native outcome stays beside it in the data)."""
    data = event.data.get("risk", {}) if event.short_type == "cse_concern" else event.data
    return str(data.get("level") or "not_recorded")


def is_high(event: Event) -> bool:
    """Significant or serious, or the child known to be harmed (docs/domain.md#risk-and-harm)."""
    return level(event) in HIGH or event.data.get("harm_status") == "known_harmed"


def first_high(child: Child) -> date | None:
    """The day of the first concern or screening that `is_high`."""
    return min((event.occurred_on for event in recognitions(child) if is_high(event)), default=None)


def signs(child: Child) -> Iterator[tuple[date, str]]:
    """(day, agency) of every indicator observed and every missing report: what could have been acted on."""
    for kind in ("indicator_observed", "missing_episode"):
        for event in child.events.get(kind, ()):
            yield event.occurred_on, event.agency


def roles_of(responses: Iterable[Event]) -> frozenset[Role]:
    """Whose work some responses are: see `models.register.Role`."""
    kinds = {response.data.get("kind") for response in responses}
    found: set[Role] = {"responses"} if kinds else set()
    return frozenset(found | ({"lead"} if kinds & LED else set()))


def indicators_of(event: Event) -> tuple[str, ...]:
    """Catalogue codes of a concern or observation."""
    return tuple(code for code in event.data.get("indicators") or () if code not in ("unknown", "not_recorded"))
