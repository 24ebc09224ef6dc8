"""What a release carries beside its cells: training held, how far sectors can be linked, and which records can be tied
to children. No child is counted here.

Both are as of the release's cut-off and approved with it (ADR 0015). Staff are people too: a mean of fewer than five
answers is left out, as is who delivered a session and to whom by role.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field

from models.contract.codes import FeedbackStage, IndicatorCategory, Sector, TokenKind
from models.contract.fields import Closed
from models.register.types import ChildRecord

FEWEST_ANSWERS = 5
"""A mean score of fewer people would be close to what one of them said."""
FEWEST_EVENTS = 100
"""So that one event moves a share by at most a point, and seldom changes its class."""

TenPoints = Literal[
    "under 10%", "10-19%", "20-29%", "30-39%", "40-49%", "50-59%", "60-69%", "70-79%", "80-89%", "90% or more"
]
"""Ten-point classes of a share of events."""
LinkClass = TenPoints | Literal["no kind in common", "too few events"]
TokenClass = Literal["all", "most", "some", "few", "none", "too few records"]
"""Classes of the share of records with a usable token."""
TOKEN_CLASSES: Final[Mapping[TokenClass, float]] = {"all": 0.95, "most": 0.8, "some": 0.5, "few": 0.05, "none": 0.0}
"""The least share of each class. With too few records there is no share."""


class Answers(Closed):
    """Mean confidence (0-10) of those who answered at one stage of one session."""

    stage: FeedbackStage
    answered: Annotated[int, Field(ge=FEWEST_ANSWERS, le=9999)]
    mean_tenths: Annotated[int, Field(ge=0, le=100)]


class SessionHeld(Closed):
    """One training session of the window: staff in numbers, nobody by name, role or employer."""

    held_on: date
    audience: Sector
    topics: tuple[IndicatorCategory, ...]
    places: Annotated[int, Field(ge=0, le=9999)] | None = None
    attended: Annotated[int, Field(ge=0, le=9999)] | None = None
    in_scope: Annotated[int, Field(ge=0, le=99999)] | None = None
    feedback: tuple[Answers, ...] = ()


class Linkable(Closed):
    """Two sectors: kinds of identifier both send, and the share of their events that carry one of those.

    About identifiers, never about which children both know. `no kind in common` withholds the pair: nothing that
    rests on links may be said of the two together.
    """

    one: Sector
    other: Sector
    kinds: tuple[TokenKind, ...]
    share: LinkClass


class TiedRecords(Closed):
    """A sector's records of one kind in the twelve months up to the window's end: the share tied to children.

    `own`: the share tied to a child by any token. `others`: the share tied by a token of a kind that other agencies can
    hold, so that they may have records of the same child.
    """

    sector: Sector | Literal["any"]
    """`any`: all agencies together, on a board without figures by sector."""
    record: ChildRecord
    own: TokenClass
    others: TokenClass
