"""Events as analysis reads them: one frozen type for each type of event, with codes and real dates.

`analysis.ledger.parse` makes them from ledger rows. They hold personal data and never leave the ledger tier.
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
    """The fields of every event about a child."""

    short_type: ClassVar[str]
    """The type of event, such as `cse_concern`."""

    event_id: OwnId
    agency: str
    occurred_on: date
    recorded_on: date
    """The day on which the agency's system recorded it; `occurred_on` if that is not given."""
    home: str
    """Area code of the child's home as the agency gave it, or empty."""
    tokens: tuple[Token, ...] = field(repr=False)
    sex: c.Sex
    ethnic_group: c.EthnicGroup
    disability: c.YesNo
    age_band: c.AgeBand
    placement_group: c.PlacementGroup
    placement_area: c.PlacementArea

    @property
    def link_kinds(self) -> frozenset[str]:
        """The kinds of its tokens that can link it to events of other agencies."""
        return frozenset([kind for kind, _ in self.tokens if kind != c.TokenKind.LOCAL])


@dataclass(frozen=True, slots=True)
class ConcernRecord(ChildRecord):
    """A concern that a child is, or may be, sexually exploited."""

    short_type: ClassVar[str] = "cse_concern"
    indicators: frozenset[str]
    """Codes of the catalogue as recorded, with `unknown` and `not_recorded`."""
    level: c.RiskLevel
    harm_status: c.HarmStatus
    models: tuple[c.ExploitationModel, ...]
    location_type: c.LocationType
    next_step: c.NextStep
    occurred_at: str
    """Area code of the place where it happened, or empty."""


@dataclass(frozen=True, slots=True)
class SignRecord(ChildRecord):
    """Indicators seen in ordinary contact, with no concern raised."""

    short_type: ClassVar[str] = "indicator_observed"
    indicators: frozenset[str]
    location_type: c.LocationType
    occurred_at: str


@dataclass(frozen=True, slots=True)
class MissingReport(ChildRecord):
    """One agency's report of a missing episode. `ended_on` is None while it is open or its end is unknown."""

    short_type: ClassVar[str] = "missing_episode"
    hour_band: c.HourBand
    ended_on: date | None
    ended_hour_band: c.HourBand
    duration_band: c.DurationBand
    scheme: c.MissingScheme
    status: c.MissingStatus
    missing_from: c.MissingFrom
    found_at: str
    """Area code of the place where the child was found, or empty."""
    found_location_type: c.LocationType


@dataclass(frozen=True, slots=True)
class InterviewRecord(ChildRecord):
    """A return interview and how far it has got."""

    short_type: ClassVar[str] = "return_interview"
    about: OwnId | None
    """The event of the same agency that the interview is about."""
    returned_on: date | None
    state: c.InterviewState
    offered: c.YesNo
    completed: c.YesNo
    completed_on: date | None
    within_72h: c.YesNo
    provider: c.InterviewProvider


@dataclass(frozen=True, slots=True)
class ScreeningRecord(ChildRecord):
    """A completed screening tool, with the outcome in the tool's own words beside the region's level."""

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
    """The few fields of an event that hotspots need. They are few because every scan reads all rows of a board."""

    tokens: tuple[Token, ...]
    area: str
    """Area code of where it happened, or of where the child went missing from, as given; or empty."""
    occurred_on: date
    recorded_on: date


@dataclass(frozen=True, slots=True)
class ReturnRecord:
    """One agency's submission return: its statement that all events of a period are in."""

    agency: str
    period: str
    submitted_on: date
    nil: bool = False


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One training session that was held. Its numbers are of staff, not of children."""

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
    """The mean confidence (0-10) of those who answered at one stage of a session's evaluation."""

    about: str | None
    held_on: date
    stage: str
    answered: int
    mean_score: float


@dataclass(frozen=True, slots=True)
class ThemeRecord:
    """The coded themes that one group of people named."""

    held_on: date
    voice: str
    themes: tuple[str, ...]
    people: int | None


AboutChild = ConcernRecord | SignRecord | MissingReport | InterviewRecord | ScreeningRecord | ResponseRecord
