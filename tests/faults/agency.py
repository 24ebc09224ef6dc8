"""Faults on the agencies' side: a broker away for hours, a power cut between any two steps, a killed HTTP intake."""

from __future__ import annotations

import csv
import json
import random
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agencies.keys import create_keys
from demo.processes import free_port
from models.contract.topics import raw
from tests.agencies.command_line import COLUMNS, Agency, live
from tests.agencies.serve.killing import confirmed_or_sent_again
from tests.agencies.serve.support import Gateway
from tests.factories import POLICE, event
from tests.faults.bench import Bench
from tests.faults.registry import Turn, fault
from tests.kafka.road import read_all
from tests.support.pace import patience
from tests.support.waiting import unique

HOURS = 8
ROWS = 9
PERIOD = "2026-01-01..2026-03-31"


def an_agency(bench: Bench, bootstrap: str, name: str) -> Agency:
    """The police of the bench's register, with their own outbox."""
    folder = bench.folder / name
    if not folder.exists():
        folder.mkdir()
        create_keys(folder / "keys")
        (folder / "register").symlink_to(bench.services.folder / "register")
    return Agency(folder, bootstrap, POLICE)


def an_export(path: Path, rows: dict[int, tuple[str, str]]) -> Path:
    """An SSDA903 file; child -> (start, end) of a missing episode."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for child, (start, end) in sorted(rows.items()):
            writer.writerow([500_000 + child, "01/02/2011", "M", start, end])
    return path


def surroundings(bench: Bench) -> dict[str, str]:
    """Environment of an agency's command: the bench's clock, and enough time to find the broker."""
    name = "YPSEM_CLOCK_OFFSET_SECONDS"
    return {name: bench.services.environment[name], "YPSEM_KAFKA_CONNECT_SECONDS": str(round(patience(10)))}


def taken_up(bench: Bench) -> list[Any]:
    """Records on the agency's raw topic that the harness did not send: noted as acknowledged, and returned."""
    known = bench.told.valid | bench.told.poison
    fresh = [r for r in read_all(bench.bootstrap, raw(POLICE)) if (POLICE, r.partition, r.offset) not in known]
    for record in fresh:
        bench.told.note((POLICE, record.partition, record.offset), record.value, False)
    return fresh


def _acknowledged(agency: Agency) -> set[tuple[int, int]]:
    """Where the outbox was told that its messages are."""
    outbox = sqlite3.connect(agency.folder / "outbox.sqlite")
    try:
        found = outbox.execute("""SELECT partition, "offset" FROM messages WHERE state <> 'pending'""").fetchall()
    finally:
        outbox.close()
    return {(partition, offset) for partition, offset in found}


@fault("agency retries for hours", times=1, chapter="An agency cannot reach the broker")
def retries(turn: Turn) -> None:
    """`publish`, then `drain` once an hour by an injected clock, while no broker answers; then the broker is back."""
    bench = turn.bench
    own = int(bench.services.environment["YPSEM_CLOCK_OFFSET_SECONDS"])
    number = turn.events(1500)
    starts = {n: (f"{n % 28 + 1:02}/03/2026", "") for n in range(number)}
    away = an_agency(bench, f"127.0.0.1:{free_port()}", "agency-away")
    path = an_export(away.folder / "missing.csv", starts)
    metrics = away.folder / "outbox.prom"
    for hour in range(HOURS):
        clock = {"YPSEM_CLOCK_OFFSET_SECONDS": str(own + hour * 3600), "YPSEM_KAFKA_CONNECT_SECONDS": "1"}
        options = ("--json", "--quiet", "--metrics-file", str(metrics))
        done = away.publish(path, *options, **clock) if hour == 0 else away.run("drain", *options, **clock)
        receipt = json.loads(done.stdout)
        turn.struck(receipt["spooled"] == number)
        turn.see("receipt: spooled", receipt["spooled"] == number and bool(receipt["broker"]))
    turn.see("ypsem_agency_outbox_pending_messages", f"pending_messages {number}.0" in metrics.read_text())
    there = Agency(away.folder, bench.bootstrap, POLICE)
    later = surroundings(bench) | {"YPSEM_CLOCK_OFFSET_SECONDS": str(own + HOURS * 3600)}
    done = there.run("drain", "--json", "--quiet", **later)
    assert json.loads(done.stdout)["spooled"] == 0, "the outbox is not empty"
    arrived = taken_up(bench)
    turn.row.events += len(arrived)
    assert len(arrived) == number, f"{len(arrived)} of {number} arrived"
    assert {(r.partition, r.offset) for r in arrived} == _acknowledged(there), "told one thing, sent another"
    turn.settle()


