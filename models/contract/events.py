"""Every event an agency may publish, version 1 (docs/domain.md#event-types; ADR 0022 to ADR 0024).

`EVENT` is the one adapter that parses a structured-mode CloudEvent. Change is additive only: a new field has a
default, a breaking change is a new type suffix, and tests/models/contract/golden/v1 must go on parsing.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from models.contract import codes as c
from models.contract.envelope import JsonOnly, PublishedAt
from models.contract.fields import (
    MAX_TOKENS,
    AgencyId,
    AgreementId,
    Areas,
    BoardCode,
    ChildToken,
    Closed,
    EventId,
    IsoDate,
    Period,
    Revision,
)

MAX_BYTES = 65_536
"""Bytes of one event on the wire: a Kafka record's value, or a line of a request."""

Tokens = Annotated[tuple[ChildToken, ...], Field(max_length=MAX_TOKENS)]
Indicators = Annotated[tuple[c.Indicator, ...], Field(max_length=45)]


class Common(Closed):
    """What every event's `data` carries, whatever its type."""

    event_id: EventId
    revision: Revision
    agency: AgencyId
    board: BoardCode
    agreement_id: AgreementId
    source_system: c.SourceSystem = c.SourceSystem.NOT_RECORDED
    recorded_on: IsoDate | None = None
    """When the agency's own system recorded it; None is "not recorded"."""


class ChildEvent(Common):
    """An event about one child: tokens are optional, everything descriptive is a closed code."""

    tokens: Tokens = ()
    """Up to eight, none twice. In an epoch at most one `nhs`, one `upn` and one `local`; `demog` may have several."""
    occurred_on: IsoDate
    """London date of the event: the start of an episode, the day of a concern."""
    hour_band: c.HourBand = c.HourBand.NOT_RECORDED
    age_band: c.AgeBand = c.AgeBand.NOT_RECORDED
    sex: c.Sex = c.Sex.NOT_RECORDED
    ethnic_group: c.EthnicGroup = c.EthnicGroup.NOT_RECORDED
    disability: c.YesNo = c.YesNo.NOT_RECORDED
    areas: Areas = Areas()
    placement_group: c.PlacementGroup = c.PlacementGroup.NOT_RECORDED
    placement_area: c.PlacementArea = c.PlacementArea.NOT_RECORDED


class Risk(Closed):
    """A risk level as given on a tool, and on the region's four levels."""

    scheme: c.RiskScheme = c.RiskScheme.NOT_RECORDED
    native: c.NativeLevel = c.NativeLevel.NOT_RECORDED
    level: c.RiskLevel = c.RiskLevel.NOT_RECORDED


class CseConcern(ChildEvent):
    """A concern that a child is being, or may be, sexually exploited."""

    indicators: Indicators = ()
    risk: Risk = Risk()
    harm_status: c.HarmStatus = c.HarmStatus.NOT_RECORDED
    models: Annotated[tuple[c.ExploitationModel, ...], Field(max_length=11)] = ()
    location_type: c.LocationType = c.LocationType.NOT_RECORDED
    online_platform: c.OnlinePlatform = c.OnlinePlatform.NOT_RECORDED
    referral_route: c.ReferralRoute = c.ReferralRoute.NOT_RECORDED
    next_step: c.NextStep = c.NextStep.NOT_RECORDED
    nrm_status: c.NrmStatus = c.NrmStatus.NOT_RECORDED


class IndicatorObserved(ChildEvent):
    """Indicators seen in ordinary contact with no concern raised: the evidence of a missed opportunity."""

    indicators: Annotated[tuple[c.Indicator, ...], Field(min_length=1, max_length=45)]
    location_type: c.LocationType = c.LocationType.NOT_RECORDED


class MissingEpisode(ChildEvent):
    """A period missing or away; opening and closing it are revisions of one event."""

    scheme: c.MissingScheme = c.MissingScheme.NOT_RECORDED
    status: c.MissingStatus = c.MissingStatus.NOT_RECORDED
    ended_on: IsoDate | None = None
    """None while the child has not been found or returned."""
    ended_hour_band: c.HourBand = c.HourBand.NOT_RECORDED
    duration_band: c.DurationBand = c.DurationBand.NOT_RECORDED
    police_grade: c.PoliceGrade = c.PoliceGrade.NOT_RECORDED
    missing_from: c.MissingFrom = c.MissingFrom.NOT_RECORDED
    found_location_type: c.LocationType = c.LocationType.NOT_RECORDED
    reasons: Annotated[tuple[c.PushPullReason, ...], Field(max_length=13)] = ()
    cse_marker: c.YesNo = c.YesNo.NOT_RECORDED


