"""Valid things to start from: events as an agency would publish them, a small register, keys. All synthetic."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from analysis.ledger.identity import own_id
from models.contract.fields import size_class
from models.contract.receipts import LedgerReceipt
from models.contract.tokens import event_id, link_token
from models.register import Register
from models.service.keyfiles import write_key

BOARD = "X08000001"
OTHER_BOARD = "X08000002"
POLICE, CARE, SCHOOLS = "aldermere-police", "aldermere-social-care", "aldermere-schools"
ROUTE = "Synthetic referral route"


def register(**changes: Any) -> Register:
    """A register of two boards and three agencies; `aldermere-schools` serves the first board only."""
    boards = [
        {
            "code": code,
            "name": f"Synthetic board {n}",
            "partition": partition,
            "boundary_set": "synthetic-2024",
            "live_from": "2026-05-12T00:00:00Z",
            "referral_route": ROUTE,
            "towns": [{"code": f"{code}-T1", "name": "Town"}],
            "wards": [
                {
                    "code": f"X05{n}0000{w}",
                    "name": f"Ward {n}{w}",
                    "town": f"{code}-T1",
                    "population_10_17": 1400,
                    "population_under_18": 3000,
                }
                for w in range(1, 4)
            ],
        }
        for n, (code, partition) in enumerate([(BOARD, 3), (OTHER_BOARD, 5)])
    ]
    both, first = (BOARD, OTHER_BOARD), (BOARD,)
    agencies = [(POLICE, "police", both), (CARE, "childrens_social_care", both), (SCHOOLS, "education", first)]
    document: dict[str, Any] = {
        "version": "2024-04-01",
        "synthetic": True,
        "boards": boards,
        "agencies": [
            {"id": name, "name": name, "sector": sector, "boards": served, "returns_from": "2024-04-01"}
            for name, sector, served in agencies
        ],
        "agreements": [
            {
                "id": f"dsa-{name}",
                "agency": name,
                "boards": served,
                "active_from": "2024-01-01",
                "lawful_basis": "synthetic",
            }
            for name, _, served in agencies
        ],
    }
    return Register.model_validate(document | changes)


def an_event_id(record: str, board: str = BOARD) -> str:
    """A well-formed event id for a made-up record key."""
    return event_id(b"k" * 32, board, "test", record)


def an_own_id(record: str, agency: str = POLICE, board: str = BOARD) -> str:
    """The same with its agency, as the ledger keeps it."""
    return own_id(an_event_id(record, board), agency)


def token(child: str, kind: str = "nhs", epoch: int = 1) -> dict[str, Any]:
    """An agency-stage token of a made-up child."""
    return {"kind": kind, "epoch": epoch, "token": link_token(b"l" * 32, kind, child)}


def event(
    short_type: str = "missing_episode",
    record: str = "1",
    revision: int = 0,
    agency: str = POLICE,
    board: str = BOARD,
    child: str | None = "c1",
    **data: Any,
) -> dict[str, Any]:
    """A structured-mode CloudEvent as a dict; keyword arguments go into `data`."""
    identity = an_event_id(record, board)
    body: dict[str, Any] = {
        "event_id": identity,
        "revision": revision,
        "agency": agency,
        "board": board,
        "agreement_id": f"dsa-{agency}",
    }
    body |= _minimum(short_type)
    if short_type in CHILD_TYPES:
        body["tokens"] = [token(child)] if child is not None else []
    return {
        "specversion": "1.0",
        "id": f"{identity}.{revision}",
        "source": f"/agencies/{agency}",
        "type": f"ypsem.{short_type}.v1",
        "time": "2026-05-01T10:00:00Z",
        "datacontenttype": "application/json",
        "data": body | data,
    }


CHILD_TYPES = ("cse_concern", "indicator_observed", "missing_episode", "return_interview", "screening", "response")


def _minimum(short_type: str) -> dict[str, Any]:
    day = date(2026, 2, 3).isoformat()
    required: dict[str, dict[str, Any]] = {
        "indicator_observed": {"indicators": ["GIFTS_MONEY"]},
        "response": {"kind": "plan"},
        "training_session": {"held_on": day, "topics": ["online"]},
        "training_feedback": {"held_on": day, "stage": "after", "answered": 12, "mean_score": 7.5},
        "theme_return": {"held_on": day, "voice": "children", "themes": ["help_came_late"]},
        "submission_return": {"period": "2026Q1", "submitted_on": "2026-04-10"},
    }
    dated = {"occurred_on": day} if short_type in CHILD_TYPES else {}
    return dated | required.get(short_type, {})


def ledger_receipt(agency: str = POLICE, board: str = BOARD, current: int = 0, **fields: Any) -> LedgerReceipt:
    """What the ledger tells an agency; it closes, and has taken in nothing unless `through` says so."""
    accepted = current + sum(fields.get(name, 0) for name in ("superseded", "duplicate", "withdrawn"))
    given: dict[str, Any] = {"superseded": 0, "duplicate": 0, "withdrawn": 0, "closes": True, "through": ()}
    given |= {"accepted": size_class(accepted), "at": datetime(2026, 5, 11, 9, tzinfo=UTC)}
    return LedgerReceipt(agency=agency, board=board, current=current, **given | fields)


def wire(document: dict[str, Any]) -> bytes:
    """The bytes an agency would send."""
    return json.dumps(document).encode()


def stream_keys(folder: Path) -> Path:
    """Key files of intake and ledger in a new folder."""
    write_key(folder / "gate-1.key", "gate", 1, b"g" * 32)
    write_key(folder / "record.key", "record", 0, b"r" * 32)
    write_key(folder / "rounding.key", "rounding", 0, b"s" * 32)
    return folder
