"""Invented boards as rows of the ledger: agencies that send what they like about invented children.

A life is every kind of record about a child that some cell of the ladder counts, so that no fact about any child moves
more cells than one added to it or taken from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from analysis.ledger.row import Record, Row, fold
from models.contract.periods import bounds
from models.register import Board, Register
from models.register.types import Schedule

BOARD = "X08000001"
POLICE, CARE, HEALTH, SCHOOLS, CHARITY = "police-1", "care-1", "health-1", "schools-1", "charity-1"
AGENCIES = {
    POLICE: "police",
    CARE: "childrens_social_care",
    HEALTH: "health",
    SCHOOLS: "education",
    CHARITY: "voluntary",
}
"""Each alone in its sector: an agency's own cells are then the sector's, which is the worst case."""
TOWNS = (f"{BOARD}-T1", f"{BOARD}-T2")
WARDS = ("X05100001", "X05100002", "X05100003", "X05100004")
"""Two in each town, in order."""
YEAR = "2025FY"
QUARTERS = ("2025Q2", "2025Q3", "2025Q4", "2026Q1")
WINDOWS: Mapping[Schedule, tuple[str, ...]] = {
    "quarters_and_years": (*QUARTERS, YEAR),
    # And every year and pair that a record of the year can have a part in, as one of a spell or of a screening due.
    "years_and_pairs_of_years": ("2024FY", YEAR, "2026FY", "2023FY2", "2024FY2", "2025FY2", "2026FY2"),
}
"""By the board's schedule: the windows in which the year's records are counted."""
CUT_OFF = datetime(2026, 5, 1, tzinfo=UTC)
TYPES = ("cse_concern", "indicator_observed", "missing_episode", "return_interview", "screening", "response")

_STARTS = (date(2025, 4, 2), date(2025, 7, 3), date(2025, 10, 6), date(2026, 1, 7))
"""Over 90 days apart, so that each concern calls for a screening of its own."""
SIGNS = (
    *("MISS_REPEAT", "CTRL_ADULT", "HOTEL_TAXI_FOOD", "GIFTS_MONEY", "ONLINE_GROOM", "STI_REPEAT", "TRAFFICKED"),
    *("SCHOOL_ABSENCE", "OFFENDING", "ABUSE_HISTORY", "DISCLOSURE", "RESIDENTIAL"),
)
"""One indicator of each category of the catalogue."""

Rows = list[tuple[str, Row]]
Token = tuple[str, str]
"""Kind and value."""


def register(schedule: Schedule = "quarters_and_years") -> Register:
    """A register of one board with two towns of two wards, and five agencies in five sectors."""
    board = {
        "code": BOARD,
        "name": "Invented board",
        "partition": 1,
        "boundary_set": "invented",
        "live_from": "2024-04-01T00:00:00Z",
        "releases": schedule,
        "referral_route": "Invented",
        "towns": [{"code": town, "name": town} for town in TOWNS],
        "wards": [
            {
                "code": ward,
                "name": ward,
                "town": TOWNS[number // 2],
                "population_10_17": 1400,
                "population_under_18": 3000,
            }
            for number, ward in enumerate(WARDS)
        ],
    }
    agencies = [
        {"id": name, "name": name, "sector": sector, "boards": [BOARD], "returns_from": "2024-01-01"}
        for name, sector in AGENCIES.items()
    ]
    agreements = [
        {"id": f"dsa-{a}", "agency": a, "boards": [BOARD], "active_from": "2024-01-01", "lawful_basis": "invented"}
        for a in AGENCIES
    ]
    return Register.model_validate(
        {
            "version": "2025-04-01",
            "synthetic": True,
            "boards": [board],
            "agencies": agencies,
            "agreements": agreements,
        }
    )


def board_of(of: Register) -> Board:
    """The one board."""
    return of.board_by_code[BOARD]


@dataclass(frozen=True, slots=True)
class SentRecord:
    """One record that an agency sends about a child, before it has an id."""

    agency: str
    short_type: str
    on: date
    tokens: tuple[Token, ...] = field(repr=False)
    data: dict[str, Any] = field(default_factory=dict, repr=False)
    name: str = ""
    """Its id; where none is given one is made of what it is."""


def token(child: str, kind: str = "nhs") -> Token:
    """A token of an invented child."""
    return kind, f"{kind}:{child}"


def returns() -> Rows:
    """Every agency's return for every quarter, so that no cell is without one."""
    return [
        _row(
            f"return|{agency}|{quarter}|{agency}",
            "submission_return",
            {"agency": agency, "period": quarter, "submitted_on": bounds(quarter)[1].isoformat()},
        )
        for agency in AGENCIES
        for quarter in QUARTERS
    ]


def rows(sent: Iterable[SentRecord]) -> Rows:
    """Records as the ledger holds them."""
    numbers = count()
    found = []
    for one in sent:
        data = {
            "agency": one.agency,
            "tokens": [{"kind": kind, "epoch": 1, "token": value} for kind, value in one.tokens],
            "occurred_on": one.on.isoformat(),
            **one.data,
        }
        # The name is its id, so that what is added elsewhere changes no other record's.
        event = one.name or f"{one.short_type}.{one.on}.{'.'.join(v for _, v in one.tokens)}.{next(numbers)}"
        found.append(_row(f"{event}|{one.agency}", one.short_type, data))
    return found


def _row(own_id: str, short_type: str, data: dict[str, Any]) -> tuple[str, Row]:
    event, _, agency = own_id.rpartition("|")
    made = fold(None, Record(event, 0, short_type, {"board": BOARD, **data}, 0, 0, 1))
    return f"{event}|{agency}", made


def life(
    tokens: Sequence[Token],
    agencies: Sequence[str],
    home: str = WARDS[0],
    quarters: Sequence[int] = (0, 1, 2, 3),
    kinds: Sequence[str] = TYPES,
    signs: Sequence[str] = SIGNS,
) -> list[SentRecord]:
    """Everything about one child that some cell counts, by each of some agencies, in some quarters of the year."""
    found: list[SentRecord] = []
    about = tuple(tokens)
    who = "".join(value for _, value in about)
    for place, agency in enumerate(agencies):

        def add(short_type: str, on: date, *, of: str = agency, **data: Any) -> None:
            name = f"{short_type}.{on}.{who}.{len(found)}"
            shared = {"areas": {"home": home}} if home else {}
            if short_type in kinds:
                found.append(SentRecord(of, short_type, on, about, {**shared, **data}, name))

        # Well before the year: a sign that called for something, and nothing done about it.
        add("indicator_observed", date(2024, 12, 2), indicators=[signs[0]])
        for quarter in quarters:
            start = _STARTS[quarter]
            for number in range(3):
                on = start + timedelta(days=2 + 9 * number)
                back = (on + timedelta(days=1)).isoformat()
                add("missing_episode", on, ended_on=back, placement_area="out_of_area_ours")
                add(
                    "return_interview",
                    on + timedelta(days=2),
                    returned_on=back,
                    state="completed",
                    offered="yes",
                    completed="yes",
                    within_72h="yes",
                )
                add("response", on, kind="plan")
            # All but the first raise it more than 30 days after the first did.
            raised = start + timedelta(days=1 if place == 0 and quarter == quarters[0] else 33)
            add(
                "cse_concern",
                raised,
                sex="M",
                ethnic_group="white",
                indicators=list(signs[:6]),
                risk={"level": "significant"},
            )
            add("indicator_observed", raised, indicators=list(signs[6:]))
            add("screening", raised, level="significant")
            add("response", raised + timedelta(days=1), kind="plan")
    return found
