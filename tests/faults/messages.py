"""Bad messages: duplicates by the thousand, and everything that intake must refuse."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from kafka.admin import KafkaAdminClient

import streams.__main__ as streams
from models.contract import topics
from tests.factories import CARE, event, wire
from tests.faults.bench import NO_LIMIT, Bench
from tests.faults.loads import mixture, waves
from tests.faults.registry import NotRun, Turn, fault
from tests.faults.services import Service
from tests.faults.told import poisonous
from tests.kafka.road import AGENCIES

LIMIT = "500"
CANARY = "Canary9434765919"
"""A word in every poisoned message, which must never be in anything that leaves intake."""


def _valid(record: str) -> dict[str, object]:
    return event(record=record, sex="F")


def _oversize(record: str) -> bytes:
    return wire(_valid(record) | {"extra": CANARY * 5000})


def _truncated(record: str) -> bytes:
    message = wire(_valid(record) | {"extra": CANARY})
    return message[: -random.Random(record).randrange(1, 300)]


def _not_utf8(record: str) -> bytes:
    return wire(_valid(record)).replace(b"missing", b"m\xff\xfeng" + CANARY.encode())


def _nested(record: str) -> bytes:
    return b'{"data":' + b"[" * 20_000 + CANARY.encode() + b"]" * 20_000 + b"}"


def _unknown_version(record: str) -> bytes:
    return wire(_valid(record) | {"type": "ypsem.missing_episode.v9", "subject": CANARY})


def _unknown_field(record: str) -> bytes:
    document = _valid(record)
    return wire(document | {"data": {**document["data"], CANARY: CANARY}})  # type: ignore[dict-item]


def _wrong_type(record: str) -> bytes:
    document = _valid(record)
    return wire(document | {"data": {**document["data"], "revision": CANARY}})  # type: ignore[dict-item]


def _another_agency(record: str) -> bytes:
    """A message of the police on the topic of social care."""
    return wire(_valid(record))


def _another_board(record: str) -> bytes:
    return wire(event(record=record, agency=CARE, board="X08000099"))


def _not_an_object(record: str) -> bytes:
    return json.dumps([CANARY, record]).encode()


def _noise(record: str) -> bytes:
    return random.Random(record).randbytes(400) + CANARY.encode()


KINDS: tuple[Callable[[str], bytes], ...] = (
    _oversize, _truncated, _not_utf8, _nested, _unknown_version, _unknown_field, _wrong_type, _another_agency,
    _another_board, _not_an_object, _noise,
)  # fmt: skip


def poison(seed: int, events: int) -> list[tuple[str, bytes | None]]:
    """Messages of every kind in equal parts, and empty ones and tombstones, all to one agency's topic."""
    found: list[tuple[str, bytes | None]] = [
        (CARE, KINDS[number % len(KINDS)](f"poison-{seed}-{number}")) for number in range(events)
    ]
    return [*found, *[(CARE, b""), (CARE, None)] * 5]


@fault("duplicates by the thousand", times=1, chapter="An agency sends everything again")
def duplicates(turn: Turn) -> None:
    """One message thousands of times, and a file of messages ten times; the worker is killed in between."""
    seed = turn.rng.randrange(10**9)
    (first,) = waves(seed, turn.events(500), 1)
    often = [first[0]] * turn.events(3000)
    turn.feed(first * 10 + often, background=True)
    turn.under_way(0.05)
    turn.bench.of("ledger").child.kill()
    turn.bench.of("intake").child.kill()
    turn.struck(turn.bench.mid_stream())
    turn.settle()
    duplicate = sum(receipt.duplicate for receipt in turn.bench.books.balances.values())
    turn.see("receipts: duplicate", duplicate >= 9 * len(first) + len(often) - 1)


