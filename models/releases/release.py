"""A release: one frozen, protected set of tables for a board and a window (docs/protection.md)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.contract.fields import AgencyId, BoardCode, Closed, Period, Window
from models.contract.periods import WINDOW_NAME
from models.releases.beside import Linkable, SessionHeld, TiedRecords
from models.releases.voices import VoiceHeard


class CellState(StrEnum):
    """The states of a cell, never merged on any surface; `models.releases.written` says how each is written."""

    FIGURE = "figure"
    LOW = "low"
    """Fewer than ten children by the count that is shown, zero included."""
    NONE = "none"
    """No children. In some cells of a sector on ladders 2 and 3, and never since."""
    ONE_TO_NINE = "one_to_nine"
    """One to nine. In the same cells only, instead of `low`."""
    WITHHELD = "withheld"
    """Kept back. On ladders up to 3 only."""
    NO_RETURN = "no_return"
    """The agency sent nothing."""
    NOT_RECORDED = "not_recorded"
    """The source does not record it."""
    NOT_APPLICABLE = "not_applicable"
    """The question does not arise."""
    NOT_COUNTABLE = "not_countable"
    """Too few of the sector's records can be tied to children, or the records do not go back far enough."""


class Cell(Closed):
    """One cell of the full grid: what is counted, where, for whom, and its state."""

    measure: Annotated[str, Field(pattern=r"^m[0-9]{1,2}_[a-z0-9_]{1,40}$")]
    level: Literal["board", "town", "ward"]
    area: str
    sector: str = "any"
    agency: str = "any"
    indicator: str = "any"
    state: CellState
    value: int | None = None
    """A multiple of the rounding base, ten or more; present if and only if the state is a figure."""

    @model_validator(mode="after")
    def _value_goes_with_state(self) -> Self:
        if (self.state is CellState.FIGURE) != (self.value is not None):
            raise ValueError("a cell has a value if and only if it is a figure")
        return self


class KR5Parameters(Closed):
    """Parameters of the rule of ladders 1 to 3. Public by design: only the keys are secret."""

    rule: Literal["KR5"] = "KR5"
    threshold: int = 5
    base: int = 5
    width: int = 3
    coalition: int = 2


class NoiseParameters(Closed):
    """Parameters of the rule since ladder 4 (docs/adr/0020). Public by design: only the keys are secret."""

    rule: Literal["keyed noise"] = "keyed noise"
    deviation: int = 3
    """Standard deviation of the noise, in children: a discrete Gaussian with mean 0."""
    base: int = 5
    """Figures are the nearest multiple of it."""
    lowest: int = 10
    """A noisy count below this is shown as `<10`."""


NOISE_SINCE = 4
"""The first ladder whose figures are made with noise; those before are KR5's."""
Parameters = Annotated[KR5Parameters | NoiseParameters, Field(discriminator="rule")]
"""How a release's figures were made."""


class BoardShape(Closed):
    """How the cells of a board nest: all that an audit needs to know of it, and public."""

    towns: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Town -> its wards."""
    wards: tuple[str, ...] = ()
    sectors: dict[str, str] = Field(default_factory=dict)
    """Agency -> sector."""
    indicators: tuple[str, ...] = ()


class GateResult(Closed):
    """How a release on ladders 1 to 3 passed the gate that they needed; nothing about a cell."""

    attackers: int
    nudges: int
    withheld: tuple[str, ...] = ()
    """Tables left out whole, each as measure, window, level, area and split."""


class Release(Closed):
    """Immutable once emitted; built once per (board, window, ladder version), re-emitted byte for byte."""

    release_id: Annotated[str, Field(pattern=rf"^[A-Z][0-9]{{8}}\.{WINDOW_NAME}\.l[0-9]{{1,3}}$")]
    board: BoardCode
    window: Window
    starts_on: date
    ends_before: date
    cut_off: datetime
    """Only records the broker had by then count; the release's one timestamp."""
    ladder_version: Annotated[int, Field(ge=1)]
    register_version: date
    boundary_set: str
    synthetic: bool
    parameters: Parameters = KR5Parameters()
    linked_share: Literal[
        "under 10%",
        "10-19%",
        "20-29%",
        "30-39%",
        "40-49%",
        "50-59%",
        "60-69%",
        "70-79%",
        "80-89%",
        "90% or more",
        "no events",
    ]
    """Share of child events with a token, in ten-point classes; those without are in no figure."""
    agencies_returned: int
    agencies_expected: int
    cells: tuple[Cell, ...]
    """The full grid of the ladder, so that the presence of a row says nothing."""
    shape: BoardShape | None = None
    """None in a release of ladder 1, which has the board's own cells only."""
    gate: GateResult | None = None
    """Of this release and those built together with it; None since ladder 4, which needs no gate."""
    training: tuple[SessionHeld, ...] = ()
    """Sessions held in the window, as of the cut-off: staff, not children."""
    links: tuple[Linkable, ...] = ()
    """How far events of each pair of sectors can be linked, over all records as of the cut-off."""
    tied: tuple[TiedRecords, ...] = ()
    """The share of each sector's records of each kind that can be tied to children, in classes (docs/adr/0032)."""
    voices: tuple[VoiceHeard, ...] = ()
    """What people said, in the longest windows of the board; empty in others and in older releases (docs/adr/0034)."""
    records_from: date | None = None
    """The first day from which the board's records are taken to be whole. Older releases do not say it: None."""
    counted_from: dict[Annotated[str, Field(pattern=r"^m[0-9]{1,2}$")], date] = Field(default_factory=dict)
    """Measure that looks back -> the first day whose look-back lies within the records. Earlier days are left out."""


class SubmissionState(Closed):
    """Whether an agency's return for a period has come: no child data, no counts."""

    agency: AgencyId
    board: BoardCode
    period: Period
    submitted_on: date
    received_at: datetime
    on_time: bool
    withdrawn: bool = False
    """The agency took the return back, or it was erased: the period is no longer returned."""


class RequestBuild(Closed):
    """Ask the ledger to build the releases of these windows (all closed ones when none is named)."""

    kind: Literal["build_releases"] = "build_releases"
    request_id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    board: BoardCode
    windows: tuple[Window, ...] = ()
    requested_at: datetime
