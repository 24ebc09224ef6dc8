"""What the HTTP intake answers 202 to, the stream's intake accepts: an agency behind HTTP reads no receipts.

And the other way round: what the stream's intake accepts, the HTTP intake takes, a withdrawal above all. Both sides'
own rules are asked, over envelopes of every type with values at and beyond every bound.
"""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.mint import Minted, Minter, NotMinted, envelope
from agencies.publish.broker import CONTENT_TYPE
from agencies.readers.accept import window
from agencies.readers.events import read_line
from agencies.rows import CanonicalRow
from agencies.serve.events import Checker, Outcome, _no_keys
from agencies.serve.limits import Limits
from models.contract.events import DATA_CLASSES, short_name
from models.contract.refusals import Refusal
from streams.intake.decide import Accepted, Refused, Rules, decide
from tests.factories import BOARD, CARE, CHILD_TYPES, OTHER_BOARD, POLICE, event, register, token, wire

TODAY = date(2026, 5, 11)
NOW = datetime(2026, 5, 11, 12, tzinfo=UTC)
EXAMPLES = 800
TYPES = tuple(map(short_name, DATA_CLASSES))

LATER_REFUSED = frozenset({"token-epoch"})
"""What the HTTP intake cannot know: which epochs intake holds gate keys of (ADR 0011)."""
SOONER_REFUSED = frozenset({Refusal("identifier.date", "time")})
"""What the HTTP intake refuses and intake would pass: a time that is not in whole seconds of UTC."""

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
RULES = Rules(REGISTER, {1: b"g" * 32, 2: b"h" * 32}, NOW, TODAY)

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
         "2026-05-12T12:00:00+00:00", "2026-05-12T13:00:00+01:00", "2026-05-11T12:00:00.5Z", "2026-05-11T12:00:00"]
    ),
    "partitionkey": st.sampled_from([None, BOARD, OTHER_BOARD]),
    "source": st.sampled_from([f"/agencies/{CARE}", "/agencies/" + "a" * 31, "nowhere"]),
    "dataschema": st.sampled_from(["ypsem/v1", "999-000-0018", "jane.smith", None]),
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


def over_http(line: bytes) -> Outcome:
    """What the HTTP intake makes of it."""
    (found,) = Checker(POLICE, REGISTER, Limits(), TODAY, NOW).check([line])
    return found


def on_the_topic(value: bytes, board: str) -> Accepted | Refused:
    """What the stream's intake makes of a record as the agency's producer would send it."""
    return decide(POLICE, value, [CONTENT_TYPE], RULES, board.encode())


@settings(max_examples=EXAMPLES, deadline=None)
@given(documents())
def test_what_is_answered_202_is_accepted(document: dict[str, Any]) -> None:
    found = over_http(wire(document))
    if found.queued is not None:
        decided = on_the_topic(found.queued.payload, found.queued.board)
        assert isinstance(decided, Accepted) or decided.refusal.rule in LATER_REFUSED, decided


@settings(max_examples=EXAMPLES, deadline=None)
@given(documents())
def test_what_publish_sends_on_is_accepted(document: dict[str, Any]) -> None:
    row = read_line(1, wire(document), window(None, TODAY))
    if not isinstance(row, CanonicalRow):
        return
    made = Minter(POLICE, REGISTER, _no_keys(), TODAY).accept(row)
    if isinstance(made, Minted):
        sent = envelope(POLICE, made.event_type, made.data, made.revision or 0, NOW)
        decided = on_the_topic(sent, made.board)
        assert isinstance(decided, Accepted) or decided.refusal.rule in LATER_REFUSED, decided


@settings(max_examples=EXAMPLES, deadline=None)
@given(documents())
def test_what_intake_accepts_is_taken_over_http(document: dict[str, Any]) -> None:
    if isinstance(on_the_topic(wire(document), str(document["data"]["board"])), Accepted):
        found = over_http(wire(document))
        assert found.queued is not None or set(found.refusals) <= SOONER_REFUSED, found.refusals


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
    row = read_line(1, wire(document), window(None, TODAY))
    assert isinstance(row, CanonicalRow)
    assert not isinstance(Minter(POLICE, REGISTER, _no_keys(), TODAY).accept(row), NotMinted)


def test_every_type_and_every_rule_of_intake_comes_up() -> None:
    """The strategy reaches the rules: without this the two tests above could pass by saying nothing."""
    seen: set[str] = set()
    types: set[str] = set()

    @settings(max_examples=900, deadline=None, database=None, derandomize=True)
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
        "id-mismatch", "no-agreement", "partitionkey-mismatch", "source-mismatch", "time-in-future", "token-epoch",
        "token-repeated", "token-stage",
    }  # fmt: skip
    assert set(CHILD_TYPES) < set(TYPES)
