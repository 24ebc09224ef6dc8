"""The AsyncAPI 3 document: all that a newcomer needs to publish a valid event the first time, in any language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from models.contract import examples, topics
from models.contract.events import MAX_BYTES
from models.operations.topic_specs import TopicSpec, all_topics
from models.schemas import prose
from models.schemas.receipts import RECEIPTS, receipt_message

SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"
RULES_PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
ATTRIBUTES = ("specversion", "id", "source", "type", "time", "datacontenttype")
NEEDED = ("specversion", "id", "source", "type", "time")

NOT_STRUCTURED = "Anything that does not begin with `application/cloudevents`: that would mean structured mode."

MESSAGE_KEY = {
    "type": ["string", "null"],
    "description": "Not used. Recommended: the board's code. Nothing about a child.",
    "examples": [examples.BOARD],
}


def asyncapi(schemas: dict[str, dict[str, Any]], others: list[str]) -> dict[str, Any]:
    """The document; `schemas` has each event type's JSON Schema, `others` the names of all other messages."""
    events = list(schemas)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "ypsem events",
            "version": "1.1.0",
            "description": prose.description(),
            "externalDocs": {"url": "https://cloudevents.io", "description": "CloudEvents 1.0 and its Kafka binding"},
        },
        "defaultContentType": "application/json",
        "servers": {"kafka": _server()},
        "channels": _channels(events),
        "operations": {
            "publishEvent": {
                "action": "receive",
                "channel": {"$ref": "#/channels/raw"},
                "summary": "Publish one event; its fate comes as a receipt.",
                "bindings": {"kafka": {"bindingVersion": "0.5.0"}},
            },
            "sendReceipt": {
                "action": "send",
                "channel": {"$ref": "#/channels/receipts"},
                "summary": "What became of each record.",
                "description": "Read it from the offset you keep yourself: your login may not join a consumer group.",
            },
            "sendRelease": {"action": "send", "channel": {"$ref": "#/channels/releases"}},
        },
        "components": {
            "securitySchemes": {
                "login": {
                    "type": "scramSha512",
                    "description": "SASL SCRAM-SHA-512 over TLS 1.2 or newer. The user is `agency.<your id>`; check "
                    "the broker's certificate with the CA file you are given.",
                }
            },
            "messages": {
                **{name: _structured(name, schemas[name]) for name in events},
                **{f"{name}.binary": _binary(name, schemas[name]) for name in events},
                **{name: _other(name) for name in others},
            },
        },
    }


def _server() -> dict[str, Any]:
    return {
        "host": "{host}:{port}",
        "protocol": "kafka-secure",
        "description": "The service's Kafka, as you are given it.",
        "variables": {
            "host": {"default": "kafka.example", "description": "Name in the broker's certificate."},
            "port": {"default": "9094", "description": "Port of the listener for agencies."},
        },
        "security": [{"$ref": "#/components/securitySchemes/login"}],
        "bindings": {"kafka": {"bindingVersion": "0.5.0"}},
    }


