"""Generates the published documents: one JSON Schema per message and one AsyncAPI 3 file over them.

`python -m models schemas --write` writes them beside this file; a test holds them in step with the models.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from models.contract import topics
from models.contract.events import EVENT_CLASSES
from models.contract.receipts import DeadLetter, IntakeReceipt, LedgerReceipt
from models.releases import Release, RequestBuild, SubmissionState
from models.signals import OperationalSignal, RequestScan, Signal

FOLDER = Path(__file__).parent / "v1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"

OTHERS: dict[str, type[BaseModel]] = {
    "intake_receipt": IntakeReceipt,
    "ledger_receipt": LedgerReceipt,
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
    found = {}
    for cls in EVENT_CLASSES:
        name = TypeAdapter(cls).json_schema()["properties"]["type"]["const"].split(".")[1]
        found[name] = _schema(cls, name)
    return found


def _schema(cls: type[BaseModel], name: str) -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": f"ypsem/v1/{name}.json", **cls.model_json_schema(mode="validation")}


def documents() -> Iterator[tuple[Path, str]]:
    """(path, text) of every generated file."""
    events = event_schemas()
    others = {name: _schema(cls, name) for name, cls in OTHERS.items()}
    for name, schema in {**events, **others}.items():
        yield FOLDER / f"{name}.json", _text(schema)
    yield FOLDER / "asyncapi.json", _text(asyncapi(list(events)))


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def asyncapi(events: list[str]) -> dict[str, Any]:
    """AsyncAPI 3.0: what an agency may send and receive, and what the service passes on inside."""
    specs = {spec.name: spec for spec in topics.all_topics(["{agency}"])}
    channels: dict[str, Any] = {
        "raw": _channel(specs["cse.events.{agency}.v1"], events, "The one topic an agency may write."),
        "receipts": _channel(
            specs["ypsem.receipts.{agency}.v1"],
            ["intake_receipt", "ledger_receipt"],
            "The one topic an agency may read: what became of each record.",
        ),
        "accepted": _channel(specs[topics.ACCEPTED], events, "Accepted events by board; inside the service only."),
        "releases": _channel(specs[topics.RELEASES], ["release"], "Protected figures, frozen."),
        "signals": _channel(
            specs[topics.SIGNALS],
            ["signal", "operational_signal"],
            "Where something rises, or who is silent; no counts.",
        ),
        "submissions": _channel(specs[topics.SUBMISSIONS], ["submission_state"], "Whether returns have come."),
        "requests": _channel(
            specs[topics.REQUESTS], ["request_build", "request_scan"], "What reviewers ask the ledger for."
        ),
        "deadLetters": _channel(specs[topics.DEAD_LETTERS], ["dead_letter"], "Where unusable records lie, and why."),
    }
    for name in ("raw", "receipts"):
        channels[name]["parameters"] = {"agency": {"description": "Register id of the organisation."}}
    names = [*events, *OTHERS]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "ypsem events",
            "version": "1.0.0",
            "description": "Events about child sexual exploitation concerns and missing episodes, published by "
            "agencies as CloudEvents 1.0 (structured or binary mode). Child tokens are pseudonymised personal data.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": {
            "publishEvent": {"action": "receive", "channel": {"$ref": "#/channels/raw"}},
            "sendReceipt": {"action": "send", "channel": {"$ref": "#/channels/receipts"}},
            "sendRelease": {"action": "send", "channel": {"$ref": "#/channels/releases"}},
        },
        "components": {
            "messages": {
                name: {
                    "name": name,
                    "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./{name}.json"}},
                }
                for name in names
            }
        },
    }


def _channel(spec: topics.TopicSpec, messages: list[str], description: str) -> dict[str, Any]:
    return {
        "address": spec.name,
        "description": description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {
            "kafka": {
                "partitions": spec.partitions,
                "topicConfiguration": {
                    "cleanup.policy": spec.config["cleanup.policy"].split(","),
                    **({"retention.ms": int(spec.config["retention.ms"])} if "retention.ms" in spec.config else {}),
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


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
