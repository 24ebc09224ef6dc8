"""The calibration of a board's signals, by simulation: when a rise becomes a signal, and how large one must be.

Nothing in it comes from records: it is worked out from the register and a size that people state.
`python -m analysis calibrate-signals` keeps it beside the register that it was made for, in `signals-YYYY-MM-DD.yaml`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Noticeable(BaseModel):
    """How many more children than usual are noticed 4 times in 5, in one kind of place and span of weeks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[str, Field(pattern=r"^[a-z_]{1,20}$")]
    level: Annotated[str, Field(pattern=r"^(ward|town|board)$")]
    weeks: Annotated[int, Field(ge=1, le=52)]
    usual: Annotated[float, Field(ge=0)]
    """The usual number of children in such a place and span."""
    extra: Annotated[int, Field(ge=1)] | None
    """None if even the largest rise that was tried is not noticed."""


class SignalCalibration(BaseModel):
    """The calibration of one board."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    children: Annotated[int, Field(ge=1)]
    """Children a year, over all kinds together, as given to the command."""
    places: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    """A digest of the wards, populations and neighbours that it was made for."""
    told: float
    """The score from which a rise becomes a signal: chance alone gives 0.2 new signals a year."""
    rare: float
    """The score that chance alone gives once in 25 years."""
    by_chance: Annotated[float, Field(ge=0)]
    """New signals a year by chance alone, measured on other boards than those that gave the threshold."""
    in_groups: Annotated[float, Field(ge=0)]
    """The same where children come in groups."""
    boards: Annotated[int, Field(ge=1)]
    """Board-years behind each of the two."""
    noticeable: tuple[Noticeable, ...] = ()
