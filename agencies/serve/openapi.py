"""The OpenAPI 3.1 document of each of the two intakes, from the contract's own models and limits.

`python -m agencies.serve.openapi` writes both into docs/; a test holds them in step with the code.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from agencies.readers import FORMATS
from agencies.serve import central, files, form, modes
from agencies.serve.answers import PROBLEM, TITLES
from agencies.serve.limits import IntakeLimits
from models.contract.events import DATA_CLASSES, Event

FOLDER = Path(__file__).parents[2] / "docs"
NAMES = {"central": "http-intake.openapi.json", "agency": "http-intake-agency.openapi.json"}

ATTRIBUTES = ("specversion", "id", "source", "type", "time")
"""The attributes of a CloudEvent that an event must have."""

_REFUSAL = {
    "type": "object",
    "additionalProperties": False,
    "required": ["rule", "path"],
    "properties": {
        "rule": {"type": "string", "description": "A rule id of docs/rules.md."},
        "path": {
            "type": "string",
            "description": "Path of the field; a key that the contract does not have is `<unknown>`.",
        },
    },
}
_REQUEST_ID = {"type": "string", "pattern": "^[0-9a-f]{16}$"}
_WARNINGS = {
    "type": "array",
    "description": "Left out when there is none. The event was accepted; a header or an attribute that the contract "
    "does not have was dropped and looks like an identifier: its path is `(header)` or `(attribute)`.",
    "items": {"$ref": "#/components/schemas/Refusal"},
}
_OUTCOME = {
    "type": "object",
    "additionalProperties": False,
    "required": ["index", "status"],
    "properties": {
        "index": {"type": "integer", "minimum": 0, "description": "Line or element of the body, from 0."},
        "status": {"enum": ["accepted", "refused"]},
        "refusals": {"type": "array", "items": {"$ref": "#/components/schemas/Refusal"}},
        "warnings": _WARNINGS,
    },
}
_PROBLEM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "status", "request_id"],
    "properties": {
        "title": {"enum": sorted(TITLES.values())},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": _REQUEST_ID,
        "refusals": {"type": "array", "items": {"$ref": "#/components/schemas/Refusal"}},
        "outcomes": {"type": "array", "items": {"$ref": "#/components/schemas/Outcome"}},
        "receipt": {"type": "object", "description": "As `publish --json` prints it."},
    },
}


def document(kind: str, limits: IntakeLimits | None = None) -> dict[str, Any]:
    """The document of the `central` intake or of one inside an `agency`."""
    limits = limits or IntakeLimits()
    paths = _central(limits) if kind == "central" else _agency()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "YPSEM HTTP intake" + (" (central)" if kind == "central" else " (inside one agency)"),
            "version": "1",
            "description": (
                "Takes tokenised canonical events only: no identifier, no file. "
                if kind == "central"
                else "Takes an agency's own export files, on its own machine; what leaves it are tokenised events. "
            )
            + "Nothing that was sent is repeated in any answer.",
        },
        "security": [{"bearer": []}],
        "paths": paths | {"/v1/openapi.json": {"get": _self()}},
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(kind),
        },
    }


def _schemas(kind: str) -> dict[str, Any]:
    own: dict[str, Any] = {"Refusal": _REFUSAL, "Outcome": _OUTCOME, "Problem": _PROBLEM}
    if kind != "central":
        return own
    event = TypeAdapter(Event).json_schema(ref_template="#/components/schemas/{model}")
    models: dict[str, Any] = event.pop("$defs")
    return own | models | {"Event": event}


def _central(limits: IntakeLimits) -> dict[str, Any]:
    accepted = {
        "type": "object",
        "additionalProperties": False,
        "required": ["status", "request_id"],
        "properties": {"status": {"const": "accepted"}, "request_id": _REQUEST_ID, "warnings": _WARNINGS},
    }
    batch = {
        "type": "object",
        "additionalProperties": False,
        "required": ["outcomes", "request_id"],
        "properties": {
            "outcomes": {"type": "array", "items": {"$ref": "#/components/schemas/Outcome"}},
            "request_id": _REQUEST_ID,
        },
    }
    again = "Repeating a request changes nothing: an event is known by its id and revision."
    return {
        "/v1/events": {
            "post": {
                "operationId": "publishEvent",
                "summary": "Publish one event.",
                "description": (
                    f"202 once the broker has it. {again} As {central.SINGLE} the body is the whole event; as "
                    f"{central.BINARY} it is the event's `data`, and its attributes are `ce-` headers (binary mode); "
                    "without these 415. Any other attribute or header is dropped; where it looks like an identifier, "
                    "the answer says so."
                ),
                "parameters": [
                    {
                        "name": f"ce-{name}",
                        "in": "header",
                        "required": False,
                        "schema": {"type": "string"},
                        "description": f"With {central.BINARY} alone: the attribute `{name}`, percent-encoded.",
                    }
                    for name in ATTRIBUTES
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        central.SINGLE: {"schema": {"$ref": "#/components/schemas/Event"}},
                        central.BINARY: {"schema": {"anyOf": _data_schemas()}},
                    },
                },
                "responses": _responses("The broker has the event.", accepted, 413),
            }
        },
        "/v1/events:batch": {
            "post": {
                "operationId": "publishEvents",
                "summary": "Publish many events: one a line, or a JSON array of them.",
                "description": (
                    f"Up to {limits.lines} events of up to {limits.line} bytes, {limits.body} bytes in all, as "
                    f"{modes.LINES} or as {modes.BATCH} (batched mode of CloudEvents). Each "
                    "is accepted or refused by itself; 202 once the broker has every accepted one, 422 when there is "
                    f"none, 503 when it did not confirm all of them: then send the same request again. {again}"
                ),
                "requestBody": {
                    "required": True,
                    "content": {
                        modes.LINES: {"schema": {"type": "string"}},
                        modes.BATCH: {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}},
                    },
                },
                "responses": _responses("The broker has every accepted event.", batch, 413),
            }
        },
    }


def _data_schemas() -> list[dict[str, str]]:
    return [{"$ref": f"#/components/schemas/{model.__name__}"} for model in DATA_CLASSES.values()]


def _agency() -> dict[str, Any]:
    binary = {"type": "string", "contentMediaType": "application/octet-stream"}
    fields: dict[str, Any] = dict.fromkeys(form.FILES, binary)
    fields |= {name: {"type": "string"} for name in form.FIELDS} | {"format": {"enum": list(FORMATS)}}
    receipt = {
        "type": "object",
        "additionalProperties": False,
        "required": ["receipt", "request_id"],
        "properties": {"receipt": _PROBLEM["properties"]["receipt"], "request_id": _REQUEST_ID},  # type: ignore[index]
    }
    return {
        "/v1/files": {
            "post": {
                "operationId": "publishFile",
                "summary": "Publish an export file, as `python -m agencies publish` does.",
                "description": "202 once every event is in the outbox, on disk; they are delivered in the background.",
                "requestBody": {
                    "required": True,
                    "content": {
                        files.MEDIA: {
                            "schema": {
                                "type": "object",
                                "additionalProperties": False,
                                "required": ["file", "format"],
                                "properties": fields,
                            }
                        }
                    },
                },
                "responses": _responses("Every event of the file is in the outbox.", receipt, 409, 413),
            }
        }
    }


def _responses(done: str, schema: dict[str, Any], *more: int) -> dict[str, Any]:
    found: dict[str, Any] = {"202": {"description": done, "content": {"application/json": {"schema": schema}}}}
    for status in sorted({400, 401, 403, 408, 415, 422, 429, 500, 503, *more}):
        found[str(status)] = {
            "description": TITLES[status],
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        if status in (429, 503):
            found[str(status)]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return found


def _self() -> dict[str, Any]:
    return {
        "operationId": "openapi",
        "summary": "This document.",
        "security": [],
        "responses": {"200": {"description": "This document.", "content": {"application/json": {}}}},
    }


def text(kind: str) -> str:
    """The file as it is kept."""
    return json.dumps(document(kind), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for kind, name in NAMES.items():
        (FOLDER / name).write_text(text(kind), "utf-8")
