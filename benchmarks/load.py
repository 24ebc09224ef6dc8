"""The seeded load that every variant of the pipeline benchmark gets: synthetic events of three invented agencies."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import yaml

from models.contract import topics
from models.contract.tokens import event_id, link_token
from models.service.keyfiles import write_key

BOARD = "X08000001"
AGENCIES = ("bench-police", "bench-care", "bench-schools")
CLOCK = datetime(2026, 5, 11, 9, tzinfo=UTC)


def messages(count: int, seed: int = 1) -> list[tuple[str, bytes]]:
    """(agency, message): about 3 % copies, 3 % revisions, 1 % withdrawals, dates over two years."""
    rng = random.Random(seed)
    made: list[tuple[str, bytes]] = []
    while len(made) < count:
        agency = rng.choice(AGENCIES)
        identity = event_id(b"b" * 32, BOARD, "bench", str(len(made)))
        day = (date(2024, 4, 1) + timedelta(days=rng.randrange(720))).isoformat()
        first = _message(agency, identity, 0, day, rng)
        made.append((agency, first))
        draw = rng.random()
        if draw < 0.03:
            made.append((agency, first))
        elif draw < 0.06:
            made.append((agency, _message(agency, identity, 1, day, rng)))
        elif draw < 0.07:
            common = {"event_id": identity, "revision": 1, "agency": agency, "board": BOARD}
            made.append((agency, _envelope("withdrawal", common | {"agreement_id": f"dsa-{agency}"})))
    return made[:count]


def _message(agency: str, identity: str, revision: int, day: str, rng: random.Random) -> bytes:
    data = {
        "event_id": identity,
        "revision": revision,
        "agency": agency,
        "board": BOARD,
        "agreement_id": f"dsa-{agency}",
        "recorded_on": day,
        "occurred_on": day,
        "hour_band": rng.choice(["00-06", "06-12", "12-18", "18-24"]),
        "age_band": rng.choice(["12-13", "14-15", "16-17"]),
        "sex": rng.choice("FM"),
        "areas": {"home": f"X0500000{rng.randrange(1, 10)}"},
        "tokens": [{"kind": "nhs", "epoch": 1, "token": link_token(b"l" * 32, "nhs", str(rng.randrange(5000)))}],
        "status": "missing",
        "scheme": "police_app_2017",
    }
    return _envelope("missing_episode", data)


def _envelope(short_type: str, data: dict[str, Any]) -> bytes:
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"{data['event_id']}.{data['revision']}",
            "source": f"/agencies/{data['agency']}",
            "type": f"ypsem.{short_type}.v1",
            "time": "2026-05-01T10:00:00Z",
            "data": data,
        }
    )


def expected(load: list[tuple[str, bytes]]) -> dict[str, int]:
    """Event id -> newest revision: the answer that every variant must reach."""
    newest: dict[str, int] = {}
    for _, message in load:
        data = orjson.loads(message)["data"]
        newest[data["event_id"]] = max(data["revision"], newest.get(data["event_id"], 0))
    return newest


def write_surroundings(folder: Path) -> dict[str, str]:
    """Register and keys for a run, and the environment that points at them."""
    wards = [
        {
            "code": f"X0500000{n}",
            "name": f"W{n}",
            "town": f"{BOARD}-T1",
            "population_10_17": 1,
            "population_under_18": 1,
        }
        for n in range(1, 10)
    ]
    register = {
        "version": "2024-04-01",
        "synthetic": True,
        "boards": [
            {
                "code": BOARD,
                "name": "Bench (synthetic)",
                "partition": 3,
                "boundary_set": "bench",
                "live_from": "2026-05-12T00:00:00Z",
                "referral_route": "none",
                "towns": [{"code": f"{BOARD}-T1", "name": "T"}],
                "wards": wards,
            }
        ],
        "agencies": [
            {"id": a, "name": a, "sector": "police", "boards": [BOARD], "returns_from": "2024-04-01"} for a in AGENCIES
        ],
        "agreements": [
            {"id": f"dsa-{a}", "agency": a, "boards": [BOARD], "active_from": "2024-01-01", "lawful_basis": "synthetic"}
            for a in AGENCIES
        ],
    }
    (folder / "register").mkdir(parents=True)
    (folder / "register" / "register-2024-04-01.yaml").write_text(yaml.safe_dump(register))
    write_key(folder / "keys" / "gate-1.key", "gate", 1)
    write_key(folder / "keys" / "record.key", "record")
    write_key(folder / "keys" / "rounding.key", "rounding")
    return {
        "YPSEM_REGISTER": str(folder / "register"),
        "YPSEM_KEYS": str(folder / "keys"),
        "YPSEM_DATADIR": str(folder / "streams"),
        "YPSEM_SESSION_TIMEOUT": "10",
        "YPSEM_CLOCK_OFFSET_SECONDS": str(int((CLOCK - datetime.now(UTC)).total_seconds())),
    }


RAW_TOPICS = [topics.raw(agency) for agency in AGENCIES]
