"""What the HTTP intake, a file of events and the stream's intake say of a message: the same, by the same rule.

An agency behind HTTP reads no receipts, so what was answered 202 must be accepted; and what the stream accepts, every
other door must take, a withdrawal above all. Each door's own code is asked, over envelopes of every type with values at
and beyond every bound, in every spelling, and over hostile messages.
"""

from __future__ import annotations

import base64
import copy
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.keys import AgencyKeys
from agencies.mint import Minter, NotMinted, envelope
from agencies.publish.broker import CONTENT_TYPE
from agencies.readers.events import read_line
from agencies.rows import CanonicalRow
from agencies.serve import modes
from agencies.serve.events import Checker, EventOutcome
from models.contract.events import DATA_CLASSES, short_name
from models.contract.refusals import Refusal
from streams.intake.decide import Accepted, IntakeRules, Refused, decide
from tests.factories import BOARD, CARE, CHILD_TYPES, OTHER_BOARD, POLICE, event, register, token, wire
from tests.fuzz import hostile

TODAY = date(2026, 5, 11)
NOW = datetime(2026, 5, 11, 12, tzinfo=UTC)
EXAMPLES = 400
TYPES = tuple(map(short_name, DATA_CLASSES))

LATER_REFUSED = frozenset({"token-epoch"})
"""What no door but intake itself can know: which epochs it holds gate keys of (ADR 0011)."""

_LIVED = {"agency": POLICE, "boards": (BOARD, OTHER_BOARD), "lawful_basis": "synthetic"}
AGREEMENTS = [
    {"id": f"dsa-{POLICE}", "active_from": "2024-01-01"} | _LIVED,
    {"id": "dsa-ended", "active_from": "2024-01-01", "active_to": "2026-05-10"} | _LIVED,
    {"id": "dsa-last-day", "active_from": "2024-01-01", "active_to": "2026-05-11"} | _LIVED,
    {"id": "dsa-to-come", "active_from": "2026-05-12"} | _LIVED,
    {"id": "dsa-one-board", "active_from": "2024-01-01", "active_to": "2025-01-01"} | _LIVED | {"boards": (BOARD,)},
    {"id": f"dsa-{CARE}", "active_from": "2024-01-01"} | _LIVED | {"agency": CARE},
]
REGISTER = register(agreements=AGREEMENTS)
KEYS = AgencyKeys(1, b"a" * 32, b"b" * 32, b"c" * 32, b"d" * 32)
RULES = IntakeRules(REGISTER, {1: b"g" * 32, 2: b"h" * 32}, NOW, TODAY)

