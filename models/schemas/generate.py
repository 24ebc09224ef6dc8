"""Generates the published documents: one JSON Schema per message and one AsyncAPI 3 file over them.

`python -m models schemas --write` writes them beside this file; a test holds them in step with the models.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from models.contract.dead_letters import DeadLetter
from models.contract.events import EVENT_CLASSES
from models.contract.receipts import GapReceipt, IntakeReceipt, LedgerReceipt
from models.releases import Release, RequestBuild, SubmissionState
from models.schemas.asyncapi import asyncapi
from models.signals import OperationalSignal, RequestScan, Signal

FOLDER = Path(__file__).parent / "v1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

OTHERS: dict[str, type[BaseModel]] = {
    "intake_receipt": IntakeReceipt,
    "ledger_receipt": LedgerReceipt,
    "gap_receipt": GapReceipt,
    "dead_letter": DeadLetter,
    "release": Release,
    "submission_state": SubmissionState,
    "request_build": RequestBuild,
    "request_scan": RequestScan,
    "signal": Signal,
    "operational_signal": OperationalSignal,
}


def event_schemas() -> dict[str, dict[str, Any]]:
    """`cse_concern` -> the JSON Schema (2020-12) of its whole CloudEvent."""
    schemas = {}
    for cls in EVENT_CLASSES:
        name = TypeAdapter(cls).json_schema()["properties"]["type"]["const"].split(".")[1]
        schemas[name] = _schema(cls, name)
    return schemas


def _schema(cls: type[BaseModel], name: str) -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": f"ypsem/v1/{name}.json", **cls.model_json_schema(mode="validation")}


def documents() -> Iterator[tuple[Path, str]]:
    """(path, text) of every generated file."""
    events = event_schemas()
    others = {name: _schema(cls, name) for name, cls in OTHERS.items()}
    for name, schema in {**events, **others}.items():
        yield FOLDER / f"{name}.json", _text(schema)
    yield FOLDER / "asyncapi.json", _text(asyncapi(events, list(OTHERS)))


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def out_of_step() -> list[str]:
    """Names of files that differ from what the models say, or are missing or left over."""
    wanted = dict(documents())
    wrong = [p.name for p, text in wanted.items() if not p.is_file() or p.read_text("utf-8") != text]
    return wrong + [p.name for p in FOLDER.glob("*.json") if p not in wanted]


def write() -> None:
    """Write all documents, and remove ones that no longer exist."""
    FOLDER.mkdir(exist_ok=True)
    wanted = dict(documents())
    for path in FOLDER.glob("*.json"):
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        path.write_text(text, "utf-8")
