"""Faults of our own processes: killed at any point, added, removed, paused for longer than their session."""

from __future__ import annotations

import signal
import socket
import time
from contextlib import ExitStack
from functools import partial

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError
from sqlalchemy import text

from tests.faults.bench import Bench
from tests.faults.books import returns_in_sql
from tests.faults.loads import returns, waves
from tests.faults.registry import Turn, fault
from tests.faults.services import Service
from tests.support.hostile import silent, slowest
from tests.support.pace import patience

KILLED = -int(signal.SIGKILL)


def _kill_and_mend(turn: Turn, *services: Service) -> None:
    """SIGKILL in mid-stream, the sign of it, and the restart that a supervisor would do."""
    for service in services:
        service.child.kill()
    turn.struck(turn.mid_stream())
    turn.see("/live gone", all(service.get("/live")[0] == 0 for service in services))
    for service in services:
        turn.until(partial(_mended, turn.bench, service), 20, "it is started again")
    turn.see("exit -9", all(service.exits[-1] == KILLED for service in services))
    turn.settle()


@fault("worker killed (intake and ledger)", weight=2, times=2, chapter="A process was killed")
def worker_killed(turn: Turn) -> None:
    for _ in range(turn.times):
        turn.feed(events=2500, background=True)
        turn.under_way()
        _kill_and_mend(turn, turn.bench.of("intake"), turn.bench.of("ledger"))


@fault("ledger killed", times=2, chapter="A process was killed")
def ledger_killed(turn: Turn) -> None:
    for _ in range(turn.times):
        turn.feed(events=2000, background=True)
        turn.under_way()
        _kill_and_mend(turn, turn.bench.of("ledger"))


@fault("intake killed", times=2, chapter="A process was killed")
def intake_killed(turn: Turn) -> None:
    books = turn.bench.books
    for _ in range(turn.times):
        turn.feed(events=2000, background=True)
        books.read_up()
        enough = len(books.accepted) + int(turn.rng.uniform(0.02, 0.5) * turn.events(2000))
        turn.until(partial(_accepted, turn.bench, enough), 60, "intake accepts")
        _kill_and_mend(turn, turn.bench.of("intake"))


@fault("sink killed inside a transaction", times=3, short=True, chapter="A process was killed")
def sink_killed(turn: Turn) -> None:
    sink = turn.bench.of("sink")
    for _ in range(turn.times):
        # Rows are written and the offsets are about to be: the sink waits for the lock that the harness holds.
        with turn.bench.engine.connect() as connection:
            connection.execute(text("LOCK TABLE sink_offsets IN SHARE ROW EXCLUSIVE MODE"))
            turn.feed(returns())
            turn.until(lambda: _waits_for_lock(turn.bench), 60, "the sink is in the middle of a transaction")
            sink.child.kill()
            connection.rollback()
        turn.struck(returns_in_sql(turn.bench.engine) != turn.bench.told.returns())
        turn.see("/live gone", sink.get("/live")[0] == 0)
        turn.until(partial(_mended, turn.bench, sink), 20, "it is started again")
        turn.see("exit -9", sink.exits[-1] == KILLED)
        turn.settle()


@fault("sink killed at any point", times=3, chapter="A process was killed")
def sink_killed_anywhere(turn: Turn) -> None:
    """Whatever it is doing: polling, parsing, writing, committing, renewing its lease."""
    sink = turn.bench.of("sink")
    for _ in range(turn.times):
        before = returns_in_sql(turn.bench.engine)
        turn.feed([message for _ in range(12) for message in returns()], background=True)
        turn.until(lambda seen=before: returns_in_sql(turn.bench.engine) != seen, 60, "the sink is writing")  # type: ignore[misc]
        time.sleep(turn.rng.uniform(0, 0.8))
        sink.child.kill()
        turn.struck(returns_in_sql(turn.bench.engine) != turn.bench.told.returns())
        turn.see("/live gone", sink.get("/live")[0] == 0)
        turn.until(partial(_mended, turn.bench, sink), 20, "it is started again")
        turn.see("exit -9", sink.exits[-1] == KILLED)
        turn.settle()


def _mended(bench: Bench, service: Service) -> bool:
    """Whether the process runs again; a supervisor pauses between two starts."""
    bench.supervisor.mend()
    return service.child.exit_code is None


def _accepted(bench: Bench, enough: int) -> bool:
    return bench.books.read_up() and len(bench.books.accepted) >= enough


def _waits_for_lock(bench: Bench) -> bool:
    query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with bench.engine.connect() as connection:
        return int(connection.execute(query).scalar_one()) > 0


