"""What operations decided about a record that cannot be handled, or an agency's whole raw topic (ADR 0010).

One compacted topic holds these: every worker obeys them, the sink writes them into SQL, where pages say that figures
are incomplete. They hold coordinates, a user name and a short reason, and nothing of what a record says.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, field_validator

from models.contract.detect import DETECTORS
from models.contract.fields import AgencyId, Closed

PROSE = frozenset({"identifier.prose", "identifier.too-long"})
"""What the detectors say of any sentence; a reason is one."""

Principal = Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{0,62}$")]
"""A user name, not a person's name."""


def reason_rule(reason: str) -> str | None:
    """The rule id of the first identifier in a reason; None if it may be kept."""
    return next((rule for rule, found in DETECTORS if rule not in PROSE and found(reason)), None)


class Hold(Closed):
    """An agency's raw topic is not read, or is read again (`held` false)."""

    kind: Literal["hold"] = "hold"
    agency: AgencyId
    held: bool
    by: Principal
    at: datetime


class Skip(Closed):
    """One record is passed over by whoever comes to it; `lifted` when it was let through after all."""

    kind: Literal["skip"] = "skip"
    topic: Annotated[str, Field(pattern=r"^[a-z][a-z0-9.-]{1,80}$")]
    partition: Annotated[int, Field(ge=0, le=999)]
    offset: Annotated[int, Field(ge=0)]
    rule: Literal["skipped", "quarantined"]
    """`skipped` by a person; `quarantined` by a worker that could not handle it three times."""
    reason: Annotated[str, Field(max_length=280)] = ""
    by: Principal
    at: datetime
    lifted: bool = False

    @field_validator("reason")
    @classmethod
    def _names_nobody(cls, reason: str) -> str:
        if reason_rule(reason) is not None:
            raise ValueError("a reason names no person, place or number")
        return reason


Remedy = Annotated[Hold | Skip, Field(discriminator="kind")]
REMEDY: TypeAdapter[Remedy] = TypeAdapter(Remedy)


def remedy_key(remedy: Hold | Skip) -> bytes:
    """Key in the topic: the newest word on one topic or one record stands."""
    if isinstance(remedy, Hold):
        return f"hold|{remedy.agency}".encode()
    return f"skip|{remedy.topic}|{remedy.partition}|{remedy.offset}".encode()
