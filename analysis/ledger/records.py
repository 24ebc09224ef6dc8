"""Events of the ledger as analysis reads them: one frozen type for each type of event, with codes and real dates.

`analysis.ledger.parse` makes them from rows. They hold personal data and never leave the ledger tier.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, NamedTuple

from analysis.ledger.identity import OwnId
from models.contract import codes as c

Token = tuple[str, str]
"""Kind and value of a child token."""


@dataclass(frozen=True, slots=True)
class ChildRecord:
    """What every event about a child says."""

    short_type: ClassVar[str]
    """The type of event that it is: `cse_concern`."""

    event_id: OwnId
    agency: str
    occurred_on: date
    recorded_on: date
    """When the agency's system recorded it; where that is not recorded, `occurred_on`."""
    home: str
    """Area code of the child's home as given, or empty."""
    tokens: tuple[Token, ...] = field(repr=False)
    sex: c.Sex
    ethnic_group: c.EthnicGroup
    disability: c.YesNo
    age_band: c.AgeBand
    placement_group: c.PlacementGroup
    placement_area: c.PlacementArea

    @property
    def link_kinds(self) -> frozenset[str]:
        """Kinds of its tokens that can link it to another agency's events."""
        return frozenset([kind for kind, _ in self.tokens if kind != c.TokenKind.LOCAL])


@dataclass(frozen=True, slots=True)
class ConcernRecord(ChildRecord):
    """A concern that a child is, or may be, sexually exploited."""

    short_type: ClassVar[str] = "cse_concern"
    indicators: frozenset[str]
    """As recorded: codes of the catalogue, `unknown` and `not_recorded`."""
    level: c.RiskLevel
    harm_status: c.HarmStatus
    models: tuple[c.ExploitationModel, ...]
    location_type: c.LocationType
    next_step: c.NextStep
    occurred_at: str
    """Area code of where it happened, or empty."""


@dataclass(frozen=True, slots=True)
class SignRecord(ChildRecord):
    """Indicators seen in ordinary contact, with no concern raised."""

    short_type: ClassVar[str] = "indicator_observed"
    indicators: frozenset[str]
    location_type: c.LocationType
    occurred_at: str


@dataclass(frozen=True, slots=True)
class MissingReport(ChildRecord):
    """One agency's report of a missing episode; `ended_on` is None while it is open or its end is not known."""

    short_type: ClassVar[str] = "missing_episode"
    hour_band: c.HourBand
    ended_on: date | None
    ended_hour_band: c.HourBand
    duration_band: c.DurationBand
    scheme: c.MissingScheme
    status: c.MissingStatus
    missing_from: c.MissingFrom
    found_at: str
    """Area code of where the child was found, or empty."""
    found_location_type: c.LocationType


@dataclass(frozen=True, slots=True)
class InterviewRecord(ChildRecord):
    """A return interview and how far it has got."""

    short_type: ClassVar[str] = "return_interview"
    about: OwnId | None
    """The event of the same agency's that it is about."""
    returned_on: date | None
    state: c.InterviewState
    offered: c.YesNo
    completed: c.YesNo
    completed_on: date | None
    within_72h: c.YesNo
    provider: c.InterviewProvider


@dataclass(frozen=True, slots=True)
class ScreeningRecord(ChildRecord):
    """A screening tool completed, with the tool's own words beside the harmonised level."""

    short_type: ClassVar[str] = "screening"
    tool: c.RiskScheme
    native: c.NativeLevel
    level: c.RiskLevel
    score: int | None
    professional_override: c.YesNo


@dataclass(frozen=True, slots=True)
class ResponseRecord(ChildRecord):
    """What an agency did about a concern or an episode."""

    short_type: ClassVar[str] = "response"
    about: OwnId | None
    kind: c.ResponseKind


class PlacedRecord(NamedTuple):
    """As much of an event about a child as hotspots read: a board's rows are read for every scan."""

    tokens: tuple[Token, ...]
    area: str
    """Area code of where hotspots count it, as given, or empty: where it happened, or where the child went missing
    from."""
    occurred_on: date
    recorded_on: date


@dataclass(frozen=True, slots=True)
class ReturnRecord:
    """One agency's statement that a period is all in."""

    agency: str
    period: str
    submitted_on: date
    nil: bool = False


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One training session delivered: staff, not children."""

    session: str
    agency: str
    held_on: date
    audience: str
    topics: tuple[str, ...]
    role_group: str
    places: int | None
    attended: int | None
    in_scope: int | None


@dataclass(frozen=True, slots=True)
class FeedbackRecord:
    """Mean confidence (0-10) of those who answered at one stage of a session's evaluation."""

    about: str | None
    held_on: date
    stage: str
    answered: int
    mean_score: float


@dataclass(frozen=True, slots=True)
class ThemeRecord:
    """What one group of people said, coded."""

    held_on: date
    voice: str
    themes: tuple[str, ...]
    people: int | None


AboutChild = ConcernRecord | SignRecord | MissingReport | InterviewRecord | ScreeningRecord | ResponseRecord