@fault("rebalance: 2 -> 4 -> 1 workers", weight=2, chapter="Workers are added or removed")
def rebalance(turn: Turn) -> None:
    supervisor = turn.bench.supervisor
    extra: list[Service] = []
    for number in (2, 4):
        wanted = number - 1 - len(extra) // 2
        extra += [supervisor.start(role, **turn.bench.direct) for _ in range(wanted) for role in ("intake", "ledger")]
        turn.until(partial(_members_under_load, turn, number), 90, "everybody has joined")
        turn.struck(turn.mid_stream())
    for service in extra:
        # Some leave in order, some are killed.
        supervisor.remove(service, kill=turn.rng.random() < 0.5)
    turn.until(partial(_members_under_load, turn, 1), 90, "one worker of each role is left")
    turn.struck(turn.mid_stream())
    turn.look_for("kafka-consumer-groups: members", lambda: members(turn.bench) == (1, 1))
    turn.settle()
    rows = len(turn.bench.books.rows)
    turn.look_for("ypsem_ledger_rows", lambda: turn.bench.of("ledger").metric("ypsem_ledger_rows") == rows)


def _members_under_load(turn: Turn, number: int) -> bool:
    """Whether both groups have this many members; each call sends a few hundred more events."""
    turn.feed(events=250)
    return members(turn.bench) == (number, number)


def members(bench: Bench) -> tuple[int, int]:
    """Members of intake's and the ledger's group, as the broker reports them; -1 while it does not answer."""
    try:
        admin = KafkaAdminClient(bootstrap_servers=bench.bootstrap.split(","))
    except KafkaError:
        return -1, -1
    try:
        found = admin.describe_groups(["ypsem-intake", "ypsem-ledger"])
        return len(found["ypsem-intake"]["members"]), len(found["ypsem-ledger"]["members"])
    except KafkaError:
        return -1, -1
    finally:
        admin.close()


@fault(
    "worker paused past its session (SIGSTOP)", weight=2, times=1, chapter="A worker was paused and another took over"
)
def paused(turn: Turn) -> None:
    """The paused ledger wakes up with an unfinished chunk whose rows another worker has rewritten since."""
    bench = turn.bench
    ledger = bench.of("ledger")
    for _ in range(turn.times):
        spare = bench.supervisor.start("ledger", **bench.direct)
        bench.supervisor.wait_ready(60, spare)
        first, second = waves(turn.rng.randrange(10**9), turn.events(4000))
        turn.feed(first, background=True)
        turn.under_way()
        victim = ledger if _busy(ledger) else spare
        victim.child.send(signal.SIGSTOP)
        turn.struck(turn.mid_stream())
        turn.feed(second)
        turn.fed()
        turn.look_for("/live unanswered", partial(_silent, victim), 10)
        turn.until(lambda: members(bench)[1] == 1, 60, "the group has given the paused worker up")
        turn.until(lambda: not bench.mid_stream(), 90, "the other has folded everything")
        victim.child.send(signal.SIGCONT)
        turn.until(partial(_back_or_ended, victim), 90, "the paused one is back or has ended")
        turn.settle()
        bench.supervisor.remove(spare)
        # What a recovery reads must be right, too: a worker that takes over reads the changelog.
        ledger.child.kill()
        turn.settle()
        bench.supervisor.wait_ready(60, ledger)


@fault("silent connections to health ports", chapter="Somebody holds connections to a health port")
def silent_health_ports(turn: Turn) -> None:
    """More connections than a health server keeps, all of them silent, to every service at once."""
    services = [turn.bench.of(role) for role in ("intake", "ledger", "sink")]
    for _ in range(turn.times):
        with ExitStack() as stack:
            held = {service.role: stack.enter_context(silent(service.port)) for service in services}
            # Slowly enough that they are still on their way, however quick the machine is.
            turn.feed(events=2500, background=True, per_second=800)
            turn.under_way()
            # Each is asked on its own, as Prometheus would, while events flow and until all of them are there.
            taken = 0.0
            while turn.mid_stream():
                taken = max([taken, *(slowest(service.port, 0.2) for service in services)])
                turn.struck(turn.row.times == 0)
            turn.see("/live, /ready and /metrics within a second", 0 < taken < patience(1))
            turn.see("the oldest connections closed", all(map(_oldest_closed, held.values())))
            turn.settle()


def _oldest_closed(held: list[socket.socket]) -> bool:
    """Whether the other side has closed the first of them."""
    try:
        return held[0].recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def _silent(service: Service) -> bool:
    return service.get("/live")[0] == 0


def _back_or_ended(service: Service) -> bool:
    return service.child.exit_code is not None or service.ready


def _busy(service: Service) -> bool:
    return service.metric("ypsem_ledger_rows") > 0
