"""What people ask of operations' service on the pages: skip a record, resume a topic, redrive a rule, close a gap.

A request travels on a topic of its own. Who asked, who agreed and why they did stay in SQL: on the topic is what a
command's options would say, and a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from models.contract.fields import AgencyId, Closed
from models.operations.remedies import Offset, Partition, RemedyReasonText, RequestId, RuleName, TopicName

LASTS = timedelta(hours=24)
"""How long a request stands: after that the one who asked looks again, because the topics have moved on."""
_BY = "pages."
"""Begins `by` of a remedy that was asked for on the pages; its request's number follows."""


class AskedOfOperations(Closed):
    """What every request has."""

    request_id: RequestId
    decided_at: AwareDatetime
    """When the last person whom it needs had agreed."""

    @property
    def by(self) -> str:
        """Who does it, as the remedies topic names them: the sink knows which person that is."""
        return f"{_BY}{self.request_id}"

    def lapsed(self, at: datetime) -> bool:
        """Whether its time is over."""
        return at - self.decided_at > LASTS


class AskSkip(AskedOfOperations):
    """Pass one record over."""

    kind: Literal["skip"] = "skip"
    topic: TopicName
    partition: Partition
    offset: Offset
    reason: RemedyReasonText


class AskResume(AskedOfOperations):
    """Read an agency's raw topic again."""

    kind: Literal["resume"] = "resume"
    agency: AgencyId


class AskRedrive(AskedOfOperations):
    """Decide again what a rule refused on a day or later."""

    kind: Literal["redrive"] = "redrive"
    rule: RuleName
    since: date
    agency: AgencyId | None = None


class AskClose(AskedOfOperations):
    """Say that what was in a gap has come again, or never will."""

    kind: Literal["close"] = "close"
    topic: TopicName
    partition: Partition
    offset: Offset
    """Of the gap's first record."""


AnyAsked = AskSkip | AskResume | AskRedrive | AskClose
ASKED: TypeAdapter[AnyAsked] = TypeAdapter(Annotated[AnyAsked, Field(discriminator="kind")])
NEEDS_TWO = frozenset({"skip"})
"""Kinds that a second person has to agree to: a record that is passed over is missing from the figures."""


def number_in(by: str) -> str:
    """The number of the request that a remedy came from; empty if a person typed it, or a worker decided."""
    return by.removeprefix(_BY) if by.startswith(_BY) else ""


class RemedyReason(StrEnum):
    """Why somebody asks, from a closed list; a text may follow."""

    STOPS_WORKER = "stops_worker"
    CANNOT_WAIT = "cannot_wait"
    AGENCY_MENDED = "agency_mended"
    RULE_MENDED = "rule_mended"
    PROGRAM_MENDED = "program_mended"
    SKIP_UNDONE = "skip_undone"
    CAME_AGAIN = "came_again"
    LOST = "lost"

    @property
    def words(self) -> str:
        """As pages say it."""
        return _REASONS[self]


_REASONS: Mapping[RemedyReason, str] = {
    RemedyReason.STOPS_WORKER: "It stops a worker again and again",
    RemedyReason.CANNOT_WAIT: "Others wait behind it and cannot wait longer",
    RemedyReason.AGENCY_MENDED: "The agency has mended what it sends",
    RemedyReason.RULE_MENDED: "The rule or the register was mended",
    RemedyReason.PROGRAM_MENDED: "The program was mended",
    RemedyReason.SKIP_UNDONE: "What was skipped can be handled now",
    RemedyReason.CAME_AGAIN: "The records have come again",
    RemedyReason.LOST: "The records will never come again",
}
_R = RemedyReason
REASONS: Mapping[str, tuple[RemedyReason, ...]] = {
    "skip": (_R.STOPS_WORKER, _R.CANNOT_WAIT),
    "resume": (_R.AGENCY_MENDED, _R.RULE_MENDED, _R.PROGRAM_MENDED),
    "redrive": (_R.RULE_MENDED, _R.PROGRAM_MENDED, _R.SKIP_UNDONE),
    "close": (_R.CAME_AGAIN, _R.LOST),
}
"""Kind of a request -> the reasons that there are for it."""
