"""The judge of producers: what is right holds in any order and however often sent; each fault is found by its point."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.conformance.facts import JudgeFacts
from agencies.conformance.judge import FAILS, HOLDS, NOT_SHOWN, POINTS, UNSEEN, judge
from agencies.conformance.wire import WireRecord
from models.contract import examples
from models.contract.events import DATA_CLASSES, MAX_BYTES, short_name
from models.contract.refusals import Refusal
from streams.intake.decide import Refused, decide
from tests.factories import POLICE
from tests.fuzz import hostile
from tests.producers.support import VECTORS
from tests.streams.test_decide import RULES

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
STAMP = int(NOW.timestamp() * 1000)


def registered(seen: WireRecord) -> tuple[Refusal, ...]:
    """A register that knows one board."""
    good = seen.event is not None and seen.event.data.board == examples.BOARD
    return () if good else (Refusal("board-not-registered", "board"),)


TOLD = JudgeFacts(examples.AGENCY, NOW, frozenset({1}), registered)


def records() -> list[WireRecord]:
    """The worked producers' three events in both modes, from two runs."""
    wires = [event[mode] | {"key": event["key"]} for mode in ("structured", "binary") for event in VECTORS["events"]]
    return [
        WireRecord(
            0, offset, wire["value"].encode(), wire["key"].encode(),
            tuple((name, text.encode()) for name, text in wire["headers"].items()), STAMP, run=run,
        )
        for offset, (run, wire) in enumerate((run, wire) for run in (0, 1) for wire in wires)
    ]  # fmt: skip


def states(found: list[WireRecord], told: JudgeFacts = TOLD) -> dict[str, str]:
    return {verdict.point: verdict.state for verdict in judge(found, told)}


def test_every_point_holds_for_the_worked_producers_but_what_nobody_can_see() -> None:
    found = states(records())
    assert {point for point, state in found.items() if state != HOLDS} == {name for name, _, _ in UNSEEN}


@settings(max_examples=40)
@given(st.data())
def test_order_repeats_and_omissions_never_make_a_point_fail(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(records()), max_size=14))
    again = [replace(seen, partition=data.draw(st.integers(0, 3)), offset=at) for at, seen in enumerate(chosen)]
    failed = {point for point, state in states(again).items() if state == FAILS}
    # What of the first run is not there makes the second's ids new; a withdrawal alone takes nothing back that is seen.
    assert failed <= {"same-id", "withdrawal"}


@pytest.mark.parametrize("short", [short_name(name) for name in DATA_CLASSES if "withdrawal" not in name])
def test_an_example_of_every_type_holds(short: str) -> None:
    value = json.dumps(examples.example(short)).encode()
    assert FAILS not in states([WireRecord(0, 0, value, timestamp_ms=STAMP)]).values()


def test_nothing_published_shows_nothing() -> None:
    assert set(states([]).values()) == {NOT_SHOWN}
    quiet = states(records(), JudgeFacts(examples.AGENCY, NOW))
    assert (quiet["register"], quiet["epoch"]) == (NOT_SHOWN, NOT_SHOWN)
    assert states([replace(seen, by_broker=True, timestamp_ms=0) for seen in records()])["timestamp"] == NOT_SHOWN
    assert states(records()[:1])["withdrawal"] == NOT_SHOWN


def changed(change: Callable[[dict[str, Any]], Any], at: int = 0) -> list[WireRecord]:
    """The records with one structured event changed."""
    found = records()
    whole = json.loads(found[at].value or b"")
    change(whole)
    found[at] = replace(found[at], value=json.dumps(whole).encode())
    return found


def put(at: int = 0, /, **changes: Any) -> list[WireRecord]:
    """The records with one of them replaced in part."""
    found = records()
    found[at] = replace(found[at], **changes)
    return found


def data(**changes: Any) -> list[WireRecord]:
    return changed(lambda whole: whole["data"].update(changes))


def renumbered(whole: dict[str, Any], event_id: str = "", revision: int | None = None) -> None:
    of = whole["data"]
    of["event_id"] = event_id or of["event_id"]
    of["revision"] = of["revision"] if revision is None else revision
    whole["id"] = f"{of['event_id']}.{of['revision']}"


