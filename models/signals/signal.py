"""A signal: places or an agency, a kind, dates, and a class of recurrence interval; nothing else (ADR 0013).

A record is the newest state of its signal, upserted by `signal_id`. Whether it is open, updated or closed is in its
dates: `closed_on` is there once it is closed. No record has a time of day.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self, get_args

from pydantic import ConfigDict, Field, TypeAdapter, model_validator

from models.contract.fields import AgencyId, BoardCode, Closed

ChildKind = Literal["cse_concern", "cse_sign", "missing"]
"""More children than expected: with a CSE concern; with a sign of CSE, concern or not; missing."""
CHILD_KINDS: tuple[ChildKind, ...] = get_args(ChildKind)
OperationalKind = Literal["agency_silent", "refused_format"]

SignalArea = Annotated[str, Field(pattern=r"^[A-Z][0-9]{8}(-T[0-9]{1,2})?$")]
"""A ward, a town, or the board itself."""

_CHILD_ID = r"^[A-Z][0-9]{8}\.(cse_concern|cse_sign|missing)\.[A-Z][0-9]{8}(-T[0-9]{1,2})?\.[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_OPERATIONAL_ID = r"^[A-Z][0-9]{8}\.(agency_silent|refused_format)\.[a-z][a-z0-9-]{1,30}\.[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class Recurrence(StrEnum):
    """How rarely chance alone would give so strong a signal, in classes so wide that one event seldom changes it."""

    ONE_TO_FIVE = "1_to_5_years"
    FIVE_TO_TWENTY_FIVE = "5_to_25_years"
    OVER_TWENTY_FIVE = "over_25_years"


class Signal(Closed):
    """More children than expected somewhere: a place, a kind, weeks and a class of rarity."""

    signal_id: Annotated[str, Field(pattern=_CHILD_ID)]
    """Board, kind, first area and day of opening."""
    board: BoardCode
    kind: ChildKind
    areas: Annotated[tuple[SignalArea, ...], Field(min_length=1, max_length=24)]
    """One ward, joined neighbouring wards, one town, or the board; in the order of codes."""
    starts_on: date
    """A Monday: the weeks that the rise lies in, not the days of any event."""
    ends_on: date
    """A Sunday."""
    opened_on: date
    updated_on: date
    closed_on: date | None = None
    recurrence: Recurrence

    @model_validator(mode="after")
    def _dates_agree(self) -> Self:
        if not (self.starts_on <= self.ends_on and self.opened_on <= self.updated_on):
            raise ValueError("a signal's dates are in order")
        if self.closed_on is not None and self.closed_on != self.updated_on:
            raise ValueError("closing is a signal's last update")
        if self.starts_on.weekday() != 0 or self.ends_on.weekday() != 6:
            raise ValueError("a signal covers whole weeks")
        if self.signal_id != f"{self.board}.{self.kind}.{self.signal_id.split('.')[2]}.{self.opened_on}":
            raise ValueError("a signal's id is of its board, kind and day of opening")
        return self


class OperationalSignal(Closed):
    """An agency that has gone silent, or whose format is refused: no child data, published at once."""

    signal_id: Annotated[str, Field(pattern=_OPERATIONAL_ID)]
    board: BoardCode
    kind: OperationalKind
    agency: AgencyId
    starts_on: date
    """First day of what is missing or was refused."""
    opened_on: date
    updated_on: date
    closed_on: date | None = None

    @model_validator(mode="after")
    def _dates_agree(self) -> Self:
        if self.opened_on > self.updated_on or (self.closed_on is not None and self.closed_on != self.updated_on):
            raise ValueError("a signal's dates are in order")
        if self.signal_id != f"{self.board}.{self.kind}.{self.agency}.{self.starts_on}":
            raise ValueError("an operational signal's id is of its board, kind, agency and first day")
        return self


AnySignal = Annotated[Signal | OperationalSignal, Field(discriminator="kind")]

ANY_SIGNAL: TypeAdapter[Signal | OperationalSignal] = TypeAdapter(
    AnySignal, config=ConfigDict(hide_input_in_errors=True)
)
"""Parses one record of the signals topic."""


class RequestScan(Closed):
    """Ask the ledger for the full Monte Carlo of a board.

    Only the daily run sets `publish`. Any other request renews the alert records inside the ledger tier, and leaves
    signals to the fixed time. While history is being loaded (before `live_from`) every request publishes.
    """

    kind: Literal["full_scan"] = "full_scan"
    request_id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    board: BoardCode
    requested_at: datetime
    publish: bool = False