@fault("malformed messages of thirteen kinds", times=1, short=True, chapter="Many dead letters")
def malformed(turn: Turn) -> None:
    bench = turn.bench
    bench.books.read_up()
    letters = len(bench.books.dead_letters)
    ended = sum(len(service.exits) for service in bench.supervisor.running)
    messages = poison(turn.rng.randrange(10**9), turn.events(2600))
    good = mixture(turn.rng.randrange(10**9), turn.events(1000))
    turn.feed(good, background=True)
    turn.feed(messages, poison=True)
    turn.struck()
    turn.settle()
    expected = len(messages) + sum(poisonous(message) for _, message in good)
    turn.until(
        lambda: bench.books.read_up() and len(bench.books.dead_letters) >= letters + expected, 60, "dead letters"
    )
    turn.see("dead letters", len(bench.books.dead_letters) == letters + expected)
    intake = bench.of("intake")
    turn.look_for("ypsem_streams_refused_total", lambda: intake.metric("ypsem_streams_refused_total") >= len(messages))
    leaks = [CANARY.encode() in letter for letter in bench.books.dead_letter_bytes]
    said = bench.services.logs() + intake.get("/metrics")[1]
    assert not any(leaks), "an input value is in a dead letter"
    assert CANARY not in said, "an input value is in a log or a metric"
    assert sum(len(service.exits) for service in bench.supervisor.running) == ended, "a service stopped for a message"


@fault("flood of poison from one agency", weight=2, times=1, chapter="One agency sends poison")
def flood(turn: Turn) -> None:
    """Its raw topic is held while the others' events go on; once it is read again, everything it sent is decided."""
    bench = turn.bench
    if "resume" not in streams.cli.commands:
        raise NotRun("`python -m streams resume` does not exist")
    intake = bench.of("intake")
    _with_limit(bench, intake, LIMIT)
    messages = poison(turn.rng.randrange(10**9), turn.events(8000))
    others = [(agency, message) for agency, message in mixture(turn.rng.randrange(10**9), turn.events(2000))
              if agency != CARE]  # fmt: skip
    turn.feed(messages, poison=True)
    turn.look_for("ypsem_intake_topics_held", lambda: intake.metric("ypsem_intake_topics_held") > 0, 60)
    turn.see("log: held", "held: the raw topic of" in intake.log())
    turn.feed(others)
    told, books = bench.told, bench.books
    turn.until(lambda: books.read_up() and {p for p in told.valid if p[0] != CARE} <= books.accepted, 60,
               "the other agencies' events are accepted")  # fmt: skip
    turn.struck(len(told.poison - books.refused.keys()) > len(messages) // 4)
    _with_limit(bench, intake, NO_LIMIT)
    bench.services.run("streams", "resume", "--agency", CARE, "--as", "faults")
    turn.settle()


def passed_over(bench: Bench) -> dict[tuple[str, int], list[int]]:
    """Offsets of raw messages that intake has committed past and nobody has decided, by agency and partition."""
    bench.books.read_up()
    # Only what was acknowledged counts: nobody decides a transaction's marker, or what was deleted.
    known = (bench.told.valid | bench.told.poison) - bench.books.accepted - bench.books.refused.keys()
    admin = KafkaAdminClient(bootstrap_servers=bench.bootstrap.split(","))
    try:
        committed = admin.list_group_offsets({"ypsem-intake": None})["ypsem-intake"]
    finally:
        admin.close()
    names = {topics.raw(agency): agency for agency in AGENCIES}
    found: dict[tuple[str, int], list[int]] = {}
    for place, meta in committed.items():
        agency = names[place.topic]
        noted = (offset for agency_, partition, offset in known if (agency_, partition) == (agency, place.partition))
        left = sorted(offset for offset in noted if offset < meta.offset)
        if left:
            found[agency, place.partition] = left
    return found


def _with_limit(bench: Bench, intake: Service, limit: str) -> None:
    bench.supervisor.stop_one(intake)
    left = passed_over(bench)
    assert not left, f"stopped, and committed past what nobody decided: {[(k, v[0], v[-1]) for k, v in left.items()]}"
    intake.environment["YPSEM_POISON_LIMIT"] = limit
    bench.supervisor.start_again()
    bench.supervisor.wait_ready(60, intake)
