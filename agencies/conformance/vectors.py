"""Golden vectors for producers in other languages: derived keys, ids, tokens, content, bytes on the wire.

`python -m agencies.conformance.vectors` writes docs/producers/vectors.json; a test holds it in step with the code. All
of it is synthetic: keys that are no secret, children that do not exist.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from agencies.mint import content_hash, envelope
from models.contract import examples, normalise, tokens

FILE = Path(__file__).parents[2] / "docs" / "producers" / "vectors.json"

ABOUT = (
    "SYNTHETIC. Keys that are no secret and people who do not exist: NHS numbers from 999 (and one each in form of "
    "Scotland and of Northern Ireland, impossible ones), UPNs of authority 999. Your "
    "producer is right when it gets every output from its input. `message` is, in hex, what HMAC-SHA-256 is of. An "
    "identifier with a `rule` instead of `normalised` gives no token. Numbers from 999 are taken: this is synthetic."
)

_NHS = (
    examples.CHILD["nhs"],
    "9990000018",
    "999-000-0018",
    "3002045675",
    "399 999 9993",
    "9990000019",
    "999000001",
    "",
)
_UPN = (examples.CHILD["upn"], " K999400123001 ", "L999400123001", "W99940012300A", "K9994001230")
_LOCAL = (examples.CHILD["local"], "P 77", "  ab   12 ")
_DEMOG = (
    examples.DEMOGRAPHIC,
    {"surname": "OSAMPLE TEST", "first_name": " zoe ", "born": "2010-02-01", "sex": "F"},
    {"surname": "Weiß", "first_name": "Änne", "born": "2011-12-31", "sex": "F"},
    {"surname": "ﬁctional", "first_name": "ＭＯＣＫ", "born": "2010-02-01", "sex": "M"},
    {"surname": "123", "first_name": "Test", "born": "2010-02-01", "sex": "F"},
    {"surname": "Sample", "first_name": "Test", "born": "2010-02-01", "sex": "X"},
)
_RECORDS = (
    ("X08000001", "ypsem.missing_episode.v1|niche", "MISPER/2026/1"),
    ("X08000002", "ypsem.missing_episode.v1|niche", "MISPER/2026/1"),
    ("X08000001", "ypsem.cse_concern.v1|niche", "MISPER/2026/1"),
    ("X08000001", "ypsem.missing_episode.v1|not_recorded", "Zoë 1"),
)


def document() -> dict[str, Any]:
    """The whole file."""
    return {
        "about": ABOUT,
        "keys": [_key(*one) for one in (("link", 1), ("link", 2), ("local", 1), ("event-id", 0))],
        "event_ids": [_event_id(*record) for record in _RECORDS],
        "tokens": [
            *(_token("nhs", text) for text in _NHS),
            *(_token("upn", text) for text in _UPN),
            *(_token("demog", person) for person in _DEMOG),
            *(_token("local", text) for text in _LOCAL),
        ],
        "events": [_step(step) for step in STEPS],
    }


def _key(purpose: str, epoch: int) -> dict[str, Any]:
    secret = examples.MASTER[purpose]
    info = f"{epoch}|{purpose}|v1"
    return {
        "file": f"ypsem-key v1 {purpose} {epoch} {secret.hex()}",
        "info": info,
        "key": tokens.derive_key(secret, info).hex(),
    }


def _event_id(board: str, source_type: str, record_key: str) -> dict[str, Any]:
    message = "\x1f".join(("ypsem/event/v1", board, source_type, record_key)).encode()
    return {
        "board": board,
        "source_type": source_type,
        "record_key": record_key,
        "info": "0|event-id|v1",
        "message": message.hex(),
        "event_id": tokens.event_id(examples.key("event-id"), board, source_type, record_key),
    }


def _normalised(kind: str, given: str | dict[str, str]) -> str:
    if isinstance(given, dict):
        born = date.fromisoformat(given["born"])
        return normalise.demographic(given["surname"], given["first_name"], born, given["sex"])
    if kind == "nhs":
        return normalise.nhs_number(given, test_numbers=True)
    return normalise.upn(given, test_numbers=True) if kind == "upn" else normalise.local_id(given)


def _token(kind: str, given: str | dict[str, str]) -> dict[str, Any]:
    purpose = "local" if kind == "local" else "link"
    found = {"kind": kind, "epoch": examples.EPOCH, "info": f"{examples.EPOCH}|{purpose}|v1", "input": given}
    try:
        text = _normalised(kind, given)
    except normalise.BadIdentifier as bad:
        return found | {"rule": bad.rule}
    return found | {
        "normalised": text,
        "message": f"ypsem/link/v1\x1f{kind}\x1f{text}".encode().hex(),
        "token": tokens.link_token(examples.key(purpose), kind, text),
    }


STEPS = ("opened", "closed", "withdrawn")
"""What the worked producers publish of their one invented record, each a revision of the one event."""


def _step(step: str) -> dict[str, Any]:
    """One event of the worked producers, published at `examples.PUBLISHED`: its topic, key, content and bytes."""
    at = datetime.fromisoformat(examples.PUBLISHED)
    revision, kind = STEPS.index(step), "withdrawal" if step == "withdrawn" else "missing_episode"
    data = _episode(step, at.date())
    wire = envelope(examples.AGENCY, f"ypsem.{kind}.v1", data, revision, at)
    event = orjson.loads(wire)
    attributes = ("specversion", "id", "source", "type", "time")
    return {
        "step": step,
        "at": examples.PUBLISHED,
        "topic": f"cse.events.{examples.AGENCY}.v1",
        "key": examples.BOARD,
        "content": {
            "canonical": orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode(),
            "sha256": content_hash(data).hex(),
        },
        "structured": {"headers": {"content-type": "application/cloudevents+json"}, "value": wire.decode()},
        "binary": {
            "headers": {"content-type": "application/json"} | {f"ce_{name}": event[name] for name in attributes},
            "value": orjson.dumps(event["data"], option=orjson.OPT_SORT_KEYS).decode(),
        },
    }


def _episode(step: str, today: date) -> dict[str, Any]:
    data: dict[str, Any] = {
        "event_id": examples.record_id("missing_episode"),
        "agency": examples.AGENCY,
        "board": examples.BOARD,
        "agreement_id": examples.AGREEMENT,
    }
    if step == "withdrawn":
        return data
    data |= {
        "source_system": examples.SYSTEM,
        "recorded_on": str(today),
        "occurred_on": str(today - timedelta(days=2)),
        "hour_band": "18-24",
        "age_band": "14-15",
        "sex": "F",
        "areas": {"home": "X05000001"},
        "scheme": "police_app_2017",
        "status": "missing",
        "missing_from": "care",
        "tokens": examples.child_tokens(),
    }
    ended = {"ended_on": str(today - timedelta(days=1)), "ended_hour_band": "06-12", "duration_band": "6_24h"}
    return data | (ended if step == "closed" else {})


def text() -> str:
    """The file as it is kept."""
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2).decode() + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), "utf-8")
