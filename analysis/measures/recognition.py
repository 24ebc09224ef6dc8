"""When a child's exploitation was recognised, and what had been seen before: shared by the measures that ask it.

A recognition is a CSE concern or a completed screening, on the day it happened (`occurred_on`), not that of its entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from analysis.ledger.records import ConcernRecord, MissingReport, ResponseRecord, ScreeningRecord, SignRecord
from analysis.measures.figures import NO_ANSWER
from analysis.measures.history import LinkedChild
from models.register import Role

HIGH = frozenset({"significant", "serious"})
LED = frozenset({"plan", "lead_professional"})
"""Responses that a lead practitioner makes."""
Recognition = ConcernRecord | ScreeningRecord


def recognitions(child: LinkedChild) -> Iterator[Recognition]:
    """Concerns and screenings, in no order."""
    yield from child.concerns
    yield from child.screenings


def is_high(record: Recognition) -> bool:
    """Significant or serious, or the child known to be harmed: harm is not a level of risk (IICSA, F.3)."""
    return record.level in HIGH or (isinstance(record, ConcernRecord) and record.harm_status == "known_harmed")


def first_high(child: LinkedChild) -> date | None:
    """The day of the first concern or screening that `is_high`."""
    return min((record.occurred_on for record in recognitions(child) if is_high(record)), default=None)


def signs(child: LinkedChild) -> Iterator[SignRecord | MissingReport]:
    """Every indicator observed and every missing report: what could have been acted on."""
    yield from child.signs
    yield from child.missing


def roles_of(responses: Iterable[ResponseRecord]) -> frozenset[Role]:
    """Whose work some responses are: see `models.register.Role`."""
    kinds = {response.kind for response in responses}
    roles: set[Role] = {"responses"} if kinds else set()
    return frozenset(roles | ({"lead"} if kinds & LED else set()))


def coded(child: LinkedChild) -> Iterator[ConcernRecord | SignRecord]:
    """The records of a child that carry indicators: concerns and observations."""
    yield from child.concerns
    yield from child.signs


def indicators_of(record: ConcernRecord | SignRecord) -> frozenset[str]:
    """Catalogue codes of a concern or observation."""
    return record.indicators - NO_ANSWER
