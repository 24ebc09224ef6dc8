"""Every removal leaves a word that lasts: what for and when, once, and nothing of whose the events were."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from aiokafka import ConsumerRecord
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.contract import topics
from models.operations.remedies import REMEDY, Hold, Removal, Skip, remedy_key
from models.releases.requests import RequestErase, RequestRemove
from streams.ledger.caused import Caused
from streams.ledger.fold import Ledger
from streams.ledger.removal import of_child
from streams.standing import Standing, out
from tests.factories import BOARD, CARE, POLICE, an_event_id, event, token
from tests.streams.test_crash import Broker, Work, live
from tests.streams.test_erasure import AT, LINK, PARTITION, TODAY, Held, accepted, erasure

LATER = TODAY + timedelta(days=60)
BEFORE = date(2024, 3, 10)
REQUESTED = datetime(2026, 5, 12, tzinfo=UTC)
ERASE = RequestErase(request_id="e-1", board=BOARD, agency=POLICE, requested_at=REQUESTED)
REMOVE = RequestRemove(request_id="retention-x", board=BOARD, before=BEFORE, requested_at=REQUESTED)
Made = Callable[[Ledger], Caused]
REQUESTS: dict[str, Made] = {
    "erasure-agency": lambda ledger: ledger.erase_agency(ERASE, PARTITION, AT, TODAY),
    "retention": lambda ledger: ledger.remove_old(REMOVE, PARTITION, AT, LATER),
}


def words(caused: Caused) -> list[Removal]:
    """The removals told; each is one that the topic's readers take, under its own key."""
    found = [o for stage in caused.stages([], [], []) for o in stage if o.topic == topics.REMEDIES]
    told = [REMEDY.validate_json(o.value or b"", strict=False) for o in found]
    assert [o.key for o in found] == [remedy_key(one) for one in told]
    return [one for one in told if isinstance(one, Removal)]


def old(events: int) -> list[ConsumerRecord[Any, Any]]:
    """So many events of the police's that are past their retention in sixty days."""
    return accepted(*(event(record=f"old{n}", child="gone", occurred_on="2024-02-01") for n in range(events)))


def at(offset: int, record: ConsumerRecord[Any, Any]) -> ConsumerRecord[Any, Any]:
    """A copy of an accepted record elsewhere on the topic: what a replay of the raw topics makes."""
    fields = (record.topic, record.partition, offset, record.timestamp + offset, 0, record.key, record.value)
    return ConsumerRecord(*fields, None, 0, 0, record.headers)


@pytest.mark.parametrize(("events", "size"), [(1, "fewer than 10"), (9, "fewer than 10"), (10, "10 or more")])
def test_a_request_is_told_with_a_class_of_how_many(events: int, size: str) -> None:
    for cause, said in (
        ("retention", {"before": BEFORE, "request_id": "retention-x"}),
        ("erasure-agency", {"agency": POLICE, "request_id": "e-1"}),
    ):
        held = Held()
        held.fold(*old(events))
        [word] = words(REQUESTS[cause](held.ledger))
        given = word.model_dump(exclude_none=True)
        assert given == {"kind": "removal", "cause": cause, "board": BOARD, "at": REQUESTED, "size": size, **said}


def test_passed_over_records_that_go_are_counted_as_events() -> None:
    records = [*old(9), *accepted(event(record="skipped", occurred_on="2024-02-01"))]
    for made in REQUESTS.values():
        held = Held()
        held.fold(*records[:9])
        held.fold(at(9, records[9]), passed={9: "skipped"})
        assert [word.size for word in words(made(held.ledger))] == ["10 or more"]


def test_retention_that_removes_nothing_says_nothing_and_an_agencys_erasure_that_finds_nothing_does() -> None:
    held = Held()
    held.fold(*accepted(event(record="care", agency=CARE), agency=CARE))
    assert words(REQUESTS["retention"](held.ledger)) == []
    [word] = words(REQUESTS["erasure-agency"](held.ledger))
    assert word.size == "fewer than 10"


@pytest.mark.parametrize("cause", REQUESTS)
def test_a_crash_among_the_last_tombstones_does_not_make_the_word_smaller(cause: str) -> None:
    records, broker = old(12), Broker()
    work: list[Work] = [lambda ledger: ledger.fold(records, {}, AT, TODAY), REQUESTS[cause]]
    live(broker, work[:1])
    assert live(broker, work[1:], lambda _, stage, outs: outs[:5] if stage == 2 else None) == 0
    assert len(broker.tables["events"]) == 7, "or it did not end where this is about"
    first = dict(broker.topics[topics.REMEDIES])
    assert live(broker, work[1:]) == 1
    assert not broker.tables["events"]
    assert broker.topics[topics.REMEDIES] == first
    [value] = first.values()
    assert orjson.loads(value or b"")["size"] == "10 or more"


@pytest.mark.parametrize("cause", REQUESTS)
def test_a_crash_before_the_word_was_sent_loses_it_not(cause: str) -> None:
    records, broker = old(12), Broker()
    live(broker, [lambda ledger: ledger.fold(records, {}, AT, TODAY)])
    live(broker, [REQUESTS[cause]], lambda _, __, outs: [o for o in outs if o.topic != topics.REMEDIES])
    assert topics.REMEDIES not in broker.topics
    live(broker, [REQUESTS[cause]])
    [value] = broker.topics[topics.REMEDIES].values()
    assert orjson.loads(value or b"")["size"] == "10 or more"


