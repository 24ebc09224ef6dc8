"""Intake's decision: every rule refuses with its id and path, and nothing an agency sends makes it raise."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contract.tokens import child_token
from streams.intake.decide import Accepted, IntakeRules, Refused, decide
from tests.factories import CARE, CHILD_TYPES, OTHER_BOARD, POLICE, SCHOOLS, event, register, token, wire

GATE = b"g" * 32
RULES = IntakeRules(register(), {1: GATE}, datetime(2026, 5, 11, 9, tzinfo=UTC), date(2026, 5, 11))


def outcome(document: dict[str, Any], agency: str = POLICE, rules: IntakeRules = RULES) -> Accepted | Refused:
    return decide(agency, wire(document), (), rules)


def rule_of(decision: Accepted | Refused) -> tuple[str, str]:
    assert isinstance(decision, Refused), "was accepted"
    return decision.refusal.rule, decision.refusal.path


@pytest.mark.parametrize("short", [*CHILD_TYPES, "training_session", "submission_return", "withdrawal", "erasure"])
def test_a_good_event_goes_to_its_boards_partition(short: str) -> None:
    document = event(short)
    decision = outcome(document)
    assert isinstance(decision, Accepted), decision
    assert decision.partition == 3
    assert decision.key == f"{document['data']['event_id']}|{POLICE}|0".encode()


def test_tokens_are_re_keyed_and_the_agencys_are_gone() -> None:
    document = event()
    decision = outcome(document)
    assert isinstance(decision, Accepted)
    [staged] = json.loads(decision.value)["data"]["tokens"]
    link = document["data"]["tokens"][0]["token"]
    assert staged["token"] == child_token(GATE, "nhs", link)
    assert decision.links == (hash(link),)
    assert b"lt_" not in decision.value


def test_several_demographic_forms_are_taken_each_re_keyed_in_one_order() -> None:
    forms = [token(f"form {n}", "demog") for n in range(5)]
    sent = [token("c"), token("c", "upn"), token("c", "local"), *forms]
    decided = [outcome(event(tokens=order)) for order in (sent, sent[::-1], sent[4:] + sent[:4])]
    (value,) = {one.value for one in decided if isinstance(one, Accepted)}
    assert [len(one.links) for one in decided if isinstance(one, Accepted)] == [8, 8, 8]
    assert b"lt_" not in value
    staged = {t["token"] for t in json.loads(value)["data"]["tokens"]}
    assert staged == {child_token(GATE, t["kind"], t["token"]) for t in sent}


def test_two_epochs_may_have_the_same_kinds() -> None:
    rules = IntakeRules(RULES.register, {1: GATE, 2: b"h" * 32}, RULES.now, RULES.today)
    both = [token(f"c{epoch}", kind, epoch) for epoch in (1, 2) for kind in ("nhs", "upn", "local", "demog")]
    assert isinstance(outcome(event(tokens=both), rules=rules), Accepted)


def test_one_content_has_one_spelling() -> None:
    plain = event()
    verbose = event(hour_band="not_recorded", disability="not_recorded", ended_on=None)
    verbose["data"] = dict(reversed(verbose["data"].items()))
    verbose.pop("datacontenttype")
    one, other = outcome(plain), outcome(verbose)
    assert isinstance(one, Accepted)
    assert one == other


def data(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["data"].update(changes)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (data(agency=CARE), ("agency-not-topic", "data.agency")),
        (lambda d: d.update(source=f"/agencies/{CARE}"), ("source-mismatch", "source")),
        (lambda d: d.update(id=f"{'b' * 40}.0"), ("id-mismatch", "id")),
        (lambda d: d.update(time="2026-05-13T10:00:00Z"), ("time-in-future", "time")),
        (lambda d: d.update(time="2010-02-01T00:00:00Z"), ("date-window", "time")),
        (data(board="X08000009"), ("board-not-registered", "data.board")),
        (data(agreement_id="dsa-none"), ("no-agreement", "data.agreement_id")),
        (data(agreement_id=f"dsa-{CARE}"), ("no-agreement", "data.agreement_id")),
        (data(occurred_on="2024-01-10"), ("date-window", "data.occurred_on")),
        (data(occurred_on="2012-05-11"), ("date-window", "data.occurred_on")),
        (data(recorded_on="2026-05-13"), ("date-window", "data.recorded_on")),
        (data(ended_on="2026-02-02"), ("end-before-start", "data.ended_on")),
        (data(areas={"home": "X05000009"}), ("area-not-in-board", "data.areas.home")),
        (data(areas={"found": "X05100001"}), ("area-not-in-board", "data.areas.found")),
        (data(tokens=[token("c", epoch=2)]), ("token-epoch", "data.tokens[0].epoch")),
        (data(tokens=[token("c"), token("d")]), ("token-repeated", "data.tokens[1].kind")),
        (data(tokens=[token("c", "upn"), token("c"), token("d", "upn")]), ("token-repeated", "data.tokens[2].kind")),
        (data(tokens=[token("c", "local"), token("d", "local")]), ("token-repeated", "data.tokens[1].kind")),
        (data(tokens=[token("c", "demog"), token("c", "demog")]), ("token-repeated", "data.tokens[1].kind")),
        (data(tokens=[token("c"), token("c") | {"kind": "demog"}]), ("token-repeated", "data.tokens[1].kind")),
        (
            data(tokens=[{"kind": "nhs", "epoch": 1, "token": "ct_" + "a" * 40}]),
            ("token-stage", "data.tokens[0].token"),
        ),
    ],
    ids=lambda v: v[0] if isinstance(v, tuple) else "",
)
def test_each_rule_refuses(spoil: Callable[[dict[str, Any]], None], expected: tuple[str, str]) -> None:
    document = event()
    spoil(document)
    assert rule_of(outcome(document)) == expected


def test_dates_at_the_edges_are_taken() -> None:
    for day in ("2024-01-11", "2026-05-12"):
        assert isinstance(outcome(event(occurred_on=day)), Accepted)


def test_an_agency_not_registered_for_the_board_is_refused() -> None:
    document = event(agency=SCHOOLS, board=OTHER_BOARD)
    assert rule_of(outcome(document, SCHOOLS)) == ("board-not-registered", "data.board")


def test_an_agreement_that_has_ended_no_longer_counts() -> None:
    loaded = register().model_dump(mode="json")
    for agreement in loaded["agreements"]:
        agreement["active_to"] = "2026-05-10"
    ended = IntakeRules(type(RULES.register).model_validate(loaded), {1: GATE}, RULES.now, RULES.today)
    assert rule_of(outcome(event(), rules=ended)) == ("no-agreement", "data.agreement_id")


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"\xff\xfe", "not-json"),
        (b"{", "not-json"),
        (b"[" * 60_000, "too-deep"),
        (b"x" * 65_537, "too-large"),
        (b"[]", "schema.dict_type"),
        (b'{"type":"ypsem.new_thing.v9"}', "schema.union_tag_invalid"),
    ],
    ids=lambda v: str(v)[:12],
)
def test_poison_is_refused_by_rule(value: bytes | None, rule: str) -> None:
    assert rule_of(decide(POLICE, value, (), RULES))[0] == rule


def test_a_refusal_names_the_event_only_if_its_id_has_the_right_form() -> None:
    document = event()
    document["data"]["sex"] = "Q"
    refused = outcome(document)
    assert isinstance(refused, Refused)
    assert (refused.event_id, refused.revision) == (document["data"]["event_id"], 0)
    document["data"]["event_id"] = "943 476 5919"
    refused = outcome(document)
    assert isinstance(refused, Refused)
    assert refused.event_id is None


def test_binary_mode_equals_structured_mode() -> None:
    document = event()
    attributes = {f"ce_{k}": v for k, v in document.items() if k not in ("data", "datacontenttype")}
    headers = [(name, text.encode()) for name, text in attributes.items()]
    binary = decide(POLICE, wire(document["data"]), headers, RULES)
    assert binary == outcome(document)
    assert rule_of(decide(POLICE, b"{", headers, RULES)) == ("not-json", "(whole message)")


def binary(document: dict[str, Any]) -> list[tuple[str, bytes | None]]:
    return [(f"ce_{name}", str(value).encode()) for name, value in document.items() if name != "data"]


def test_a_content_type_of_cloudevents_means_structured_mode_whatever_else_there_is() -> None:
    document = event()
    headers = [*binary(event(record="another")), ("Content-Type", b"application/cloudevents+json; charset=utf-8")]
    assert decide(POLICE, wire(document), headers, RULES) == outcome(document)


def test_binary_mode_takes_the_body_for_what_it_is() -> None:
    document = event()
    good = binary(document)
    for more in (
        [("content-type", b"application/json; charset=utf-8")],
        [("content-type", None), ("ce_subject", None), ("ce_traceparent", b"\xff\x00")],
        [("ce_datacontenttype", b"text/xml"), ("ce_data", b"{}"), ("ce_data_base64", b"e30=")],
    ):
        assert decide(POLICE, wire(document["data"]), [*good, *more], RULES) == outcome(document)
    # A body that would end the data and begin attributes of its own is no JSON.
    tail = wire(document["data"]) + b', "id": "x", "y": {}'
    assert rule_of(decide(POLICE, tail, good, RULES)) == ("not-json", "(whole message)")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


NAMES = st.text() | st.sampled_from(["ce_specversion", "ce_id", "content-type"])


@settings(max_examples=100)
@given(
    st.binary(max_size=200) | JSON.map(lambda v: json.dumps(v).encode()),
    st.lists(st.tuples(NAMES, st.none() | st.binary())),
)
def test_nothing_makes_it_raise(value: bytes, headers: list[tuple[str, bytes | None]]) -> None:
    assert isinstance(decide(POLICE, value, headers, RULES), Refused)


@settings(max_examples=100)
@given(st.sampled_from([*sorted(event()["data"]), "type", "id", "time", "source", "ended_on", "areas"]), JSON)
def test_no_spoiled_field_makes_it_raise_or_leak(name: str, value: Any) -> None:
    document = event()
    (document if name in document else document["data"])[name] = value
    decision = decide(POLICE, json.dumps(document).encode(), (), RULES)
    if isinstance(decision, Refused) and isinstance(value, str) and len(value) > 12:
        assert value not in repr(decision)
