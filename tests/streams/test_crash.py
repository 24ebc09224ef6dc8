"""A ledger that ends between any two records of what it sends, and reads its input again, ends where it would have."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.homes import settled
from models.contract import topics
from models.contract.tokens import child_token
from models.releases import SubmissionState
from models.releases.requests import RequestErase, RequestRemove
from streams.ledger.caused import Caused
from streams.ledger.fold import Ledger
from streams.ledger.homes import record_of
from streams.ledger.marks import Marks
from streams.ledger.state import LedgerState
from streams.outputs import Out
from streams.standing import Standing
from tests.factories import BOARD, POLICE, an_event_id, event, register, token
from tests.streams.test_decide import GATE
from tests.streams.test_erasure import AT, LATER_TIME, PARTITION, TODAY, accepted, erasure, stream

Work = Callable[[Ledger], Caused]
Cut = Callable[[int, int, list[Out]], list[Out] | None]
"""Of a piece of work, a stage of it, and what it sends: what of it is stored before the process ends; None to go on."""
LATER = TODAY + timedelta(days=60)


class Broker:
    """What has been confirmed: the changelogs' tables, and the topics' newest record of each key."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[bytes, bytes]] = {"marks": {}, "homes": {}, "events": {}}
        self.topics: dict[str, dict[bytes, bytes | None]] = {}

    def publish(self, records: list[ConsumerRecord[bytes, bytes]]) -> None:
        self.topics.setdefault(topics.ACCEPTED, {}).update({record.key: record.value for record in records})

    def take(self, out: Out) -> None:
        if out.topic in self.tables:
            table = self.tables[out.topic]
            assert out.key is not None
            if out.value is None:
                table.pop(out.key, None)
            else:
                table[out.key] = out.value
        else:
            assert out.key is not None
            self.topics.setdefault(out.topic, {})[out.key] = out.value

    def standing(self) -> Standing:
        """What a new process reads of the remedies before its first record."""
        standing = Standing()
        for value in self.topics.get(topics.REMEDIES, {}).values():
            standing.read(value)
        return standing

    def state(self) -> tuple[object, ...]:
        """All that lasts, but for the words about returns that never stood."""
        said = {
            key: SubmissionState.model_validate_json(value or b"", strict=False).withdrawn
            for key, value in self.topics.get(topics.SUBMISSIONS, {}).items()
        }
        standing = sorted(key for key, withdrawn in said.items() if not withdrawn)
        rest = {name: found for name, found in self.topics.items() if name != topics.SUBMISSIONS}
        return self.tables, rest, standing


def live(broker: Broker, work: list[Work], cut: Cut | None = None) -> int:
    """Do the work from what is stored, and end where `cut` says; returns how much of it was acknowledged."""
    copies = {name: dict(table) for name, table in broker.tables.items()}
    ledger = Ledger(
        register(), LedgerState(copies["events"]), Marks(copies["marks"]), copies["homes"], broker.standing()
    )
    ledger.rebuild()
    for number, one in enumerate(work):
        before = {name: dict(table) for name, table in copies.items()}
        caused = one(ledger)
        changes = {name: _changes(name, before[name], table) for name, table in copies.items()}
        for at, stage in enumerate(caused.stages(changes["marks"], changes["homes"], changes["events"])):
            # One stage goes to several partitions at once: any part of it may be stored when the process ends.
            stored = cut(number, at, stage) if cut else None
            for out in stage if stored is None else stored:
                broker.take(out)
            if stored is not None:
                return number
    return len(work)


def _changes(name: str, before: dict[bytes, bytes], table: dict[bytes, bytes]) -> list[Out]:
    changed = {key: table.get(key) for key in before.keys() | table.keys() if before.get(key) != table.get(key)}
    return [Out(name, PARTITION, key, value) for key, value in sorted(changed.items())]


def folding(records: list[ConsumerRecord[bytes, bytes]], sizes: list[int]) -> list[Work]:
    """Records in chunks of these sizes, in turn."""
    work: list[Work] = []
    while records:
        size = sizes[len(work) % len(sizes)]
        chunk, records = records[:size], records[size:]
        work.append(lambda ledger, chunk=chunk: ledger.fold(chunk, SKIPPED, AT, TODAY))  # type: ignore[misc]
    return work


