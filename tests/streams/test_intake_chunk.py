"""A chunk of raw records causes accepted records, dead letters and one receipt that accounts for every offset."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from aiokafka import ConsumerRecord

from models.contract import topics
from models.contract.dead_letters import DeadLetter
from models.contract.receipts import IntakeReceipt
from streams.intake.chunk import Handled, handle
from streams.remedies.poison import PoisonWatch
from tests.factories import POLICE, event, wire
from tests.streams.test_decide import RULES

CANARY = "Canary-943-476-5919"
RULES_MET = ["schema.extra_forbidden", "not-json", "empty"]


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
    assert parsed.accepted == ((10, 10), (14, 15))
    assert [r.offset for r in parsed.refused] == [11, 12, 13]
    assert [r.rule for r in parsed.refused] == RULES_MET


def test_accepted_records_carry_their_raw_coordinates() -> None:
    accepted = [o for o in handled().outs if o.topic == topics.ACCEPTED]
    assert [o.headers for o in accepted] == [(("raw", b"2:10"),), (("raw", b"2:14"),), (("raw", b"2:15"),)]
    assert {o.partition for o in accepted} == {3}


def test_the_generation_of_the_log_is_in_the_accepted_records_and_in_nothing_that_is_told() -> None:
    values = [wire(event(record="1")), b"{", wire(event(record="2"))]
    chunk = [raw(10 + i, value) for i, value in enumerate(values)]
    before, after = handle(POLICE, chunk, RULES).outs, handle(POLICE, chunk, RULES, generation=2).outs
    places = [out.headers for out in after if out.topic == topics.ACCEPTED]
    assert places == [(("raw", b"2000002:10"),), (("raw", b"2000002:12"),)]
    others = [[out for out in outs if out.topic != topics.ACCEPTED] for outs in (before, after)]
    assert others[0] == others[1]


def test_dead_letters_have_coordinates_and_rule_and_nothing_of_the_message() -> None:
    letters = [o for o in handled().outs if o.topic == topics.DEAD_LETTERS]
    parsed = [DeadLetter.model_validate_json(o.value or b"") for o in letters]
    assert [(p.partition, p.offset, p.rule, p.size) for p in parsed] == [
        (2, 11, "schema.extra_forbidden", "small"),
        (2, 12, "not-json", "small"),
        (2, 13, "empty", "empty"),
    ]
    assert parsed[0].path == "data.<unknown>"
    for out in letters:
        assert out.headers == ()


def test_no_output_repeats_what_was_refused() -> None:
    for out in handled().outs:
        assert CANARY not in json.dumps([str(out.key), str(out.value), str(out.headers)])


def test_the_tally_is_by_rule() -> None:
    assert handled().outcomes == {"accepted": 3} | dict.fromkeys(RULES_MET, 1)
    assert handled().warned == {"identifier.nhs-number": 2}


def test_a_key_and_headers_that_look_like_an_identifier_are_dropped_and_told() -> None:
    outs = handled().outs
    parsed = IntakeReceipt.model_validate_json(outs[-1].value or b"")
    told = [(one.first, one.last, one.count, one.rule, one.path) for one in parsed.warnings]
    assert told == [
        (15, 15, 1, "identifier.nhs-number", "(header)"), (15, 15, 1, "identifier.nhs-number", "(message key)"),
    ]  # fmt: skip


def test_a_receipt_without_a_warning_is_what_it_was() -> None:
    plain = handle(POLICE, [raw(1, wire(event()))], RULES).outs[-1]
    assert b"warnings" not in (plain.value or b"")


def test_a_thousand_warnings_are_a_few_lines_of_a_receipt() -> None:
    header = "x" * 40
    records = []
    for number in range(1000):
        record = raw(number, wire(event(record=str(number))), planted=True)
        headers = tuple((f"{header}{n}", CANARY.encode()) for n in range(50))
        records.append(dataclasses.replace(record, headers=headers))
    done = handle(POLICE, records, RULES)
    assert done.outcomes == {"accepted": 1000}
    assert done.warned == {"identifier.nhs-number": 2000}
    receipt = done.outs[-1].value or b""
    assert len(receipt) < 600
    parsed = IntakeReceipt.model_validate_json(receipt)
    assert [(one.first, one.last, one.count) for one in parsed.warnings] == [(0, 999, 1000)] * 2


def test_warnings_never_hold_a_topic_and_refusals_do() -> None:
    """The limit of poison counts what was refused: real poison still trips it."""
    watch = PoisonWatch(20)
    odd = [raw(number, wire(event(record=str(number))), planted=True) for number in range(200)]
    done = handle(POLICE, odd, RULES)
    assert done.warned.total() == 400
    assert not watch.tripped(POLICE, done.outcomes)
    poison = [raw(number, b"{") for number in range(201)]
    assert watch.tripped(POLICE, handle(POLICE, poison, RULES).outcomes)
