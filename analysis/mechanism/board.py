"""An invented board as ledger rows: agencies that send invented records about invented children.

A "life" holds every kind of record about a child that some cell of the ladder counts. So no fact about a child can move
more cells than a record that is added to a life or removed from it.
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
"""Agency -> sector. Each agency is alone in its sector, so the sector's cells are its own: the worst case."""
TOWNS = (f"{BOARD}-T1", f"{BOARD}-T2")
WARDS = ("X05100001", "X05100002", "X05100003", "X05100004")
"""Two wards in each town, in order."""
YEAR = "2025FY"
QUARTERS = ("2025Q2", "2025Q3", "2025Q4", "2026Q1")
WINDOWS: Mapping[Schedule, tuple[str, ...]] = {
    "quarters_and_years": (*QUARTERS, YEAR),
    # Every year and pair in which a record of the year can count, for example as part of an episode that lasts longer.
    "years_and_pairs_of_years": ("2024FY", YEAR, "2026FY", "2023FY2", "2024FY2", "2025FY2", "2026FY2"),
}
"""The board's schedule -> the windows in which records of the year are counted."""
CUT_OFF = datetime(2026, 5, 1, tzinfo=UTC)
TYPES = ("cse_concern", "indicator_observed", "missing_episode", "return_interview", "screening", "response")

_STARTS = (date(2025, 4, 2), date(2025, 7, 3), date(2025, 10, 6), date(2026, 1, 7))
"""More than 90 days apart, so that each concern calls for its own screening."""
SIGNS = (
    *("MISS_REPEAT", "CTRL_ADULT", "HOTEL_TAXI_FOOD", "GIFTS_MONEY", "ONLINE_GROOM", "STI_REPEAT", "TRAFFICKED"),
    *("SCHOOL_ABSENCE", "OFFENDING", "ABUSE_HISTORY", "DISCLOSURE", "RESIDENTIAL"),
)
"""One indicator of each category of the catalogue."""

CONCERNS: tuple[Mapping[str, Any], ...] = (
    {
        "models": ["online", "peer"], "location_type": "hotel_bnb", "harm_status": "known_harmed",
        "risk": {"level": "significant"}, "age_band": "14-15", "sex": "M", "ethnic_group": "white",
        "disability": "yes", "next_step": "s47_strategy",
    },
    {
        "models": ["party", "gang_group"], "location_type": "street", "harm_status": "suspected",
        "risk": {"level": "serious"}, "age_band": "16-17", "sex": "F", "ethnic_group": "mixed",
        "disability": "no", "next_step": "none",
    },
)  # fmt: skip
EPISODES: tuple[Mapping[str, Any], ...] = (
    {
        "duration_band": "6_24h", "hour_band": "18-24", "missing_from": "care",
        "placement_area": "out_of_area_ours",
    },
    {
        "duration_band": "1_3d", "hour_band": "00-06", "missing_from": "home",
        "placement_area": "out_of_area_theirs",
    },
)  # fmt: skip
"""Coded answers of concerns and of episodes, twice: nothing that the first set says is said by the second. So a record
beside others with the other set moves every cell by answer."""
OUTCOMES, KINDS_OF_RESPONSE = ("significant", "serious"), ("plan", "lead_professional")

Rows = list[tuple[str, Row]]
Token = tuple[str, str]
"""Kind and value of a token."""


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


def board_of(register: Register) -> Board:
    """The only board of the invented register."""
    return register.board_by_code[BOARD]


@dataclass(frozen=True, slots=True)
class SentRecord:
    """One record that an agency sends about a child, before it has an id."""

    agency: str
    short_type: str
    on: date
    tokens: tuple[Token, ...] = field(repr=False)
    data: dict[str, Any] = field(default_factory=dict, repr=False)
    name: str = ""
    """The event id. If empty, `rows` makes one from the content."""


def token(child: str, kind: str = "nhs") -> Token:
    """A token of an invented child."""
    return kind, f"{kind}:{child}"


def returns() -> Rows:
    """A return of every agency for every quarter, so that no cell has the state "no return"."""
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
    """Sent records as rows of the ledger."""
    numbers = count()
    ledger_rows = []
    for record in sent:
        data = {
            "agency": record.agency,
            "tokens": [{"kind": kind, "epoch": 1, "token": value} for kind, value in record.tokens],
            "occurred_on": record.on.isoformat(),
            **record.data,
        }
        # A given name is the id, so that records added elsewhere do not change the ids of others.
        values = ".".join(value for _, value in record.tokens)
        event = record.name or f"{record.short_type}.{record.on}.{values}.{next(numbers)}"
        ledger_rows.append(_row(f"{event}|{record.agency}", record.short_type, data))
    return ledger_rows


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
    answers: int = 0,
) -> list[SentRecord]:
    """Every kind of record about one child that some cell counts, from each of `agencies`, in some quarters of 2025FY.

    `tokens` are in every record, `kinds` limits the types of event, and `signs` are the indicators that are recorded.
    `answers` chooses the set of coded answers, and the days of the week: 0 or 1.
    """
    records: list[SentRecord] = []
    about = tuple(tokens)
    who = "".join(value for _, value in about)
    for place, agency in enumerate(agencies):

        def add(short_type: str, on: date, *, sender: str = agency, **data: Any) -> None:
            name = f"{short_type}.{on}.{who}.{len(records)}"
            shared = {"areas": {"home": home}} if home else {}
            if short_type in kinds:
                records.append(SentRecord(sender, short_type, on, about, {**shared, **data}, name))

        # Well before the year: a serious sign without any response, so that M3 counts it as missed.
        add("indicator_observed", date(2024, 12, 2), indicators=[signs[0]])
        for quarter in quarters:
            start = _STARTS[quarter]
            for number in range(3):
                on = start + timedelta(days=2 + 9 * number + 3 * answers)
                back = (on + timedelta(days=1)).isoformat()
                add("missing_episode", on, ended_on=back, **EPISODES[answers])
                add(
                    "return_interview",
                    on + timedelta(days=2),
                    returned_on=back,
                    state="completed",
                    offered="yes",
                    completed="yes",
                    within_72h="yes",
                )
                add("response", on, kind=KINDS_OF_RESPONSE[answers])
            # All but the first agency raise a concern more than 30 days after the first, so that M2 counts it as later.
            raised = start + timedelta(days=1 if place == 0 and quarter == quarters[0] else 33)
            add(
                "cse_concern",
                raised,
                indicators=list(signs[:6]),
                **CONCERNS[answers],
            )
            add("indicator_observed", raised, indicators=list(signs[6:]))
            add("screening", raised, level=OUTCOMES[answers])
            add("response", raised + timedelta(days=1), kind=KINDS_OF_RESPONSE[answers])
    return records