SWEEP = """
import json, os, signal, sys
from agencies.__main__ import main
from agencies.outbox import connection, store
from agencies.publish.broker import KafkaSender

steps, dies_at = 0, 0

def step(*_):
    global steps
    steps += 1
    if steps == dies_at:
        os.kill(os.getpid(), signal.SIGKILL)

real_connect, real_send = store.connect, KafkaSender.send

def connect(path):
    made = real_connect(path)
    made.set_trace_callback(step)
    return made

def send(self, batch):
    step()
    done = real_send(self, batch)
    step()
    return done

store.connect, KafkaSender.send = connect, send

def publish(arguments, at):
    global dies_at
    child = os.fork()
    if child == 0:
        dies_at = at
        os.dup2(2, 1)
        code = 70
        try:
            main(arguments)
        except SystemExit as end:
            code = end.code or 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

for line in sys.stdin:
    arguments, at = json.loads(line)
    print(json.dumps([publish(arguments, at), publish(arguments, 0)]), flush=True)
"""


@fault(
    "power cut between any two steps of the outbox", weight=2, times=40, quick=10, chapter="An agency's machine dies"
)
def power_cut(turn: Turn) -> None:
    """Each time another export revises, withdraws and adds, and `publish` is killed one step later than before."""
    bench = turn.bench
    agency = an_agency(bench, bench.bootstrap, "agency-cut")
    config = agency.folder / "kafka.conf"
    config.write_text("batch=4\n")
    config.chmod(0o600)
    environment = agency.environment(YPSEM_KAFKA_CONFIG=str(config), **surroundings(bench))
    stride = 2 if turn.times > 20 else 7
    first = 1 + turn.rng.randrange(stride)
    exports = _exports(turn.rng)
    with subprocess.Popen(
        [sys.executable, "-c", SWEEP], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        stderr=(agency.folder / "log").open("w"),
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(turn.times):
            rows = next(exports)
            path = an_export(agency.folder / "missing.csv", rows)
            arguments = agency.publish_arguments(path, "--quiet", "--complete", PERIOD, "--yes")
            process.stdin.write(json.dumps([arguments, first + number * stride]) + "\n")
            process.stdin.flush()
            died, finished = json.loads(process.stdout.readline())
            turn.struck(died == -9)
            assert finished == 0, f"the publish after the cut ended with {finished}"
            if died == 0:
                break
        process.stdin.close()
    turn.see("exit -9", turn.row.times > 0)
    arrived = taken_up(bench)
    turn.row.events += len(arrived)
    assert _acknowledged(agency) <= {(r.partition, r.offset) for r in arrived}, "told of a message that is not there"
    _in_turn(arrived)
    documents = [json.loads(record.value) for record in arrived]
    wanted = sorted(f"{start[6:]}-{start[3:5]}-{start[:2]}" for start, _ in rows.values())
    assert live(documents) == wanted, "the last export is not what stands"
    turn.settle()


@fault("HTTP gateway killed", times=3, quick=2, chapter="A process was killed")
def gateway_killed(turn: Turn) -> None:
    """Killed while batches are sent to it; its client sends again until it gets 202."""
    bench = turn.bench
    gateway = Gateway(bench.folder / unique("gateway"), bench.bootstrap, environment=surroundings(bench))
    with gateway:
        assert gateway.batch([event(record=unique("first"))]).status == 202
        batches = 4 * turn.times
        ran = confirmed_or_sent_again(gateway, turn.rng, kills=turn.times, batches=batches, events=150)
        turn.see("/ready 200 after the restart", gateway.watched("/ready").status == 200)
    for _ in range(min(ran.kills, ran.lost_answers)):
        turn.struck()
    turn.see("no answer, then 202", ran.lost_answers > 0 and ran.confirmed == batches)
    arrived = taken_up(bench)
    turn.row.events += len(arrived)
    assert ran.ids <= {json.loads(record.value)["id"] for record in arrived}, "202 was said for what is not there"
    turn.settle()


def _exports(rng: random.Random) -> Iterator[dict[int, tuple[str, str]]]:
    """Exports without end: some rows go, some come, some get another end date."""
    rows: dict[int, tuple[str, str]] = {}
    fresh = 0
    while True:
        for child in rng.sample(sorted(rows), min(len(rows), 2)):
            del rows[child]
        while len(rows) < ROWS:
            rows[fresh] = (f"{rng.randrange(1, 28):02}/02/2026", "")
            fresh += 1
        for child in rng.sample(sorted(rows), 3):
            rows[child] = (rows[child][0], f"{rng.randrange(1, 28):02}/03/2026")
        yield dict(rows)


def _in_turn(records: list[Any]) -> None:
    """No withdrawal before its event, and no revision before the one it replaces, as a reader of the topic sees it."""
    newest: defaultdict[str, int] = defaultdict(lambda: -1)
    places: dict[str, int] = {}
    for record in sorted(records, key=lambda r: (r.partition, r.offset)):
        data = json.loads(record.value)["data"]
        kind = json.loads(record.value)["type"]
        assert places.setdefault(data["event_id"], record.partition) == record.partition, "two partitions"
        assert not (kind == "ypsem.withdrawal.v1" and newest[data["event_id"]] < 0), "a withdrawal before its event"
        assert data["revision"] <= newest[data["event_id"]] + 1, "a revision before the one it replaces"
        newest[data["event_id"]] = max(newest[data["event_id"]], data["revision"])
