"""Clocks that differ by hours. It comes last on its bench, because records dated in the future stay in the ledger."""

from __future__ import annotations

from tests.faults.loads import returns
from tests.faults.registry import Turn, fault
from tests.support.pace import patience


@fault("clocks differ by hours", chapter="Clocks differ")
def clocks(turn: Turn) -> None:
    bench = turn.bench
    own = int(bench.services.environment["YPSEM_CLOCK_OFFSET_SECONDS"])
    skew = {"intake": 7200, "ledger": -7200, "sink": 10_800}
    for role, seconds in skew.items():
        service = bench.of(role)
        service.environment["YPSEM_CLOCK_OFFSET_SECONDS"] = str(own + seconds)
        service.child.stop(patience(30))
    bench.supervisor.mend()
    bench.supervisor.wait_ready(90)
    turn.feed(events=2000)
    turn.struck()
    turn.settle()
    turn.look_for(
        "ypsem_streams_clock_ahead_seconds", lambda: bench.of("ledger").metric("ypsem_streams_clock_ahead_seconds") > 60
    )
    # A second sink whose clock is ahead takes the lease of one that lives: SQL must not suffer.
    ahead = bench.supervisor.start("sink", YPSEM_CLOCK_OFFSET_SECONDS=str(own + 86_400))
    turn.feed(returns())
    turn.look_for("exit 4 (two sinks)", lambda: _fell_out(turn, 4), 60)
    turn.struck()
    bench.supervisor.remove(ahead)
    for role in skew:
        service = bench.of(role)
        del service.environment["YPSEM_CLOCK_OFFSET_SECONDS"]
        service.child.stop(patience(30))
    turn.settle()
    bench.supervisor.wait_ready(90)


def _fell_out(turn: Turn, code: int) -> bool:
    turn.bench.supervisor.mend()
    return any(code in service.exits for service in turn.bench.supervisor.running)
