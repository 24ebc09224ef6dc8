"""Identifiers in any place of a message: in the event refused by rule and place, beside it dropped; never repeated."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from models.contract.refusals import Refusal
from streams.intake.decide import Accepted, Refused, decide
from tests.factories import BOARD, POLICE, event, wire
from tests.models.contract.test_golden import GOLDEN
from tests.streams.test_decide import RULES
from tests.support.opaque import KINDS

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


def is_dropped(path: tuple[Any, ...]) -> bool:
    """Whether what is planted there is an attribute that the contract does not have, and not a part of the event."""
    return not path or path[0] in ("dataschema", "partitionkey")


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_no_place_of_any_event_takes_an_identifier(golden: Any) -> None:
    document = full(json.loads(golden.read_text("utf-8")))
    clean = decide(POLICE, wire(document), (), RULES)
    assert isinstance(clean, Accepted), "clean, it must be taken"
    tried = 0
    for path in places(document):
        for value in IDENTIFIERS.values():
            decision = decide(POLICE, wire(planted(document, path, value)), (), RULES)
            assert str(value) not in repr(decision)
            if is_dropped(path):
                assert isinstance(decision, Accepted)
                assert decision.value == clean.value
            else:
                assert isinstance(decision, Refused), path
            tried += 1
    assert tried > 100


STRUCTURED = {name: value for name, value in IDENTIFIERS.items() if name not in ("case", "number")}
"""Those with a structure of their own; a case number is as opaque as any other counter."""


@pytest.mark.parametrize("value", [str(value) for value in IDENTIFIERS.values()])
def test_a_key_a_header_and_an_attribute_are_dropped_and_warned_of(value: str) -> None:
    document = event()
    message = wire(document)
    clean = decide(POLICE, message, (), RULES)
    assert isinstance(clean, Accepted)
    attributes = [(f"ce_{name}", str(one).encode()) for name, one in document.items() if name != "data"]
    for content, headers, key, place in (
        (message, (), value.encode(), "(message key)"),
        (message, ((value, b"x"),), None, "(header)"),
        (message, (("x", value.encode()),), None, "(header)"),
        (message, (("ce_x", value.encode()),), None, "(header)"),
        (wire(document | {"patient": value}), (), None, "(attribute)"),
        (wire(document | {value: 1}), (), None, "(attribute)"),
        (wire(document | {"extension": {"of": [value]}}), (), None, "(attribute)"),
        (wire(document["data"]), (*attributes, ("ce_patient", value.encode())), None, "(attribute)"),
        (wire(document["data"]), (*attributes, ("x-note", value.encode())), None, "(header)"),
    ):
        decision = decide(POLICE, content, headers, RULES, key)
        assert isinstance(decision, Accepted)
        assert (decision.partition, decision.key, decision.value) == (clean.partition, clean.key, clean.value)
        assert value not in repr(decision)
        if value in STRUCTURED.values():
            assert {warning.path for warning in decision.warnings} == {place}
            assert all(warning.rule.startswith("identifier.") for warning in decision.warnings)


def test_a_header_whose_name_promises_an_identifier_is_warned_of() -> None:
    for name in ("surname", "x-date-of-birth", "ce_nhsnumber"):
        decision = decide(POLICE, wire(event()), ((name, b"x"),), RULES)
        assert isinstance(decision, Accepted)
        assert decision.warnings == (Refusal("identifier.key", "(header)"),)


def test_what_clients_send_by_themselves_is_taken_without_a_word() -> None:
    document = event()
    identity = document["data"]["event_id"]
    rng = random.Random(3)
    headers = [("content-type", b"application/cloudevents+json; charset=UTF-8"), ("empty", b""), ("none", None)]
    headers += [(f"x-{make.__name__}", make(rng, n).encode()) for n, make in enumerate(KINDS)]
    keys = [None, b"", b"X08000001", identity.encode(), f"{identity}|0".encode(), rng.randbytes(16)]
    keys += [make(rng, n).encode() for n, make in enumerate(KINDS)]
    for key in keys:
        decision = decide(POLICE, wire(document), headers, RULES, key)
        assert isinstance(decision, Accepted)
        assert decision.warnings == ()