def _channels(events: list[str]) -> dict[str, Any]:
    specs = {spec.name: spec for spec in all_topics(["{agency}"])}
    both_modes = [*events, *(f"{name}.binary" for name in events)]
    channels: dict[str, Any] = {
        "raw": _channel(specs[topics.raw("{agency}")], both_modes, "The one topic an agency may write."),
        "receipts": _channel(
            specs[topics.receipts("{agency}")],
            list(RECEIPTS),
            "The one topic an agency may read: what became of each record. One partition; a receipt may come twice.",
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
        channels[name]["servers"] = [{"$ref": "#/servers/kafka"}]
        channels[name]["parameters"] = {
            "agency": {"description": "Your agency's id in the register.", "examples": [examples.AGENCY]}
        }
    channels["raw"]["x-max-event-bytes"] = MAX_BYTES
    return channels


def _channel(spec: TopicSpec, messages: list[str], description: str) -> dict[str, Any]:
    settings = {name: int(spec.config[name]) for name in ("retention.ms", "max.message.bytes") if name in spec.config}
    return {
        "address": spec.name,
        "description": description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {
            "kafka": {
                "partitions": spec.partitions,
                "topicConfiguration": {"cleanup.policy": spec.config["cleanup.policy"].split(","), **settings},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _message(name: str, content_type: str, title: str, schema: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "contentType": content_type,
        "bindings": {"kafka": {"key": MESSAGE_KEY, "bindingVersion": "0.5.0"}},
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": schema}},
    }


def _data_model(schema: dict[str, Any]) -> str:
    return str(schema["properties"]["data"]["$ref"]).rpartition("/")[2]


def _summary(schema: dict[str, Any]) -> str:
    return str(schema["$defs"][_data_model(schema)].get("description", "")).partition("\n")[0]


def _structured(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    content_type = "application/cloudevents+json"
    headers = {
        "content-type": {
            "type": "string",
            "description": "Begins with `application/cloudevents`, or is left out.",
            "examples": [content_type],
        }
    }
    return _message(name, content_type, f"{name}, structured mode", f"./{name}.json") | {
        "summary": _summary(schema),
        "headers": {"type": "object", "properties": headers, "not": {"required": ["ce_specversion"]}},
        "examples": [
            {"name": "structured", "headers": {"content-type": content_type}, "payload": examples.example(name)}
        ],
    }


def _binary(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    event = examples.example(name)
    headers = {"content-type": "application/json"} | {
        f"ce_{attribute}": event[attribute] for attribute in NEEDED if attribute != "datacontenttype"
    }
    properties: dict[str, Any] = {
        f"ce_{attribute}": _attribute(schema["properties"][attribute]) for attribute in ATTRIBUTES
    }
    properties["content-type"] = {
        "type": "string",
        "description": NOT_STRUCTURED,
    }
    return _message(
        f"{name}.binary", "application/json", f"{name}, binary mode", f"./{name}.json#/$defs/{_data_model(schema)}"
    ) | {
        "summary": _summary(schema),
        "headers": {
            "type": "object",
            "properties": properties,
            "required": [f"ce_{attribute}" for attribute in NEEDED],
        },
        "examples": [{"name": "binary", "headers": headers, "payload": event["data"]}],
    }


def _attribute(schema: dict[str, Any]) -> dict[str, Any]:
    """What a header may hold: text, so the same without the null of an attribute that may be left out."""
    (text,) = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    return {key: text[key] for key in ("type", "const", "pattern", "format") if key in text}


def _other(name: str) -> dict[str, Any]:
    message: dict[str, Any] = {
        "name": name,
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./{name}.json"}},
    }
    if name in RECEIPTS:
        message |= receipt_message(name)
    if name == "intake_receipt":
        message["x-refusals"] = refusals()
    return message


def refusals() -> list[dict[str, str]]:
    """Every rule by which intake refuses an event, from docs/rules.md, where each is explained once."""
    listed = []
    for heading in ("## At intake", "## `schema.…`: not in the form of the contract"):
        section = RULES_PAGE.read_text("utf-8").partition(f"\n{heading}\n")[2].partition("\n## ")[0]
        for rule, means, do in re.findall(r"^\| `([^`]+)` \| (.+?) \| (.+?) \|$", section, re.MULTILINE):
            listed.append({"rule": rule, "means": means, "do": do})
    section = (
        RULES_PAGE.read_text("utf-8").partition("\n### Identifiers that may not leave\n")[2].partition("\n### ")[0]
    )
    for rule, means in re.findall(r"^\| `([^`]+)` \| \w+ \| (.+?) \| .+ \|$", section, re.MULTILINE):
        listed.append(
            {"rule": rule, "means": f"{means}, in a field; as a warning, beside the event", "do": "Do not send it."}
        )
    return listed
