"""What people and workers do about single records: skip, quarantine, redrive; and a child's events are erased."""

from __future__ import annotations

from models.contract import topics
from tests.factories import BOARD, CARE, POLICE, an_event_id, event, wire
from tests.faults.bench import Bench
from tests.faults.disks import aside, erasure, held, of_child
from tests.faults.registry import Turn, fault
from tests.faults.replay import COMPACTED, hurried_cleaner
from tests.faults.told import Place, feed
from tests.kafka.road import read_all
from tests.kafka.test_erasure import ct
from tests.support.pace import patience

REFUSED = 1
STATE = (
    topics.HOMES_CHANGELOG, topics.MARKS_CHANGELOG, topics.SIGNALS_CHANGELOG, topics.RELEASED_CHANGELOG,
    topics.RELEASES, topics.SIGNALS, topics.SUBMISSIONS, topics.REMEDIES,
)  # fmt: skip
PROGRAM_ERROR = 70


@fault("record skipped by an operator, and redriven", short=True, fresh=True, chapter="A record must be passed over")
def skipped(turn: Turn) -> None:
    """While intake is down, an operator skips one sound record, twice; later it is let through."""
    bench, intake = turn.bench, turn.bench.of("intake")
    bench.supervisor.stop_one(intake)
    culprit = wire(event(record=f"skip-{turn.rng.randrange(10**9)}"))
    place = _alone(bench, culprit)
    turn.feed(events=500)
    for _ in range(2):
        bench.services.run("streams", "skip", *_at(place), "--reason", "Known fault", "--as", "faults")
    bench.supervisor.start_again()
    turn.settle()
    turn.struck(bench.books.refused[place] == "skipped")
    turn.look_for("ypsem_streams_passed_over_total", lambda: intake.metric("ypsem_streams_passed_over_total") > 0)
    earlier = next(at for at in sorted(bench.told.valid) if at[0] == POLICE)
    with bench.services.start("streams", "skip", *_at(earlier), "--reason", "Too late") as late:
        turn.see("exit 1 (handled already)", late.wait(patience(60)) == REFUSED)
    _redriven(turn, "skipped", place, culprit)


@fault(
    "record that ends the worker, quarantined", weight=2, short=True, chapter="A record stops a worker again and again"
)
def quarantined(turn: Turn) -> None:
    """An intake with a planted fault that one record sets off; later it is mended, and the record is let through."""
    bench, intake = turn.bench, turn.bench.of("intake")
    bench.supervisor.stop_one(intake)
    record = f"quarantine-{turn.rng.randrange(10**9)}"
    culprit = wire(event(record=record))
    turn.feed(events=500)
    place = _alone(bench, culprit)
    intake.module = ("tests.kafka.faulty_intake", an_event_id(record), "raise", "worker", "--role", "intake")
    before = len(intake.exits)
    bench.supervisor.start_again()
    turn.until(lambda: _refused(bench, place) == "quarantined", 120, "the record is put aside")
    turn.settle()
    turn.see("exit 70", set(intake.exits[before:]) == {PROGRAM_ERROR})
    turn.see("log: quarantined", "quarantined:" in bench.services.logs())
    turn.look_for("ypsem_streams_quarantined_records", lambda: intake.metric("ypsem_streams_quarantined_records") == 1)
    for _ in intake.exits[before:]:
        turn.struck()
    bench.supervisor.stop_one(intake)
    intake.module = ()
    bench.supervisor.start_again()
    bench.supervisor.wait_ready(60, intake)
    _redriven(turn, "quarantined", place, culprit)


