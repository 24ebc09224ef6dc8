"""When a child's exploitation was recognised, and which signs came before. Several measures share these rules.

A recognition is a CSE concern or a completed screening, on the day it happened (`occurred_on`), not the day it was
entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from analysis.ledger.records import ConcernRecord, MissingReport, ResponseRecord, ScreeningRecord, SignRecord
from analysis.measures.figures import NO_ANSWER
from analysis.measures.history import LinkedChild
from models.register import Role

HIGH = frozenset({"significant", "serious"})
LED = frozenset({"plan", "lead_professional"})
"""Kinds of response that a lead practitioner makes."""
AGAIN = timedelta(days=90)
"""A concern within this time after another is a concern raised again."""
Recognition = ConcernRecord | ScreeningRecord


def recognitions(child: LinkedChild) -> Iterator[Recognition]:
    """All concerns and screenings of a child, not sorted by day."""
    yield from child.concerns
    yield from child.screenings


def is_high(record: Recognition) -> bool:
    """Whether the level is significant or serious, or the child is known to be harmed.

    Known harm counts apart from the level because harm is not a level of risk (IICSA, F.3).
    """
    return record.level in HIGH or (isinstance(record, ConcernRecord) and record.harm_status == "known_harmed")


def first_high(child: LinkedChild) -> date | None:
    """The day of the child's first concern or screening at a high level (`is_high`); None if there is none."""
    return min((record.occurred_on for record in recognitions(child) if is_high(record)), default=None)


def signs(child: LinkedChild) -> Iterator[SignRecord | MissingReport]:
    """Every observed indicator and every missing report: signs that somebody could have acted on."""
    yield from child.signs
    yield from child.missing


def roles_of(responses: Iterable[ResponseRecord]) -> frozenset[Role]:
    """The kinds of work that some responses are (`models.register.Role`)."""
    kinds = {response.kind for response in responses}
    roles: set[Role] = {"responses"} if kinds else set()
    return frozenset(roles | ({"lead"} if kinds & LED else set()))


def turned_away(concern: ConcernRecord, responses: Iterable[ResponseRecord]) -> list[ResponseRecord] | None:
    """The responses that turned a concern away; none of them if its own next step says so. None if it was not.

    No further action: the concern's next step is `none`, or a response of kind `nfa` names the concern.
    """
    refusing = [response for response in responses if response.kind == "nfa" and response.about == concern.event_id]
    return refusing if refusing or concern.next_step == "none" else None


def raised_again(concern: ConcernRecord, child: LinkedChild) -> bool:
    """Whether another concern about the child happened after this one, within `AGAIN`."""
    last = concern.occurred_on + AGAIN
    return any(concern.occurred_on < later.occurred_on <= last for later in child.concerns)


def coded(child: LinkedChild) -> Iterator[ConcernRecord | SignRecord]:
    """The records of a child that carry indicators: concerns and observations."""
    yield from child.concerns
    yield from child.signs


def indicators_of(record: ConcernRecord | SignRecord) -> frozenset[str]:
    """The catalogue codes in a concern or observation, without "unknown" and "not recorded"."""
    return record.indicators - NO_ANSWER
