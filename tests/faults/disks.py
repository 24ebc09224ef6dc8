"""The broker's disk is lost; an encrypted backup brings everything back, except what was erased before it."""

from __future__ import annotations

import copy
import subprocess
from pathlib import Path

from models.contract import topics
from tests.factories import POLICE, an_own_id, event, token, wire
from tests.faults.bench import Bench
from tests.faults.loads import Messages, mixture, returns
from tests.faults.registry import Turn, fault
from tests.faults.services import Service
from tests.faults.told import Told, feed
from tests.kafka.road import AGENCIES, read_all
from tests.kafka.test_erasure import ct

RECREATED = 3
"""Exit code of a sink whose topics were made anew."""


@fault("broker's disk lost, restored from a backup", weight=4, chapter="The broker's disks are lost")
def lost(turn: Turn) -> None:
    """Two children are erased, one before the backup and one after it; agencies send again what came after it."""
    bench = turn.bench
    certificate, key = _certificate(bench.folder)
    early, late = turn.rng.randrange(10**9), turn.rng.randrange(10**9)
    childs = {name: [of_child(name, n) for n in range(3)] for name in (f"early-{early}", f"late-{late}")}
    before, after = childs
    aside(bench, [message for messages in childs.values() for message in messages])
    turn.feed(events=1500)
    turn.settle()
    aside(bench, [erasure(before)])
    turn.until(lambda: held(bench, before) == set(), 60, "the first child is erased")
    turn.settle()

    told = Told()
    told.events, told.erased = copy.deepcopy((bench.told.events, bench.told.erased))
    bench.services.run("streams", "backup", "--to", str(bench.folder / "off-host"), "--certificate", str(certificate))
    (backup,) = (bench.folder / "off-host").iterdir()
    sealed = backup.read_bytes()
    assert not any(secret in sealed for secret in (b"missing_episode", ct(after), ct(before))), "it can be read"

    later = mixture(turn.rng.randrange(10**9), turn.events(1500)) + returns()
    turn.feed(later, background=True)
    turn.under_way()
    aside(bench, [erasure(after)])
    turn.fed()
    turn.struck(bench.mid_stream() or bool(bench.told.count))
    for service in bench.supervisor.running:
        bench.supervisor.stop_one(service)
    bench.lose_disks()
    bench.services.run("streams", "topics", "--apply")
    opening = ("--from", str(backup), "--certificate", str(certificate), "--key", str(key))
    bench.services.run("streams", "restore", *opening)
    assert _found(bench, after), "or there would be nothing for the second erasure to erase"
    assert not _found(bench, before), "what was erased is in the backup"

    bench.told = told
    sink = bench.of("sink")
    bench.supervisor.start_again()
    turn.look_for("exit 3 (topics made anew)", lambda: _ended(sink) == RECREATED, 60)
    _from_the_beginning(bench, sink)
    aside(bench, [erasure(before), erasure(after), childs[before][0]])
    turn.feed(later)
    turn.until(lambda: held(bench, after) == set() and held(bench, before) == set(), 90, "both children are erased")
    turn.settle()
    bench.supervisor.wait_ready()
    turn.see("/ready 200 after the restore", all(service.ready for service in bench.supervisor.running))


def _certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "backup.pem", folder / "backup.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=backup"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key


def of_child(child: str, number: int) -> tuple[str, bytes]:
    """An event of one child, from the police."""
    return POLICE, wire(event(record=f"{child}-{number}", child=child))


def erasure(child: str, agency: str = POLICE) -> tuple[str, bytes]:
    """The erasure of everything that an agency sent about a child."""
    return agency, wire(event("erasure", agency=agency, record=f"{child}-e", tokens=[token(child)]))


def aside(bench: Bench, messages: Messages) -> None:
    """Publish what will be erased: it is accepted and counted, and is in no row in the end."""
    told = Told()
    feed(bench.bootstrap, messages, told)
    assert not told.failures
    bench.told.valid |= told.valid
    for event_ in told.events.values():
        bench.told.erased[event_.agency, event_.board] += event_.records


def held(bench: Bench, child: str) -> set[int] | None:
    """Which of this child's events the ledger has; None while the broker does not answer."""
    if not bench.books.read_up():
        return None
    rows = bench.books.rows
    return {n for n in range(4) if any(an_own_id(f"{child}-{n}", a).encode() in rows for a in AGENCIES)}


def _found(bench: Bench, child: str) -> bool:
    """Whether the child's token is anywhere on the accepted topic."""
    return any(ct(child) in (record.value or b"") for record in read_all(bench.bootstrap, topics.ACCEPTED))


def _ended(service: Service) -> int | None:
    return service.child.exit_code


def _from_the_beginning(bench: Bench, sink: Service) -> None:
    """What the runbook tells an operator to do once; then the sink is started as usual."""
    bench.supervisor.start_once(sink, "--from-beginning")
    bench.supervisor.wait_ready(60, sink)
    bench.supervisor.stop_one(sink)
    bench.supervisor.start_again()
