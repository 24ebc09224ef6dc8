"""Intake's second line: an identifier in any place of a message is refused by rule and place, and never repeated."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from models.contract.events import EVENT_CLASSES
from models.contract.fields import AreaCode, Token
from streams.intake.decide import Accepted, Refused, decide
from streams.intake.detect import open_leaves
from tests.factories import BOARD, POLICE, event, wire
from tests.models.contract.test_golden import GOLDEN
from tests.streams.test_decide import RULES

IDENTIFIERS = {
    "nhs-number": "943 476 5919",
    "nhs-number-bare": "9434765919",
    "upn": "B801200005001",
    "nino": "QQ123456C",
    "postcode": "B70 8SZ",
    "phone": "07700 900123",
    "email": "synthetic@example.org",
    "dob": "01/02/2010",
    "name": "Sample Testperson",
    "case": "case-510001",
    "number": 9434765919,
}


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every leaf and every object or list of a document."""
    yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, (*path, key))


def planted(document: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    """The document with `value` in that place; in an object as a new key and its value."""
    changed = copy.deepcopy(document)
    node: Any = changed
    for step in path[:-1]:
        node = node[step]
    inner = node[path[-1]] if path else changed
    if isinstance(inner, dict):
        inner[str(value)] = value
    elif isinstance(inner, list):
        inner.append(value)
    else:
        node[path[-1]] = value
    return changed


def full(golden: dict[str, Any]) -> dict[str, Any]:
    """A golden event, which fills every field, as one of the test register's police."""
    data = golden["data"] | {"agency": POLICE, "board": BOARD, "agreement_id": f"dsa-{POLICE}"}
    if "areas" in data:
        data["areas"] = dict.fromkeys(data["areas"], "X05000001")
    for token in data.get("tokens", ()):
        token["epoch"] = 1
    same = {"source": f"/agencies/{POLICE}", "partitionkey": BOARD, "dataschema": "models/schemas/v1"}
    return golden | same | {"data": data}


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_no_place_of_any_event_takes_an_identifier(golden: Any) -> None:
    document = full(json.loads(golden.read_text("utf-8")))
    assert isinstance(decide(POLICE, wire(document), (), RULES), Accepted), "clean, it must be taken"
    tried = 0
    for path in places(document):
        for value in IDENTIFIERS.values():
            decision = decide(POLICE, wire(planted(document, path, value)), (), RULES)
            assert isinstance(decision, Refused), path
            assert str(value) not in repr(decision)
            tried += 1
    assert tried > 100


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("9434765919", "identifier.nhs-number"), ("943-476-5919", "identifier.nhs-number"),
        ("510001", "identifier.number"),
        ("b801200005001", "identifier.upn"), ("qq123456c", "identifier.nino"), ("b708sz", "identifier.postcode"),
    ],
)  # fmt: skip
def test_what_the_schema_leaves_open_is_looked_at(value: str, rule: str) -> None:
    document = event()
    document["dataschema"] = value
    decision = decide(POLICE, wire(document), (), RULES)
    assert isinstance(decision, Refused)
    assert decision.refusal == (rule, "dataschema")
    assert decision.event_id == document["data"]["event_id"]


@pytest.mark.parametrize("value", [text for text in IDENTIFIERS.values() if isinstance(text, str)])
def test_keys_and_headers_are_looked_at(value: str) -> None:
    message = wire(event())
    for headers, key, place in (
        ((), value.encode(), "(message key)"),
        (((value, b"x"),), None, "(header)"),
        ((("x", value.encode()),), None, "(header)"),
        ((("surname", b"x"),), None, "(header)"),
        ((("ce_x", value.encode()),), None, "(header)"),
        ((("content-type", b"application/json " + value.encode()),), None, "(header)"),
        ((("x", "caf\u00e9".encode()),), None, "(header)"),
    ):
        decision = decide(POLICE, message, headers, RULES, key)
        assert isinstance(decision, Refused)
        assert decision.refusal.path == place
        assert decision.refusal.rule.startswith("identifier.")
        assert value not in repr(decision)


def test_what_clients_send_by_themselves_is_taken() -> None:
    document = event()
    identity = document["data"]["event_id"]
    headers = [
        ("content-type", b"application/cloudevents+json; charset=UTF-8"),
        ("traceparent", b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        ("empty", b""),
    ]
    for key in (None, b"", b"X08000001", identity.encode(), f"{identity}|0".encode(), f"{identity}.0".encode()):
        assert isinstance(decide(POLICE, wire(document), headers, RULES, key), Accepted)


def test_of_todays_contract_only_one_field_is_open() -> None:
    assert {path for model in EVENT_CLASSES for path in open_leaves(model)} == {("dataschema",)}


def test_a_field_added_open_is_found_wherever_it_is() -> None:
    class Inner(BaseModel):
        ref: str | None = None
        token: Token
        seen: int

    class Data(BaseModel):
        area: AreaCode
        note: Annotated[str, Field(pattern=r"^[a-z0-9]*$")]
        parts: tuple[Inner, ...] = ()
        tags: Annotated[tuple[str, ...], Field(max_length=3)] = ()
        far: Annotated[int, Field(ge=0, le=10**10)]
        near: Annotated[int, Field(ge=0, le=10)]

    class Message(BaseModel):
        data: Data

    assert set(open_leaves(Message)) == {
        ("data", "note"), ("data", "parts", "ref"), ("data", "parts", "seen"), ("data", "tags"), ("data", "far"),
    }  # fmt: skip
