"""Small boards for attacks, from records: children whose records link, half link or do not, in every kind of event."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from analysis.disclosure.build import build
from analysis.disclosure.cells import CellKey, Shape
from analysis.disclosure.counting import Tally, for_sectors_too, tally
from analysis.disclosure.facts import facts_of, placed
from analysis.disclosure.insiders import Insiders
from analysis.disclosure.ladders import LADDERS
from analysis.disclosure.noise import Protected, RoundingKeys
from analysis.ledger.row import Record, Row, fold
from analysis.measures.children import BoardView, view
from analysis.measures.history import Rules
from analysis.release import LADDER
from models.contract.codes import Indicator
from models.register import Board, Register
from models.releases import CellState
from tests.factories import register

CODES = tuple(sorted(code for code in Indicator if code not in ("unknown", "not_recorded")))[:14]
CODE = "X08000001"
WINDOWS = ("2024Q2", "2024Q3", "2024Q4", "2025Q1", "2024FY")
SECTORS = {
    "police": "police",
    "care": "childrens_social_care",
    "early-help": "childrens_social_care",
    "health": "health",
    "interviews": "voluntary",
}
ROLES: dict[str, dict[str, Any]] = {
    "care": {"knows": ["interviews"]},
    "early-help": {"shares_system_with": ["care"]},
    "health": {"knows": ["responses", "lead"]},
}
SENDS = {
    "police": ("cse_concern", "missing_episode", "missing_episode", "indicator_observed"),
    "care": ("cse_concern", "missing_episode", "screening", "response", "return_interview"),
    "early-help": ("cse_concern", "indicator_observed", "response"),
    "health": ("cse_concern", "screening", "screening", "indicator_observed"),
    "interviews": ("return_interview",),
}
KEYS = RoundingKeys(b"r" * 32, b"s" * 32)


def board_of(**changes: dict[str, Any]) -> tuple[Register, Board]:
    """A register of one board with two towns, four wards and these agencies; `changes` by agency."""
    content = register().model_dump(mode="json")
    board = content["boards"][0]
    board["towns"] = [{"code": f"{CODE}-T{n}", "name": f"Town {n}"} for n in (1, 2)]
    ward = board["wards"][0]
    board["wards"] = [ward | {"code": f"X0510000{n}", "town": f"{CODE}-T{1 + n // 3}"} for n in range(1, 5)]
    agencies = [
        {"id": name, "name": name, "sector": of, "boards": [CODE], "returns_from": "2023-01-01"}
        | {**ROLES.get(name, {}), **changes.get(name, {})}
        for name, of in SECTORS.items()
    ]
    content |= {"boards": [board], "agencies": agencies, "agreements": []}
    found = Register.model_validate(content)
    return found, found.boards[0]


REGISTER, BOARD = board_of()
SHAPE = Shape.of(REGISTER, BOARD, CODES)
RULES = Rules.of(REGISTER, BOARD, date(2025, 5, 1))
INSIDERS = Insiders.of(REGISTER, BOARD)


def ledger(seed: int, children: int = 40, records: int = 6) -> dict[str, Row]:
    """Records of a financial year about some children; every agency has its own way of knowing who a child is."""
    draw = random.Random(seed)
    found: dict[str, Row] = {}
    for child in range(children):
        home = draw.choice([ward.code for ward in BOARD.wards])
        ends: list[date] = []
        for _ in range(draw.randint(1, records)):
            agency = draw.choice(list(SENDS))
            day = date(2024, 4, 1) + timedelta(days=draw.randrange(365))
            for again in range(draw.choice((1, 1, 3))):
                kind = draw.choice(SENDS[agency])
                if kind == "return_interview" and not ends:
                    continue  # an interview is about a return
                on = draw.choice(ends) if kind == "return_interview" else day + timedelta(days=9 * again)
                row = _row(draw, len(found), kind, agency, child, on, home)
                found[f"{agency}/{len(found):05}"] = row
                if kind == "missing_episode":
                    ends.append(date.fromisoformat(row.data["ended_on"]))
    return found


def _row(draw: random.Random, number: int, kind: str, agency: str, child: int, day: date, home: str) -> Row:
    day = min(day, date(2025, 3, 31))
    every = [("nhs", f"n{child}"), ("upn", f"u{child}"), ("local", f"{agency}-{child}")]
    chosen = draw.choice(((0,), (1,), (0, 1), (2,), (0, 2), ()))
    areas = draw.choice((home, home, home, draw.choice(BOARD.wards).code, f"{CODE}-T1", "unknown"))
    data: dict[str, Any] = {
        "agency": agency,
        "board": CODE,
        "tokens": [{"kind": every[n][0], "epoch": 1, "token": every[n][1]} for n in chosen],
        "occurred_on": day.isoformat(),
        "recorded_on": (day + timedelta(days=draw.choice((0, 0, 40)))).isoformat(),
        "areas": {"home": areas},
        "indicators": draw.sample(CODES, draw.choice((0, 1, 3, 9))),
        "level": draw.choice(("serious", "significant", "at_risk")),
        "risk": {"level": draw.choice(("serious", "significant", "at_risk"))},
        "sex": draw.choice(("M", "F")),
        "hour_band": "unknown",
        "placement_area": draw.choice(("in_area", "out_of_area_ours")),
    }
    if kind == "missing_episode":
        data["ended_on"] = (day + timedelta(days=draw.choice((0, 1, 8)))).isoformat()
    if kind == "return_interview":
        data |= {"returned_on": data["occurred_on"], "state": draw.choice(("completed", "declined", "offered"))}
        data |= {"within_72h": draw.choice(("yes", "no"))}
    told = random.Random(number)
    data |= {
        "models": told.sample(("online", "peer", "party"), told.choice((0, 1, 2))),
        "location_type": told.choice(("street", "online", "own_home", "other")),
        "harm_status": told.choice(("suspected", "known_harmed")),
        "age_band": told.choice(("12-13", "14-15", "16-17")),
        "ethnic_group": told.choice(("white", "asian", "unknown")),
        "disability": told.choice(("yes", "no")),
        "next_step": told.choice(("none", "none", "early_help")),
        "duration_band": told.choice(("lt_6h", "6_24h", "1_3d")),
        "missing_from": told.choice(("care", "home", "school")),
    }
    if kind == "response":
        data["kind"] = draw.choice(("plan", "lead_professional", "strategy_discussion", "nfa"))
    return fold(None, Record(f"e{number:05}", 0, kind, data, 0, number, 1))


def seen_by(rows: dict[str, Row], *agencies: str) -> BoardView:
    """The board by the records of some agencies, or of all."""
    return view([(i, r) for i, r in rows.items() if not agencies or r.agency in agencies], None, SHAPE.sector_of)


def counted(rows: dict[str, Row], ladder: int = LADDER.version) -> Tally:
    """The true counts as a ladder has them, with who knows what."""
    seen = seen_by(rows)
    facts = placed(facts_of(seen, RULES, insiders=INSIDERS), seen, SHAPE)
    if not LADDERS[ladder].own_records:
        facts = for_sectors_too([fact for fact in facts if not fact.sector], SHAPE)
    return tally(facts, SHAPE, LADDERS[ladder].most_indicators)


def cells_of(
    of: Tally, ladder: int = LADDER.version, windows: Sequence[str] = WINDOWS, measures: Sequence[str] | None = None
) -> dict[CellKey, Protected]:
    """What is released of these counts: by keyed noise, or on older ladders the nearest that KR5 could have shown."""
    if LADDERS[ladder].own_records:
        return build(of, LADDERS[ladder], windows, KEYS, measures=measures)
    keys = [key for window in windows for key in LADDERS[ladder].grid(window, of.shape, measures)]
    values = {key: 5 * round(len(of.children(key)) / 5) for key in keys}
    return {k: Protected(CellState.FIGURE, v) if v >= 10 else Protected(CellState.LOW) for k, v in values.items()}
