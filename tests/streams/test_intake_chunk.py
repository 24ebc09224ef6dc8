"""A chunk of raw records causes accepted records, dead letters and one receipt that accounts for every offset."""

from __future__ import annotations

import json
from typing import Any

from aiokafka import ConsumerRecord

from models.contract import topics
from models.contract.receipts import DeadLetter, IntakeReceipt
from streams.intake.chunk import Handled, handle
from tests.factories import POLICE, event, wire
from tests.streams.test_decide import RULES

CANARY = "Canary-943-476-5918"
RULES_MET = ["schema.extra_forbidden", "schema.json_invalid", "empty"]


def raw(offset: int, value: bytes | None, planted: bool = False) -> ConsumerRecord[Any, Any]:
    """A record of the agency's raw topic; if `planted`, its Kafka key and header hold the canary."""
    key, headers = (CANARY.encode(), ((CANARY, CANARY.encode()),)) if planted else (b"X08000001", ())
    return ConsumerRecord(topics.raw(POLICE), 2, offset, 0, 0, key, value, None, 0, 0, headers)


def handled() -> Handled:
    spoiled = event(record="2")
    spoiled["data"][CANARY] = CANARY
    values = [wire(event(record="1")), wire(spoiled), CANARY.encode(), None, wire(event(record="5"))]
    values.append(wire(event(record="6")))
    return handle(POLICE, [raw(10 + i, value, planted=i not in (0, 4)) for i, value in enumerate(values)], RULES)


def test_every_offset_is_in_the_receipt_once() -> None:
    outs = handled().outs
    [receipt] = [o for o in outs if o.topic == topics.receipts(POLICE)]
    parsed = IntakeReceipt.model_validate_json(receipt.value or b"")
    assert parsed.accepted == ((10, 10), (14, 14))
    assert [r.offset for r in parsed.refused] == [11, 12, 13, 15]
    assert [r.rule for r in parsed.refused] == [*RULES_MET, "identifier.number"]


def test_accepted_records_carry_their_raw_coordinates() -> None:
    accepted = [o for o in handled().outs if o.topic == topics.ACCEPTED]
    assert [o.headers for o in accepted] == [(("raw", b"2:10"),), (("raw", b"2:14"),)]
    assert {o.partition for o in accepted} == {3}


def test_dead_letters_have_coordinates_and_rule_and_nothing_of_the_message() -> None:
    letters = [o for o in handled().outs if o.topic == topics.DEAD_LETTERS]
    parsed = [DeadLetter.model_validate_json(o.value or b"") for o in letters]
    assert [(p.partition, p.offset, p.rule, p.size) for p in parsed] == [
        (2, 11, "schema.extra_forbidden", "small"),
        (2, 12, "schema.json_invalid", "small"),
        (2, 13, "empty", "empty"),
        (2, 15, "identifier.number", "small"),
    ]
    assert parsed[0].path == "data.<unknown>"
    for out in letters:
        assert out.headers == ()


def test_no_output_repeats_what_was_refused() -> None:
    for out in handled().outs:
        assert CANARY not in json.dumps([str(out.key), str(out.value), str(out.headers)])


def test_the_tally_is_by_rule() -> None:
    assert handled().outcomes == {"accepted": 2, "identifier.number": 1} | dict.fromkeys(RULES_MET, 1)