class ReturnInterview(ChildEvent):
    """A return home interview and how far it has got; `occurred_on` is the day of its latest state."""

    about_event_id: EventId | None = None
    """Your own agency's event that this one is about. An id belongs to its agency, so another agency's event cannot be
    named. Leave it out if the event is not yours; an unknown id does no harm."""
    returned_on: IsoDate | None = None
    state: c.InterviewState = c.InterviewState.NOT_RECORDED
    offered: c.YesNo = c.YesNo.NOT_RECORDED
    offered_on: IsoDate | None = None
    accepted: c.YesNo = c.YesNo.NOT_RECORDED
    completed: c.YesNo = c.YesNo.NOT_RECORDED
    completed_on: IsoDate | None = None
    within_72h: c.YesNo = c.YesNo.NOT_RECORDED
    """Completed within 72 hours of return, classed at the agency because it needs minutes."""
    provider: c.InterviewProvider = c.InterviewProvider.NOT_RECORDED
    not_offered_reason: c.NotOfferedReason = c.NotOfferedReason.NOT_RECORDED
    themes: Annotated[tuple[c.PushPullReason, ...], Field(max_length=13)] = ()


class Screening(ChildEvent):
    """A screening tool completed; its score is the agency's own and is never derived here."""

    about_event_id: EventId | None = None
    """Your own agency's event that this one is about. An id belongs to its agency, so another agency's event cannot be
    named. Leave it out if the event is not yours; an unknown id does no harm."""
    opened_on: IsoDate | None = None
    tool: c.RiskScheme = c.RiskScheme.NOT_RECORDED
    native: c.NativeLevel = c.NativeLevel.NOT_RECORDED
    level: c.RiskLevel = c.RiskLevel.NOT_RECORDED
    score: Annotated[int, Field(ge=0, le=200)] | None = None
    professional_override: c.YesNo = c.YesNo.NOT_RECORDED
    next_step: c.NextStep = c.NextStep.NOT_RECORDED


class Response(ChildEvent):
    """What was done; `occurred_on` is the day it was opened."""

    about_event_id: EventId | None = None
    """Your own agency's event that this one is about. An id belongs to its agency, so another agency's event cannot be
    named. Leave it out if the event is not yours; an unknown id does no harm."""
    kind: c.ResponseKind
    opened_on: IsoDate | None = None
    closed_on: IsoDate | None = None
    disruption: c.DisruptionAction = c.DisruptionAction.NOT_RECORDED


class TrainingSession(Common):
    """A session delivered: staff, not children."""

    held_on: IsoDate
    topics: Annotated[tuple[c.IndicatorCategory, ...], Field(min_length=1, max_length=13)]
    audience: c.Sector = c.Sector.NOT_RECORDED
    """The sector whose staff came; a session for several sectors at once is `unknown` and counts for none."""
    role_group: c.RoleGroup = c.RoleGroup.NOT_RECORDED
    places: Annotated[int, Field(ge=0, le=9999)] | None = None
    attended: Annotated[int, Field(ge=0, le=9999)] | None = None
    in_scope: Annotated[int, Field(ge=0, le=99999)] | None = None


class TrainingFeedback(Common):
    """Mean confidence of those who answered, at one of three stages (Haringey's three-stage evaluation)."""

    about_event_id: EventId | None = None
    """Your own agency's event that this one is about. An id belongs to its agency, so another agency's event cannot be
    named. Leave it out if the event is not yours; an unknown id does no harm."""
    held_on: IsoDate
    stage: c.FeedbackStage
    answered: Annotated[int, Field(ge=0, le=9999)]
    mean_score: Annotated[float, Field(ge=0, le=10)]
    """On a 0-10 scale; converted at the agency."""


class ThemeReturn(Common):
    """What a group of people said, as coded themes: voices of children, lay members and faith communities.

    About no one child; a case audit's findings come in this way too, without child rows.
    """

    held_on: IsoDate
    voice: c.Voice
    themes: Annotated[tuple[c.Theme, ...], Field(min_length=1, max_length=21)]
    people: Annotated[int, Field(ge=0, le=9999)] | None = None
    """How many people said it; None is "not recorded"."""


class TypeCounts(Closed):
    """How many events of each type the agency holds for the period, by its own count, for comparison."""

    cse_concern: Annotated[int, Field(ge=0, le=999_999)] = 0
    indicator_observed: Annotated[int, Field(ge=0, le=999_999)] = 0
    missing_episode: Annotated[int, Field(ge=0, le=999_999)] = 0
    return_interview: Annotated[int, Field(ge=0, le=999_999)] = 0
    screening: Annotated[int, Field(ge=0, le=999_999)] = 0
    response: Annotated[int, Field(ge=0, le=999_999)] = 0
    training_session: Annotated[int, Field(ge=0, le=999_999)] = 0
    training_feedback: Annotated[int, Field(ge=0, le=999_999)] = 0
    theme_return: Annotated[int, Field(ge=0, le=999_999)] = 0


class SubmissionReturn(Common):
    """The agency's statement that a period's events are all in; `nil` says there were none to send."""

    period: Period
    submitted_on: IsoDate
    nil: bool = False
    counts: TypeCounts = TypeCounts()


class Withdrawal(Common):
    """A revision that takes the event back; carries nothing about the child."""


