"""Turns a ledger row into the record that analysis reads. Only this module looks into the stored data of a row.

Rows were validated when they were accepted, by the contract of that time. So a missing field gets its default, and an
unknown code is read as not recorded: an old row must never stop a build.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from analysis.ledger.identity import OwnId, about_of
from analysis.ledger.records import (
    AboutChild,
    ConcernRecord,
    FeedbackRecord,
    InterviewRecord,
    MissingReport,
    PlacedRecord,
    ResponseRecord,
    ReturnRecord,
    ScreeningRecord,
    SessionRecord,
    SignRecord,
    ThemeRecord,
)
from analysis.ledger.row import Row
from models.contract import codes as c

_Data = Mapping[str, Any]
_Code = TypeVar("_Code", bound=StrEnum)
_day = date.fromisoformat


def _reader(codes: type[_Code]) -> Callable[[object], _Code]:
    """A reader for one code list. It uses a dictionary, which is several times faster than the enum class."""
    known: dict[object, _Code] = {str(code): code for code in codes}
    not_recorded = codes("not_recorded")
    return lambda value: known.get(value, not_recorded)


_sex, _ethnic, _yes_no, _age = _reader(c.Sex), _reader(c.EthnicGroup), _reader(c.YesNo), _reader(c.AgeBand)
_group, _area, _level = _reader(c.PlacementGroup), _reader(c.PlacementArea), _reader(c.RiskLevel)
_harm, _place, _next = _reader(c.HarmStatus), _reader(c.LocationType), _reader(c.NextStep)
_hours, _length, _scheme = _reader(c.HourBand), _reader(c.DurationBand), _reader(c.MissingScheme)
_status, _from, _state = _reader(c.MissingStatus), _reader(c.MissingFrom), _reader(c.InterviewState)
_provider, _tool, _native = _reader(c.InterviewProvider), _reader(c.RiskScheme), _reader(c.NativeLevel)
_kind, _model = _reader(c.ResponseKind), _reader(c.ExploitationModel)

_Common = tuple[
    OwnId,
    str,
    date,
    date,
    str,
    tuple[tuple[str, str], ...],
    c.Sex,
    c.EthnicGroup,
    c.YesNo,
    c.AgeBand,
    c.PlacementGroup,
    c.PlacementArea,
]


def _common(event_id: OwnId, agency: str, data: _Data) -> _Common:
    get, occurred = data.get, _day(data["occurred_on"])
    recorded = get("recorded_on")
    areas = get("areas")
    return (
        event_id,
        agency,
        occurred,
        _day(recorded) if recorded else occurred,
        str(areas.get("home", "")) if areas else "",
        tuple([(token["kind"], token["token"]) for token in get("tokens") or ()]),
        _sex(get("sex")),
        _ethnic(get("ethnic_group")),
        _yes_no(get("disability")),
        _age(get("age_band")),
        _group(get("placement_group")),
        _area(get("placement_area")),
    )


def _where(data: _Data, role: str) -> str:
    return str((data.get("areas") or {}).get(role) or "")


def _day_or_none(value: str | None) -> date | None:
    return _day(value) if value else None


def _concern(common: _Common, data: _Data) -> ConcernRecord:
    get = data.get
    return ConcernRecord(
        *common,
        frozenset(get("indicators") or ()),
        _level((get("risk") or {}).get("level")),
        _harm(get("harm_status")),
        tuple(map(_model, get("models") or ())),
        _place(get("location_type")),
        _next(get("next_step")),
        _where(data, "occurred"),
    )


def _sign(common: _Common, data: _Data) -> SignRecord:
    return SignRecord(
        *common,
        frozenset(data.get("indicators") or ()),
        _place(data.get("location_type")),
        _where(data, "occurred"),
    )


def _missing(common: _Common, data: _Data) -> MissingReport:
    get = data.get
    return MissingReport(
        *common,
        _hours(get("hour_band")),
        _day_or_none(get("ended_on")),
        _hours(get("ended_hour_band")),
        _length(get("duration_band")),
        _scheme(get("scheme")),
        _status(get("status")),
        _from(get("missing_from")),
        _where(data, "found"),
        _place(get("found_location_type")),
    )


def _interview(common: _Common, data: _Data) -> InterviewRecord:
    get = data.get
    return InterviewRecord(
        *common,
        about_of(common[1], data),
        _day_or_none(get("returned_on")),
        _state(get("state")),
        _yes_no(get("offered")),
        _yes_no(get("completed")),
        _day_or_none(get("completed_on")),
        _yes_no(get("within_72h")),
        _provider(get("provider")),
    )


def _screening(common: _Common, data: _Data) -> ScreeningRecord:
    get = data.get
    return ScreeningRecord(
        *common,
        _tool(get("tool")),
        _native(get("native")),
        _level(get("level")),
        get("score"),
        _yes_no(get("professional_override")),
    )


def _response(common: _Common, data: _Data) -> ResponseRecord:
    return ResponseRecord(*common, about_of(common[1], data), _kind(data.get("kind")))


_OF_CHILDREN: Mapping[str, Callable[[_Common, _Data], AboutChild]] = {
    "cse_concern": _concern,
    "indicator_observed": _sign,
    "missing_episode": _missing,
    "return_interview": _interview,
    "screening": _screening,
    "response": _response,
}
CHILD_TYPES = frozenset(_OF_CHILDREN)
"""The short types of events about a child."""


def child_record(event_id: OwnId, row: Row) -> AboutChild:
    """The record of an event about a child. Raises `KeyError` for other types; callers check `CHILD_TYPES` first."""
    return _OF_CHILDREN[row.short_type](_common(event_id, row.agency, row.data), row.data)


_PLACE = {"cse_concern": "occurred", "indicator_observed": "occurred", "missing_episode": "missing_from"}
"""Short type -> the role of the area that hotspots use."""


def tokens(row: Row) -> tuple[tuple[str, str], ...]:
    """The child tokens of an event, as (kind, token)."""
    return tuple((token["kind"], token["token"]) for token in row.data.get("tokens") or ())


def placed_record(row: Row) -> PlacedRecord:
    """The record of a concern, observation or missing episode for hotspots. Raises `KeyError` for other types."""
    data = row.data
    occurred, recorded = _day(data["occurred_on"]), data.get("recorded_on")
    area = _where(data, _PLACE[row.short_type])
    return PlacedRecord(tokens(row), area, occurred, _day(recorded) if recorded else occurred)


def heard_on(row: Row) -> date:
    """The day on which an agency showed activity: when the event was recorded or submitted, else when it happened."""
    get = row.data.get
    return _day(str(get("recorded_on") or get("submitted_on") or get("occurred_on") or get("held_on")))


def return_record(row: Row) -> ReturnRecord:
    """The record of a submission return."""
    data = row.data
    return ReturnRecord(row.agency, str(data["period"]), _day(data["submitted_on"]), bool(data.get("nil", False)))


def session_record(event_id: OwnId, row: Row) -> SessionRecord:
    """The record of a training session."""
    data = row.data
    return SessionRecord(
        event_id,
        row.agency,
        _day(data["held_on"]),
        str(data.get("audience", "not_recorded")),
        tuple(data["topics"]),
        str(data.get("role_group", "not_recorded")),
        data.get("places"),
        data.get("attended"),
        data.get("in_scope"),
    )


def feedback_record(row: Row) -> FeedbackRecord:
    """The record of one stage of a session's evaluation."""
    data = row.data
    about = about_of(row.agency, data)
    return FeedbackRecord(about, _day(data["held_on"]), data["stage"], int(data["answered"]), float(data["mean_score"]))


def theme_record(row: Row) -> ThemeRecord:
    """The record of the themes that one group of people named."""
    data = row.data
    return ThemeRecord(_day(data["held_on"]), data["voice"], tuple(data["themes"]), data.get("people"))