def began(records: list[ConsumerRecord[bytes, bytes]]) -> Broker:
    """Accepted records; two children have a settled home."""
    broker = Broker()
    broker.publish(records)
    for child in ("gone", "stays"):
        link = child_token(GATE, "nhs", token(child)["token"])
        broker.take(Out("homes", 0, *record_of(BOARD, settled("2025FY", "nhs", link, "X05000001", AT.isoformat()))))
    return broker


def records_of_the_year() -> list[ConsumerRecord[bytes, bytes]]:
    """With returns, one of which is taken back, the withdrawal of an event that comes after its erasure, and one that
    was published after it."""
    return accepted(
        *stream()[:-1],
        event("submission_return", record="r"),
        event("submission_return", record="s", period="2025Q4"),
        event("withdrawal", record="s", revision=1),
        event("withdrawal", record="8", revision=1),
        erasure(tokens=[token("gone")], event_ids=[an_event_id("5"), an_event_id("r")], reason="request"),
        event(record="8", child="gone"),
        event(record="since", child="gone") | LATER_TIME,
    )


SKIPPED = {0: "skipped", 4: "skipped"}
REQUESTED = datetime(2026, 5, 12, tzinfo=UTC)
REQUESTS: dict[str, list[Work]] = {
    "erased by token": [],
    "all of an agency": [
        lambda ledger: ledger.erase_agency(
            RequestErase(request_id="e-1", board=BOARD, agency=POLICE, requested_at=REQUESTED), PARTITION, AT, TODAY
        )
    ],
    "retention": [
        lambda ledger: ledger.remove_old(
            RequestRemove(request_id="r-1", board=BOARD, before=LATER, requested_at=AT), PARTITION, AT, LATER
        )
    ],
}


@pytest.mark.slow
@pytest.mark.parametrize("request_of", REQUESTS)
@pytest.mark.parametrize("size", [1, 3])
def test_a_crash_that_stores_all_but_one_record_or_only_one_changes_nothing_in_the_end(
    request_of: str, size: int
) -> None:
    records = records_of_the_year()
    work = [*folding(records, [size]), *REQUESTS[request_of]]
    undisturbed = began(records)
    live(undisturbed, work)
    broker = began(records)
    struck = 0
    for done in range(len(work)):
        for at, found in enumerate(stages := _stages(broker, work[done])):
            for kept in [*([one] for one in found), *(found[:i] + found[i + 1 :] for i in range(len(found)))]:

                def cut(_: int, stage: int, __: list[Out], at: int = at, kept: list[Out] = kept) -> list[Out] | None:
                    return kept if stage == at else None

                # What is left comes in other chunks than the first time.
                for rest in (work[done:], [*folding(records[done * size :], [99]), *REQUESTS[request_of]]):
                    hurt = copy.deepcopy(broker)
                    live(hurt, work[done:], cut)
                    live(hurt, rest)
                    assert hurt.state() == undisturbed.state(), (done, at, kept)
                    struck += 1
        for out in (out for found in stages for out in found):
            broker.take(out)
    assert broker.state() == undisturbed.state()
    assert struck > 100


@pytest.mark.parametrize("request_of", REQUESTS)
@settings(deadline=None, max_examples=40)
@given(st.randoms(use_true_random=False), st.lists(st.integers(1, 8), min_size=1, max_size=3))
def test_crashes_at_random_points_change_nothing_in_the_end(
    request_of: str, rng: random.Random, sizes: list[int]
) -> None:
    records = records_of_the_year()
    work = [*folding(records, sizes), *REQUESTS[request_of]]
    undisturbed, disturbed = began(records), began(records)
    live(undisturbed, work)

    def cut(_: int, __: int, stage: list[Out]) -> list[Out] | None:
        return rng.sample(stage, rng.randrange(len(stage) + 1)) if rng.random() < 0.25 else None

    lives = done = 0
    while done < len(work):
        acknowledged = live(disturbed, work[done:], cut if lives < 12 else None)
        # The commit comes a little after the acknowledgement.
        done += rng.randint(max(0, acknowledged - 2), acknowledged) if done + acknowledged < len(work) else acknowledged
        lives += 1
    assert disturbed.state() == undisturbed.state()


def _stages(broker: Broker, one: Work) -> list[list[Out]]:
    """What a piece of work would send, from what is stored."""
    found: list[list[Out]] = []
    live(copy.deepcopy(broker), [one], lambda _, __, stage: found.append(stage))
    return found
