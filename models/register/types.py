"""The register as data: who may share what, for which board, and which partition a board's events meet in."""

from __future__ import annotations

import hashlib
import json
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.contract.codes import Sector
from models.contract.fields import AgencyId, AgreementId, BoardCode
from models.contract.periods import PeriodKind
from models.contract.topics import PARTITIONS
from models.register.calibration import SignalCalibration

DEFAULT_MONTHS = 28
"""How long accepted events and the ledger are kept by default (measures look back that far)."""


class RegisterEntry(BaseModel):
    """Base of register entries: closed, frozen, and lenient about YAML's own types."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Town(RegisterEntry):
    """The district level of the publication ladder."""

    code: Annotated[str, Field(pattern=r"^[A-Z][0-9]{8}-T[0-9]{1,2}$")]
    name: str


class Ward(RegisterEntry):
    """A ward of one boundary vintage, with public population estimates."""

    code: BoardCode
    name: str
    town: str
    population_10_17: Annotated[int, Field(ge=0)]
    population_under_18: Annotated[int, Field(ge=0)]
    neighbours: tuple[BoardCode, ...] = ()
    """Wards of the board that share an edge with it; without them signals do not join wards."""


class RepeatRule(RegisterEntry):
    """`episodes` or more starts in any `days`-day window make missing "repeat" (docs/domain.md#repeat-missing)."""

    episodes: Annotated[int, Field(ge=2, le=20)] = 3
    days: Annotated[int, Field(ge=1, le=366)] = 90


Post = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z ,'()/-]{2,79}$")]
"""A role or a body in at most 80 letters; no digits, and never a person's name."""
Sentence = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z ,.:;'()/-]{9,199}$")]
"""A sentence in 10 to 200 letters on one line; no digits, addresses or names."""


Schedule = Literal["quarters_and_years", "years_and_pairs_of_years"]
"""Which kinds of window a board releases."""
SCHEDULES: Final[Mapping[Schedule, tuple[PeriodKind, PeriodKind]]] = {
    "quarters_and_years": ("quarter", "year"),
    "years_and_pairs_of_years": ("year", "pair"),
}
"""The windows of each schedule, the shorter first. The second has years and pairs of years, and no quarters."""


class Acceptance(RegisterEntry):
    """Who accepted a limit of the service for a board, and when."""

    accepted_by: Post
    accepted_on: date


BreakKind = Literal["area", "recording", "places"]


class SeriesBreak(RegisterEntry):
    """A day from which figures of a board cannot be compared with those before, and why."""

    day: date
    """The first day of the new ways."""
    kind: BreakKind
    """`area`: the board covers another area. `recording`: agencies record in another way. Both end comparisons of all
    figures. `places`: wards or towns have other bounds; figures of the whole board can still be compared."""
    words: Sentence
    """What changed, without a full stop at its end."""


class Board(RegisterEntry):
    """A safeguarding board: one partition, one set of settings. Most cover one local authority, some several."""

    code: BoardCode
    """Of its local authority; where it covers several, of one of them."""
    name: str
    authorities: Annotated[tuple[BoardCode, ...], Field(min_length=1)] | None = None
    """Codes of all local authorities that it covers, its own code among them; None: that of its code alone. Their wards
    and towns stand in its lists like any others, and no figure is by authority."""
    partition: Annotated[int, Field(ge=0, lt=PARTITIONS)]
    boundary_set: str
    retention_months: Annotated[int, Field(ge=12, le=60)] = DEFAULT_MONTHS
    accept_from: date | None = None
    """Earliest event date that is accepted; by default today less retention."""
    cut_off_days: Annotated[int, Field(ge=0, le=120)] = 28
    releases: Schedule = "quarters_and_years"
    """`years_and_pairs_of_years` for a board with fewer than 300 children a year in all streams together: by quarter
    and sector nearly all of its cells would be `<10`. docs/running.md says how a board finds out which it is."""
    live_from: datetime
    """Before this, history is being loaded: releases of windows already past are cut off at their request."""
    repeat_missing: RepeatRule = RepeatRule()
    referral_route: str
    """Shown on every page: how a professional reports a concern about one child."""
    clusters_below_ten: Acceptance | None = None
    """Who accepted that the service sees clusters of fewer than ten children and shows them to nobody."""
    case_route: Sentence | None = None
    """Where agencies compare notes on single children, which this service never does: a meeting or a duty desk."""
    towns: tuple[Town, ...]
    wards: tuple[Ward, ...]
    breaks: tuple[SeriesBreak, ...] = ()
    """Days across which its figures are not to be compared; pages mark them in every series."""
    signals: SignalCalibration | None = None
    """Read from the file beside the register, not from the register itself (`models.register.load`)."""

    @model_validator(mode="after")
    def _areas_agree(self) -> Self:
        towns = {town.code for town in self.towns}
        if bad := [ward.code for ward in self.wards if ward.town not in towns]:
            raise ValueError(f"wards {bad} name a town that is not listed")
        if any(not town.startswith(f"{self.code}-T") for town in towns):
            raise ValueError("a town's code starts with its board's code")
        if self.authorities is not None and self.code not in self.authorities:
            raise ValueError(f"authorities: a board's own code, {self.code}, is one of them")
        if len({one.day for one in self.breaks}) != len(self.breaks):
            raise ValueError("breaks: one entry a day; put what changed on one day into one entry")
        wards = {ward.code for ward in self.wards}
        if bad := [ward.code for ward in self.wards if not wards.issuperset(ward.neighbours)]:
            raise ValueError(f"wards {bad} name a neighbour that is not a ward of the board")
        if "pair" in self.windows and self.retention_months < (least := _months_of_a_pair(self.cut_off_days)):
            raise ValueError(
                f"releases: a pair of years with cut_off_days {self.cut_off_days} needs retention_months of {least} or "
                "more, or its first events are gone when it is built"
            )
        return self

    @cached_property
    def places_digest(self) -> str:
        """A digest of its wards, their populations and neighbours, and its towns: a calibration is made for these."""
        wards = sorted((w.code, w.town, w.population_10_17, sorted(w.neighbours)) for w in self.wards)
        text = json.dumps([self.code, sorted(t.code for t in self.towns), wards])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def covers(self) -> tuple[BoardCode, ...]:
        """The local authorities whose area is the board's."""
        return self.authorities or (self.code,)

    @property
    def windows(self) -> tuple[PeriodKind, PeriodKind]:
        """The kinds of window that it releases, the shorter first."""
        return SCHEDULES[self.releases]

    @property
    def has_sectors(self) -> bool:
        """Whether its releases have figures by sector; those of a board with few children have none."""
        return self.releases == "quarters_and_years"

    def accepted_dates(self, today: date) -> tuple[date, date]:
        """First and last accepted event date: `accept_from`, else today less retention; and tomorrow."""
        first = self.accept_from or _months_before(today, self.retention_months)
        return first, today + timedelta(days=1)

    @cached_property
    def area_codes(self) -> frozenset[str]:
        """Every area code an event of this board may carry, the not-known ones included."""
        codes = {w.code for w in self.wards} | {t.code for t in self.towns}
        return frozenset(codes | {"out_of_area", "unknown", "not_recorded"})


ChildRecord = Literal[
    "cse_concern", "indicator_observed", "missing_episode", "return_interview", "screening", "response"
]


Role = Literal["interviews", "screenings", "responses", "lead"]
"""Work about a child: return interviews, screenings, responses of any kind; plans and lead practitioners of these."""


class Agency(RegisterEntry):
    """An organisation that publishes; its id is in its topic name and its broker principal."""

    id: AgencyId
    name: str
    sector: Sector
    boards: tuple[BoardCode, ...]
    returns_due_days: Annotated[int, Field(ge=1, le=120)] = 20
    """A submission return is due this many days after its period ends."""
    returns_from: date
    """First day the agency owes submission returns for."""
    child_records: tuple[ChildRecord, ...] | None = None
    """Kinds of record about children that its agreement lets it send; None: any. Cells of its sector that depend on
    other kinds are shown as not recorded, not as none."""
    owes: tuple[Role, ...] = ()
    """Work about the board's children that it is responsible for, whoever does it. Read it through
    `models.register.duties`, which says what is charged to its sector."""
    knows: tuple[Role, ...] = ()
    """Work of other agencies that it sees: the child, and what came of it. It knows its own work without this."""
    shares_system_with: tuple[AgencyId, ...] = ()
    """Agencies that use the same case system: each sees what the other records. One listing of the pair is enough."""


class Agreement(RegisterEntry):
    """An information-sharing agreement; without an active one an agency's events are refused."""

    id: AgreementId
    agency: AgencyId
    boards: tuple[BoardCode, ...]
    active_from: date
    active_to: date | None = None
    lawful_basis: str

    def began(self, today: date) -> bool:
        """Whether it is in force, or was."""
        return self.active_from <= today

    def in_force(self, today: date) -> bool:
        """Whether it is in force: on its last day it still is."""
        return self.began(today) and (self.active_to is None or today <= self.active_to)


class Register(RegisterEntry):
    """One dated version of the register; `version` is its effective date."""

    version: date
    synthetic: bool = False
    boards: tuple[Board, ...]
    agencies: tuple[Agency, ...]
    agreements: tuple[Agreement, ...]

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        _unique("board", (b.code for b in self.boards))
        _unique("agency", (a.id for a in self.agencies))
        _unique("agreement", (a.id for a in self.agreements))
        _unique("ward", (w.code for b in self.boards for w in b.wards))
        _unique("local authority", (code for b in self.boards for code in b.covers))
        boards = {b.code for b in self.boards}
        agencies = {a.id for a in self.agencies}
        served = [(a.id, a.boards) for a in self.agencies] + [(a.id, a.boards) for a in self.agreements]
        for name, codes in served:
            if missing := set(codes) - boards:
                raise ValueError(f"{name}: boards {sorted(missing)} are not in the register")
        for board in self.boards:
            if board.clusters_below_ten and board.clusters_below_ten.accepted_on > self.version:
                raise ValueError(f"{board.code}: clusters_below_ten was accepted after the day this register begins")
        if unknown := {a.agency for a in self.agreements} - agencies:
            raise ValueError(f"agreements name agencies that are not in the register: {sorted(unknown)}")
        for agency in self.agencies:
            if agency.id in agency.shares_system_with:
                raise ValueError(f"{agency.id}: shares_system_with names the agency itself")
            if missing := set(agency.shares_system_with) - agencies:
                raise ValueError(f"{agency.id}: shares_system_with {sorted(missing)} are not in the register")
        return self

    def undecided(self) -> str:
        """What a board must still decide before real events are taken, in words; empty when nothing is missing.

        A synthetic register may leave it out.
        """
        missing = [board.code for board in self.boards if not (board.clusters_below_ten and board.case_route)]
        if self.synthetic or not missing:
            return ""
        return (
            f"boards {', '.join(missing)}: add `clusters_below_ten: {{accepted_by: a role or body, accepted_on: "
            "YYYY-MM-DD}`, who accepted that clusters of fewer than ten children are seen and not shown, and "
            "`case_route:`, where agencies compare notes on single children (docs/running.md); only a register that is "
            "`synthetic: true` may leave them out"
        )

    @cached_property
    def board_by_code(self) -> dict[str, Board]:
        """Boards by code."""
        return {board.code: board for board in self.boards}

    @cached_property
    def agency_by_id(self) -> dict[str, Agency]:
        """Agencies by id."""
        return {agency.id: agency for agency in self.agencies}

    @cached_property
    def agreement_by_id(self) -> dict[str, Agreement]:
        """Agreements by id."""
        return {agreement.id: agreement for agreement in self.agreements}

    @cached_property
    def board_of_ward(self) -> dict[str, str]:
        """Ward code -> board code; how an event finds its board when none is given."""
        return {ward.code: board.code for board in self.boards for ward in board.wards}

    def agencies_of(self, board: str) -> list[Agency]:
        """The agencies registered for a board, by id."""
        return sorted((a for a in self.agencies if board in a.boards), key=lambda a: a.id)


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _months_of_a_pair(cut_off_days: int) -> int:
    """Months that events must be kept, so that a pair of years is whole at its cut-off and a month after."""
    return 24 + -(-(cut_off_days + 28) // 28)


def _unique(what: str, values: Iterable[str]) -> None:
    twice = [value for value, n in Counter(values).items() if n > 1]
    if twice:
        raise ValueError(f"{what} listed twice: {sorted(twice)}")