days = st.sampled_from(
    ["2024-01-10", "2024-01-11", "2024-01-12", "2024-12-31", "2026-02-02", "2026-02-03", "2026-02-04", "2026-05-11",
     "2026-05-12", "2026-05-13", "2011-07-04", "1999-01-01", "9999-12-31"]
)  # fmt: skip
areas = st.sampled_from(
    ["X05000001", "X05100001", "X05999999", f"{BOARD}-T1", f"{OTHER_BOARD}-T1", "out_of_area", "unknown"]
)
tokens = st.lists(
    st.builds(
        lambda child, kind, epoch, stage: token(child, kind, epoch) | stage,
        st.sampled_from("abcdefgh"), st.sampled_from(["nhs", "upn", *["demog"] * 4, "local"]),
        st.sampled_from([1, 1, 1, 2, 2, 7]),
        st.sampled_from([{}, {}, {}, {"token": "ct_" + "a" * 40}]),
    ), max_size=9,
)  # fmt: skip
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(
        ("occurred_on", "recorded_on", "ended_on", "returned_on", "offered_on", "completed_on", "opened_on",
         "closed_on", "held_on", "submitted_on"), days,
    ),
    "period": st.sampled_from(["2019Q1", "2023Q4", "2024Q1", "2024-01", "2026Q1", "2026-05", "2027Q1", "2026-13"]),
    "agreement_id": st.sampled_from([entry["id"] for entry in AGREEMENTS] + ["dsa-nobody"]),
    "board": st.sampled_from([BOARD, OTHER_BOARD, "X08000009"]),
    "agency": st.sampled_from([POLICE, CARE, "nobody-at-all"]),
    "areas": st.fixed_dictionaries({}, optional=dict.fromkeys(("home", "occurred", "missing_from", "found"), areas)),
    "tokens": tokens,
    "event_ids": st.lists(st.sampled_from(["a" * 40, "b" * 40, "z" * 40]), max_size=3),
    "mean_score": st.sampled_from([0, 7.25, 10, 10.01, 1e-9]),
    "attended": st.sampled_from([0, 9999, 10000]),
    "revision": st.sampled_from([0, 1, 999_999, 1_000_000]),
}  # fmt: skip
ENVELOPE: dict[str, st.SearchStrategy[Any]] = {
    "time": st.sampled_from(
        ["2026-05-11T12:00:00Z", "2026-05-12T12:00:00Z", "2026-05-12T12:00:01Z", "2031-01-01T00:00:00Z",
         "2026-05-12T12:00:00+00:00", "2026-05-12T13:00:00+01:00", "2026-05-11T12:00:00.5Z", "2026-05-11T12:00:00",
         "2026-05-12T12:00:00.999999999Z", "2026-05-12T12:00:01.000+00:00", "2026-05-11t23:59:59.123456z",
         "2026-05-11T12:00:00-00:00", "2026-05-11 12:00:00Z", "2026-05-11T12:00:60Z", "0001-01-01T00:00:00+23:59",
         "2010-02-01T00:00:00Z", "1998-07-04T12:00:00.000Z", "2026-05-11T12:00:00+24:00", "2026-05-11T12:00Z"]
    ) | st.datetimes().map(lambda at: at.isoformat() + "+05:30"),
    "partitionkey": st.sampled_from([None, BOARD, OTHER_BOARD, "a" * 40]),
    "datacontenttype": st.sampled_from(["application/json; charset=utf-8", "Application/JSON", "text/xml", None, 1]),
    "subject": st.text(max_size=30),
    "traceparent": st.just("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    "patient": st.sampled_from(["943 476 5919", "Jane Smith", 9434765919, [["QQ123456C"]], {"surname": 1}]),
    "data_base64": st.sampled_from(["e30=", "!", 5]),
    "source": st.sampled_from([f"/agencies/{CARE}", "/agencies/" + "a" * 31, "nowhere"]),
    "dataschema": st.sampled_from(["ypsem/v1", "999-000-0018", "https://example.org/x", None, 7]),
    "id": st.sampled_from(["a" * 40 + ".0", "a" * 40]),
}  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """An event of any type, with one to three of its fields set to something at or beyond a bound."""
    short = draw(st.sampled_from(TYPES))
    document = copy.deepcopy(event(short, revision=draw(st.sampled_from([0, 3]))))
    own = sorted(set(FIELDS) & set(DATA_CLASSES[document["type"]].model_fields))
    for name in draw(st.lists(st.sampled_from(own), max_size=3, unique=True)):
        document["data"][name] = draw(FIELDS[name])
    if draw(st.integers(0, 3)) == 0:
        name = draw(st.sampled_from(sorted(ENVELOPE)))
        document[name] = draw(ENVELOPE[name])
    return document


@dataclass(frozen=True)
class Verdict:
    """What a door says of a message: the rule it refuses by, or the record that lands and what is warned of."""

    rule: str | None
    lands: tuple[int, bytes, bytes] | None = None
    warnings: tuple[Refusal, ...] = ()


def over_http(line: bytes) -> EventOutcome:
    """What the HTTP intake makes of it."""
    (found,) = Checker(POLICE, REGISTER, TODAY, NOW).check([line])
    return found


def on_the_topic(value: bytes, board: str) -> Accepted | Refused:
    """What the stream's intake makes of a record as the agency's producer would send it."""
    return decide(POLICE, value, [CONTENT_TYPE], RULES, board.encode())


def of(decided: Accepted | Refused, warnings: tuple[Refusal, ...] | None = None) -> Verdict:
    """The verdict of intake; with the warnings that an earlier door gave, where it was the one that dropped."""
    if isinstance(decided, Refused):
        return Verdict(decided.refusal.rule)
    lands = decided.partition, decided.key, decided.value
    return Verdict(None, lands, decided.warnings if warnings is None else warnings)


def by_kafka(message: bytes) -> Verdict:
    """A message as its producer put it on the topic."""
    return of(decide(POLICE, message, [CONTENT_TYPE], RULES))


def by_http(message: bytes) -> Verdict:
    """The same message over HTTP, and then what intake makes of what was sent on."""
    found = over_http(message)
    if found.queued is None:
        return Verdict(found.refusals[0].rule)
    return of(on_the_topic(found.queued.payload, found.queued.board), found.warnings)


def by_file(message: bytes) -> Verdict:
    """The same message as a line of a file, published; its `time` is the time of publishing."""
    row = read_line(1, message)
    if not isinstance(row, CanonicalRow):
        return Verdict(row.refusals[0].rule)
    made = Minter(POLICE, REGISTER, KEYS, TODAY, now=NOW).accept(row)
    if isinstance(made, NotMinted):
        return Verdict(made.refusals[0].rule)
    sent = envelope(POLICE, made.event_type, made.data, made.revision or 0, row.event.time)
    return of(on_the_topic(sent, made.board), row.warnings)


def agree(message: bytes) -> Verdict:
    """The verdict, which is every door's."""
    first = by_kafka(message)
    assert by_http(message) == first
    assert by_file(message) == first
    return first


@settings(max_examples=EXAMPLES, deadline=None)
@given(documents())
def test_every_door_says_the_same_of_an_event(document: dict[str, Any]) -> None:
    verdict = agree(wire(document))
    assert verdict.rule is None or verdict.lands is None


def test_every_door_says_the_same_of_a_hostile_message() -> None:
    said: Counter[str | None] = Counter()
    for message in hostile.messages(7, 2000, POLICE):
        for value in filter(bytes.strip, (message.value or b"").split(b"\n")):
            said[agree(value).rule] += 1
    assert said[None] > 100
    assert len(said) > 15, said


SPELLINGS = (
    "2026-05-01T10:00:00Z", "2026-05-01T10:00:00z", "2026-05-01t10:00:00Z", "2026-05-01T10:00:00+00:00",
    "2026-05-01T10:00:00-00:00", "2026-05-01T10:00:00.0Z", "2026-05-01T10:00:00.477Z",
    "2026-05-01T10:00:00.621605+00:00", "2026-05-01T10:00:00.999999999Z", "2026-05-01T11:00:00+01:00",
    "2026-05-01T05:30:00.5-04:30",
    "2026-05-02T09:59:00+23:59",
)  # fmt: skip


def test_one_time_has_one_spelling_whatever_it_came_as() -> None:
    found = {agree(wire(event() | {"time": spelt})) for spelt in SPELLINGS}
    assert len(found) == 1
    (verdict,) = found
    assert verdict.lands is not None
    assert json.loads(verdict.lands[2])["time"] == "2026-05-01T10:00:00Z"


NO_TIMES = (
    "2026-05-01", "2026-05-01 10:00:00Z", "2026-05-01T10:00Z", "2026-05-01T10:00:00", "2026-05-01T10:00:00.Z",
    "2026-05-01T10:00:00.1234567890Z", "2026-05-01T10:00:60Z", "2026-05-01T24:00:00Z", "2026-02-30T10:00:00Z",
    "2026-05-01T10:00:00+0100", "2026-05-01T10:00:00+24:00", "20260501T100000Z", "2026-W18-5T10:00:00Z", "1714557600",
    "+2026-05-01T10:00:00Z", "２026-05-01T10:00:00Z", "0001-01-01T00:00:00+01:00", "", "Fri, 01 May 2026 10:00:00 GMT",
)  # fmt: skip


@pytest.mark.parametrize("spelt", [*NO_TIMES, 1714557600, None, True, 1.5, ["2026-05-01T10:00:00Z"]])
def test_what_is_no_time_of_rfc_3339_is_refused_by_every_door(spelt: object) -> None:
    assert str(agree(wire(event() | {"time": spelt})).rule).startswith(("schema.datetime", "schema.timezone"))


TWICE = [
    (b'"time": "x", ', None), (b'"data": {}, ', None), (b'"type": "x", "data_base64": null, ', "data-base64"),
    (b'"id": {"a": [1]}, ', None),
]  # fmt: skip


@pytest.mark.parametrize(("before", "rule"), TWICE)
def test_of_a_key_given_twice_the_last_counts_for_every_door(before: bytes, rule: str | None) -> None:
    assert agree(b"{" + before + wire(event())[1:]).rule == rule
    if rule is None:
        last = wire(event())[:-1] + b", " + before.rstrip(b", ") + b"}"
        assert agree(last).rule is not None


def encoded(document: dict[str, Any]) -> dict[str, Any]:
    """As an SDK writes data that it was given as bytes."""
    plain = {name: value for name, value in document.items() if name != "data"}
    return plain | {"data_base64": base64.b64encode(wire(document["data"])).decode()}


def test_data_in_base64_is_the_same_event() -> None:
    assert agree(wire(encoded(event()))) == agree(wire(event()))
    assert agree(wire(encoded(event()) | {"data": event()["data"]})).rule == "data-base64"
    assert agree(wire(encoded(event()) | {"data_base64": "e30"})).rule == "data-base64"
    assert agree(wire(encoded(event()) | {"data_base64": "e30="})).rule == "schema.missing"
    spoilt = event(sex="Q")
    assert agree(wire(encoded(spoilt))) == agree(wire(spoilt))


ATTRIBUTES = st.dictionaries(
    st.sampled_from(["subject", "traceparent", "tracestate", "partitionkey", "dataschema", "xref", "surname"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)
    | st.sampled_from(["943 476 5919", "QQ123456C", "a b%c\"d"]),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(documents(), ATTRIBUTES)
def test_binary_mode_is_structured_mode_at_both_doors(document: dict[str, Any], more: dict[str, str]) -> None:
    plain = {name: value for name, value in document.items() if isinstance(value, str)} | more
    plain.pop("datacontenttype", None)
    plain.pop("data_base64", None)
    whole = agree(wire(plain | {"data": document["data"]}))
    content = wire(document["data"])
    kafka = [(f"ce_{name}", text.encode()) for name, text in plain.items()]
    assert of(decide(POLICE, content, kafka, RULES)) == whole
    http = [(f"ce-{name}", quote(text, safe="")) for name, text in plain.items()]
    assert by_http(modes.binary(modes.attributes(http), content)) == whole
    quoted = [(f"ce-{name}", '"' + quote(text, safe=" :") + '"') for name, text in plain.items()]
    assert by_http(modes.binary(modes.attributes(quoted), content)) == whole


@settings(max_examples=100, deadline=None)
@given(st.lists(documents(), max_size=5))
def test_a_batch_is_its_events(listed: list[dict[str, Any]]) -> None:
    found = modes.batch(wire(listed), 10)  # type: ignore[arg-type]
    assert [by_http(one) for one in found] == [by_kafka(wire(one)) for one in listed]


REFUSED = [
    (event(ended_on="2026-02-02"), "end-before-start"),
    (event("submission_return", period="2019Q1"), "date-window"),
    (event("submission_return", period="2027-01"), "date-window"),
    (event(agreement_id="dsa-ended"), "no-agreement"),
    (event(agreement_id="dsa-to-come"), "no-agreement"),
    (event("withdrawal", agreement_id="dsa-to-come"), "no-agreement"),
    (event("withdrawal", agreement_id=f"dsa-{CARE}"), "no-agreement"),
    (event("withdrawal", agreement_id="dsa-one-board", board=OTHER_BOARD), "no-agreement"),
]


@pytest.mark.parametrize(("document", "rule"), REFUSED)
def test_both_refuse_it_by_the_same_rule(document: dict[str, Any], rule: str) -> None:
    decided = on_the_topic(wire(document), document["data"]["board"])
    assert isinstance(decided, Refused)
    assert decided.refusal.rule == rule
    assert [refusal.rule for refusal in over_http(wire(document)).refusals] == [rule]


TAKEN_BACK = [
    event("withdrawal", agreement_id="dsa-ended"), event("withdrawal", agreement_id="dsa-one-board"),
    event("erasure", agreement_id="dsa-ended", event_ids=["a" * 40]),
    event("erasure", agreement_id="dsa-ended", tokens=[token("c1")]), event("withdrawal"),
]  # fmt: skip


@pytest.mark.parametrize("document", TAKEN_BACK)
def test_what_was_shared_can_be_taken_back_after_the_agreement_ended(document: dict[str, Any]) -> None:
    assert isinstance(on_the_topic(wire(document), BOARD), Accepted)
    assert over_http(wire(document)).queued is not None


@pytest.mark.parametrize("document", TAKEN_BACK)
def test_publish_lets_it_through_too(document: dict[str, Any]) -> None:
    row = read_line(1, wire(document))
    assert isinstance(row, CanonicalRow)
    assert not isinstance(Minter(POLICE, REGISTER, KEYS, TODAY, now=NOW).accept(row), NotMinted)


def test_every_type_and_every_rule_of_intake_comes_up() -> None:
    """The strategy reaches the rules: without this the two tests above could pass by saying nothing."""
    seen: set[str] = set()
    types: set[str] = set()

    @settings(max_examples=2500, deadline=None, database=None, derandomize=True)
    @given(documents())
    def collect(document: dict[str, Any]) -> None:
        decided = on_the_topic(json.dumps(document).encode(), str(document["data"]["board"]))
        seen.add(decided.refusal.rule if isinstance(decided, Refused) else "accepted")
        if isinstance(decided, Accepted):
            types.add(document["type"])

    collect()
    assert types == set(DATA_CLASSES)
    assert seen >= {
        "accepted", "agency-not-topic", "area-not-in-board", "board-not-registered", "date-window", "end-before-start",
        "id-mismatch", "no-agreement", "source-mismatch", "time-in-future", "token-epoch",
        "token-repeated", "token-stage",
    }  # fmt: skip
    assert set(CHILD_TYPES) < set(TYPES)
