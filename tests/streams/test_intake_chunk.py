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

CANARY = "Canary-943-476-5919"


def raw(offset: int, value: bytes | None) -> ConsumerRecord[Any, Any]:
    topic = topics.raw(POLICE)
    return ConsumerRecord(topic, 2, offset, 0, 0, CANARY.encode(), value, None, 0, 0, ((CANARY, CANARY.encode()),))


def handled() -> Handled:
    spoiled = event(record="2")
    spoiled["data"][CANARY] = CANARY
    values = [wire(event(record="1")), wire(spoiled), CANARY.encode(), None, wire(event(record="5"))]
    return handle(POLICE, [raw(10 + i, value) for i, value in enumerate(values)], RULES)


def test_every_offset_is_in_the_receipt_once() -> None:
    outs = handled().outs
    [receipt] = [o for o in outs if o.topic == topics.receipts(POLICE)]
    parsed = IntakeReceipt.model_validate_json(receipt.value or b"")
    assert parsed.accepted == ((10, 10), (14, 14))
    assert [r.offset for r in parsed.refused] == [11, 12, 13]
    assert [r.rule for r in parsed.refused] == ["schema.extra_forbidden", "schema.json_invalid", "empty"]


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
    ]
    assert parsed[0].path == "data.<unknown>"
    for out in letters:
        assert out.headers == ()


def test_no_output_repeats_what_was_refused() -> None:
    for out in handled().outs:
        assert CANARY not in json.dumps([str(out.key), str(out.value), str(out.headers)])


def test_the_tally_is_by_rule() -> None:
    assert handled().outcomes == {"accepted": 2, "schema.extra_forbidden": 1, "schema.json_invalid": 1, "empty": 1}