@fault("child erased, then compaction", weight=4, short=True, chapter="A child's events must be erased")
def erased(turn: Turn) -> None:
    """Two agencies know the child and each erases its own events while the ledger is killed; compaction leaves nothing.

    One of the events was withdrawn since, one turned out to be another child's, and the child has a settled home.
    """
    bench = turn.bench
    child = f"erased-{turn.rng.randrange(10**9)}"
    events = [of_child(child, n) for n in range(3)]
    withdrawal = POLICE, wire(event("withdrawal", record=f"{child}-1", revision=1))
    corrected = POLICE, wire(event(record=f"{child}-2", child=f"{child}-other", revision=1))
    care = CARE, wire(event(agency=CARE, record=f"{child}-3", child=child))
    aside(bench, [*events, events[0], withdrawal, corrected, care])
    turn.until(lambda: held(bench, child) == {0, 1, 2, 3}, 60, "the ledger has the child's events")
    bench.services.run("consumers", "request-release", "--board", BOARD, "--window", "2026Q1", "--as", "faults")
    secrets = [ct(child), ct(f"{child}-other"), *(an_event_id(f"{child}-{n}").encode() for n in range(4))]
    turn.until(lambda: any(ct(child) in part for part in _state(bench)), 60, "the child's home is settled")
    assert all(any(secret in part for part in _contents(bench)) for secret in secrets), "nothing to erase"
    aside(bench, [erasure(child)])
    ledger = bench.of("ledger")
    turn.until(lambda: held(bench, child) != {0, 1, 2, 3}, 60, "the ledger is erasing")
    ledger.child.kill()
    bench.supervisor.mend()
    turn.until(lambda: held(bench, child) == {3}, 90, "what the police sent is erased, and what others sent is not")
    aside(bench, [erasure(child, CARE)])
    turn.until(lambda: held(bench, child) == set(), 60, "all of it is erased")
    turn.struck()
    aside(bench, events)
    turn.settle()
    assert held(bench, child) == set(), "what is erased came back"
    with hurried_cleaner(turn):
        turn.look_for(
            "nothing of it in any compacted topic",
            lambda: not any(secret in part for part in _contents(bench) + _state(bench) for secret in secrets), 90,
        )  # fmt: skip
    # Published after the erasure: it counts, and later replays on this bench must not remove it.
    later = event(record=f"{child}-later", child=child) | {"time": "2026-05-02T10:00:00Z"}
    turn.feed([(POLICE, wire(later))])
    turn.settle()


def _contents(bench: Bench) -> list[bytes]:
    """Values and headers; keys of nulls stay for `delete.retention.ms`, which tests/kafka/test_erasure.py waits for."""
    return [
        (record.value or b"") + repr(record.headers).encode()
        for topic in COMPACTED
        for record in read_all(bench.bootstrap, topic)
    ]


def _state(bench: Bench) -> list[bytes]:
    """What compaction would leave of the other compacted topics: the newest record of each key, and the key."""
    newest: dict[tuple[str, bytes], bytes | None] = {}
    for topic in STATE:
        newest |= {(topic, record.key): record.value for record in read_all(bench.bootstrap, topic)}
    return [key + value for (_, key), value in newest.items() if value is not None]


def _alone(bench: Bench, message: bytes) -> Place:
    """Publish a sound message that must not be accepted for now; returns where it is."""
    before = set(bench.told.poison)
    feed(bench.bootstrap, [(POLICE, message)], bench.told, poison=True)
    (place,) = bench.told.poison - before
    return place


def _at(place: Place) -> tuple[str, ...]:
    agency, partition, offset = place
    return "--topic", topics.raw(agency), "--partition", str(partition), "--offset", str(offset)


def _refused(bench: Bench, place: Place) -> str | None:
    bench.supervisor.mend()
    return bench.books.refused.get(place) if bench.books.read_up() else None


def _redriven(turn: Turn, rule: str, place: Place, message: bytes) -> None:
    """Let it through, twice: from now on it is an ordinary message, and counts once."""
    bench = turn.bench
    day = "2026-01-01"
    for _ in range(2):
        bench.services.run("streams", "redrive", "--rule", rule, "--since", day, "--as", "faults")
    bench.told.poison.discard(place)
    bench.told.note(place, message, False)
    turn.until(lambda: bench.books.read_up() and place in bench.books.accepted, 60, "it is accepted after all")
    turn.settle()
    still = "ypsem_streams_quarantined_records"
    turn.until(lambda: bench.of("intake").metric(still) == 0, 30, "nothing is quarantined any more")
