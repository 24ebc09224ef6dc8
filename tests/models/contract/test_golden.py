"""Old events still parse: golden/v1 holds one full event of every type, and only ever grows."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from models.contract.events import DATA_CLASSES, EVENT, short_name
from models.schemas.generate import FOLDER
from tests.factories import event, token, wire

GOLDEN = sorted((Path(__file__).parent / "golden" / "v1").glob("*.json"))


def test_there_is_a_golden_event_of_every_type() -> None:
    assert {path.stem for path in GOLDEN} == {short_name(name) for name in DATA_CLASSES}


DROPPED = {"dataschema", "partitionkey"}
"""Attributes that the contract once had and has no use for: they still parse, and do not go on."""


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
def test_a_golden_event_parses_and_keeps_every_value(path: Path) -> None:
    text = path.read_text("utf-8")
    parsed = EVENT.validate_json(text)
    again = json.loads(parsed.model_dump_json(exclude_unset=True))
    assert again == {name: value for name, value in json.loads(text).items() if name not in DROPPED}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
def test_a_golden_event_satisfies_the_published_json_schema(path: Path) -> None:
    schema = json.loads((FOLDER / path.name).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    document = json.loads(path.read_text("utf-8"))
    validator.validate(document)
    document["data"]["surname"] = "x"
    assert not validator.is_valid(document)


def test_published_documents_are_in_step_with_the_models() -> None:
    from models.schemas.generate import out_of_step

    assert out_of_step() == [], "run `python -m models schemas --write`"


@pytest.mark.parametrize("short", sorted(short_name(name) for name in DATA_CLASSES))
def test_a_minimal_event_of_every_type_parses(short: str) -> None:
    document = event(short)
    assert EVENT.validate_json(wire(document)).type == f"ypsem.{short}.v1"


@pytest.mark.parametrize(
    "spoil",
    [
        {"time": 1767225600},
        {"time": "2026-05-01"},
        {"specversion": "0.3"},
        {"type": "ypsem.missing_episode.v2"},
        {"datacontenttype": "text/xml"},
        {"source": "/agencies/UPPER"},
    ],
    ids=lambda s: next(iter(s)),
)
def test_the_envelopes_own_attributes_are_strict(spoil: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EVENT.validate_json(wire(event() | spoil))


@pytest.mark.parametrize("name", ["subject", "traceparent", "partitionkey", "dataschema", "surname", "extra"])
def test_any_other_attribute_is_no_part_of_the_event(name: str) -> None:
    parsed = EVENT.validate_json(wire(event() | {name: "Kanarienvogel"}))
    assert parsed == EVENT.validate_json(wire(event()))
    assert "Kanarienvogel" not in repr(parsed)
    assert "Kanarienvogel" not in parsed.model_dump_json()


@pytest.mark.parametrize(
    "spoil",
    [
        {"revision": "0"},
        {"revision": -1},
        {"revision": True},
        {"occurred_on": "03/02/2026"},
        {"occurred_on": "2026-02-03T10:00:00"},
        {"sex": "f"},
        {"areas": {"home": "B70 8SZ"}},
        {"tokens": [{"kind": "nhs", "epoch": 1, "token": "9434765919"}]},
        {"event_id": "A" * 40},
        {"board": "Sandwell"},
    ],
    ids=lambda s: f"{next(iter(s))}",
)
def test_the_data_is_closed_and_strict(spoil: dict[str, object]) -> None:
    document = event()
    document["data"] |= spoil
    with pytest.raises(ValidationError):
        EVENT.validate_json(wire(document))


def test_at_most_eight_tokens() -> None:
    forms = [token(f"form {n}", "demog") for n in range(9)]
    assert EVENT.validate_json(wire(event(tokens=forms[:8])))
    assert EVENT.validate_json(wire(event("erasure", tokens=forms[:8])))
    for short in ("missing_episode", "erasure"):
        with pytest.raises(ValidationError):
            EVENT.validate_json(wire(event(short, tokens=forms)))