LT, CT = "lt_" + "a" * 40, "ct_" + "a" * 40
FAULTS: list[tuple[str, list[WireRecord]]] = [
    ("value", put(value=None)),
    ("value", put(value=b"")),
    ("size", put(value=(records()[0].value or b"").ljust(MAX_BYTES + 1))),
    ("structured", data(surname="x")),
    ("structured", put(value=b"[]")),
    ("structured", put(value=b"\xff")),
    ("structured", changed(lambda whole: whole.update(time="2026-05-01"))),
    ("binary", put(3, value=b"{}")),
    ("binary", put(3, headers=(("ce_specversion", b"1.0"),))),
    ("binary", put(3, headers=tuple((name, "Zoë".encode()) for name, _ in records()[3].headers))),
    ("source", changed(lambda whole: whole.update(source="/agencies/aldermere-schools"))),
    ("source", data(agency="aldermere-schools")),
    ("event-id", changed(lambda whole: whole.update(id="a" * 40 + ".0"))),
    ("event-id", data(event_id="MISPER-1")),
    ("event-id", data(revision=7)),
    ("same-id", changed(lambda whole: renumbered(whole, "b" * 40), 6)),
    ("repeat", data(sex="M")),
    ("revision", [records()[0], replace(changed(lambda whole: renumbered(whole, revision=1))[0], offset=1)]),
    ("withdrawal", changed(lambda whole: renumbered(whole, "b" * 40), 2)),
    ("identifiers", data(event_id="999 000 0018")),
    ("identifiers", data(hour_band="Zoe Sample")),
    ("identifiers", data(dob="2010-02-01")),
    ("key-headers", put(key=b"999 000 0018")),
    ("key-headers", put(headers=(("surname", b"x"),))),
    ("key-headers", put(headers=(("x", b"zoe@sample.example"),))),
    ("key-headers", put(headers=(("content-type", b"999 000 0018"),))),
    ("key-headers", changed(lambda whole: whole.update(subject="999 000 0018"))),
    ("key-headers", put(3, headers=(*records()[3].headers, ("ce_subject", b"999 000 0018")))),
    ("time", changed(lambda whole: whole.update(time="2026-05-02T12:00:01Z"))),
    ("timestamp", put(timestamp_ms=STAMP - 40 * 86_400_000)),
    ("tokens", data(tokens=[{"kind": "nhs", "epoch": 1, "token": CT}])),
    ("tokens", data(tokens=[{"kind": kind, "epoch": 1, "token": LT} for kind in ("nhs", "upn")])),
    ("epoch", data(tokens=[{"kind": "nhs", "epoch": 2, "token": LT}])),
    ("register", data(board="X08000009")),
]


@pytest.mark.parametrize(("point", "found"), FAULTS, ids=lambda v: v if isinstance(v, str) else "")
def test_a_planted_fault_is_found_by_its_point_and_named_by_its_place(point: str, found: list[WireRecord]) -> None:
    (verdict,) = [one for one in judge(found, TOLD) if one.point == point]
    assert verdict.state == FAILS
    assert all(re.match(r"[0-9]+/[0-9]+: [a-z]", why) for why in verdict.why)
    for secret in ("999 000 0018", "Zoe", "zoe@", "MISPER", "surname", CT, LT):
        assert not any(secret in why for why in verdict.why)


def test_every_point_but_arriving_has_a_planted_fault() -> None:
    assert {point for point, _ in FAULTS} == {point.name for point in POINTS} - {"arrived"}


@settings(max_examples=150)
@given(
    st.lists(
        st.builds(
            WireRecord,
            st.integers(0, 3),
            st.integers(0, 9),
            st.none() | st.binary(max_size=40) | st.sampled_from([seen.value for seen in records()]),
            st.none() | st.binary(max_size=12),
            st.lists(
                st.tuples(st.text(max_size=6) | st.sampled_from(["ce_id", "ce_specversion"]), st.none() | st.binary())
            ).map(tuple),
        ),
        max_size=6,
    )
)
def test_whatever_lies_there_is_judged(found: list[WireRecord]) -> None:
    assert len(judge(found, TOLD)) == len(POINTS) + len(UNSEEN)


def test_a_record_is_read_as_intake_reads_it() -> None:
    """Both modes, data in base64, and whatever strangers send: no second reading of a record exists."""
    document = json.loads(VECTORS["events"][0]["structured"]["value"])
    plain = {name: value for name, value in document.items() if name != "data"}
    encoded = plain | {"data_base64": base64.b64encode(json.dumps(document["data"]).encode()).decode()}
    assert WireRecord(0, 0, json.dumps(encoded).encode()).event is not None
    said: Counter[str | None] = Counter()
    for message in hostile.messages(11, 1000, POLICE):
        headers = tuple((name, text) for name, text in message.headers)
        seen = WireRecord(0, 0, message.value, message.key, headers)
        decided = decide(POLICE, message.value, headers, RULES, message.key)
        said[None if seen.refusal is None else seen.refusal.rule] += 1
        if seen.refusal is not None:
            assert isinstance(decided, Refused)
            assert decided.refusal == seen.refusal
    assert said[None] > 50
    assert len(said) > 8, said