class Erasure(Common):
    """Erases for good what this agency sent under these event ids, or with one of these tokens (ADR 0010).

    `event_id` is the erasure's own. An agency erases its own events only; nothing under an erased id is accepted again.
    """

    event_ids: Annotated[tuple[EventId, ...], Field(max_length=500)] = ()
    tokens: Tokens = ()
    reason: c.ErasureReason = c.ErasureReason.NOT_RECORDED


class Envelope(Closed):
    """CloudEvents 1.0 context attributes. Any other attribute is dropped, as consumers of CloudEvents should do."""

    model_config = ConfigDict(extra="ignore")

    specversion: Literal["1.0"]
    id: Annotated[str, Field(pattern=r"^[a-p]{40}\.[0-9]{1,6}$")]
    """`<event_id>.<revision>`: unique for each distinct message, as CloudEvents asks."""
    source: Annotated[str, Field(pattern=r"^/agencies/[a-z][a-z0-9-]{1,30}$")]
    time: PublishedAt
    """When the agency published it: RFC 3339 with any offset and up to nanoseconds; goes on as UTC, whole seconds."""
    datacontenttype: JsonOnly = "application/json"


class CseConcernEvent(Envelope):
    """CloudEvent carrying a `CseConcern`."""

    type: Literal["ypsem.cse_concern.v1"]
    data: CseConcern


class IndicatorObservedEvent(Envelope):
    """CloudEvent carrying an `IndicatorObserved`."""

    type: Literal["ypsem.indicator_observed.v1"]
    data: IndicatorObserved


class MissingEpisodeEvent(Envelope):
    """CloudEvent carrying a `MissingEpisode`."""

    type: Literal["ypsem.missing_episode.v1"]
    data: MissingEpisode


class ReturnInterviewEvent(Envelope):
    """CloudEvent carrying a `ReturnInterview`."""

    type: Literal["ypsem.return_interview.v1"]
    data: ReturnInterview


class ScreeningEvent(Envelope):
    """CloudEvent carrying a `Screening`."""

    type: Literal["ypsem.screening.v1"]
    data: Screening


class ResponseEvent(Envelope):
    """CloudEvent carrying a `Response`."""

    type: Literal["ypsem.response.v1"]
    data: Response


class TrainingSessionEvent(Envelope):
    """CloudEvent carrying a `TrainingSession`."""

    type: Literal["ypsem.training_session.v1"]
    data: TrainingSession


class TrainingFeedbackEvent(Envelope):
    """CloudEvent carrying a `TrainingFeedback`."""

    type: Literal["ypsem.training_feedback.v1"]
    data: TrainingFeedback


class ThemeReturnEvent(Envelope):
    """CloudEvent carrying a `ThemeReturn`."""

    type: Literal["ypsem.theme_return.v1"]
    data: ThemeReturn


class SubmissionReturnEvent(Envelope):
    """CloudEvent carrying a `SubmissionReturn`."""

    type: Literal["ypsem.submission_return.v1"]
    data: SubmissionReturn


class WithdrawalEvent(Envelope):
    """CloudEvent carrying a `Withdrawal`."""

    type: Literal["ypsem.withdrawal.v1"]
    data: Withdrawal


class ErasureEvent(Envelope):
    """CloudEvent carrying an `Erasure`."""

    type: Literal["ypsem.erasure.v1"]
    data: Erasure


Event = Annotated[
    CseConcernEvent
    | IndicatorObservedEvent
    | MissingEpisodeEvent
    | ReturnInterviewEvent
    | ScreeningEvent
    | ResponseEvent
    | TrainingSessionEvent
    | TrainingFeedbackEvent
    | ThemeReturnEvent
    | SubmissionReturnEvent
    | WithdrawalEvent
    | ErasureEvent,
    Field(discriminator="type"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event, config=ConfigDict(hide_input_in_errors=True))
"""Parses one structured-mode CloudEvent; raises `pydantic.ValidationError` that holds no input."""

EVENT_CLASSES: tuple[type[Envelope], ...] = (
    CseConcernEvent,
    IndicatorObservedEvent,
    MissingEpisodeEvent,
    ReturnInterviewEvent,
    ScreeningEvent,
    ResponseEvent,
    TrainingSessionEvent,
    TrainingFeedbackEvent,
    ThemeReturnEvent,
    SubmissionReturnEvent,
    WithdrawalEvent,
    ErasureEvent,
)

DATA_CLASSES: dict[str, type[Common]] = {
    cls.model_fields["type"].annotation.__args__[0]: cls.model_fields["data"].annotation  # type: ignore[union-attr,misc]
    for cls in EVENT_CLASSES
}
"""`ypsem.cse_concern.v1` -> `CseConcern`, and so on."""


def type_name(short: str) -> str:
    """`missing_episode` -> `ypsem.missing_episode.v1`."""
    return f"ypsem.{short}.v1"


def short_name(event_type: str) -> str:
    """`ypsem.missing_episode.v1` -> `missing_episode`."""
    return event_type.split(".")[1]
