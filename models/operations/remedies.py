"""What operations decided about a record that cannot be handled, or an agency's whole raw topic (ADR 0010).

One compacted topic holds these: every worker obeys them, the sink writes them into SQL, where pages say that figures
are incomplete. They hold coordinates, a user name and a short reason, and nothing of what a record says. What the
ledger removed is on the same topic, because it has to last as long and reach the same log.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, TypeAdapter, model_validator

from models.contract.detect import DETECTORS
from models.contract.fields import AgencyId, BoardCode, Closed, SizeClass
from models.contract.receipts import GapCause

PROSE = frozenset({"identifier.prose", "identifier.too-long"})
"""Rules that match any sentence; a reason is a sentence."""

Principal = Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{0,62}$")]
"""A user name, not a person's name."""
TopicName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9.-]{1,80}$")]
Partition = Annotated[int, Field(ge=0, le=999)]
Offset = Annotated[int, Field(ge=0)]
RULE_NAME = r"[A-Za-z][A-Za-z0-9._-]{0,63}"
"""As a regular expression: the id of a rule that a record was refused by."""
RuleName = Annotated[str, Field(pattern=f"^{RULE_NAME}$")]
RequestId = Annotated[str, Field(pattern=r"^[a-z]{24}$")]
"""The number of a request that was made on the pages."""


def reason_rule(reason: str) -> str | None:
    """The rule id of the first identifier in a reason; None if it may be kept."""
    return next((rule for rule, matches in DETECTORS if rule not in PROSE and matches(reason)), None)


def _names_nobody(reason: str) -> str:
    if reason_rule(reason) is not None:
        raise ValueError("a reason names no person, place or number")
    return reason


RemedyReasonText = Annotated[str, Field(max_length=280), AfterValidator(_names_nobody)]
"""Why somebody does it, in words that name nobody."""


class Hold(Closed):
    """An agency's raw topic is not read, or is read again (`held` false)."""

    kind: Literal["hold"] = "hold"
    agency: AgencyId
    held: bool
    by: Principal
    at: datetime


class Skip(Closed):
    """One record that workers pass over; `lifted` once it is let through after all."""

    kind: Literal["skip"] = "skip"
    topic: TopicName
    partition: Partition
    offset: Offset
    rule: Literal["skipped", "quarantined"]
    """`skipped` by a person; `quarantined` by a worker that could not handle it three times."""
    reason: RemedyReasonText = ""
    by: Principal
    at: datetime
    lifted: bool = False


class Gap(Closed):
    """Records of one partition that the broker acknowledged and no worker read; `closed` once they came again.

    Until then pages say that the agency's data are incomplete. `topic` is a raw topic or the accepted topic.
    """

    kind: Literal["gap"] = "gap"
    topic: TopicName
    partition: Partition
    first: Offset
    last: Offset
    """Offsets, both included."""
    cause: GapCause
    by: Principal
    """The worker that found it, or the person who closed it."""
    at: datetime
    closed: bool = False

    def closed_by(self, who: str, at: datetime) -> Gap:
        """The same, said to be made good; raises `pydantic.ValidationError` if `who` is no user name."""
        return Gap.model_validate(self.model_dump() | {"closed": True, "by": who, "at": at})

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.last < self.first:
            raise ValueError("a gap ends before it begins")
        return self


class Removal(Closed):
    """The ledger removed events of a board: what for and when, never whose, and never how many.

    A child's erasure is identified by the coordinates of its record on the accepted topic, without the agency, a size,
    or whether anything was erased: each would help somebody who wonders which child it was. `at` and all other fields
    come from the request, so a repeat says the same.
    """

    kind: Literal["removal"] = "removal"
    cause: Literal["retention", "erasure-agency", "erasure-child"]
    board: BoardCode
    at: AwareDatetime
    """When it was requested; of a child's erasure, when it was accepted."""
    request_id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] | None = None
    agency: AgencyId | None = None
    """Whose events went, where all of one agency's did."""
    before: date | None = None
    """Retention: what happened before this day went."""
    size: SizeClass | None = None
    partition: Partition | None = None
    offset: Offset | None = None

    @model_validator(mode="after")
    def _says_what_its_cause_may(self) -> Self:
        given = {name for name in _SAYS_ALL if getattr(self, name) is not None}
        if given != _SAYS[self.cause]:
            raise ValueError("a removal says what its cause may say, and all of that")
        return self


_SAYS = {
    "retention": {"request_id", "before", "size"},
    "erasure-agency": {"request_id", "agency", "size"},
    "erasure-child": {"partition", "offset"},
}
_SAYS_ALL = frozenset[str]().union(*_SAYS.values())


class RemedyOutcome(StrEnum):
    """What became of a request of the pages; a closed list, so that no message of an error is stored."""

    DONE = "done"
    ALREADY = "already"
    PARTLY = "partly"
    NOTHING = "nothing"
    NO_RECORD = "no_record"
    HANDLED = "handled"
    TOO_LATE = "too_late"
    NO_GAP = "no_gap"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    FAILED = "failed"


class RequestAnswer(Closed):
    """What became of a request that was made on the pages. On this topic, so that it is answered once for good."""

    kind: Literal["answer"] = "answer"
    request_id: RequestId
    outcome: RemedyOutcome
    at: AwareDatetime


class RefusedByRule(Closed):
    """How many records one rule refused lately, of all agencies together, and on which days."""

    rule: RuleName
    records: Annotated[int, Field(ge=1)]
    first: date
    last: date


class RefusedLately(Closed):
    """What dead letters there are that a redrive could decide again. Only the newest of these counts."""

    kind: Literal["refused"] = "refused"
    rules: Annotated[tuple[RefusedByRule, ...], Field(max_length=500)]
    at: AwareDatetime


AnyRemedy = Hold | Skip | Removal | Gap | RequestAnswer | RefusedLately
Remedy = Annotated[AnyRemedy, Field(discriminator="kind")]
REMEDY: TypeAdapter[Remedy] = TypeAdapter(Remedy)


def remedy_key(remedy: AnyRemedy) -> bytes:
    """Key on the topic: the newest remedy for one raw topic, record, gap or request counts."""
    if isinstance(remedy, RefusedLately):
        return b"refused"
    if isinstance(remedy, RequestAnswer):
        return f"answer|{remedy.request_id}".encode()
    if isinstance(remedy, Hold):
        return f"hold|{remedy.agency}".encode()
    if isinstance(remedy, Gap):
        return f"gap|{remedy.topic}|{remedy.partition}|{remedy.first}".encode()
    if isinstance(remedy, Removal):
        identity = remedy.request_id or f"{remedy.partition}|{remedy.offset}"
        return f"removal|{remedy.cause}|{remedy.board}|{identity}".encode()
    return f"skip|{remedy.topic}|{remedy.partition}|{remedy.offset}".encode()