def test_a_childs_erasure_is_told_by_its_place_alone_and_the_same_if_it_finds_nothing() -> None:
    asked = accepted(event(record="1", child="gone"), event(record="5"), erasure(
        tokens=[token("gone")], event_ids=[an_event_id("5")], reason="request"
    ))  # fmt: skip
    held, empty = Held(), Held()
    held.fold(*asked[:2])
    [word] = words(held.fold(asked[2]))
    assert [word] == words(empty.fold(asked[2]))
    accepted_at = datetime.fromtimestamp(asked[2].timestamp // 1000, UTC)
    place = {"partition": PARTITION, "offset": 2}
    given = {"kind": "removal", "cause": "erasure-child", "board": BOARD, "at": accepted_at, **place}
    assert word.model_dump(exclude_none=True) == given
    record = out(word)
    said = (record.key or b"") + (record.value or b"")
    secrets = [LINK, str(token("gone")["token"]), POLICE, *(an_event_id(r) for r in ("1", "5", "erasure"))]
    assert not [secret for secret in secrets if secret.encode() in said]


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_a_childs_erasure_is_told_once_however_often_it_comes(rng: Any, sizes: list[int]) -> None:
    """Copies and replays have other places on the topic; the first one's is the word's."""
    asked = accepted(event(record="1", child="gone"), event(record="3", child="stays"), erasure(tokens=[token("gone")]))
    order = [*asked, *rng.choices(asked, k=rng.randrange(8))]
    rng.shuffle(order)
    log = [at(offset, record) for offset, record in enumerate(order)]
    first = next(record.offset for record in log if record.value == asked[2].value)
    held, told, done = Held(), list[Removal](), 0
    while done < len(log):
        size = sizes[done % len(sizes)]
        told += words(held.fold(*log[done : done + size]))
        done += size
        if rng.random() < 0.3:
            held.ledger.rebuild()
    assert [(word.partition, word.offset) for word in told] == [(PARTITION, first)]


def test_a_removal_is_nothing_to_obey(caplog: pytest.LogCaptureFixture) -> None:
    standing, word = Standing(), of_child(BOARD, PARTITION, 7, 1_778_490_000_999)
    assert not standing.has_announced(word)
    with caplog.at_level(logging.INFO):
        assert standing.read(out(word).value) is None
    assert not caplog.records, "neither unreadable nor worth a line"
    assert standing.passed_over(topics.ACCEPTED, PARTITION) == {}
    assert (standing.held_topics(), standing.quarantined()) == (frozenset(), {})
    assert standing.has_announced(word)
    # The topics were made anew: the same place is another record's.
    assert not standing.has_announced(of_child(BOARD, PARTITION, 7, 1_778_490_001_000))


def test_keys_are_each_requests_own() -> None:
    made = [of_child(BOARD, PARTITION, n, 0) for n in (1, 11)]
    keys = [remedy_key(one) for one in made]
    keys += [remedy_key(word) for request in REQUESTS.values() for word in words(request(_filled(Held())))]
    keys.append(remedy_key(Hold(agency=POLICE, held=True, by="op1", at=AT)))
    keys.append(remedy_key(Skip(topic=topics.ACCEPTED, partition=3, offset=1, rule="skipped", by="op1", at=AT)))
    assert len(set(keys)) == 6
    longest = Removal(cause="erasure-agency", board=BOARD, agency=POLICE, request_id="x" * 40, size="10 or more", at=AT)
    assert len(remedy_key(longest)) <= 120, "the width of its column"


def _filled(held: Held) -> Ledger:
    held.fold(*old(1))
    return held.ledger


CHILD: dict[str, Any] = {"cause": "erasure-child", "board": BOARD, "partition": 3, "offset": 7, "at": AT}
RETENTION: dict[str, Any] = {
    "cause": "retention", "board": BOARD, "before": BEFORE, "request_id": "r", "size": "10 or more", "at": AT,
}  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        CHILD | {"agency": POLICE}, CHILD | {"size": "fewer than 10"}, CHILD | {"request_id": "r"},
        CHILD | {"token": "lt_" + "a" * 40}, CHILD | {"event_id": "a" * 40}, CHILD | {"offset": None},
        RETENTION | {"size": "11"}, RETENTION | {"size": 11}, RETENTION | {"size": "no"}, RETENTION | {"events": 11},
        RETENTION | {"agency": POLICE}, RETENTION | {"size": None}, RETENTION | {"at": AT.replace(tzinfo=None)},
        RETENTION | {"cause": "other"},
    ],
)  # fmt: skip
def test_no_word_can_say_more_or_less_than_its_cause_may(fields: dict[str, Any]) -> None:
    assert Removal(**CHILD).size is None
    assert Removal(**RETENTION).partition is None
    with pytest.raises(ValidationError):
        Removal(**fields)


def test_a_request_whose_time_has_no_zone_stops_nothing() -> None:
    held = Held()
    held.fold(*old(1))
    naive = REMOVE.model_copy(update={"requested_at": REQUESTED.replace(tzinfo=None)})
    [word] = words(held.ledger.remove_old(naive, PARTITION, AT, LATER))
    assert word.at == REQUESTED
